"""What a reading means now: is it fresh, is the device asleep, and what may still be said of its values.

Pure: no Home Assistant, no clock of its own. The rules, and the failure each prevents:

- A reading is judged by its ``time`` *advancing*, never by that time's absolute value: devices' clocks are minutes or a
  daylight saving hour off, and the cloud serves the last reading for ever.
- Stale: a measured value is no longer a measurement and becomes unavailable; a counter keeps its last figure.
- Asleep (a PV inverter while the sun is down): it produces nothing, so powers and currents are 0; what it would measure is
  unknown. Never unavailable: nothing is wrong.
- A counter of today belongs to the day of its reading: after midnight it is 0 until the device says otherwise, and unknown when
  the device has been silent for longer than that.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Literal

from .device_clock import DeviceClock

UPLOAD_PERIOD = timedelta(minutes=5)
# A silent inverter may be asleep this long after sunrise, and while the sun is this low (degrees).
SLEEPS_AFTER_SUNRISE = timedelta(hours=1)
LOW_SUN = 5.0
# Below this a PV device may be about to fall asleep, W.
SMALL_POWER = 100.0


class ValueKind(Enum):
    """What kind of value a reading is: what time does to it."""

    MEASURED = auto()  # voltages, temperatures, a charge level
    FLOW = auto()  # powers and currents: 0 in a device that sleeps
    TODAY = auto()
    MONTH = auto()
    YEAR = auto()
    LIFETIME = auto()
    STATE = auto()  # what the device says it does
    CODE = auto()  # what it says is wrong
    IDENTITY = auto()  # what it is


class Freshness(Enum):
    """What a device's newest reading is now."""

    NOTHING = auto()
    FRESH = auto()
    ASLEEP = auto()
    STALE = auto()


class ValueStatus(Enum):
    """What to show of a value."""

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
    """Return how long a reading may stay the newest: three periods and the way to us, at least 20 minutes."""
    return max(
        timedelta(minutes=20),
        3 * max(UPLOAD_PERIOD, interval) + timedelta(minutes=5),
    )


@dataclass(frozen=True, slots=True)
class SunState:
    """Whether the sun is down, or so low that an inverter may sleep; None where the plant's place is not known."""

    low: bool | None
    # Down now or within the last hour.
    down_lately: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a reading is now, and which of its periods are still running.

    days: midnights of the device between the reading and now; months and years alike.
    """

    freshness: Freshness
    days: int = 0
    months: int = 0
    years: int = 0

    def status_of(self, kind: ValueKind) -> ValueStatus:
        """Return what to show of a value of this kind."""
        if self.freshness is Freshness.NOTHING:
            return ValueStatus.UNAVAILABLE
        match kind:
            case ValueKind.IDENTITY | ValueKind.LIFETIME:
                return ValueStatus.AS_READ
            case ValueKind.TODAY:
                return _of_period(self.days)
            case ValueKind.MONTH:
                return _of_period(self.months)
            case ValueKind.YEAR:
                return _of_period(self.years)
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


def _of_period(turns: int) -> ValueStatus:
    """Return what a counter of a period says after so many ends of one."""
    if turns <= 0:
        return ValueStatus.AS_READ
    return ValueStatus.ZERO if turns == 1 else ValueStatus.UNKNOWN


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
    """Return what a device's newest reading is now.

    sleeps: a PV device. power: its last power, W. standby: its last word was that it waits. limit: see stale_after.
    """
    silent = clock.silent_for(now)
    if clock.newest is None or silent is None:
        return NOTHING
    wall = clock.device_time(now)
    return Assessment(
        _freshness(silent, limit or stale_after(), sleeps, sun, power, standby),
        days=(wall.date() - clock.newest.date()).days,
        months=_months(wall.date()) - _months(clock.newest.date()),
        years=wall.year - clock.newest.year,
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
        small = power is not None and power < SMALL_POWER
        if sun.down_lately or ((sun.low or sun.low is None) and small):
            return Freshness.ASLEEP
    return Freshness.STALE


def _months(day: date) -> int:
    return day.year * 12 + day.month
