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


def _measurement(
    key: str,
    source: str | tuple[str, ...],
    device_class: SensorDeviceClass,
    unit: str | None,
    precision: int,
    *,
    enabled: bool = False,
    kind: Kind = Kind.MEASURED,
    **details: Any,
) -> ReadingDescription:
    return _reading(
        key,
        source,
        enabled,
        kind=kind,
        device_class=device_class,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=unit,
        suggested_display_precision=precision,
        **details,
    )


def power(
    key: str, source: str | tuple[str, ...] = (), **details: Any
) -> ReadingDescription:
    """Return a power, W."""
    return _measurement(
        key,
        source,
        SensorDeviceClass.POWER,
        UnitOfPower.WATT,
        0,
        kind=Kind.FLOW,
        **details,
    )


def voltage(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return a voltage, V."""
    return _measurement(
        key,
        source,
        SensorDeviceClass.VOLTAGE,
        UnitOfElectricPotential.VOLT,
        1,
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
    return _measurement(
        key, source, SensorDeviceClass.CURRENT, unit, 1, kind=Kind.FLOW, **details
    )


def temperature(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return a temperature, °C."""
    return _measurement(
        key,
        source,
        SensorDeviceClass.TEMPERATURE,
        UnitOfTemperature.CELSIUS,
        1,
        **details,
    )


def frequency(key: str, source: str) -> ReadingDescription:
    """Return a frequency, Hz."""
    return _measurement(
        key, source, SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ, 2
    )


def power_factor(key: str, source: str) -> ReadingDescription:
    """Return a power factor, -1 to 1."""
    return _measurement(key, source, SensorDeviceClass.POWER_FACTOR, None, 2)


def charge_level(key: str, source: str) -> ReadingDescription:
    """Return a battery's state of charge, %."""
    return _measurement(
        key, source, SensorDeviceClass.BATTERY, PERCENTAGE, 0, enabled=True
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
