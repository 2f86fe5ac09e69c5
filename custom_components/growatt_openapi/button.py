"""Buttons: refresh."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import AccountEntity
from .refreshing import async_refresh
from .runtime import GrowattConfigEntry

PARALLEL_UPDATES = 1

REFRESH = ButtonEntityDescription(key="refresh", translation_key="refresh")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the account's button."""
    async_add_entities([RefreshButton(entry)])


class RefreshButton(AccountEntity, ButtonEntity):
    """Reads everything now, as far as the cloud's limits allow."""

    def __init__(self, entry: GrowattConfigEntry) -> None:
        """Belong to an entry's account."""
        super().__init__(entry, REFRESH)
        self._entry = entry

    @override
    async def async_press(self) -> None:
        """Read."""
        await async_refresh(self._entry)
