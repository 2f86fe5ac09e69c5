"""Sensors of the account: calls, cloud status, and sums over all plants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower

from ..api import CloudStatus
from ..coordinator import AccountStatus
from ..entity import AccountEntity
from ..entity_setup import EntityCandidate
from ..families.base import Value
from ..registry.devices import account_identifier
from ..runtime import GrowattConfigEntry


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """A sensor of the account. is_sum: a sum over all plants."""

    value_fn: Callable[[AccountStatus], Value]
    is_sum: bool = False


ACCOUNT_SENSORS: tuple[AccountSensorDescription, ...] = (
    AccountSensorDescription(
        key="cloud_status",
        translation_key="cloud_status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in CloudStatus],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.status.value,
    ),
    AccountSensorDescription(
        key="calls",
        translation_key="calls",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.calls,
    ),
    AccountSensorDescription(
        key="refusals",
        translation_key="refusals",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.refusals,
    ),
    AccountSensorDescription(
        key="list_calls_left",
        translation_key="list_calls_left",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.list_calls_left,
    ),
    AccountSensorDescription(
        key="next_poll",
        translation_key="next_poll",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.next_poll,
    ),
    AccountSensorDescription(
        key="power",
        translation_key="power_of_all_plants",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        is_sum=True,
        value_fn=lambda status: status.power,
    ),
    AccountSensorDescription(
        key="energy_today",
        translation_key="energy_today_of_all_plants",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        is_sum=True,
        value_fn=lambda status: status.energy_today,
    ),
    AccountSensorDescription(
        key="energy_total",
        translation_key="energy_total_of_all_plants",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        is_sum=True,
        value_fn=lambda status: status.energy_total,
    ),
    AccountSensorDescription(
        key="plants_offline",
        translation_key="plants_offline",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda status: status.plants_offline,
    ),
    AccountSensorDescription(
        key="devices_in_fault",
        translation_key="devices_in_fault",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda status: status.devices_in_fault,
    ),
)


def account_sensors(entry: GrowattConfigEntry) -> Iterator[EntityCandidate]:
    """Yield the sensors of an account."""
    for description in ACCOUNT_SENSORS:
        yield (
            f"{account_identifier(entry)}_{description.key}",
            partial(AccountSensor, entry, description),
        )


class AccountSensor(AccountEntity, SensorEntity):
    """A sensor of the account."""

    entity_description: AccountSensorDescription

    def __init__(
        self, entry: GrowattConfigEntry, description: AccountSensorDescription
    ) -> None:
        """Initialize the sensor; sums are disabled by default if there is only one plant, whose sensors show the same."""
        super().__init__(entry, description)
        if description.is_sum:
            several = len(entry.runtime_data.plants) > 1
            self._attr_entity_registry_enabled_default = several

    @property
    @override
    def native_value(self) -> Value:
        """The value at the last refresh of the account status."""
        return self.entity_description.value_fn(self.coordinator.data)
