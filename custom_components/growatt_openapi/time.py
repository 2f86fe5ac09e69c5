"""Times: the two ends of settings that are a daily window."""

from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import SettingEntity, add_settings
from .families.settings import WindowHalf, WindowSetting
from .runtime import GrowattConfigEntry

# Both ends of a window must be able to meet; each device's writes stand in line by themselves.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add both ends of the windows of all devices."""
    add_settings(
        entry,
        async_add_entities,
        lambda family: (
            (half, window)
            for window in family.settings_of(WindowSetting)
            for half in window.halves
        ),
        WindowTime,
    )


class WindowTime(SettingEntity[WindowSetting], TimeEntity):
    """One end of a window. Midnight as an end is the one that ends the day."""

    _attr_entity_category = EntityCategory.CONFIG
    entity_description: WindowHalf

    @property
    @override
    def native_value(self) -> time | None:
        """The last confirmed value."""
        window = self.known
        if window is None:
            return None
        half: time = window.start if self.entity_description.is_start else window.end
        return half

    @override
    async def async_set_value(self, value: time) -> None:
        """Set it; the other end goes with it."""
        is_start = self.entity_description.is_start
        try:
            await self.controls.halves.async_set(
                self.coordinator.family,
                self.serial,
                self.setting,
                start=value if is_start else None,
                end=None if is_start else value,
            )
        finally:
            self.async_write_ha_state()
