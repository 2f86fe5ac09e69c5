"""Events: the alarms of devices, each told once."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
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
    event_types=[kind.value for kind in AlarmEventType],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the alarms of all devices."""
    alarms = entry.runtime_data.alarms

    def of_device(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        if coordinator.family.endpoints.alarms is None:
            return
        yield (
            f"{serial}_{ALARM.key}",
            partial(AlarmEvent, alarms, coordinator, serial, ALARM),
        )

    async_add_entities_as_found(entry, async_add_entities, of_device=of_device)


class AlarmEvent(AlarmEntity, EventEntity):
    """What happens to a device's alarms."""

    entity_description: EventEntityDescription

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Tell each piece of news by itself: two at once would be one."""
        for news in self.coordinator.changes.get(self.serial, ()):
            self._trigger_event(news.kind, self.attributes_of(news.alarm))
            self.async_write_ha_state()
