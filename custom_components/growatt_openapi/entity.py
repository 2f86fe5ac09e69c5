"""What the entities share."""

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
from .families import family_of
from .families.settings import CompoundBase, SettingSlot
from .registry.devices import account_identifier, identified, plant_identifier
from .runtime import GrowattConfigEntry


class GrowattEntity[CoordinatorT: DataUpdateCoordinator[Any]](
    CoordinatorEntity[CoordinatorT]
):
    """An entity of one device of ours.

    Available by what is known of its own reading, never by whether the last call went well.
    """

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: CoordinatorT,
        identifier: str,
        description: EntityDescription,
        context: str | None = None,
    ) -> None:
        """Belong to the device with this identifier."""
        super().__init__(coordinator, context)
        self.entity_description = description
        self._attr_unique_id = f"{identifier}_{description.key}"
        self._attr_device_info = identified(identifier)

    @property
    def available(self) -> bool:
        """Not a matter of the last call; entities that can say more override this."""
        return True


class PlantEntity(GrowattEntity[PlantCoordinator]):
    """An entity of a plant."""

    def __init__(
        self,
        coordinator: PlantCoordinator,
        description: EntityDescription,
        context: str = OVERVIEW,
    ) -> None:
        """Belong to the coordinator's plant; ``context``: what it shows, so that it is asked for."""
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
        """Belong to the device with this serial."""
        super().__init__(coordinator, serial, description, context=serial)
        self.serial = serial

    @property
    def device_state(self) -> DeviceState:
        """The device's newest reading, and what it is now."""
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
        """Belong to the device with this serial."""
        super().__init__(alarms, serial, description, context=serial)
        # Its entities may come before it is heard of there.
        alarms.track_device(family, serial)
        self.serial = serial
        self._family = family

    @property
    def alarm_log(self) -> AlarmLog:
        """What is known of the device's alarms."""
        return self.coordinator.data[self.serial]

    def instant_of(self, time: datetime) -> datetime:
        """Return the instant at which the device's clock showed a time."""
        return self._family.data[self.serial].clock.to_instant(time)

    def attributes_of(self, alarm: Alarm) -> dict[str, Any]:
        """Return what there is to be told of an alarm."""
        return {
            "code": alarm.code,
            "message": alarm.message,
            "start": self.instant_of(alarm.start).isoformat(),
            "end": self.instant_of(alarm.end).isoformat() if alarm.end else None,
        }


class SettingEntity(DeviceEntity):
    """A setting, or a part of one, as last confirmed: assumed, unless the device itself has said so."""

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        place: SettingSlot,
        controls: Controls,
    ) -> None:
        """Write through ``controls``."""
        super().__init__(coordinator, serial, place.description)
        self.setting = place.setting
        self.part = place.part
        self.controls = controls
        if place.description.placeholders is not None:
            self._attr_translation_placeholders = place.description.placeholders

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is known of the device's settings."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.controls.add_listener(self.serial, self.async_write_ha_state)
        )

    @property
    @override
    def assumed_state(self) -> bool:
        """Whether nobody but us says so."""
        known = self.controls.confirmed(self.serial, self.setting)
        return known is None or not known.is_read

    @property
    def confirmed_value(self) -> Any | None:
        """The last confirmed value; unknown until it is set once."""
        known = self.controls.confirmed(self.serial, self.setting)
        if known is None:
            return None
        if isinstance(self.setting, CompoundBase):
            return self.setting.split(known.value).get(str(self.part))
        return known.value

    async def async_set(self, value: Any) -> None:
        """Set it, and show what is known of it then, also where that failed. The other parts go with a part."""
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


class AccountEntity(GrowattEntity[AccountStatusCoordinator]):
    """An entity of the account."""

    def __init__(
        self, entry: GrowattConfigEntry, description: EntityDescription
    ) -> None:
        """Belong to the account of an entry."""
        super().__init__(
            entry.runtime_data.account_status, account_identifier(entry), description
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
        """Belong to the datalogger with this serial."""
        super().__init__(coordinator, serial, description)
        self.plant_id = plant_id
        self.serial = serial

    @property
    def available(self) -> bool:
        """Available while the account lists it."""
        info = self.coordinator.data.get(self.plant_id)
        return info is not None and self.serial in info.dataloggers


class UnknownDeviceEntity(GrowattEntity[InventoryCoordinator]):
    """An entity of a device of a type that nobody here knows: what the list of devices says of it."""

    def __init__(
        self,
        coordinator: InventoryCoordinator,
        plant_id: str,
        serial: str,
        description: EntityDescription,
    ) -> None:
        """Belong to the device with this serial."""
        super().__init__(coordinator, serial, description)
        self.plant_id = plant_id
        self.serial = serial

    @property
    def device(self) -> Device | None:
        """Its row."""
        info = self.coordinator.data.get(self.plant_id)
        return None if info is None else info.devices.get(self.serial)

    @property
    def available(self) -> bool:
        """Available while the account lists it."""
        return self.device is not None


def iter_unknown_devices(account: InventoryCoordinator) -> Iterator[tuple[str, str]]:
    """Give plant and serial of the devices of unknown types."""
    for plant_id, info in account.data.items():
        for serial, device in info.devices.items():
            if family_of(device) is None:
                yield plant_id, serial
