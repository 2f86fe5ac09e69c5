"""When a device's readings came, and how far its clock is from the plant's."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

# A first reading this much older than our clock may be a new one of a slow clock.
FIRST_READING_TOLERANCE = timedelta(minutes=15)
# Smaller differences between the clocks are the way of the reading to us.
LONGEST_LATENCY = timedelta(minutes=10)
CLOCK_AHEAD_TOLERANCE = timedelta(minutes=2)


@dataclass(slots=True)
class DeviceClock:
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

    def record_reading(self, time: datetime | None, now: datetime) -> bool:
        """Take note of a reading's time; tell whether the reading is a newer one.

        A time that goes back is an older reading out of a cache, unless the next one goes on from there: then the
        device's clock was set back.
        """
        if time is None or time == self.newest:
            return False
        if self.newest is None:
            self._first_seen = now
            age = self._age_when_seen(time, now)
            if age < -CLOCK_AHEAD_TOLERANCE:
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
        self.advanced_at = now - max(timedelta(), age - FIRST_READING_TOLERANCE)
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

    def follow_clock_jump(self, jump: timedelta) -> None:
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

    def record_undated_reading(self, now: datetime) -> None:
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
        return timedelta() if -CLOCK_AHEAD_TOLERANCE <= lag <= LONGEST_LATENCY else lag

    def device_time(self, now: datetime) -> datetime:
        """Return what the device's wall clock shows."""
        return self._wall(now) - self.offset

    def newest_instant(self) -> datetime | None:
        """Return the instant of the newest reading, aware."""
        return None if self.newest is None else self.to_instant(self.newest)

    def to_instant(self, time: datetime) -> datetime:
        """Return the instant at which the device's wall clock showed this, aware."""
        return (time + self.offset).replace(tzinfo=self.zone)

    def silent_for(self, now: datetime) -> timedelta | None:
        """Return for how long no newer reading has come."""
        return None if self.advanced_at is None else now - self.advanced_at


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
