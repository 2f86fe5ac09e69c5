"""Meters, device type 3 in lists of devices, with a list of their own (the vendor's later pages).

Where a meter is installed and in which direction it counts is not documented, so nothing is named import or export. Meters of
different makers use different keys for the same value; the first one with a value other than 0 is used.
"""

from homeassistant.components.sensor import SensorDeviceClass

from ..api.endpoints import meter as endpoints
from ..api.models import DeviceKind
from ..domain.freshness import ValueKind
from .base import PLAUSIBLE, Family, Presence, ReadingDescription, filled
from .descriptions import (
    apparent_power,
    current,
    energy,
    frequency,
    power,
    power_factor,
    reactive_energy,
    reactive_power,
    voltage,
)

# 2 MW for ten thousand hours; the cloud has sent 24 GWh for a household.
_LIFETIME = (0, 20_000_000)
_POWER = (-10_000_000, 10_000_000)
_USED = Presence.WHEN_USED
_PHASES = ((1, "a", "Ua"), (2, "b", "Ub"), (3, "c", "Uc"))


def _total(key: str, source: str, *, enabled: bool = False) -> ReadingDescription:
    return energy(
        key,
        source,
        ValueKind.LIFETIME,
        enabled=enabled,
        bounds=_LIFETIME,
        presence=Presence.ALWAYS if enabled else _USED,
    )


READINGS: tuple[ReadingDescription, ...] = (
    power(
        "active_power",
        "activePower",
        kind=ValueKind.MEASURED,
        enabled=True,
        bounds=_POWER,
    ),
    reactive_power("reactive_power", "reactivePower", bounds=_POWER),
    apparent_power("apparent_power", "apparentPower", bounds=_POWER),
    power_factor("power_factor", "powerFactor"),
    frequency(
        "grid_frequency",
        compute=filled(("frequency", "gridFrequency"), (0, 100)),
        presence=_USED,
    ),
    *(
        reading
        for index, letter, volts in _PHASES
        for reading in (
            power(
                f"active_power_l{index}",
                kind=ValueKind.MEASURED,
                compute=filled(
                    (f"activePowerL{index}", f"{letter}ActivePower"), _POWER
                ),
                presence=_USED,
            ),
            voltage(
                f"grid_voltage_l{index}",
                compute=filled(
                    (f"voltageL{index}", f"voltage{volts}", f"{letter}Voltage"),
                    PLAUSIBLE[SensorDeviceClass.VOLTAGE],
                ),
                presence=_USED,
            ),
            current(
                f"current_l{index}",
                kind=ValueKind.MEASURED,
                compute=filled(
                    (
                        f"currentL{index}",
                        f"currentI{letter}",
                        f"{letter}Current",
                    ),
                    (-100_000, 100_000),
                ),
                presence=_USED,
            ),
        )
    ),
    _total("active_energy_total", "activeEnergy", enabled=True),
    energy("forward_energy_today", "positiveActiveTodayEnergy", presence=_USED),
    _total("forward_energy_total", "positiveActiveTotalEnergy", enabled=True),
    energy("reverse_energy_today", "reverseActiveTodayEnergy", presence=_USED),
    _total("reverse_energy_total", "reverseActiveTotalEnergy", enabled=True),
    energy("energy_today", "todayEnergy", presence=_USED),
    _total("energy_total", "totalEnergy"),
    _total("grid_side_energy_total", "gridEnergy"),
    _total("user_side_energy_total", "userEnergy"),
    reactive_energy("reactive_energy_total", "reactiveEnergy", ValueKind.LIFETIME),
    # By tariff, as the meter is set: sharp, peak, flat, valley.
    _total("sharp_energy_total", "feiLvBoZEnergy"),
    _total("peak_energy_total", "feiLvFengZEnergy"),
    _total("flat_energy_total", "feiLvPingZEnergy"),
    _total("valley_energy_total", "feiLvGuZEnergy"),
)

METER = Family(
    key="meter",
    device_type=3,
    kind=DeviceKind.METER,
    name="Smart meter",
    sleeps=False,
    power_key="active_power",
    fault_codes=(),
    warning_codes=(),
    readings=READINGS,
    essentials=frozenset(
        {
            "active_power",
            "active_energy_total",
            "forward_energy_total",
            "reverse_energy_total",
            "online",
        }
    ),
    endpoints=endpoints.METER,
)
