"""Selects: settings with several named values."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import SettingEntity
from .entity_setup import async_add_settings
from .families.settings import SelectSetting
from .runtime import GrowattConfigEntry

# The controls queue the writes of each device.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of all devices."""
    async_add_settings(hass, entry, async_add_entities, SelectSetting, SettingSelect)


class SettingSelect(SettingEntity, SelectEntity):
    """A setting with several named values."""

    entity_description: SelectSetting

    @property
    @override
    def current_option(self) -> str | None:
        """The last confirmed value; None until one is known."""
        return self.confirmed_value

    @override
    async def async_select_option(self, option: str) -> None:
        """Write the option."""
        await self.async_set(option)
