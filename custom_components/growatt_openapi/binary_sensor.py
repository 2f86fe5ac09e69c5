"""Binary sensors: online, fault."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FamilyCoordinator
from .domain.freshness import ValueKind, ValueStatus
from .entity import (
    DataloggerEntity,
    DeviceEntity,
    UnknownDeviceEntity,
    iter_unknown_devices,
)
from .entity_setup import EntityCandidate, async_add_entities_as_found
from .runtime import GrowattConfigEntry, RuntimeData

PARALLEL_UPDATES = 0

ONLINE = BinarySensorEntityDescription(
    key="online",
    translation_key="online",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
FAULT = BinarySensorEntityDescription(
    key="fault",
    translation_key="fault",
    device_class=BinarySensorDeviceClass.PROBLEM,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add what is on or off about dataloggers and devices."""
    async_add_entities_as_found(
        entry, async_add_entities, of_device=_of_device, of_account=_of_account
    )


def _of_device(
    coordinator: FamilyCoordinator, serial: str
) -> Iterator[EntityCandidate]:
    yield f"{serial}_online", partial(DeviceOnline, coordinator, serial, ONLINE)
    if coordinator.family.fault_codes:
        yield f"{serial}_fault", partial(DeviceFault, coordinator, serial, FAULT)


def _of_account(runtime: RuntimeData) -> Iterator[EntityCandidate]:
    for plant_id, info in runtime.inventory.data.items():
        for serial in info.dataloggers:
            yield (
                f"{serial}_online",
                partial(DataloggerOnline, runtime.inventory, plant_id, serial, ONLINE),
            )
    for plant_id, serial in iter_unknown_devices(runtime.inventory):
        yield (
            f"{serial}_online",
            partial(UnknownDeviceOnline, runtime.inventory, plant_id, serial, ONLINE),
        )


class UnknownDeviceOnline(UnknownDeviceEntity, BinarySensorEntity):
    """Whether a device of an unknown type is connected."""

    @property
    @override
    def is_on(self) -> bool | None:
        """As the list says."""
        lost = None if self.device is None else self.device.lost
        return None if lost is None else not lost


class DeviceOnline(DeviceEntity, BinarySensorEntity):
    """Whether a device is connected; one that sleeps is."""

    @property
    @override
    def is_on(self) -> bool | None:
        """As its readings and the device list say."""
        return self.device_state.online


class DeviceFault(DeviceEntity, BinarySensorEntity):
    """Whether a device says that it has a fault."""

    @property
    @override
    def available(self) -> bool:
        """Unavailable where its last word is of the past."""
        status = self.device_state.assessment.status_of(ValueKind.CODE)
        return status is not ValueStatus.UNAVAILABLE

    @property
    @override
    def is_on(self) -> bool | None:
        """Its status, and its fault codes."""
        return self.coordinator.family.is_fault(self.device_state.values)


class DataloggerOnline(DataloggerEntity, BinarySensorEntity):
    """Whether a datalogger is connected."""

    @property
    @override
    def is_on(self) -> bool | None:
        """As the list says, else as its devices do: what they send comes through it."""
        info = self.coordinator.data[self.plant_id]
        lost = info.dataloggers[self.serial].lost
        if lost is None:
            states = [
                device.lost
                for device in info.devices.values()
                if device.datalogger == self.serial and device.lost is not None
            ]
            lost = all(states) if states else None
        return None if lost is None else not lost
