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

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum, auto
from typing import Any

UPLOAD_PERIOD = timedelta(minutes=5)
# A silent inverter may be asleep this long after sunrise, and while the sun is this low (degrees).
SLEEPS_AFTER_SUNRISE = timedelta(hours=1)
LOW_SUN = 5.0
# A first reading this much older than our clock may be a new one of a slow clock.
CLOCK_TOLERANCE = timedelta(minutes=15)
# Smaller differences between the clocks are the way of the reading to us.
LATENCY = timedelta(minutes=10)
AHEAD = timedelta(minutes=2)
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


@dataclass(slots=True)
class ReadingClock:
    """When a device's readings came, and how far its clock is from the plant's.

    zone: the plant's. newest: the wall clock time of the newest reading. advanced_at: the instant it was first seen.
    """

    zone: tzinfo
    newest: datetime | None = None
    advanced_at: datetime | None = None
    _candidate: datetime | None = None
    # When the first reading was seen, as long as it is the only one: how old it was then hangs on the zone.
    _first_seen: datetime | None = None
    _lags: deque[timedelta] = field(default_factory=lambda: deque(maxlen=12))

    def see(self, time: datetime | None, now: datetime) -> bool:
        """Take note of a reading's time; tell whether the reading is a newer one.

        A time that goes back is an older reading out of a cache, unless the next one goes on from there: then the
        device's clock was set back.
        """
        if time is None or time == self.newest:
            return False
        if self.newest is None:
            self._first_seen = now
            age = self._age_when_seen(time, now)
            if age < -AHEAD:
                self._lags.append(age)
        elif time < self.newest:
            if self._candidate is None or time <= self._candidate:
                self._candidate = time
                return False
            self._lags.clear()
            self.advanced_at = now
        else:
            self._lags.append(self._wall(now) - time)
            self.advanced_at = now
        if self.newest is not None:
            self._first_seen = None
        self._candidate = None
        self.newest = time
        return True

    def _age_when_seen(self, time: datetime, now: datetime) -> timedelta:
        """Return how old the first reading was when it was seen, and count it as silent since then."""
        age = self._wall(now) - time
        self.advanced_at = now - max(timedelta(), age - CLOCK_TOLERANCE)
        return age

    def set_zone(self, zone: tzinfo, now: datetime) -> None:
        """Take another zone for the plant's: what was measured by the old one is moved along."""
        if zone == self.zone:
            return
        before = self._wall(now)
        self.zone = zone
        moved = self._wall(now) - before
        for _ in range(len(self._lags)):
            self._lags.append(self._lags.popleft() + moved)
        if self._first_seen is not None and self.newest is not None:
            self._age_when_seen(self.newest, self._first_seen)

    def shift(self, jump: timedelta) -> None:
        """Our own clock was set: what was seen so long ago was seen so long ago still."""
        if self.advanced_at is not None:
            self.advanced_at += jump

    def dump(self) -> dict[str, Any]:
        """Return what is to be remembered."""
        return {
            "newest": _text(self.newest),
            "advanced_at": _text(self.advanced_at),
            "lags": [lag.total_seconds() for lag in self._lags],
        }

    def load(self, data: Mapping[str, Any], now: datetime) -> None:
        """Take up what was remembered; raise ValueError, KeyError or TypeError where it cannot be read."""
        newest, advanced_at = data["newest"], data["advanced_at"]
        lags = [timedelta(seconds=float(lag)) for lag in data["lags"]]
        if newest is None or advanced_at is None:
            return
        self.newest = datetime.fromisoformat(newest)
        # Nothing has been seen later than now: our clock was ahead, or is behind.
        self.advanced_at = min(datetime.fromisoformat(advanced_at), now)
        self._lags.extend(lags)

    def see_undated(self, now: datetime) -> None:
        """Take note of news without a time: taken just now, for all that is known."""
        self.newest = self._wall(now)
        self.advanced_at = now

    def _wall(self, now: datetime) -> datetime:
        return now.astimezone(self.zone).replace(tzinfo=None)

    @property
    def offset(self) -> timedelta:
        """How far the device's clock is behind the plant's (negative: ahead), out of the quickest readings seen.

        What a reading's way to us explains is no offset.
        """
        lag = min(self._lags, default=timedelta())
        return timedelta() if -AHEAD <= lag <= LATENCY else lag

    def device_time(self, now: datetime) -> datetime:
        """Return what the device's wall clock shows."""
        return self._wall(now) - self.offset

    def instant(self) -> datetime | None:
        """Return the instant of the newest reading, aware."""
        return None if self.newest is None else self.instant_of(self.newest)

    def instant_of(self, time: datetime) -> datetime:
        """Return the instant at which the device's wall clock showed this, aware."""
        return (time + self.offset).replace(tzinfo=self.zone)

    def silent_for(self, now: datetime) -> timedelta | None:
        """Return for how long no newer reading has come."""
        return None if self.advanced_at is None else now - self.advanced_at


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


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _months(day: date) -> int:
    return day.year * 12 + day.month
