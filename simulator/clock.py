"""The simulator's time: the machine's, shifted, or moved by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SimulatorClock:
    """Tells the time out of any source of it, plus an offset that may be moved forward."""

    def __init__(
        self,
        source: Callable[[], datetime] = lambda: datetime.now(UTC),
        offset: timedelta = timedelta(),
    ) -> None:
        """Read ``source``, an aware time, and add ``offset``."""
        self._source = source
        self.offset = offset

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return self._source() + self.offset

    def advance(self, seconds: float) -> None:
        """Move time forward."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self.offset += timedelta(seconds=seconds)


def make_manual_clock(start: datetime) -> SimulatorClock:
    """Return a clock that stands still until it is advanced."""
    return SimulatorClock(source=lambda: start)
