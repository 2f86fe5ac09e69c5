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
from homeassistant.helpers import entity_registry as er

from ..api import CloudStatus
from ..const import DOMAIN
from ..coordinator import AccountStatus
from ..entity import AccountEntity
from ..entity_setup import EntityCandidate
from ..families.base import Value
from ..registry.devices import account_identifier
from ..runtime import GrowattConfigEntry


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """A sensor of the account. of_several: of several plants; of one it would only repeat what is on its own page."""

    value_fn: Callable[[AccountStatus], Value]
    of_several: bool = False


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
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.calls,
    ),
    AccountSensorDescription(
        key="refusals",
        translation_key="refusals",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.refusals,
    ),
    AccountSensorDescription(
        key="list_calls_left",
        translation_key="list_calls_left",
        entity_registry_enabled_default=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.list_calls_left,
    ),
    AccountSensorDescription(
        key="next_poll",
        translation_key="next_poll",
        entity_registry_enabled_default=False,
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
        of_several=True,
        value_fn=lambda status: status.power,
    ),
    AccountSensorDescription(
        key="energy_today",
        translation_key="energy_today_of_all_plants",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        of_several=True,
        value_fn=lambda status: status.energy_today,
    ),
    AccountSensorDescription(
        key="energy_total",
        translation_key="energy_total_of_all_plants",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        of_several=True,
        value_fn=lambda status: status.energy_total,
    ),
    AccountSensorDescription(
        key="plants_offline",
        translation_key="plants_offline",
        state_class=SensorStateClass.MEASUREMENT,
        of_several=True,
        value_fn=lambda status: status.plants_offline,
    ),
    AccountSensorDescription(
        key="devices_in_fault",
        translation_key="devices_in_fault",
        state_class=SensorStateClass.MEASUREMENT,
        of_several=True,
        value_fn=lambda status: status.devices_in_fault,
    ),
)


def account_sensors(
    registry: er.EntityRegistry, entry: GrowattConfigEntry
) -> Iterator[EntityCandidate]:
    """Yield the sensors of an account; those of several plants only where there are several, or where they were there before."""
    has_several = len(entry.runtime_data.plants) > 1
    for description in ACCOUNT_SENSORS:
        unique_id = f"{account_identifier(entry)}_{description.key}"
        if (
            has_several
            or not description.of_several
            or registry.async_get_entity_id("sensor", DOMAIN, unique_id) is not None
        ):
            yield unique_id, partial(AccountSensor, entry, description)


class AccountSensor(AccountEntity, SensorEntity):
    """A sensor of the account."""

    entity_description: AccountSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """The value at the last refresh of the account status."""
        return self.entity_description.value_fn(self.coordinator.data)
