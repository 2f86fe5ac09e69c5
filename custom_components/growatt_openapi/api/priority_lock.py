"""A lock that serves the most urgent waiter first."""

import asyncio
import heapq
import itertools

from .request_options import Priority


class PriorityLock:
    """An exclusive lock, acquired by the lowest priority number first and in order of arrival among equals."""

    def __init__(self) -> None:
        """Initialize the lock as free."""
        self._busy = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._sequence = itertools.count()

    async def acquire(self, priority: Priority) -> None:
        """Wait for the lock. A waiter that is cancelled leaves the queue without blocking the others."""
        if not self._busy:
            self._busy = True
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._sequence), future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.release()  # acquired and cancelled at the same time
            raise

    def release(self) -> None:
        """Hand the lock to the next waiter, or free it."""
        while self._waiting:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)
                return
        self._busy = False
