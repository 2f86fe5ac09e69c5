"""The file of an entry: its newest readings and what is needed to judge them, so that a restart changes no entity."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .delayed_store import DelayedStore

type SectionDump = Callable[[], Awaitable[dict[str, Any]]]


class EntryStore:
    """One file of an entry, in sections that coordinators load and dump."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Initialize the store of an entry."""
        self._store = DelayedStore(hass, f"{entry_id}.memory")
        self._loaded: dict[str, Any] = {}
        self._sections: dict[str, SectionDump] = {}

    async def load(self) -> None:
        """Load the file."""
        self._loaded = await self._store.load() or {}

    @callback
    def load_section(self, name: str, dump: SectionDump) -> dict[str, Any]:
        """Return what was saved in a section, and register ``dump`` for its next save."""
        self._sections[name] = dump
        saved = self._loaded.pop(name, None)
        return saved if isinstance(saved, dict) else {}

    @callback
    def schedule_save(self) -> None:
        """Save within some minutes, or when Home Assistant stops."""
        self._store.schedule_save(self._dump)

    async def flush(self) -> None:
        """Run a scheduled save now."""
        await self._store.flush()

    async def remove(self) -> None:
        """Remove the file."""
        await self._store.remove()

    async def _dump(self) -> dict[str, Any]:
        # A section that no coordinator has loaded yet is saved unchanged.
        return self._loaded | {
            name: await dump() for name, dump in tuple(self._sections.items())
        }
