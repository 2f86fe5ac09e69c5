"""Files that survive restarts: never the reason why nothing works.

What cannot be read (cut in half, empty, of a newer version) is begun anew, with a warning.
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

# Changes are saved this many seconds after the first of them, whatever else changes until then.
SAVE_WITHIN = 240.0
# The first ones of a run sooner: until then nothing is known to the next run.
SAVE_FIRST_WITHIN = 15.0


# Gives what is to be saved; of much, a little at a time.
type Make = Callable[[], Awaitable[Mapping[str, Any]]]


class DelayedStore:
    """One file under ``.storage``."""

    def __init__(self, hass: HomeAssistant, name: str, version: int = 1) -> None:
        """Keep ``growatt_openapi.<name>``."""
        self._hass = hass
        self._name = name
        self._store: Store[dict[str, Any]] = Store(
            hass,
            version,
            f"{DOMAIN}.{name}",
            atomic_writes=True,
            # Large with a fleet; what is handed over for saving is never changed afterwards.
            serialize_in_event_loop=False,
        )
        self._make: Make | None = None
        self._has_saved = False
        self._stop_waiting: list[CALLBACK_TYPE] = []

    async def load(self) -> dict[str, Any] | None:
        """Return what was saved; None where there is nothing that can be read."""
        try:
            data = await self._store.async_load()
        except (HomeAssistantError, KeyError, TypeError, NotImplementedError) as err:
            LOGGER.warning(
                "The file %s cannot be read (%s): begun anew",
                self._name,
                type(err).__name__,
            )
            return None
        return data if isinstance(data, dict) else None

    async def save(self, data: Mapping[str, Any]) -> None:
        """Save now, with all that was to be saved soon."""
        self._forget()
        self._has_saved = True
        await self._store.async_save(dict(data))

    @callback
    def schedule_save(self, make: Make) -> None:
        """Save within some minutes, and at Home Assistant's stop.

        The first change sets the time: later ones do not put it off, or what changes all the time would never be saved.
        """
        if self._make is not None:
            return
        self._make = make

        async def soon(_: datetime) -> None:
            await self.flush()

        async def stopping(_: Event) -> None:
            self._stop_waiting.pop()  # this listener is spent
            await self.flush()

        self._stop_waiting = [
            async_call_later(
                self._hass, SAVE_WITHIN if self._has_saved else SAVE_FIRST_WITHIN, soon
            ),
            self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, stopping),
        ]

    async def flush(self) -> None:
        """Save now what was to be saved soon."""
        if (make := self._make) is not None:
            self._forget()
            await self.save(await make())

    async def remove(self) -> None:
        """Remove the file."""
        self._forget()
        await self._store.async_remove()

    @callback
    def _forget(self) -> None:
        self._make = None
        for stop in self._stop_waiting:
            stop()
        self._stop_waiting.clear()
