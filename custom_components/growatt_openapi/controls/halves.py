"""Two times that make one window, each set by itself: sent whole, and once for both."""

import asyncio
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from ..families import Family
from ..families.settings import Window, WindowSetting
from ..messages import invalid
from .known import Known

if TYPE_CHECKING:
    from .controls import Controls

# The other half may come within so many seconds, and both are one write.
TOGETHER = 3.0
# A half that could not be sent alone is kept for the other one so long.
KEPT_FOR = 300.0


@dataclass(slots=True)
class _Draft:
    start: time | None = None
    end: time | None = None
    at: float = 0.0
    task: asyncio.Task[None] | None = None


class Halves:
    """Collects the halves of windows."""

    def __init__(self, controls: Controls) -> None:
        """Send through ``controls``."""
        self._controls = controls
        self._drafts: dict[tuple[str, str], _Draft] = {}

    async def async_set(
        self,
        family: Family,
        serial: str,
        setting: WindowSetting,
        *,
        start: time | None = None,
        end: time | None = None,
    ) -> None:
        """Set one half; the other stays as it is, or as it is set in the next seconds.

        Raises ServiceValidationError where both make no window, or the other is not known: the half is kept for a while, so that the
        other one completes it.
        """
        now = self._controls.clock.monotonic()
        draft = self._drafts.setdefault((serial, setting.key), _Draft())
        if now - draft.at > KEPT_FOR:
            draft.start = draft.end = None
        draft.start, draft.end, draft.at = start or draft.start, end or draft.end, now
        if draft.task is None:
            draft.task = self._controls.hass.async_create_task(
                self._settle(family, serial, setting, draft), "growatt_openapi window"
            )
        await asyncio.shield(draft.task)

    async def _settle(
        self, family: Family, serial: str, setting: WindowSetting, draft: _Draft
    ) -> None:
        try:
            await self._controls.clock.sleep(TOGETHER)
        finally:
            draft.task = None
        window = _whole(draft, self._controls.known(serial, setting))
        refusal = setting.problem(window)
        if refusal is not None and refusal.key == "window_over_midnight":
            raise invalid("half_over_midnight", **refusal.placeholders)
        await self._controls.async_set(family, serial, setting, window)
        self._drafts.pop((serial, setting.key), None)


def _whole(draft: _Draft, known: Known | None) -> Window:
    """Return the window that a draft makes of what is known."""
    start, end = draft.start, draft.end
    if known is not None and isinstance(known.value, Window):
        start = known.value.start if start is None else start
        end = known.value.end if end is None else end
    if start is None or end is None:
        raise invalid("start_missing" if start is None else "end_missing")
    return Window(start, end)
