"""Switches: settings that are on or off, and the pause of the import of history."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import HistoryEntity, SettingEntity
from .entity_setup import async_add_settings
from .families.settings import SwitchSetting
from .runtime import GrowattConfigEntry

# The controls queue the writes of each device.
PARALLEL_UPDATES = 0

HISTORY_PAUSE = SwitchEntityDescription(
    key="history_pause",
    translation_key="history_pause",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of the account and of all devices."""
    if entry.runtime_data.history is not None:
        async_add_entities([HistoryPauseSwitch(entry, HISTORY_PAUSE)])
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


class HistoryPauseSwitch(HistoryEntity, SwitchEntity):
    """Pauses the import of the past; the running hour is written all the same."""

    @property
    @override
    def is_on(self) -> bool:
        """True while the import is paused."""
        return self.coordinator.is_paused

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Pause."""
        self.coordinator.set_paused(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Go on."""
        self.coordinator.set_paused(False)
