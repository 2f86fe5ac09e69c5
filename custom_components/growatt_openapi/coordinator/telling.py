"""Telling news to those whom it concerns."""

from collections.abc import Callable
from typing import TYPE_CHECKING, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..api import OpenApiClient
from .polling import PollingCoordinator

if TYPE_CHECKING:
    from ..runtime import GrowattConfigEntry


class TellingCoordinator[DataT](PollingCoordinator[DataT]):
    """A coordinator of many devices.

    Entities listen with their device's serial as context, and only those whose device has news (``changed``) are woken: cost
    grows with news and not with entities.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: GrowattConfigEntry,
        client: OpenApiClient,
        name: str,
    ) -> None:
        """Begin with nothing to tell."""
        super().__init__(hass, entry, client, name)
        self.changed: set[str] = set()
        self._listening: dict[str | None, list[CALLBACK_TYPE]] = {}

    def is_heard(self, context: str) -> bool:
        """Tell whether anybody listens to this device."""
        return bool(self._listening.get(context))

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Wake the entities of devices with news, and the listeners for all devices."""
        if not self.changed:
            return
        told = frozenset(self.changed)
        for context in (*told, None):
            for update_callback in tuple(self._listening.get(context, ())):
                try:
                    update_callback()
                # As in the base class: one entity's error must not keep news from the others.
                except Exception:
                    self.logger.exception("Unexpected error updating %s", self.name)
        self.changed -= told

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: str | None = None
    ) -> Callable[[], None]:
        """Listen to one device (by its serial as context), or to all of them."""
        remove = super().async_add_listener(update_callback, context)
        listeners = self._listening.setdefault(context, [])
        listeners.append(update_callback)

        @callback
        def stop() -> None:
            remove()
            listeners.remove(update_callback)

        return stop
