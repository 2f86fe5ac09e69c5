"""Constructors of the readings in the families' tables: device class, unit and precision of each quantity."""

from collections.abc import Iterator
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfReactivePower,
    UnitOfTemperature,
    UnitOfTime,
)

from ..domain.freshness import ValueKind
from .base import Presence, ReadingDescription


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


def measurement(
    key: str,
    source: str | tuple[str, ...],
    device_class: SensorDeviceClass,
    unit: str | None,
    precision: int,
    *,
    enabled: bool = False,
    kind: ValueKind = ValueKind.MEASURED,
    state_class: SensorStateClass = SensorStateClass.MEASUREMENT,
    **details: Any,
) -> ReadingDescription:
    """Return a measurement."""
    return _reading(
        key,
        source,
        enabled,
        kind=kind,
        device_class=device_class,
        state_class=state_class,
        native_unit_of_measurement=unit,
        suggested_display_precision=precision,
        **details,
    )


def power(
    key: str,
    source: str | tuple[str, ...] = (),
    *,
    kind: ValueKind = ValueKind.FLOW,
    **details: Any,
) -> ReadingDescription:
    """Return a power, W."""
    return measurement(
        key,
        source,
        SensorDeviceClass.POWER,
        UnitOfPower.WATT,
        0,
        kind=kind,
        **details,
    )


def voltage(
    key: str,
    source: str | tuple[str, ...] = (),
    *,
    unit: UnitOfElectricPotential = UnitOfElectricPotential.VOLT,
    precision: int = 1,
    **details: Any,
) -> ReadingDescription:
    """Return a voltage, V unless the vendor's unit is another."""
    return measurement(
        key, source, SensorDeviceClass.VOLTAGE, unit, precision, **details
    )


def current(
    key: str,
    source: str | tuple[str, ...] = (),
    *,
    unit: UnitOfElectricCurrent = UnitOfElectricCurrent.AMPERE,
    kind: ValueKind = ValueKind.FLOW,
    **details: Any,
) -> ReadingDescription:
    """Return a current, A unless the vendor's unit is another."""
    return measurement(
        key, source, SensorDeviceClass.CURRENT, unit, 1, kind=kind, **details
    )


def temperature(
    key: str, source: str | tuple[str, ...], **details: Any
) -> ReadingDescription:
    """Return a temperature, °C."""
    return measurement(
        key,
        source,
        SensorDeviceClass.TEMPERATURE,
        UnitOfTemperature.CELSIUS,
        1,
        **details,
    )


def frequency(
    key: str, source: str | tuple[str, ...] = (), **details: Any
) -> ReadingDescription:
    """Return a frequency, Hz."""
    return measurement(
        key, source, SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ, 2, **details
    )


def apparent_power(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return an apparent power, VA."""
    return measurement(
        key,
        source,
        SensorDeviceClass.APPARENT_POWER,
        UnitOfApparentPower.VOLT_AMPERE,
        0,
        kind=ValueKind.FLOW,
        **details,
    )


def reactive_power(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return a reactive power, var."""
    return measurement(
        key,
        source,
        SensorDeviceClass.REACTIVE_POWER,
        UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
        0,
        **details,
    )


def share(
    key: str, source: str | tuple[str, ...], **details: Any
) -> ReadingDescription:
    """Return a part of a whole, %."""
    return _reading(
        key,
        source,
        False,
        kind=ValueKind.MEASURED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        bounds=(0, 100),
        **details,
    )


def cycles(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return a number of charge cycles."""
    return _reading(
        key,
        source,
        False,
        kind=ValueKind.LIFETIME,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=0,
        bounds=(0, 1_000_000),
        entity_category=EntityCategory.DIAGNOSTIC,
        **details,
    )


def resistance(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return an isolation resistance, kΩ."""
    return _reading(
        key,
        source,
        False,
        kind=ValueKind.MEASURED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement="kΩ",
        suggested_display_precision=0,
        bounds=(0, 1_000_000),
        entity_category=EntityCategory.DIAGNOSTIC,
        **details,
    )


def power_factor(key: str, source: str, **details: Any) -> ReadingDescription:
    """Return a power factor, -1 to 1."""
    return measurement(key, source, SensorDeviceClass.POWER_FACTOR, None, 2, **details)


def charge_level(
    key: str,
    source: str | tuple[str, ...],
    *,
    enabled: bool = True,
    **details: Any,
) -> ReadingDescription:
    """Return a battery's state of charge, %."""
    return measurement(
        key,
        source,
        SensorDeviceClass.BATTERY,
        PERCENTAGE,
        0,
        enabled=enabled,
        **details,
    )


def energy(
    key: str,
    source: str | tuple[str, ...] = (),
    kind: ValueKind = ValueKind.TODAY,
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


def ac_energy(
    today: str, lifetime: str, *, bounds: tuple[float, float], **details: Any
) -> tuple[ReadingDescription, ...]:
    """Return the counters of today and of the lifetime of what a device with a battery feeds in on the AC side, kWh.

    The keys are those of an inverter's energy. It is not what the panels produce: it includes the battery's discharge.
    """
    return (
        energy("energy_today", today, translation_key="ac_energy_today", **details),
        energy(
            "energy_total",
            lifetime,
            ValueKind.LIFETIME,
            translation_key="ac_energy_total",
            bounds=bounds,
            **details,
        ),
    )


def reactive_energy(key: str, source: str, kind: ValueKind) -> ReadingDescription:
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


def operating_time(
    key: str, source: str, *, unit: UnitOfTime = UnitOfTime.HOURS, **details: Any
) -> ReadingDescription:
    """Return a device's operating time: hours, unless the family counts seconds."""
    return _reading(
        key,
        source,
        False,
        kind=ValueKind.LIFETIME,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=unit,
        suggested_unit_of_measurement=None
        if unit is UnitOfTime.HOURS
        else UnitOfTime.HOURS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        bounds=(0, 500_000 * (3600 if unit is UnitOfTime.SECONDS else 1)),
        **details,
    )


def code(key: str, source: str | tuple[str, ...], **details: Any) -> ReadingDescription:
    """Return a vendor's code: a number without a unit."""
    return _reading(
        key,
        source,
        False,
        kind=ValueKind.CODE,
        bounds=(-(2**53), 2**53),
        entity_category=EntityCategory.DIAGNOSTIC,
        **details,
    )


def state(
    key: str,
    source: str,
    states: dict[int, str],
    options: tuple[str, ...],
    **details: Any,
) -> ReadingDescription:
    """Return an enumeration; ``options``: further ones that no number stands for."""
    return _reading(
        key,
        source,
        details.pop("enabled", True),
        kind=details.pop("kind", ValueKind.STATE),
        device_class=SensorDeviceClass.ENUM,
        states=states,
        options=list(dict.fromkeys((*states.values(), *options))),
        **details,
    )


def strings(
    first: int,
    last: int,
    *,
    lifetime: tuple[float, float],
    enabled_power: bool = False,
    power_disabled_with: str | None = None,
    currents: Presence | None = None,
    **details: Any,
) -> Iterator[ReadingDescription]:
    """Yield power, voltage, current and energies of a range of PV inputs.

    lifetime: bounds of the total. power_disabled_with: a reading that is not 0 where the powers are not needed. currents: the presence of currents, where not all devices give them.
    """
    for index in range(first, last + 1):
        named = {"placeholders": {"number": str(index)}, **details}
        yield power(
            f"pv{index}_power",
            f"ppv{index}",
            translation_key="pv_input_power",
            enabled=enabled_power,
            disabled_with=power_disabled_with,
            **named,
        )
        yield voltage(
            f"pv{index}_voltage",
            f"vpv{index}",
            translation_key="pv_input_voltage",
            **named,
        )
        yield current(
            f"pv{index}_current",
            f"ipv{index}",
            translation_key="pv_input_current",
            **(named if currents is None else {**named, "presence": currents}),
        )
        yield energy(
            f"pv{index}_energy_today",
            f"epv{index}Today",
            translation_key="pv_input_energy_today",
            **named,
        )
        yield energy(
            f"pv{index}_energy_total",
            f"epv{index}Total",
            ValueKind.LIFETIME,
            translation_key="pv_input_energy_total",
            bounds=lifetime,
            **named,
        )
