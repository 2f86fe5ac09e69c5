"""The sensor of the import of history."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory

from ..entity import HistoryEntity
from ..entity_setup import EntityCandidate
from ..registry.devices import account_identifier
from ..runtime import GrowattConfigEntry

HISTORY_SENSOR = SensorEntityDescription(
    key="history_imported_until",
    translation_key="history_imported_until",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)


def history_sensors(entry: GrowattConfigEntry) -> Iterator[EntityCandidate]:
    """Yield the sensor of an account whose history is imported."""
    if entry.runtime_data.history is not None:
        yield (
            f"{account_identifier(entry)}_{HISTORY_SENSOR.key}",
            partial(HistorySensor, entry, HISTORY_SENSOR),
        )


class HistorySensor(HistoryEntity, SensorEntity):
    """The instant up to which the statistics are complete, and the progress of what is still imported."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The end of the last complete hour."""
        return self.coordinator.data.imported_until

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The progress."""
        status = self.coordinator.data
        return {
            "percent": status.percent,
            "days_left": status.days_left,
            "expected_end": status.expected_end,
            "waiting_for": status.waiting_for,
        }
