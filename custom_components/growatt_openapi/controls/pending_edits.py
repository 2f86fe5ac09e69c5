"""Parts of a setting that is always sent whole, each set by itself: sent once for all that come together.

What a part is not set to stays as it is: the device is asked first where that is not known of late, so that a change made
elsewhere is not undone.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..error_messages import validation_error
from ..families import Family
from ..families.settings import CompoundSetting

if TYPE_CHECKING:
    from .controls import Controls

# Other parts may come within so many seconds, and all are one write.
COLLECT_FOR = 3.0
# A part that could not be sent alone is kept for the others so long.
KEPT_FOR = 300.0


@dataclass(slots=True)
class _Draft:
    parts: dict[str, Any] = field(default_factory=dict)
    at: float = 0.0
    task: asyncio.Task[None] | None = None


class PendingEdits:
    """Collects parts."""

    def __init__(self, controls: Controls) -> None:
        """Send through ``controls``."""
        self._controls = controls
        self._drafts: dict[tuple[str, str], _Draft] = {}

    async def async_set(
        self,
        family: Family,
        serial: str,
        setting: CompoundSetting,
        parts: Mapping[str, Any],
    ) -> None:
        """Set some parts; the others stay as they are, or as they are set in the next seconds.

        Raises ServiceValidationError where all make nothing that may be sent, or others are not known: the parts are kept for a
        while, so that the missing ones complete them.
        """
        now = self._controls.clock.monotonic()
        draft = self._drafts.setdefault((serial, setting.key), _Draft())
        if now - draft.at > KEPT_FOR:
            draft.parts.clear()
        draft.parts |= parts
        draft.at = now
        if draft.task is None:
            draft.task = self._controls.hass.async_create_task(
                self._settle(family, serial, setting, draft), "growatt_openapi parts"
            )
        await asyncio.shield(draft.task)

    async def _settle(
        self, family: Family, serial: str, setting: CompoundSetting, draft: _Draft
    ) -> None:
        try:
            await self._controls.clock.sleep(COLLECT_FOR)
        finally:
            draft.task = None
        await self._controls.settings_reader.async_freshen(family, serial, setting)
        known = self._controls.confirmed(serial, setting)
        parts = {**(setting.split(known.value) if known else {}), **draft.parts}
        refusal = setting.missing(parts)
        if refusal is not None:
            raise validation_error(refusal.key, **refusal.placeholders)
        value: Any = setting.combine(parts)
        refusal = setting.validate(value)
        if refusal is not None and refusal.key == "window_over_midnight":
            raise validation_error("half_over_midnight", **refusal.placeholders)
        await self._controls.async_set(family, serial, setting, value)
        self._drafts.pop((serial, setting.key), None)
