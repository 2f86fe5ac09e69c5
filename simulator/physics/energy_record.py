"""The energy that really flowed in a plant, by quarters of an hour: what statistics are compared with."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta, tzinfo

# The zones of the world are off UTC by multiples of this, so that every hour and every day consists of whole quarters.
QUARTER = timedelta(minutes=15)
_SECONDS = int(QUARTER.total_seconds())


@dataclass(slots=True)
class Flows:
    """Energies of a plant in some time, kWh, unrounded.

    solar: what its inverters fed into the house, AC. load: what the house used.
    """

    solar: float = 0.0
    imported: float = 0.0
    exported: float = 0.0
    charged: float = 0.0
    discharged: float = 0.0
    load: float = 0.0

    def __add__(self, other: Flows) -> Flows:
        return Flows(
            *(
                getattr(self, item.name) + getattr(other, item.name)
                for item in fields(self)
            )
        )


@dataclass(slots=True)
class EnergyRecord:
    """The energy of a plant since ``start``, which is a whole hour of UTC, kWh.

    A step of the simulation must not cross a quarter of an hour.
    """

    start: datetime
    _quarters: dict[int, Flows] = field(default_factory=dict)
    # AC energy by the serial of each device with panels.
    _solar: dict[int, dict[str, float]] = field(default_factory=dict)

    def add_step(
        self,
        middle: datetime,
        seconds: float,
        *,
        load: float,
        battery: float,
        solar: dict[str, float],
    ) -> None:
        """Add the powers of one step, W. battery: positive is discharging. solar: of each device, by serial."""
        if middle < self.start:
            return
        quarter = int(middle.timestamp()) // _SECONDS
        flows = self._quarters.get(quarter)
        if flows is None:
            flows = self._quarters[quarter] = Flows()
            self._solar[quarter] = dict.fromkeys(solar, 0.0)
        kilo = seconds / 3_600_000
        produced = 0.0
        of_devices = self._solar[quarter]
        for serial, power in solar.items():
            of_devices[serial] = of_devices.get(serial, 0.0) + power * kilo
            produced += power
        flows.solar += produced * kilo
        flows.load += load * kilo
        if battery > 0:
            flows.discharged += battery * kilo
        else:
            flows.charged -= battery * kilo
        grid = load - produced - battery
        if grid > 0:
            flows.imported += grid * kilo
        else:
            flows.exported -= grid * kilo

    def get_hours(self) -> dict[datetime, Flows]:
        """Return the energy of every hour by its start in UTC; the last one may be under way."""
        return self._sum_up(_get_hour)

    def get_days(self, zone: tzinfo) -> dict[date, Flows]:
        """Return the energy of every day of a zone that is wholly recorded; the last one may be under way."""
        first = self.start.astimezone(zone)
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
        days = self._sum_up(lambda moment: moment.astimezone(zone).date())
        if first != midnight:
            days.pop(first.date(), None)
        return days

    def get_solar_hours(self, serial: str) -> dict[datetime, float]:
        """Return the AC energy of one device with panels in every hour, kWh."""
        hours: dict[datetime, float] = {}
        for quarter, energies in sorted(self._solar.items()):
            hour = _get_hour(_get_start(quarter))
            hours[hour] = hours.get(hour, 0.0) + energies.get(serial, 0.0)
        return hours

    def sum_between(self, start: datetime, end: datetime) -> Flows:
        """Return the energy between two whole quarters of an hour."""
        total = Flows()
        for quarter, flows in self._quarters.items():
            if start <= _get_start(quarter) < end:
                total += flows
        return total

    def _sum_up[Key](self, get_key: Callable[[datetime], Key]) -> dict[Key, Flows]:
        sums: dict[Key, Flows] = {}
        for quarter, flows in sorted(self._quarters.items()):
            key = get_key(_get_start(quarter))
            sums[key] = sums.get(key, Flows()) + flows
        return sums


def _get_start(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * _SECONDS, UTC)


def _get_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0)
