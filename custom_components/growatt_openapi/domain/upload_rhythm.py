"""When a device's next reading will be there to be read: learned from when earlier ones were.

Pure. A reading carries the wall clock time of its device, which may be wrong by any amount; a reading is seen at an instant of
ours. Their difference, the *lag*, is the error of that clock plus the way of a reading to the cloud, and hardly changes.
Every ask tells something about it: a reading that is there has a lag of at most so much, one that is not there yet of at
least so much. Asked at the same place of every period one learns nothing; so the place is moved, by halves, until it is known
to a few seconds. Instants are seconds since 1970, times of a device seconds of its own wall clock.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

PERIOD = 300.0
_SHORTEST, _LONGEST = 240.0, 1800.0
_FAST = 200.0
# The lag need not be known better than this, seconds.
LAG_TOLERANCE = 8.0
# Some seconds for the way of the question, and for clocks that are read in whole seconds.
MARGIN = 0.5
_WIDEST_JITTER = 60.0
# Two looks no further apart than this do not let an upload go.
_CLOSE_LOOK = 1.05 * PERIOD
_ALIKE = 20.0


@dataclass(slots=True)
class UploadRhythm:
    """What is known of one device's uploads."""

    newest: float | None = None
    # When the newest reading was last asked for in vain, since it is the newest.
    missing_at: float | None = None
    # It uploads oftener than it can be asked: any place of the period is as good as another.
    is_fast: bool = False
    _steps: deque[float] = field(default_factory=lambda: deque(maxlen=7))
    _asked_at: float | None = field(default=None, compare=False)
    # Lags at which a reading was there, and at which the next one was not.
    _there: deque[float] = field(default_factory=lambda: deque(maxlen=8))
    _missing: deque[float] = field(default_factory=lambda: deque(maxlen=8))

    def record_reading(self, time: float, now: float) -> None:
        """Take note of the newest reading's time, as found at an instant."""
        lag = now - time
        asked_at, self._asked_at = self._asked_at, now
        if self.newest is None or not 0 <= time - self.newest <= 4 * _LONGEST:
            # The first one, the first of a day, or of a clock that was set.
            if self.newest is not None and time < self.newest:
                self.reset()
            self.newest, self.missing_at = time, None
            if not self._there or lag < self.least_present_lag:
                self._note(lag)
            return
        if time == self.newest:
            self.missing_at = now
            return
        step = time - self.newest
        if self.missing_at is not None and step < 1.5 * self.period:
            self._keep_missing(self.missing_at - time)
        # Where nobody looked in between, uploads may have been let go: such a step says little of how often it uploads.
        is_sure = self.missing_at is not None or (
            asked_at is not None and now - asked_at < _CLOSE_LOOK
        )
        if is_sure or abs(step - self.period) < _ALIKE:
            self._steps.append(step)
        # One short step is a datalogger that was started anew.
        self.is_fast |= sum(one < _FAST for one in self._steps) > 1
        self._note(lag)
        # The next one is not there yet.
        if (floor := lag - self.period - self.jitter) > self.greatest_missing_lag:
            self._keep_missing(floor)
        self.newest, self.missing_at = time, None

    def _note(self, lag: float) -> None:
        """Keep a lag at which a reading was there; what once was missing at a greater one is of the past."""
        missing = [one for one in self._missing if one < lag]
        self._missing.clear()
        self._missing.extend(missing)
        self._there.append(lag)

    def _keep_missing(self, lag: float) -> None:
        """Keep a lag at which one was missing; what once was there at a smaller one is of the past."""
        there = [one for one in self._there if one > lag]
        self._there.clear()
        self._there.extend(there)
        self._missing.append(lag)

    def reset(self) -> None:
        """Begin anew: the device's clock was set."""
        self.newest = self.missing_at = None
        self.is_fast = False
        self._steps.clear()
        self._there.clear()
        self._missing.clear()

    @property
    def period(self) -> float:
        """How often the device uploads; as often as it can be asked, where that is oftener."""
        steps = [step for step in self._steps if _SHORTEST <= step <= _LONGEST]
        # Longer ones are of uploads that were let go between two.
        return (
            median(step for step in steps if step < 1.5 * min(steps))
            if steps
            else PERIOD
        )

    @property
    def jitter(self) -> float:
        """How much later than a period after the last one an upload has come lately."""
        late = sorted(
            step - self.period
            for step in self._steps
            if abs(step - self.period) <= _WIDEST_JITTER
        )
        # One straggler is no rule.
        return max(late[-2], 0.0) if len(late) > 1 else 0.0

    @property
    def least_present_lag(self) -> float:
        """The least lag at which a reading was there."""
        return min(self._there)

    @property
    def greatest_missing_lag(self) -> float:
        """The greatest lag at which one was not."""
        return max((*self._missing, self.least_present_lag - self.period))

    def next_due(self, *, probing: bool, fine: float = LAG_TOLERANCE) -> float | None:
        """Return when the reading after the newest should be there; None where nothing is known.

        probing: rather when it may be there, half-way between what is known of the lag, as long as that is wider than ``fine``.
        Once asked for in vain there, the reading is expected when it is sure to be there.
        """
        if self.newest is None or not self._there or self.is_fast:
            return None
        expected = self.newest + self.period
        if probing and self.least_present_lag - self.greatest_missing_lag > fine:
            early = expected + (self.least_present_lag + self.greatest_missing_lag) / 2
            if self.missing_at is None or self.missing_at < early - 1:
                return early
        return expected + self.least_present_lag + MARGIN + self.jitter

    def dump(self) -> dict[str, Any]:
        """Return what is to be remembered."""
        return {
            "newest": self.newest,
            "fast": self.is_fast,
            "steps": list(self._steps),
            "there": list(self._there),
            "missing": list(self._missing),
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> UploadRhythm:
        """Return what was remembered; raise ValueError, KeyError or TypeError where it cannot be read."""
        newest = data["newest"]
        rhythm = cls(None if newest is None else float(newest))
        rhythm.is_fast = bool(data["fast"])
        rhythm._steps.extend(map(float, data["steps"]))
        rhythm._there.extend(map(float, data["there"]))
        rhythm._missing.extend(map(float, data["missing"]))
        return rhythm
