"""Binary sensors of dataloggers and devices: online, fault, whether a battery charges, charging or discharging on command."""

from collections.abc import Iterator
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN, OVERRIDE_KEY
from .coordinator import FamilyCoordinator
from .domain.freshness import ValueKind, ValueStatus
from .entity import (
    DataloggerEntity,
    DeviceEntity,
    OverrideEntity,
    UnknownDeviceEntity,
    iter_unknown_devices,
)
from .entity_setup import (
    EntityCandidate,
    async_add_entities_as_found,
    async_add_override_entities,
)
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
    entity_category=EntityCategory.DIAGNOSTIC,
)
OVERRIDE = BinarySensorEntityDescription(
    key=OVERRIDE_KEY,
    translation_key=OVERRIDE_KEY,
    device_class=BinarySensorDeviceClass.RUNNING,
)
# Named by its class, for which Home Assistant has triggers and conditions. The sign of the battery's power says the same.
CHARGING = BinarySensorEntityDescription(
    key="charging",
    entity_registry_enabled_default=False,
    device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of dataloggers and devices."""
    async_add_entities_as_found(
        entry,
        async_add_entities,
        iter_device_entities=partial(_iter_device_entities, er.async_get(hass)),
        iter_account_entities=_iter_account_entities,
    )
    async_add_override_entities(
        hass,
        entry,
        async_add_entities,
        lambda family: (OVERRIDE,) if family.overrides else (),
        OverrideRunning,
    )


def _iter_device_entities(
    registry: er.EntityRegistry, coordinator: FamilyCoordinator, serial: str
) -> Iterator[EntityCandidate]:
    yield f"{serial}_online", partial(DeviceOnline, coordinator, serial, ONLINE)
    if coordinator.family.fault_codes:
        yield f"{serial}_fault", partial(DeviceFault, coordinator, serial, FAULT)
    channels = coordinator.family.power_channels
    if channels is None or channels.battery is None:
        return
    unique_id = f"{serial}_{CHARGING.key}"
    values = coordinator.data[serial].values
    if (
        coordinator.family.measures(channels.battery, values)
        or registry.async_get_entity_id("binary_sensor", DOMAIN, unique_id) is not None
    ):
        yield (
            unique_id,
            partial(BatteryCharging, coordinator, serial, channels.battery),
        )


def _iter_account_entities(runtime: RuntimeData) -> Iterator[EntityCandidate]:
    for plant_id, info in runtime.inventory.data.items():
        for serial in info.separate_dataloggers:
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
    """The connectivity of a device of an unknown type."""

    @property
    @override
    def is_on(self) -> bool | None:
        """True if the device list says so; None if it does not say."""
        lost = None if self.device is None else self.device.lost
        return None if lost is None else not lost


class DeviceOnline(DeviceEntity, BinarySensorEntity):
    """The connectivity of a device; one that is asleep counts as connected."""

    @property
    @override
    def is_on(self) -> bool | None:
        """True if its readings or the device list say so."""
        return self.device_state.online


class DeviceFault(DeviceEntity, BinarySensorEntity):
    """The fault indication of a device."""

    @property
    @override
    def available(self) -> bool:
        """False if the reading is stale, or none ever came."""
        if not super().available:
            return False
        status = self.device_state.assessment.status_of(ValueKind.CODE)
        return status is not ValueStatus.UNAVAILABLE

    @property
    @override
    def is_on(self) -> bool | None:
        """True if the device's status or fault codes report a fault."""
        return self.coordinator.family.is_fault(self.device_state.values)


class OverrideRunning(OverrideEntity, BinarySensorEntity):
    """The running override of a device: on from the start until the former settings are restored."""

    @override
    async def async_added_to_hass(self) -> None:
        """Write the state whenever an override of the device starts or ends."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.controls.timed_overrides.add_listener(
                self.serial, self.async_write_ha_state
            )
        )

    @property
    @override
    def is_on(self) -> bool:
        """True from the start until the former settings are restored."""
        return self.controls.timed_overrides.get(self.serial) is not None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """The kind of the running override, its end, and the charge level, %, that ends it early."""
        running = self.controls.timed_overrides.get(self.serial)
        if running is None:
            return None
        return {
            "kind": running.kind,
            "until": dt_util.as_local(running.until).isoformat(timespec="seconds"),
            "charge_level": running.charge_level,
        }


class BatteryCharging(DeviceEntity, BinarySensorEntity):
    """The charging indication of a device's battery."""

    def __init__(
        self, coordinator: FamilyCoordinator, serial: str, power_key: str
    ) -> None:
        """Initialize the sensor; ``power_key``: the reading of the battery's power, positive when discharging."""
        super().__init__(coordinator, serial, CHARGING)
        self._power_key = power_key

    @property
    def _status(self) -> ValueStatus:
        return self.device_state.assessment.status_of(ValueKind.FLOW)

    @property
    @override
    def available(self) -> bool:
        """False if the reading is stale, or none ever came."""
        return super().available and self._status is not ValueStatus.UNAVAILABLE

    @property
    @override
    def is_on(self) -> bool | None:
        """True while the battery takes power; None if its power is unknown."""
        power = self._status.apply(self.device_state.values.get(self._power_key))
        return power < 0 if isinstance(power, float | int) else None


class DataloggerOnline(DataloggerEntity, BinarySensorEntity):
    """The connectivity of a datalogger."""

    @property
    @override
    def is_on(self) -> bool | None:
        """True if the datalogger list says so, else if one of its devices is online: their data comes through it."""
        info = self.plant
        if info is None:
            return None
        lost = info.dataloggers[self.serial].lost
        if lost is None:
            states = [
                device.lost
                for device in info.devices.values()
                if device.datalogger == self.serial and device.lost is not None
            ]
            lost = all(states) if states else None
        return None if lost is None else not lost
