"""Sensors of what the account's lists say: a datalogger's last word, and all that is known of devices of unknown types."""

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


def listed_sensors(account: InventoryCoordinator) -> Iterator[EntityCandidate]:
    """Give the sensors of all dataloggers, and of devices of unknown types."""
    for plant_id, info in account.data.items():
        for serial in info.dataloggers:
            yield (
                f"{serial}_{LAST_UPDATE.key}",
                partial(DataloggerLastUpdate, account, plant_id, serial, LAST_UPDATE),
            )
    for plant_id, serial in iter_unknown_devices(account):
        yield (
            f"{serial}_{LAST_UPDATE.key}",
            partial(UnknownDeviceLastUpdate, account, plant_id, serial, LAST_UPDATE),
        )
        yield (
            f"{serial}_{TYPE_NUMBER.key}",
            partial(UnknownDeviceType, account, plant_id, serial, TYPE_NUMBER),
        )


def _instant(updated: datetime | None, zone: tzinfo) -> datetime | None:
    """Return an instant: given as one, or on the plant's clock."""
    if updated is None or updated.tzinfo is not None:
        return updated
    return updated.replace(tzinfo=zone)


class DataloggerLastUpdate(DataloggerEntity, SensorEntity):
    """When a datalogger last sent anything."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant."""
        info = self.coordinator.data[self.plant_id]
        return _instant(info.dataloggers[self.serial].last_update, info.zone)


class UnknownDeviceLastUpdate(UnknownDeviceEntity, SensorEntity):
    """When a device of an unknown type last sent anything."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant, by the plant's clock."""
        if self.device is None:
            return None
        info = self.coordinator.data[self.plant_id]
        return _instant(self.device.last_update, info.zone)


class UnknownDeviceType(UnknownDeviceEntity, SensorEntity):
    """The cloud's number for a type that nobody here knows."""

    @property
    @override
    def native_value(self) -> int | None:
        """The number."""
        return None if self.device is None else self.device.type
