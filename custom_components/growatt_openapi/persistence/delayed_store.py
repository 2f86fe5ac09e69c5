"""Files under ``.storage`` that are written some minutes after a change.

A file that cannot be read (truncated, empty, of a newer version) is replaced by an empty one, with a warning, so that a
damaged file never prevents set-up.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store

from ..const import DOMAIN, LOGGER

# Seconds from the first unsaved change to the write; later changes do not extend them.
SAVE_WITHIN = 240.0
# The same before the first write of a run, so that a crash soon after the start loses little.
SAVE_FIRST_WITHIN = 15.0

# Returns the data to save; asynchronous, so that large data can be assembled in portions.
type DumpFunction = Callable[[], Awaitable[Mapping[str, Any]]]


class DelayedStore:
    """One file under ``.storage``."""

    def __init__(self, hass: HomeAssistant, name: str, version: int = 1) -> None:
        """Initialize the file ``growatt_openapi.<name>``."""
        self._hass = hass
        self._name = name
        self._store: Store[dict[str, Any]] = Store(
            hass,
            version,
            f"{DOMAIN}.{name}",
            atomic_writes=True,
            # The data is large with many devices, and never changed after it was handed over.
            serialize_in_event_loop=False,
        )
        self._dump: DumpFunction | None = None
        self._has_saved = False
        self._unsubscribe: list[CALLBACK_TYPE] = []

    async def load(self) -> dict[str, Any] | None:
        """Return what was saved; None without a readable file."""
        try:
            data = await self._store.async_load()
        except (HomeAssistantError, KeyError, TypeError, NotImplementedError) as err:
            LOGGER.warning(
                "The file %s cannot be read (%s); starting with an empty one",
                self._name,
                type(err).__name__,
            )
            return None
        return data if isinstance(data, dict) else None

    async def save(self, data: Mapping[str, Any]) -> None:
        """Save now; this replaces a scheduled save."""
        self._cancel_save()
        self._has_saved = True
        await self._store.async_save(dict(data))

    @callback
    def schedule_save(self, dump: DumpFunction) -> None:
        """Save within some minutes, or when Home Assistant stops.

        Further calls do not postpone the save, or data that changes all the time would never be saved.
        """
        if self._dump is not None:
            return
        self._dump = dump

        async def save_later(_: datetime) -> None:
            await self.flush()

        async def save_at_stop(_: Event) -> None:
            self._unsubscribe.pop()  # a one-time listener has removed itself
            await self.flush()

        self._unsubscribe = [
            async_call_later(
                self._hass,
                SAVE_WITHIN if self._has_saved else SAVE_FIRST_WITHIN,
                save_later,
            ),
            self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, save_at_stop
            ),
        ]

    async def flush(self) -> None:
        """Run a scheduled save now."""
        if (dump := self._dump) is not None:
            self._cancel_save()
            await self.save(await dump())

    async def remove(self) -> None:
        """Remove the file."""
        self._cancel_save()
        await self._store.async_remove()

    @callback
    def _cancel_save(self) -> None:
        self._dump = None
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
