"""Times: the start and end of settings that are a daily window, or of periods in a block."""

from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import SettingEntity
from .entity_setup import async_add_settings
from .families.settings import TimeSetting
from .runtime import GrowattConfigEntry

# Both ends of a window are combined into one write; the controls queue the writes of each device.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the times of all devices."""
    async_add_settings(hass, entry, async_add_entities, TimeSetting, SettingTime)


class SettingTime(SettingEntity, TimeEntity):
    """A time of the day. As an end, midnight is the end of the day, unless the start is midnight too: that is no window."""

    entity_description: TimeSetting

    @property
    @override
    def native_value(self) -> time | None:
        """The last confirmed value; None until one is known."""
        return self.confirmed_value

    @override
    async def async_set_value(self, value: time) -> None:
        """Write the time, together with the other parts of its setting."""
        await self.async_set(value)
