"""Events: the alarms of devices, each told once."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import FamilyCoordinator
from .domain.alarm_log import AlarmKind
from .entity import AlarmEntity
from .entity_setup import Candidate, add_as_they_appear
from .runtime import GrowattConfigEntry

PARALLEL_UPDATES = 0

ALARM = EventEntityDescription(
    key="alarm",
    translation_key="alarm",
    event_types=[kind.value for kind in AlarmKind],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the alarms of all devices."""
    alarms = entry.runtime_data.alarms

    def of_device(coordinator: FamilyCoordinator, serial: str) -> Iterator[Candidate]:
        if coordinator.family.endpoints.alarms is None:
            return
        yield (
            f"{serial}_{ALARM.key}",
            partial(AlarmEvent, alarms, coordinator, serial, ALARM),
        )

    add_as_they_appear(entry, async_add_entities, of_device=of_device)


class AlarmEvent(AlarmEntity, EventEntity):
    """What happens to a device's alarms."""

    entity_description: EventEntityDescription

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Tell each piece of news by itself: two at once would be one."""
        for news in self.coordinator.news.get(self.serial, ()):
            self._trigger_event(news.kind, self.attributes_of(news.alarm))
            self.async_write_ha_state()
