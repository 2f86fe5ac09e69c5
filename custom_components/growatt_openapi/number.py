"""Numbers: settings that take one."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.number import NumberEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .controls import Controls
from .coordinator import FamilyCoordinator
from .entity import Candidate, DeviceEntity, add_as_they_appear
from .families.base import NumberSetting
from .runtime import GrowattConfigEntry

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of all devices, where controls are wanted."""
    controls = entry.runtime_data.controls
    if controls is None:
        return

    def of_device(coordinator: FamilyCoordinator, serial: str) -> Iterator[Candidate]:
        for setting in coordinator.family.numbers:
            yield (
                f"{serial}_{setting.key}",
                partial(SettingNumber, coordinator, serial, setting, controls),
            )

    add_as_they_appear(entry, async_add_entities, of_device=of_device)


class SettingNumber(DeviceEntity, NumberEntity):
    """A setting as last confirmed. Nobody can ask the device, so the state is assumed."""

    _attr_assumed_state = True
    entity_description: NumberSetting

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        setting: NumberSetting,
        controls: Controls,
    ) -> None:
        """Write through ``controls``."""
        super().__init__(coordinator, serial, setting)
        self._controls = controls

    @property
    @override
    def native_value(self) -> float | None:
        """The last confirmed value; unknown until it is set once."""
        confirmed = self._controls.confirmed(self.serial, self.entity_description)
        return None if confirmed is None else confirmed.value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it."""
        try:
            await self._controls.async_set_number(
                self.coordinator.family, self.serial, self.entity_description, value
            )
        finally:
            self.async_write_ha_state()
