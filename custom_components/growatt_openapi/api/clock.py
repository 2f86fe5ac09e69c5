"""The time, and waiting for it: injected wherever the package asks or waits."""

import asyncio
from datetime import UTC, datetime
import time
from typing import Protocol, override


class Clock(Protocol):
    """What tells the time and waits.

    Intervals are measured with ``monotonic``, which a change of the system clock does not touch, so that a jump never
    unlocks a request early; ``now`` is for what people read.
    """

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary start."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
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
