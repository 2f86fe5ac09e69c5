"""Sensors of a device: every field of its reading, the reading's time and its age."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, cast, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import FamilyCoordinator
from ..domain.freshness import ValueKind, ValueStatus
from ..entity import DeviceEntity
from ..entity_setup import EntityCandidate
from ..families.base import ASLEEP, OTHER, Presence, ReadingDescription, Value
from .datalogger import LAST_UPDATE

ATTR_NUMBER = "number"
ATTR_DESCRIPTION = "description"

# Few people need it for each device.
DEVICE_LAST_UPDATE = replace(LAST_UPDATE, entity_registry_enabled_default=False)


DATA_AGE = SensorEntityDescription(
    key="data_age",
    translation_key="data_age",
    device_class=SensorDeviceClass.DURATION,
    state_class=SensorStateClass.MEASUREMENT,
    native_unit_of_measurement=UnitOfTime.MINUTES,
    suggested_display_precision=0,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


def device_sensors(
    registry: er.EntityRegistry,
    coordinator: FamilyCoordinator,
    serial: str,
    *,
    essential: bool,
) -> Iterator[EntityCandidate]:
    """Yield the sensors of a device; ``essential``: of that detail level, at which all that are registered are enabled.

    A device that has never been read has no reading sensors yet: which fields it has is not known.
    """
    state = coordinator.data[serial]
    for description in coordinator.family.readings if state.values else ():
        unique_id = f"{serial}_{description.key}"
        if (
            description.presence is Presence.WHEN_USED
            and not description.is_used(state.values)
            and registry.async_get_entity_id("sensor", DOMAIN, unique_id) is None
        ):
            continue
        is_enabled = essential or description.is_enabled(state.values)
        yield (
            unique_id,
            partial(
                ReadingSensor, coordinator, serial, description, is_enabled=is_enabled
            ),
        )
    yield (
        f"{serial}_{DEVICE_LAST_UPDATE.key}",
        partial(DeviceLastUpdate, coordinator, serial, DEVICE_LAST_UPDATE),
    )
    yield (
        f"{serial}_{DATA_AGE.key}",
        partial(DeviceDataAge, coordinator, serial, DATA_AGE),
    )


@callback
def enable_used_sensors(
    registry: er.EntityRegistry, coordinator: FamilyCoordinator, serial: str
) -> None:
    """Enable the sensors of parts that a device turns out to have, if they were disabled as unused when they were registered.

    At night and in a broken first reply a part that is there looks unused. What the user has disabled stays so: only entities
    disabled by the integration are enabled, and so each of them once. Home Assistant then reloads the entry after half a minute.
    """
    values = coordinator.data[serial].values
    for description in coordinator.family.readings:
        if description.presence is not Presence.ENABLED_WHEN_USED:
            continue
        if not description.is_enabled(values):
            continue
        entity_id = registry.async_get_entity_id(
            "sensor", DOMAIN, f"{serial}_{description.key}"
        )
        entity = None if entity_id is None else registry.async_get(entity_id)
        if (
            entity is not None
            and entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        ):
            registry.async_update_entity(entity.entity_id, disabled_by=None)


class DeviceLastUpdate(DeviceEntity, SensorEntity):
    """The time of a device's newest reading."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant, with the offset of the device's clock corrected."""
        return self.device_state.clock.newest_instant()


class DeviceDataAge(DeviceEntity, SensorEntity):
    """The age of a device's newest reading."""

    @property
    @override
    def should_poll(self) -> bool:
        """True: the age grows without any update."""
        return True

    @property
    @override
    def native_value(self) -> float | None:
        """The age in minutes; None if there is no reading."""
        age = self.device_state.age(self.coordinator.clock.now())
        return None if age is None else round(age.total_seconds() / 60, 1)

    @override
    async def async_update(self) -> None:
        """Do nothing: Home Assistant writes the state after each poll."""


class ReadingSensor(DeviceEntity, SensorEntity):
    """A field of a device's reading."""

    entity_description: ReadingDescription

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        description: ReadingDescription,
        *,
        is_enabled: bool,
    ) -> None:
        """Initialize the sensor of a field. is_enabled: by default."""
        super().__init__(coordinator, serial, description)
        if description.placeholders is not None:
            self._attr_translation_placeholders = description.placeholders
        self._attr_entity_registry_enabled_default = is_enabled

    @property
    def _status(self) -> ValueStatus:
        return self.device_state.assessment.status_of(self.entity_description.kind)

    @property
    @override
    def available(self) -> bool:
        """False if the value is stale, or none ever came."""
        return super().available and self._status is not ValueStatus.UNAVAILABLE

    @property
    @override
    def native_value(self) -> Value:
        """The value that holds now."""
        value = self.device_state.values.get(self.entity_description.key)
        return self._status.apply(value, asleep=ASLEEP)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """The number of an undocumented state, or the meaning of a code, if an alarm has shown it."""
        if self.entity_description.kind is ValueKind.CODE:
            text = self.coordinator.fault_texts.get(cast("int", self.native_value))
            return None if text is None else {ATTR_DESCRIPTION: text}
        if self.entity_description.states is None or self.native_value != OTHER:
            return None
        numbers = self.device_state.reading.undocumented
        return {ATTR_NUMBER: numbers[self.entity_description.key]}
