"""Switches: settings that are on or off."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import SettingEntity
from .entity_setup import async_add_settings
from .families.settings import SwitchSetting
from .runtime import GrowattConfigEntry

# The controls queue the writes of each device.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of all devices."""
    async_add_settings(hass, entry, async_add_entities, SwitchSetting, SettingSwitch)


class SettingSwitch(SettingEntity, SwitchEntity):
    """A setting that is on or off."""

    entity_description: SwitchSetting

    @property
    @override
    def is_on(self) -> bool | None:
        """The last confirmed value; None until one is known."""
        return self.confirmed_value

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Write the setting as on."""
        await self.async_set(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Write the setting as off."""
        await self.async_set(False)
