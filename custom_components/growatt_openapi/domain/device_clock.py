"""A device's clock: its offset from the plant's, and when it last advanced."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import ClassVar, NamedTuple

# A first reading up to this old counts as new, because the device's clock may be slow.
FIRST_READING_TOLERANCE = timedelta(minutes=15)
# Smaller differences between the clocks are the latency of the reading.
LONGEST_LATENCY = timedelta(minutes=10)
CLOCK_AHEAD_TOLERANCE = timedelta(minutes=2)
# A reading's time may be this far ahead of the device's clock as known so far.
UNEXPECTED_AFTER = timedelta(minutes=15)
# A device's clock counts as set once unexpected times have advanced for this long: single ones, and a few replies out of an old
# cache, are ignored. Less than the time after which a reading becomes stale.
CLOCK_SET_AFTER = timedelta(minutes=10)


class _Candidate(NamedTuple):
    """Unexpected times that advance: the newest, and the instants at which the first and the newest were seen."""

    time: datetime
    first_seen: datetime
    seen: datetime


@dataclass(slots=True)
class DeviceClock:
    """A device's clock as its readings show it.

    zone: the plant's. newest: the wall clock time of the newest reading. advanced_at: the instant at which it was first seen.
    """

    STORED_AS: ClassVar = {
        "newest": "newest",
        "advanced_at": "advanced_at",
        "lags": "_lags",
    }

    zone: tzinfo
    newest: datetime | None = None
    advanced_at: datetime | None = None
    # Earlier or future times, until it is clear whether the device's clock was set.
    _candidate: _Candidate | None = None
    # When the first reading was seen, as long as it is the only one: its age then depends on the zone.
    _first_seen: datetime | None = None
    _lags: deque[timedelta] = field(default_factory=lambda: deque(maxlen=12))

    def record_reading(self, time: datetime | None, now: datetime) -> bool:
        """Record a reading's time; return whether the reading is newer than the newest.

        An earlier time is that of a cached older reading, and one in the future is nonsense, unless the next ones advance from
        there for some minutes: then the device's clock was set.
        """
        if time is None or time == self.newest:
            return False
        if self.newest is None:
            self._first_seen = now
            age = self._estimate_first_age(time, now)
            if age < -CLOCK_AHEAD_TOLERANCE:
                self._lags.append(age)
        else:
            if not self.newest < time <= self.device_time(now) + UNEXPECTED_AFTER:
                if not self._is_clock_set(time, now):
                    return False
                self._lags.clear()
            self._lags.append(self._wall(now) - time)
            self.advanced_at = now
        if self.newest is not None:
            self._first_seen = None
        self._candidate = None
        self.newest = time
        return True

    def _is_clock_set(self, time: datetime, now: datetime) -> bool:
        """Record an unexpected time; return whether such times have advanced for long enough."""
        known = self._candidate
        if known is not None and time == known.time:
            return False
        if (
            known is None
            or not known.time
            < time
            <= known.time + (now - known.seen) + UNEXPECTED_AFTER
        ):
            self._candidate = _Candidate(time, now, now)
            return False
        self._candidate = known._replace(time=time, seen=now)
        return now - known.first_seen >= CLOCK_SET_AFTER

    @property
    def is_confirmed(self) -> bool:
        """False while the only reading looks old: either it is, or the device's clock is behind."""
        return self._first_seen is None or self._first_seen == self.advanced_at

    def _estimate_first_age(self, time: datetime, now: datetime) -> timedelta:
        """Return the age of the first reading when it was seen, and derive ``advanced_at`` from it."""
        age = self._wall(now) - time
        self.advanced_at = now - max(timedelta(), age - FIRST_READING_TOLERANCE)
        return age

    def set_zone(self, zone: tzinfo, now: datetime) -> None:
        """Change the plant's zone, and correct what was measured in the old one."""
        if zone == self.zone:
            return
        old_wall = self._wall(now)
        self.zone = zone
        shift = self._wall(now) - old_wall
        self._shift_lags(shift)
        if self._first_seen is not None and self.newest is not None:
            self._estimate_first_age(self.newest, self._first_seen)

    def follow_clock_jump(self, jump: timedelta) -> None:
        """Shift the recorded instants and lags by a jump of the system's clock, so that ages and the device's time stay the same."""
        if not self._lags and self.newest is not None and self.is_confirmed:
            self._lags.append(timedelta())  # of a single reading, which was fresh
        if self.advanced_at is not None:
            self.advanced_at += jump
        if self._first_seen is not None:
            self._first_seen += jump
        if self._candidate is not None:
            self._candidate = self._candidate._replace(
                first_seen=self._candidate.first_seen + jump,
                seen=self._candidate.seen + jump,
            )
        self._shift_lags(jump)

    def _shift_lags(self, shift: timedelta) -> None:
        for _ in range(len(self._lags)):
            self._lags.append(self._lags.popleft() + shift)

    def limit_to_present(self, now: datetime) -> None:
        """Move a stored instant in the future to now: it was stored while the system's clock was ahead."""
        if self.advanced_at is not None:
            self.advanced_at = min(self.advanced_at, now)

    def record_undated_reading(self, now: datetime) -> None:
        """Record a new reading without a time as taken now."""
        self.newest = self._wall(now)
        self.advanced_at = now

    def _wall(self, now: datetime) -> datetime:
        return now.astimezone(self.zone).replace(tzinfo=None)

    @property
    def offset(self) -> timedelta:
        """The time by which the device's clock is behind the plant's (negative: ahead), from the reading with the least lag.

        A lag within the latency of readings counts as no offset.
        """
        lag = min(self._lags, default=timedelta())
        return timedelta() if -CLOCK_AHEAD_TOLERANCE <= lag <= LONGEST_LATENCY else lag

    def device_time(self, now: datetime) -> datetime:
        """Return the wall clock time of the device."""
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
