"""The clock that is injected wherever the package needs the time or waits."""

import asyncio
from datetime import UTC, datetime
import time
from typing import Protocol, override


class Clock(Protocol):
    """A source of time that can also wait.

    Intervals are measured with ``monotonic``, which a change of the system clock does not touch, so that a jump never
    allows a request too early; ``now`` is for times that are shown to people.
    """

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary start."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        ...


class SystemClock(Clock):
    """The machine's clock."""

    @override
    def now(self) -> datetime:
        return datetime.now(UTC)

    @override
    def monotonic(self) -> float:
        return time.monotonic()

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
