"""The account's sensors, as data: what it costs, how the cloud treats it, what all plants make."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower

from .api import Status
from .coordinator import Figures
from .families.base import Value


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """A figure of the account. is_sum: over all plants."""

    value_fn: Callable[[Figures], Value]
    is_sum: bool = False


ACCOUNT_SENSORS: tuple[AccountSensorDescription, ...] = (
    AccountSensorDescription(
        key="cloud_status",
        translation_key="cloud_status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in Status],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda figures: figures.status.value,
    ),
    AccountSensorDescription(
        key="calls",
        translation_key="calls",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda figures: figures.calls,
    ),
    AccountSensorDescription(
        key="refusals",
        translation_key="refusals",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda figures: figures.refusals,
    ),
    AccountSensorDescription(
        key="list_calls_left",
        translation_key="list_calls_left",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda figures: figures.list_calls_left,
    ),
    AccountSensorDescription(
        key="next_poll",
        translation_key="next_poll",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda figures: figures.next_poll,
    ),
    AccountSensorDescription(
        key="power",
        translation_key="power_of_all_plants",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        is_sum=True,
        value_fn=lambda figures: figures.power,
    ),
    AccountSensorDescription(
        key="energy_today",
        translation_key="energy_today_of_all_plants",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        is_sum=True,
        value_fn=lambda figures: figures.energy_today,
    ),
    AccountSensorDescription(
        key="energy_total",
        translation_key="energy_total_of_all_plants",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        is_sum=True,
        value_fn=lambda figures: figures.energy_total,
    ),
    AccountSensorDescription(
        key="plants_offline",
        translation_key="plants_offline",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda figures: figures.plants_offline,
    ),
    AccountSensorDescription(
        key="devices_in_fault",
        translation_key="devices_in_fault",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda figures: figures.devices_in_fault,
    ),
)
