"""Numbers: settings that take one."""

from typing import override

from homeassistant.components.number import NumberEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import SettingEntity
from .entity_setup import async_add_settings
from .families.settings import NumberSetting
from .runtime import GrowattConfigEntry

# Each device's writes stand in line by themselves.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of all devices."""
    async_add_settings(hass, entry, async_add_entities, NumberSetting, SettingNumber)


class SettingNumber(SettingEntity, NumberEntity):
    """A setting that takes a number."""

    entity_description: NumberSetting

    @property
    @override
    def native_value(self) -> float | None:
        """The last confirmed value."""
        return self.confirmed_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it."""
        await self.async_set(value)
