"""The greatest plausible power and energies of a plant.

The cloud has sent 24 GWh for a household, and 6.5 MW for 20 kWp. One such value in the statistics of the Energy dashboard hides
all others, and lifetime totals never go down again. What is beyond these bounds is therefore unknown.
"""

from dataclasses import dataclass

# A wide margin, since owners type the peak power in: panels are added later, and some mean the inverter's power.
MARGIN = 3
# kWp. Less is counted as this much: fields that must be filled in are often given 1.
LEAST_PEAK_POWER = 30
# kWp: 1 GWp. More than this is no peak power; one in W instead of kW merely makes the bounds wide.
GREATEST_PEAK_POWER = 1_000_000
HOURS_PER_DAY, DAYS_PER_MONTH, DAYS_PER_YEAR = 24, 31, 366
# Years at full power around the clock. The sun gives a third of that at best, so this needs no margin.
LIFETIME = 40
# Coal power causes about 1 kg of CO2 per kWh; the cloud counts 0.6.
CARBON_PER_KWH = 2


@dataclass(frozen=True, slots=True)
class PlantBounds:
    """The greatest plausible values of a plant: power in W, energies in kWh, carbon offset in kg."""

    power: float
    day: float
    month: float
    year: float
    total: float

    @property
    def carbon_offset(self) -> float:
        """The greatest plausible carbon offset."""
        return self.total * CARBON_PER_KWH


# Of a plant whose peak power is not known: those of the largest device and meter in 20 years.
WITHOUT_PEAK_POWER = PlantBounds(
    power=2_000_000,
    day=50_000,
    month=50_000 * DAYS_PER_MONTH,
    year=50_000 * DAYS_PER_YEAR,
    total=20_000_000,
)


def plant_bounds(*peak_powers: float | None) -> PlantBounds:
    """Return the bounds for the greatest of the peak powers that are known, kWp; 0 is not known."""
    known = max((power for power in peak_powers if power), default=0)
    if known <= 0:
        return WITHOUT_PEAK_POWER
    peak = max(known, LEAST_PEAK_POWER)
    day = peak * HOURS_PER_DAY
    return PlantBounds(
        power=peak * 1000 * MARGIN,
        day=day * MARGIN,
        month=day * DAYS_PER_MONTH * MARGIN,
        year=day * DAYS_PER_YEAR * MARGIN,
        total=day * DAYS_PER_YEAR * LIFETIME,
    )


def up_to(greatest: float, value: float | None) -> float | None:
    """Return a value that is not negative and at most ``greatest``; None for another."""
    return value if value is not None and 0 <= value <= greatest else None
