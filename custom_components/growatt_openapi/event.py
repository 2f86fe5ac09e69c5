"""Events: alarms of devices."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FamilyCoordinator
from .domain.alarm_log import AlarmEventType
from .entity import AlarmEntity
from .entity_setup import EntityCandidate, async_add_entities_as_found
from .runtime import GrowattConfigEntry

PARALLEL_UPDATES = 0

ALARM = EventEntityDescription(
    key="alarm",
    translation_key="alarm",
    entity_category=EntityCategory.DIAGNOSTIC,
    event_types=[kind.value for kind in AlarmEventType],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of all devices that have alarms."""
    alarms = entry.runtime_data.alarms

    def iter_device_entities(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        if coordinator.family.endpoints.alarms is None:
            return
        yield (
            f"{serial}_{ALARM.key}",
            partial(AlarmEvent, alarms, coordinator, serial, ALARM),
        )

    async_add_entities_as_found(
        entry, async_add_entities, iter_device_entities=iter_device_entities
    )


class AlarmEvent(AlarmEntity, EventEntity):
    """The beginnings and ends of a device's alarms, each triggered once."""

    entity_description: EventEntityDescription

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state after each change: only the last of several events would be visible otherwise."""
        for change in self.coordinator.changes.get(self.serial, ()):
            self._trigger_event(change.kind, self.alarm_attributes(change.alarm))
            self.async_write_ha_state()
