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

from .device_clock import ReadingClock

UPLOAD_PERIOD = timedelta(minutes=5)
# A silent inverter may be asleep this long after sunrise, and while the sun is this low (degrees).
SLEEPS_AFTER_SUNRISE = timedelta(hours=1)
LOW_SUN = 5.0
# Below this a PV device may be about to fall asleep, W.
SMALL_POWER = 100.0


class Kind(Enum):
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


class Verdict(Enum):
    """What to show of a value."""

    AS_IT_IS = auto()
    ZERO = auto()
    UNKNOWN = auto()
    ASLEEP = auto()
    UNAVAILABLE = auto()


def stale_after(interval: timedelta = UPLOAD_PERIOD) -> timedelta:
    """Return how long a reading may stay the newest: three periods and the way to us, at least 20 minutes."""
    return max(
        timedelta(minutes=20),
        3 * max(UPLOAD_PERIOD, interval) + timedelta(minutes=5),
    )


@dataclass(frozen=True, slots=True)
class Sun:
    """Whether the sun is down, or so low that an inverter may sleep; None where the plant's place is not known."""

    low: bool | None
    # Down now or within the last hour.
    down_lately: bool | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reading is now, and which of its periods are still running.

    days: midnights of the device between the reading and now; months and years alike.
    """

    freshness: Freshness
    days: int = 0
    months: int = 0
    years: int = 0

    def verdict(self, kind: Kind) -> Verdict:
        """Return what to show of a value of this kind."""
        if self.freshness is Freshness.NOTHING:
            return Verdict.UNAVAILABLE
        match kind:
            case Kind.IDENTITY | Kind.LIFETIME:
                return Verdict.AS_IT_IS
            case Kind.TODAY:
                return _of_period(self.days)
            case Kind.MONTH:
                return _of_period(self.months)
            case Kind.YEAR:
                return _of_period(self.years)
        if self.freshness is Freshness.STALE:
            return Verdict.UNAVAILABLE
        if self.freshness is Freshness.ASLEEP:
            match kind:
                case Kind.FLOW:
                    return Verdict.ZERO
                case Kind.STATE:
                    return Verdict.ASLEEP
                case Kind.MEASURED:
                    return Verdict.UNKNOWN
        return Verdict.AS_IT_IS


def _of_period(turns: int) -> Verdict:
    """Return what a counter of a period says after so many ends of one."""
    if turns <= 0:
        return Verdict.AS_IT_IS
    return Verdict.ZERO if turns == 1 else Verdict.UNKNOWN


NOTHING = Judgement(Freshness.NOTHING)


def judge(
    clock: ReadingClock,
    now: datetime,
    *,
    sleeps: bool,
    sun: Sun,
    power: float | None,
    standby: bool = False,
    limit: timedelta | None = None,
) -> Judgement:
    """Return what a device's newest reading is now.

    sleeps: a PV device. power: its last power, W. standby: its last word was that it waits. limit: see stale_after.
    """
    silent = clock.silent_for(now)
    if clock.newest is None or silent is None:
        return NOTHING
    wall = clock.device_time(now)
    return Judgement(
        _freshness(silent, limit or stale_after(), sleeps, sun, power, standby),
        days=(wall.date() - clock.newest.date()).days,
        months=_months(wall.date()) - _months(clock.newest.date()),
        years=wall.year - clock.newest.year,
    )


def _freshness(
    silent: timedelta,
    limit: timedelta,
    sleeps: bool,
    sun: Sun,
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
