"""Edits of single parts of a compound setting, collected for some seconds and written together.

A compound is always sent whole. Parts that are not edited keep their values: the device is read first where these were not
confirmed recently, so that a change made elsewhere is not undone.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant

from ..api import Clock
from ..error_messages import validation_error
from ..families import Family
from ..families.settings import CompoundSetting
from .settings_reader import SettingsReader
from .store import SettingsStore
from .writer import SettingsWriter

# Edits within this many seconds become one write.
COLLECT_FOR = 3.0
# Seconds for which edits that could not be written alone are kept for the parts still missing.
KEPT_FOR = 300.0


@dataclass(slots=True)
class _Edit:
    parts: dict[str, Any] = field(default_factory=dict)
    edited_at: float = 0.0
    task: asyncio.Task[None] | None = None


class PendingEdits:
    """Edits by device and setting.

    lock_of: returns the lock of a device that no override changes meanwhile.
    """

    lock_of: Callable[[str], asyncio.Lock]

    def __init__(
        self,
        hass: HomeAssistant,
        clock: Clock,
        store: SettingsStore,
        reader: SettingsReader,
        writer: SettingsWriter,
    ) -> None:
        """Initialize without edits."""
        self._hass = hass
        self._clock = clock
        self._store = store
        self._reader = reader
        self._writer = writer
        self._edits: dict[tuple[str, str], _Edit] = {}

    async def async_set_parts(
        self,
        family: Family,
        serial: str,
        setting: CompoundSetting,
        parts: Mapping[str, Any],
    ) -> None:
        """Set some parts; the others keep their values, or those they are set to in the next seconds.

        Raises ServiceValidationError where the whole must not be sent, or other parts are unknown: the edits are kept for
        a while, so that the missing parts complete them. Raises HomeAssistantError after the controls were closed.
        """
        now = self._clock.monotonic()
        edit = self._edits.setdefault((serial, setting.key), _Edit())
        if now - edit.edited_at > KEPT_FOR:
            edit.parts.clear()
        edit.parts |= parts
        edit.edited_at = now
        if edit.task is None:
            edit.task = self._hass.async_create_task(
                self._async_write(family, serial, setting, edit),
                "growatt_openapi parts",
            )
        await asyncio.shield(edit.task)

    async def _async_write(
        self, family: Family, serial: str, setting: CompoundSetting, edit: _Edit
    ) -> None:
        try:
            await self._clock.sleep(COLLECT_FOR)
        finally:
            edit.task = None
        self._writer.check_open()
        async with self.lock_of(serial):
            await self._async_write_whole(family, serial, setting, edit)

    async def _async_write_whole(
        self, family: Family, serial: str, setting: CompoundSetting, edit: _Edit
    ) -> None:
        await self._reader.async_refresh_if_stale(family, serial, setting)
        confirmed = self._store.get(serial, setting)
        parts = {
            **(setting.split(confirmed.value) if confirmed else {}),
            **edit.parts,
        }
        issue = setting.missing(parts)
        if issue is not None:
            raise validation_error(issue.key, **issue.placeholders)
        value: Any = setting.combine(parts)
        issue = setting.validate(value)
        if issue is not None and issue.key == "window_over_midnight":
            raise validation_error("half_over_midnight", **issue.placeholders)
        await self._writer.async_set(
            family, serial, setting, value, edited=frozenset(edit.parts)
        )
        self._edits.pop((serial, setting.key), None)
