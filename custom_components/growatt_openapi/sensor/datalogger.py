"""Sensors from the account's lists: those of dataloggers, and of devices of unknown types."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory

from ..coordinator import InventoryCoordinator
from ..entity import DataloggerEntity, UnknownDeviceEntity, iter_unknown_devices
from ..entity_setup import EntityCandidate

LAST_UPDATE = SensorEntityDescription(
    key="last_update",
    translation_key="last_update",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)
TYPE_NUMBER = SensorEntityDescription(
    key="type_number",
    translation_key="type_number",
    entity_category=EntityCategory.DIAGNOSTIC,
)


def inventory_sensors(inventory: InventoryCoordinator) -> Iterator[EntityCandidate]:
    """Yield the sensors of all dataloggers, and of devices of unknown types."""
    for plant_id, info in inventory.data.items():
        for serial in info.separate_dataloggers:
            yield (
                f"{serial}_{LAST_UPDATE.key}",
                partial(DataloggerLastUpdate, inventory, plant_id, serial, LAST_UPDATE),
            )
    for plant_id, serial in iter_unknown_devices(inventory):
        yield (
            f"{serial}_{LAST_UPDATE.key}",
            partial(UnknownDeviceLastUpdate, inventory, plant_id, serial, LAST_UPDATE),
        )
        yield (
            f"{serial}_{TYPE_NUMBER.key}",
            partial(UnknownDeviceType, inventory, plant_id, serial, TYPE_NUMBER),
        )


def _to_instant(updated: datetime | None, zone: tzinfo) -> datetime | None:
    """Return a time as an instant; one without a zone is the plant's local time."""
    if updated is None or updated.tzinfo is not None:
        return updated
    return updated.replace(tzinfo=zone)


class DataloggerLastUpdate(DataloggerEntity, SensorEntity):
    """The time at which a datalogger last sent anything."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant; None if the list does not say."""
        info = self.plant
        if info is None:
            return None
        return _to_instant(info.dataloggers[self.serial].last_update, info.zone)


class UnknownDeviceLastUpdate(UnknownDeviceEntity, SensorEntity):
    """The time at which a device of an unknown type last sent anything."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant; None if the device is not listed."""
        info = self.plant
        if info is None:
            return None
        return _to_instant(info.devices[self.serial].last_update, info.zone)


class UnknownDeviceType(UnknownDeviceEntity, SensorEntity):
    """The cloud's number for an unknown type of device."""

    @property
    @override
    def native_value(self) -> int | None:
        """The number; None if the device is not listed."""
        return None if self.device is None else self.device.type
