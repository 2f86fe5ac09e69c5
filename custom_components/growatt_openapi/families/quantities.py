"""Shorthands for the readings of the families' tables: what a quantity is in Home Assistant."""

from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfTemperature,
    UnitOfTime,
)

from ..truth import Kind
from .base import ReadingDescription


def _reading(
    key: str, source: str | tuple[str, ...], enabled: bool, **details: Any
) -> ReadingDescription:
    return ReadingDescription(
        key=key,
        translation_key=details.pop("translation_key", key),
        source=(source,) if isinstance(source, str) else source,
        entity_registry_enabled_default=enabled,
        **details,
    )


def power(
    key: str,
    source: str | tuple[str, ...] = (),
    *,
    enabled: bool = False,
    **details: Any,
) -> ReadingDescription:
    """Return a power, W."""
    return _reading(
        key,
        source,
        enabled,
        kind=Kind.FLOW,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        **details,
    )


def voltage(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return a voltage, V."""
    return _reading(
        key,
        source,
        False,
        kind=Kind.MEASURED,
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=1,
        **details,
    )


def current(
    key: str,
    source: str,
    *,
    unit: UnitOfElectricCurrent = UnitOfElectricCurrent.AMPERE,
    **details: Any,
) -> ReadingDescription:
    """Return a current, A unless the vendor's unit is another."""
    return _reading(
        key,
        source,
        False,
        kind=Kind.FLOW,
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=unit,
        suggested_display_precision=1,
        **details,
    )


def energy(
    key: str,
    source: str | tuple[str, ...],
    kind: Kind,
    *,
    enabled: bool = False,
    **details: Any,
) -> ReadingDescription:
    """Return an energy counter, kWh."""
    return _reading(
        key,
        source,
        enabled,
        kind=kind,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        **details,
    )


def reactive_energy(key: str, source: str, kind: Kind) -> ReadingDescription:
    """Return a counter of reactive energy, kvarh (the protocol of 2016 says kWh)."""
    return _reading(
        key,
        source,
        False,
        kind=kind,
        device_class=SensorDeviceClass.REACTIVE_ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfReactiveEnergy.KILO_VOLT_AMPERE_REACTIVE_HOUR,
        suggested_display_precision=1,
    )


def temperature(
    key: str, source: str, *, enabled: bool = False, **details: Any
) -> ReadingDescription:
    """Return a temperature, °C."""
    return _reading(
        key,
        source,
        enabled,
        kind=Kind.MEASURED,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        **details,
    )


def frequency(key: str, source: str) -> ReadingDescription:
    """Return a frequency, Hz."""
    return _reading(
        key,
        source,
        False,
        kind=Kind.MEASURED,
        device_class=SensorDeviceClass.FREQUENCY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfFrequency.HERTZ,
        suggested_display_precision=2,
    )


def power_factor(key: str, source: str) -> ReadingDescription:
    """Return a power factor, -1 to 1."""
    return _reading(
        key,
        source,
        False,
        kind=Kind.MEASURED,
        device_class=SensorDeviceClass.POWER_FACTOR,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
    )


def charge_level(key: str, source: str) -> ReadingDescription:
    """Return a battery's state of charge, %."""
    return _reading(
        key,
        source,
        True,
        kind=Kind.MEASURED,
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
    )


def operating_time(key: str, source: str) -> ReadingDescription:
    """Return the hours a device has run (seconds in other families)."""
    return _reading(
        key,
        source,
        False,
        kind=Kind.LIFETIME,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    )


def code(key: str, source: str) -> ReadingDescription:
    """Return a code of the vendor's: a bare number without a unit."""
    return _reading(
        key,
        source,
        False,
        kind=Kind.CODE,
        bounds=(-(2**53), 2**53),
        entity_category=EntityCategory.DIAGNOSTIC,
    )


def state(
    key: str,
    source: str,
    states: dict[int, str],
    options: tuple[str, ...],
    **details: Any,
) -> ReadingDescription:
    """Return a state in words; ``options`` holds those that no number stands for too."""
    return _reading(
        key,
        source,
        details.pop("enabled", True),
        kind=details.pop("kind", Kind.STATE),
        device_class=SensorDeviceClass.ENUM,
        states=states,
        options=[*states.values(), *options],
        **details,
    )
