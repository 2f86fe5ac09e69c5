"""Sensors of a device's last alarm: what it was, and when."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory

from ..coordinator import AlarmCoordinator, FamilyCoordinator
from ..entity import AlarmEntity
from ..entity_setup import EntityCandidate

# Home Assistant takes no longer state.
_LONGEST = 255

LAST_ALARM = SensorEntityDescription(
    key="last_alarm",
    translation_key="last_alarm",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)
LAST_ALARM_TIME = SensorEntityDescription(
    key="last_alarm_time",
    translation_key="last_alarm_time",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


def alarm_sensors(
    alarms: AlarmCoordinator, coordinator: FamilyCoordinator, serial: str
) -> Iterator[EntityCandidate]:
    """Give the sensors of a device, where its kind has alarms."""
    if coordinator.family.endpoints.alarms is None:
        return
    for description, make in (
        (LAST_ALARM, LastAlarm),
        (LAST_ALARM_TIME, LastAlarmTime),
    ):
        yield (
            f"{serial}_{description.key}",
            partial(make, alarms, coordinator, serial, description),
        )


class LastAlarm(AlarmEntity, SensorEntity):
    """What a device last complained of, in the vendor's words, else its code."""

    @property
    @override
    def native_value(self) -> str | None:
        """The words."""
        alarm = self.alarm_log.last
        return None if alarm is None else (alarm.message or alarm.code)[:_LONGEST]

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """All that is known of it."""
        return (
            None
            if self.alarm_log.last is None
            else self.attributes_of(self.alarm_log.last)
        )


class LastAlarmTime(AlarmEntity, SensorEntity):
    """When a device last complained."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant, by the device's clock and what is known of its error."""
        alarm = self.alarm_log.last
        return None if alarm is None else self.instant_of(alarm.start)
