"""Calls under way that several callers can share."""

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any


class InFlightCalls[KeyT: Hashable]:
    """Calls under way, by key. Callers with the same key share one call."""

    def __init__(self) -> None:
        """Initialize without calls."""
        self._calls: dict[KeyT, tuple[asyncio.Task[Any], int]] = {}

    def __contains__(self, key: KeyT) -> bool:
        """Return True if this call is under way."""
        return key in self._calls

    def __len__(self) -> int:
        """Return the number of calls under way."""
        return len(self._calls)

    def start(self, key: KeyT, call: Coroutine[Any, Any, Any]) -> None:
        """Start a call."""
        task = asyncio.create_task(call)
        self._calls[key] = (task, 0)
        task.add_done_callback(lambda done: self._forget(key, done))

    async def wait(self, key: KeyT) -> None:
        """Wait for a call to end. The call is cancelled when its last caller is."""
        task, callers = self._calls[key]
        self._calls[key] = (task, callers + 1)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            shared, callers = self._calls.get(key, (task, 1))
            if shared is task and callers > 1:
                self._calls[key] = (task, callers - 1)
            else:
                # Removed at once: a new caller must not share a call that is being cancelled.
                self._forget(key, task)
                task.cancel()
            raise

    def _forget(self, key: KeyT, task: asyncio.Task[Any]) -> None:
        if key in self._calls and self._calls[key][0] is task:
            del self._calls[key]
