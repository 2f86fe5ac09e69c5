"""Calls that several askers wait for."""

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any


class InFlightCalls[KeyT: Hashable]:
    """Calls under way, by key: who asks for one that is under way waits for its end."""

    def __init__(self) -> None:
        """Begin with none."""
        self._calls: dict[KeyT, tuple[asyncio.Task[Any], int]] = {}

    def __contains__(self, key: KeyT) -> bool:
        """Tell whether this call is under way."""
        return key in self._calls

    def __len__(self) -> int:
        """Return how many are under way."""
        return len(self._calls)

    def start(self, key: KeyT, call: Coroutine[Any, Any, Any]) -> None:
        """Begin a call."""
        task = asyncio.create_task(call)
        self._calls[key] = (task, 0)
        task.add_done_callback(lambda done: self._forget(key, done))

    async def wait(self, key: KeyT) -> None:
        """Wait for a call; the last asker to give up takes it along."""
        task, askers = self._calls[key]
        self._calls[key] = (task, askers + 1)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            shared, askers = self._calls.get(key, (task, 1))
            if shared is task and askers > 1:
                self._calls[key] = (task, askers - 1)
            else:
                # Out of the way at once: who asks now must not share the end of it.
                self._forget(key, task)
                task.cancel()
            raise

    def _forget(self, key: KeyT, task: asyncio.Task[Any]) -> None:
        if key in self._calls and self._calls[key][0] is task:
            del self._calls[key]
