"""What plants are made of."""

from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from ..physics.plant import Plant
from ..physics.power_models import Energy, Inverter, PvString, Storage

BERLIN = ZoneInfo("Europe/Berlin")


def fixed_offset(hours: float) -> tzinfo:
    """Return a zone without summer time."""
    return timezone(timedelta(hours=hours))


def start_of_yesterday(now: datetime, zone: tzinfo) -> datetime:
    """Return the midnight before the last one: every world begins with a day behind it."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=1)


def simulate_until(plant: Plant, now: datetime) -> Plant:
    """Let a plant live up to now."""
    plant.advance_to(now)
    return plant


def make_inverter(nominal_power: float, total: float, *strings: PvString) -> Inverter:
    """Return an inverter with what it has made so far, evenly from its strings."""
    for string in strings:
        string.energy.total = round(total * 1.03 / len(strings), 1)
    return Inverter(nominal_power, strings, Energy(total=total), hours=total * 1.4)


def battery() -> Storage:
    """Return a battery of some years."""
    return Storage(
        charge=Energy(total=1502.6),
        discharge=Energy(total=1377.9),
        imported=Energy(total=4210.3),
        exported=Energy(total=3907.7),
    )
