"""One at a time, the most urgent first."""

import asyncio
import heapq
import itertools

from .request_options import Priority


class PriorityLock:
    """Lets one caller through at a time, the lowest priority number first, in order of arrival among equals."""

    def __init__(self) -> None:
        """Begin with nobody inside."""
        self._busy = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._sequence = itertools.count()

    async def acquire(self, priority: Priority) -> None:
        """Wait for the turn. Who is cancelled while waiting loses it and takes nobody else's."""
        if not self._busy:
            self._busy = True
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._sequence), future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.release()  # the turn came with the cancellation: pass it on
            raise

    def release(self) -> None:
        """Pass the turn on."""
        while self._waiting:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)
                return
        self._busy = False
