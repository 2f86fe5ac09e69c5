"""Switches: settings that are on or off."""

from collections.abc import Iterator
from functools import partial
from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .controls import Controls
from .coordinator import FamilyCoordinator
from .entity import Candidate, DeviceEntity, add_as_they_appear
from .families.base import SwitchSetting
from .runtime import GrowattConfigEntry

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of all devices, where controls are wanted."""
    controls = entry.runtime_data.controls
    if controls is None:
        return

    def of_device(coordinator: FamilyCoordinator, serial: str) -> Iterator[Candidate]:
        for setting in coordinator.family.switches:
            yield (
                f"{serial}_{setting.key}",
                partial(SettingSwitch, coordinator, serial, setting, controls),
            )

    add_as_they_appear(entry, async_add_entities, of_device=of_device)


class SettingSwitch(DeviceEntity, SwitchEntity):
    """A setting as last confirmed. Nobody can ask the device, so the state is assumed."""

    _attr_assumed_state = True
    entity_description: SwitchSetting

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        setting: SwitchSetting,
        controls: Controls,
    ) -> None:
        """Write through ``controls``."""
        super().__init__(coordinator, serial, setting)
        self._controls = controls

    @property
    @override
    def is_on(self) -> bool | None:
        """The last confirmed value; unknown until it is set once."""
        confirmed = self._controls.confirmed(self.serial, self.entity_description)
        return None if confirmed is None else bool(confirmed.value)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on."""
        await self._set(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off."""
        await self._set(False)

    async def _set(self, value: bool) -> None:
        try:
            await self._controls.async_set_switch(
                self.coordinator.family, self.serial, self.entity_description, value
            )
        finally:
            self.async_write_ha_state()
