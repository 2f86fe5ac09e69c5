"""Base classes of the entities."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, override

from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import (
    CoordinatorEntity,
    DataUpdateCoordinator,
)

from .api.models import Alarm, Device
from .controls import Controls
from .coordinator import (
    AccountStatusCoordinator,
    AlarmCoordinator,
    DeviceState,
    FamilyCoordinator,
    InventoryCoordinator,
    PlantCoordinator,
)
from .coordinator.plant import OVERVIEW
from .domain.alarm_log import AlarmLog
from .families import get_family
from .families.settings import CompoundBase, SettingSlot
from .history.coordinator import HistoryCoordinator
from .models import PlantInfo
from .registry.devices import account_identifier, identified, plant_identifier
from .runtime import GrowattConfigEntry


class GrowattEntity[CoordinatorT: DataUpdateCoordinator[Any]](
    CoordinatorEntity[CoordinatorT]
):
    """An entity of a registered device.

    Its availability depends on what is known of its own reading, never on whether the last call succeeded.
    """

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: CoordinatorT,
        identifier: str,
        description: EntityDescription,
        context: str | None = None,
    ) -> None:
        """Initialize the entity of the device with this identifier; ``context``: what to listen to."""
        super().__init__(coordinator, context)
        self.entity_description = description
        self._attr_unique_id = f"{identifier}_{description.key}"
        self._attr_device_info = identified(identifier)

    @property
    def available(self) -> bool:
        """True; entities with readings override this."""
        return True


class PlantEntity(GrowattEntity[PlantCoordinator]):
    """An entity of a plant."""

    def __init__(
        self,
        coordinator: PlantCoordinator,
        description: EntityDescription,
        context: str = OVERVIEW,
    ) -> None:
        """Initialize the entity of the coordinator's plant; ``context``: the data it needs polled."""
        super().__init__(
            coordinator, plant_identifier(coordinator.plant_id), description, context
        )


class DeviceEntity(GrowattEntity[FamilyCoordinator]):
    """An entity of a device that has readings."""

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        description: EntityDescription,
    ) -> None:
        """Initialize the entity of the device with this serial."""
        super().__init__(coordinator, serial, description, context=serial)
        self.serial = serial

    @property
    def available(self) -> bool:
        """False once the device is gone, or of another family; entities with readings add their conditions."""
        return self.serial in self.coordinator.data

    @property
    def device_state(self) -> DeviceState:
        """The state of the device."""
        return self.coordinator.data[self.serial]


class AlarmEntity(GrowattEntity[AlarmCoordinator]):
    """An entity of a device's alarms."""

    def __init__(
        self,
        alarms: AlarmCoordinator,
        family: FamilyCoordinator,
        serial: str,
        description: EntityDescription,
    ) -> None:
        """Initialize the entity of the device with this serial."""
        super().__init__(alarms, serial, description, context=serial)
        # Entities are added before the alarm coordinator knows the device.
        alarms.track_device(family, serial)
        self.serial = serial
        self._family = family

    @property
    def available(self) -> bool:
        """False once the device is gone, or of another family."""
        return self.serial in self._family.data and self.serial in self.coordinator.data

    @property
    def alarm_log(self) -> AlarmLog:
        """The log of the device's alarms."""
        return self.coordinator.data[self.serial]

    def instant_of(self, time: datetime) -> datetime:
        """Return the instant at which the device's clock showed a time."""
        return self._family.data[self.serial].clock.to_instant(time)

    def alarm_attributes(self, alarm: Alarm) -> dict[str, Any]:
        """Return an alarm as state attributes."""
        return {
            "code": alarm.code,
            "message": alarm.message,
            "start": self.instant_of(alarm.start).isoformat(),
            "end": self.instant_of(alarm.end).isoformat() if alarm.end else None,
        }


class SettingEntity(DeviceEntity):
    """A setting, or a part of one, with its last confirmed value."""

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        slot: SettingSlot,
        controls: Controls,
    ) -> None:
        """Initialize the entity of a slot that is written through ``controls``."""
        super().__init__(coordinator, serial, slot.description)
        self.setting = slot.setting
        self.part = slot.part
        self.controls = controls
        if slot.description.placeholders is not None:
            self._attr_translation_placeholders = slot.description.placeholders

    @override
    async def async_added_to_hass(self) -> None:
        """Write the state whenever a setting of the device is confirmed."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.controls.add_listener(self.serial, self.async_write_ha_state)
        )

    @property
    @override
    def assumed_state(self) -> bool:
        """True unless the device itself has confirmed the value."""
        known = self.controls.confirmed(self.serial, self.setting)
        return known is None or not known.is_read

    @property
    def confirmed_value(self) -> Any | None:
        """The last confirmed value; None until one is known."""
        known = self.controls.confirmed(self.serial, self.setting)
        if known is None:
            return None
        if isinstance(self.setting, CompoundBase):
            return self.setting.split(known.value).get(str(self.part))
        return known.value

    async def async_set(self, value: Any) -> None:
        """Write a value, and then the state, also if writing failed. A part is written together with the other parts."""
        family, serial = self.coordinator.family, self.serial
        try:
            if isinstance(self.setting, CompoundBase):
                await self.controls.pending_edits.async_set_parts(
                    family, serial, self.setting, {str(self.part): value}
                )
            else:
                await self.controls.writer.async_set(
                    family, serial, self.setting, value
                )
        finally:
            self.async_write_ha_state()


class OverrideEntity(DeviceEntity):
    """An entity of a device's timed override: it starts or ends one, shows it, or holds what the buttons ask for."""

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        description: EntityDescription,
        controls: Controls,
    ) -> None:
        """Initialize the entity of the device with this serial."""
        super().__init__(coordinator, serial, description)
        self.controls = controls


class AccountEntity(GrowattEntity[AccountStatusCoordinator]):
    """An entity of the account."""

    def __init__(
        self, entry: GrowattConfigEntry, description: EntityDescription
    ) -> None:
        """Initialize the entity of an entry's account."""
        super().__init__(
            entry.runtime_data.account_status, account_identifier(entry), description
        )


class HistoryEntity(GrowattEntity[HistoryCoordinator]):
    """An entity of the account's history."""

    def __init__(
        self, entry: GrowattConfigEntry, description: EntityDescription
    ) -> None:
        """Initialize the entity of an entry that has a history."""
        assert entry.runtime_data.history is not None
        super().__init__(
            entry.runtime_data.history, account_identifier(entry), description
        )


class DataloggerEntity(GrowattEntity[InventoryCoordinator]):
    """An entity of a datalogger."""

    def __init__(
        self,
        coordinator: InventoryCoordinator,
        plant_id: str,
        serial: str,
        description: EntityDescription,
    ) -> None:
        """Initialize the entity of the datalogger with this serial; ``plant_id``: the plant that lists it now."""
        super().__init__(coordinator, serial, description)
        self.plant_id = plant_id
        self.serial = serial

    @property
    def plant(self) -> PlantInfo | None:
        """The plant that lists it; None where none does."""
        plants = self.coordinator.data
        info = plants.get(self.plant_id)
        if info is not None and self.serial in info.dataloggers:
            return info
        return next(
            (info for info in plants.values() if self.serial in info.dataloggers), None
        )

    @property
    def available(self) -> bool:
        """True while the account lists it."""
        return self.plant is not None


class UnknownDeviceEntity(GrowattEntity[InventoryCoordinator]):
    """An entity of a device of an unknown type, of which only the row in the device list is known."""

    def __init__(
        self,
        coordinator: InventoryCoordinator,
        plant_id: str,
        serial: str,
        description: EntityDescription,
    ) -> None:
        """Initialize the entity of the device with this serial; ``plant_id``: the plant that lists it now."""
        super().__init__(coordinator, serial, description)
        self.plant_id = plant_id
        self.serial = serial

    @property
    def plant(self) -> PlantInfo | None:
        """The plant that lists it; None where none does."""
        plants = self.coordinator.data
        info = plants.get(self.plant_id)
        if info is not None and self.serial in info.devices:
            return info
        return next(
            (info for info in plants.values() if self.serial in info.devices), None
        )

    @property
    def device(self) -> Device | None:
        """The device's row in the list; None while it is not listed."""
        info = self.plant
        return None if info is None else info.devices[self.serial]

    @property
    def available(self) -> bool:
        """True while the account lists it."""
        return self.plant is not None


def iter_unknown_devices(inventory: InventoryCoordinator) -> Iterator[tuple[str, str]]:
    """Yield the plant id and serial of each device of an unknown type."""
    for plant_id, info in inventory.data.items():
        for serial, device in info.devices.items():
            if get_family(device) is None:
                yield plant_id, serial
