"""What an entry remembers between runs, so that a restart is seen by nobody: the newest readings, and what truth needs of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .delayed_store import DelayedStore

type Section = Callable[[], Awaitable[dict[str, Any]]]


class EntryStore:
    """One file of an entry, in sections that their owners fill and read."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Remember for one entry."""
        self._shelf = DelayedStore(hass, f"{entry_id}.memory")
        self._loaded: dict[str, Any] = {}
        self._sections: dict[str, Section] = {}

    async def load(self) -> None:
        """Remember what was saved."""
        self._loaded = await self._shelf.load() or {}

    @callback
    def load_section(self, name: str, dump: Section) -> dict[str, Any]:
        """Return what was saved in a section; ``dump`` gives what is to be saved from now on."""
        self._sections[name] = dump
        saved = self._loaded.pop(name, None)
        return saved if isinstance(saved, dict) else {}

    @callback
    def schedule_save(self) -> None:
        """Save within some minutes, and at a clean stop."""
        self._shelf.schedule_save(self._dump)

    async def flush(self) -> None:
        """Save what has changed."""
        await self._shelf.flush()

    async def remove(self) -> None:
        """Forget everything."""
        await self._shelf.remove()

    async def _dump(self) -> dict[str, Any]:
        # A section that nobody has asked for yet is kept as it was.
        return self._loaded | {
            name: await dump() for name, dump in tuple(self._sections.items())
        }
