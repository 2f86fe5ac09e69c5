"""The rhythm of a device's uploads: when the cloud will have the next reading.

A reading carries the wall clock time of its device, which may be wrong by any amount. The *lag* is the instant of a poll
minus the time of a reading. A reading becomes available at a nearly constant lag: the error of the device's clock plus the
time of transmission. Every poll narrows this lag down: it is at most a lag at which a reading was present, and at least a lag
at which one was still missing. Polls in the same phase of every period would add no information, so polls bisect the
remaining range until it is a few seconds wide.

Instants are seconds since 1970; times of a device are seconds of its own wall clock.
"""

from collections import deque
from dataclasses import dataclass, field
import math
from statistics import median
from typing import ClassVar

# Seconds between uploads, as long as no other period was observed.
PERIOD = 300.0
# The bounds of an upload period.
_SHORTEST, _LONGEST = 240.0, 1800.0
# Steps below this are uploads in quicker succession than polls are allowed.
_FAST_STEP = 200.0
# The lag is determined to this many seconds.
LAG_TOLERANCE = 8.0
# Seconds added to an expected upload: for the request to arrive, and for clocks read in whole seconds.
MARGIN = 0.5
_WIDEST_JITTER = 60.0
# Two polls no further apart than this miss no upload.
_CLOSE_POLLS = 1.05 * PERIOD
# A step that differs from the period by less than this is a single period.
_STEP_TOLERANCE = 20.0


@dataclass(slots=True)
class UploadRhythm:
    """The observed uploads of one device.

    newest: the time of the newest reading. missing_at: the last poll that found no newer one; None if there was none since.
    is_fast: whether the device uploads more often than it can be polled, so that the phase of polls does not matter.
    """

    STORED_AS: ClassVar = {
        "newest": "newest",
        "fast": "is_fast",
        "steps": "_steps",
        "there": "_present_lags",
        "missing": "_missing_lags",
    }

    newest: float | None = None
    missing_at: float | None = None
    is_fast: bool = False
    # Differences between the times of successive readings.
    _steps: deque[float] = field(default_factory=lambda: deque(maxlen=7))
    _polled_at: float | None = field(default=None, compare=False)
    _present_lags: deque[float] = field(default_factory=lambda: deque(maxlen=8))
    _missing_lags: deque[float] = field(default_factory=lambda: deque(maxlen=8))

    def record_reading(self, time: float, now: float) -> None:
        """Record the time of the newest reading as found by a poll."""
        lag = now - time
        polled_at, self._polled_at = self._polled_at, now
        if self.newest is None or not 0 <= time - self.newest <= 4 * _LONGEST:
            # The first reading at all, the first of a day, or the device's clock was set.
            if self.newest is not None and time < self.newest:
                self.reset()
            self.newest, self.missing_at = time, None
            if not self._present_lags or lag < self.least_present_lag:
                self._record_present_lag(lag)
            return
        if time == self.newest:
            self.missing_at = now
            return
        step = time - self.newest
        if self.missing_at is not None:
            self._record_missing_poll(self.missing_at, time)
        # Polls far apart may have missed uploads: such a step need not be one period.
        is_single_period = self.missing_at is not None or (
            polled_at is not None and now - polled_at < _CLOSE_POLLS
        )
        if is_single_period or abs(step - self.period) < _STEP_TOLERANCE:
            self._steps.append(step)
        # A single short step comes from a restarted datalogger.
        self.is_fast |= sum(one < _FAST_STEP for one in self._steps) > 1
        self._record_present_lag(lag)
        # The reading after this one is missing at the instant of this poll.
        if (floor := lag - self.period - self.jitter) > self.greatest_missing_lag:
            self._record_missing_lag(floor)
        self.newest, self.missing_at = time, None

    def _record_missing_poll(self, polled_at: float, time: float) -> None:
        """Record the lag at which the last poll found no new reading. time: of the reading that came after it."""
        assert self.newest is not None
        step = time - self.newest
        if step < 1.5 * self.period:
            self._record_missing_lag(polled_at - time)
        elif abs(step - 2 * self.period) < _STEP_TOLERANCE:
            # No poll saw the reading in between. It may never have been there, so this contradicts no lag at which one was.
            lag = polled_at - self.newest - self.period
            present = min(self._present_lags, default=-math.inf)
            if lag < present:
                self._record_missing_lag(lag)

    def _record_present_lag(self, lag: float) -> None:
        """Add a lag at which a reading was present, and drop the missing lags that contradict it."""
        missing = [one for one in self._missing_lags if one < lag]
        self._missing_lags.clear()
        self._missing_lags.extend(missing)
        self._present_lags.append(lag)

    def _record_missing_lag(self, lag: float) -> None:
        """Add a lag at which a reading was missing, and drop the present lags that contradict it."""
        present = [one for one in self._present_lags if one > lag]
        self._present_lags.clear()
        self._present_lags.extend(present)
        self._missing_lags.append(lag)

    def reset(self) -> None:
        """Discard all observations, because the device's clock was set."""
        self.newest = self.missing_at = None
        self.is_fast = False
        self._steps.clear()
        self._present_lags.clear()
        self._missing_lags.clear()

    @property
    def period(self) -> float:
        """The seconds between uploads, within the bounds of what can be polled."""
        steps = [step for step in self._steps if _SHORTEST <= step <= _LONGEST]
        # Longer steps span several uploads.
        return (
            median(step for step in steps if step < 1.5 * min(steps))
            if steps
            else PERIOD
        )

    @property
    def jitter(self) -> float:
        """The delay of recent uploads beyond one period after the previous upload, in seconds."""
        late = sorted(
            step - self.period
            for step in self._steps
            if abs(step - self.period) <= _WIDEST_JITTER
        )
        # The longest delay is ignored, because a single one is no pattern.
        return max(late[-2], 0.0) if len(late) > 1 else 0.0

    @property
    def least_present_lag(self) -> float:
        """The least lag at which a reading was present."""
        return min(self._present_lags)

    @property
    def greatest_missing_lag(self) -> float:
        """The greatest lag at which a reading was missing."""
        return max((*self._missing_lags, self.least_present_lag - self.period))

    def next_due(
        self,
        *,
        probing: bool,
        tolerance: float = LAG_TOLERANCE,
        patience: float = 1.0,
    ) -> float | None:
        """Return when to poll for the reading after the newest; None where no instant is better than another.

        probing: return the middle of the remaining range of the lag instead, as long as that range is wider than
        ``tolerance``. After one poll there in vain, return the instant at which the reading is certainly present.
        patience: by how many times the delay of recent uploads to wait.
        """
        if self.newest is None or not self._present_lags or self.is_fast:
            return None
        expected = self.newest + self.period
        if probing and self.least_present_lag - self.greatest_missing_lag > tolerance:
            middle = expected + (self.least_present_lag + self.greatest_missing_lag) / 2
            if self.missing_at is None or self.missing_at < middle - 1:
                return middle
        return expected + self.least_present_lag + MARGIN + patience * self.jitter
