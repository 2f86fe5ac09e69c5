"""The freshness of a reading, and which of its values are still valid.

The rules, and the failure each prevents:

- A reading is fresh as long as its ``time`` *advances*; the absolute value of that time is ignored, because devices' clocks
  are off by minutes or a daylight saving hour, and the cloud repeats the last reading for ever.
- Stale: measured values are outdated and become unavailable; counters keep their last value.
- Asleep (a PV inverter while the sun is down): powers and currents are 0, and other measured values are unknown. They are not
  unavailable, because nothing is wrong.
- A counter of a day, month or year is only valid in the one of its reading. Without a newer reading it is 0 in the next one,
  and unknown from then on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Literal

from .device_clock import DeviceClock

UPLOAD_PERIOD = timedelta(minutes=5)
# A silent inverter may be asleep until this long after sunrise, and while the sun is below this elevation (degrees).
SLEEPS_AFTER_SUNRISE = timedelta(hours=1)
LOW_SUN = 5.0
# A PV device below this power may be about to fall asleep, W.
SMALL_POWER = 100.0


class ValueKind(Enum):
    """The kinds of values, by how they become outdated."""

    MEASURED = auto()  # voltages, temperatures, a charge level
    FLOW = auto()  # powers and currents, which are 0 while a device is asleep
    TODAY = auto()
    MONTH = auto()
    YEAR = auto()
    LIFETIME = auto()
    STATE = auto()  # operating states
    CODE = auto()  # codes of faults and warnings
    IDENTITY = auto()  # properties that do not change


class Freshness(Enum):
    """The freshness of a device's newest reading."""

    NOTHING = auto()
    FRESH = auto()
    ASLEEP = auto()
    STALE = auto()


class ValueStatus(Enum):
    """The way to show a value that was read: as it is, or which substitute."""

    AS_READ = auto()
    ZERO = auto()
    UNKNOWN = auto()
    ASLEEP = auto()
    UNAVAILABLE = auto()

    def apply[ValueT](
        self, value: ValueT, *, asleep: ValueT | None = None
    ) -> ValueT | Literal[0] | None:
        """Return what to show instead of a value that was read: itself, 0, ``asleep`` or None."""
        match self:
            case ValueStatus.AS_READ:
                return value
            case ValueStatus.ZERO:
                return 0
            case ValueStatus.ASLEEP:
                return asleep
        return None


def stale_after(interval: timedelta = UPLOAD_PERIOD) -> timedelta:
    """Return for how long a reading stays fresh: three periods and the latency, at least 20 minutes."""
    return max(
        timedelta(minutes=20),
        3 * max(UPLOAD_PERIOD, interval) + timedelta(minutes=5),
    )


@dataclass(frozen=True, slots=True)
class SunState:
    """The state of the sun at a plant: low enough for an inverter to sleep, and down now or in the last hour.

    None where the plant's location is unknown.
    """

    low: bool | None
    down_lately: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The freshness of a reading, and how many days, months and years have ended on the device since it was taken.

    is_clock_known: False while the only reading may be old, or from a device whose clock is behind.
    """

    freshness: Freshness
    days: int = 0
    months: int = 0
    years: int = 0
    is_clock_known: bool = True

    def status_of(self, kind: ValueKind) -> ValueStatus:
        """Return what to show for a value of this kind."""
        if self.freshness is Freshness.NOTHING:
            return ValueStatus.UNAVAILABLE
        match kind:
            case ValueKind.IDENTITY | ValueKind.LIFETIME:
                return ValueStatus.AS_READ
            case ValueKind.TODAY:
                return self._status_of_period(self.days)
            case ValueKind.MONTH:
                return self._status_of_period(self.months)
            case ValueKind.YEAR:
                return self._status_of_period(self.years)
        if self.freshness is Freshness.STALE:
            return ValueStatus.UNAVAILABLE
        if self.freshness is Freshness.ASLEEP:
            match kind:
                case ValueKind.FLOW:
                    return ValueStatus.ZERO
                case ValueKind.STATE:
                    return ValueStatus.ASLEEP
                case ValueKind.MEASURED:
                    return ValueStatus.UNKNOWN
        return ValueStatus.AS_READ

    def _status_of_period(self, ended: int) -> ValueStatus:
        """Return what to show for a counter of a period after so many ends of it."""
        if ended <= 0:
            return ValueStatus.AS_READ
        is_zero = ended == 1 and self.is_clock_known
        return ValueStatus.ZERO if is_zero else ValueStatus.UNKNOWN


NOTHING = Assessment(Freshness.NOTHING)


def assess(
    clock: DeviceClock,
    now: datetime,
    *,
    sleeps: bool,
    sun: SunState,
    power: float | None,
    standby: bool = False,
    limit: timedelta | None = None,
) -> Assessment:
    """Return the assessment of a device's newest reading.

    sleeps: whether the device sleeps without sun. power: its last power, W. standby: whether its last state was waiting.
    limit: see ``stale_after``.
    """
    silent = clock.silent_for(now)
    if clock.newest is None or silent is None:
        return NOTHING
    wall = clock.device_time(now)
    freshness = _freshness(silent, limit or stale_after(), sleeps, sun, power, standby)
    return Assessment(
        freshness,
        days=(wall.date() - clock.newest.date()).days,
        months=_months(wall.date()) - _months(clock.newest.date()),
        years=wall.year - clock.newest.year,
        is_clock_known=clock.is_confirmed or freshness is Freshness.ASLEEP,
    )


def _freshness(
    silent: timedelta,
    limit: timedelta,
    sleeps: bool,
    sun: SunState,
    power: float | None,
    standby: bool,
) -> Freshness:
    if sleeps and standby and sun.low and not power:
        return Freshness.ASLEEP
    if silent <= limit:
        return Freshness.FRESH
    if sleeps:
        is_small = power is not None and power < SMALL_POWER
        if sun.down_lately or ((sun.low or sun.low is None) and is_small):
            return Freshness.ASLEEP
    return Freshness.STALE


def _months(day: date) -> int:
    return day.year * 12 + day.month
