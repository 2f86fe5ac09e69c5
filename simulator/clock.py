"""The simulator's clock: the machine's time plus an offset, or a time that only moves when told to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SimulatorClock:
    """A clock that adds an offset to a source of time."""

    def __init__(
        self,
        source: Callable[[], datetime] = lambda: datetime.now(UTC),
        offset: timedelta = timedelta(),
    ) -> None:
        """Initialize the clock with ``source``, which returns an aware time."""
        self._source = source
        self.offset = offset

    def now(self) -> datetime:
        """Return the current time, aware."""
        return self._source() + self.offset

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        if seconds < 0:
            raise ValueError("the clock cannot go back")
        self.offset += timedelta(seconds=seconds)


def make_manual_clock(start: datetime) -> SimulatorClock:
    """Return a clock that moves only when it is advanced."""
    return SimulatorClock(source=lambda: start)
