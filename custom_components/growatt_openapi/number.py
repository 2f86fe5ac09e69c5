"""Numbers: settings with a numeric value."""

from typing import override

from homeassistant.components.number import NumberEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import SettingEntity
from .entity_setup import async_add_settings
from .families.settings import NumberSetting
from .runtime import GrowattConfigEntry

# The controls queue the writes of each device.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of all devices."""
    async_add_settings(hass, entry, async_add_entities, NumberSetting, SettingNumber)


class SettingNumber(SettingEntity, NumberEntity):
    """A setting with a numeric value."""

    entity_description: NumberSetting

    @property
    @override
    def native_value(self) -> float | None:
        """The last confirmed value; None until one is known."""
        return self.confirmed_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the value."""
        await self.async_set(value)
