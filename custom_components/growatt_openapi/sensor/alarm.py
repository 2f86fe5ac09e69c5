"""Sensors of a device's last alarm and its time."""

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

# Home Assistant accepts no longer state.
_MAX_LENGTH = 255

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
    """Yield the alarm sensors of a device, if its family has alarms."""
    if coordinator.family.endpoints.alarms is None:
        return
    for description, create in (
        (LAST_ALARM, LastAlarm),
        (LAST_ALARM_TIME, LastAlarmTime),
    ):
        yield (
            f"{serial}_{description.key}",
            partial(create, alarms, coordinator, serial, description),
        )


class LastAlarm(AlarmEntity, SensorEntity):
    """The message of a device's last alarm, else its code."""

    @property
    @override
    def native_value(self) -> str | None:
        """The message or code; None if no alarm is known."""
        alarm = self.alarm_log.last
        return None if alarm is None else (alarm.message or alarm.code)[:_MAX_LENGTH]

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """The code, message, start and end of the last alarm."""
        return (
            None
            if self.alarm_log.last is None
            else self.alarm_attributes(self.alarm_log.last)
        )


class LastAlarmTime(AlarmEntity, SensorEntity):
    """The start of a device's last alarm."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant, with the offset of the device's clock corrected."""
        alarm = self.alarm_log.last
        return None if alarm is None else self.instant_of(alarm.start)
