"""Inverters, device type 1: the fields of the protocol of 2016, 4.3.8, and the settings of 4.3.7.

Enabled by default is what the owner of one inverter looks at: status, output power, the power of the strings, energy
of today and in total; with online, fault and alarm that makes nine entities. Of the settings, those of the grid code are
disabled, as for other devices.
"""

from homeassistant.components.number import NumberDeviceClass, NumberMode
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
)

from ..api.endpoints import inverter as endpoints
from ..domain.energy_balance import EnergyChannels
from ..domain.freshness import ValueKind
from ..domain.power_flow import PowerChannels
from . import registers, shared_settings as grid
from .base import ASLEEP, OTHER, Family, Presence, ReadingDescription
from .descriptions import (
    code,
    current,
    energy,
    frequency,
    operating_time,
    power,
    power_factor,
    reactive_energy,
    state,
    strings,
    temperature,
    voltage,
)
from .settings import ActionSetting, NumberSetting, Setting, SwitchSetting

# Thirty sunny years of the largest inverters, of 250 kW.
_LIFETIME = (0, 20_000_000)


def _strings() -> tuple[ReadingDescription, ...]:
    """Return voltage and current of the eight monitored strings, which most devices do not have."""
    return tuple(
        description
        for index in range(1, 9)
        for description in (
            voltage(
                f"string_{index}_voltage",
                f"vString{index}",
                translation_key="string_voltage",
                placeholders={"number": str(index)},
                presence=Presence.WHEN_USED,
            ),
            current(
                f"string_{index}_current",
                f"currentString{index}",
                translation_key="string_current",
                placeholders={"number": str(index)},
                presence=Presence.WHEN_USED,
            ),
        )
    )


READINGS: tuple[ReadingDescription, ...] = (
    state(
        "status",
        "status",
        {0: "waiting", 1: "normal", 3: "fault"},
        (ASLEEP, OTHER),
    ),
    power("output_power", "pac", enabled=True),
    power("output_power_l1", "pacr"),
    power("output_power_l2", "pacs"),
    power("output_power_l3", "pact"),
    current("output_current_l1", "iacr"),
    current("output_current_l2", "iacs"),
    current("output_current_l3", "iact"),
    voltage("grid_voltage_l1", "vacr"),
    voltage("grid_voltage_l2", "vacs"),
    voltage("grid_voltage_l3", "vact"),
    frequency("grid_frequency", "fac"),
    power_factor("power_factor", "pf"),
    power("pv_power", "ppv"),
    *strings(1, 2, lifetime=_LIFETIME, enabled_power=True),
    # The vendor's names say power, but the values are energy, and the unit is kWh.
    energy("energy_today", "powerToday", ValueKind.TODAY, enabled=True),
    energy(
        "energy_total", "powerTotal", ValueKind.LIFETIME, enabled=True, bounds=_LIFETIME
    ),
    energy("pv_energy_total", "epvTotal", ValueKind.LIFETIME, bounds=_LIFETIME),
    reactive_energy("reactive_energy_today", "eRacToday", ValueKind.TODAY),
    reactive_energy("reactive_energy_total", "eRacTotal", ValueKind.LIFETIME),
    temperature("temperature", "temperature"),
    temperature("ipm_temperature", "ipmTemperature"),
    voltage("positive_bus_voltage", "pBusVoltage"),
    voltage("negative_bus_voltage", "nBusVoltage"),
    operating_time("operating_time", "timeTotal"),
    code("fault_code", "faultType"),
    code("warning_code", "warnCode"),
    code("string_warning_code", "dwStringWarningValue1"),
    code("string_status_code", "wStringStatusValue"),
    code("string_fault_code", "strFault"),
    code("pid_fault_code", "wPIDFaultValue"),
    code("pid_status_code", "pidStatus"),
    voltage("pid_pv1_voltage", "vPidPvape"),
    voltage("pid_pv2_voltage", "vPidPvbpe"),
    # The page gives no unit; leakage currents of a PID device are mA in the vendor's later pages.
    current("pid_pv1_current", "iPidPvape", unit=UnitOfElectricCurrent.MILLIAMPERE),
    current("pid_pv2_current", "iPidPvbpe", unit=UnitOfElectricCurrent.MILLIAMPERE),
    *_strings(),
)

SETTINGS: tuple[Setting, ...] = (
    SwitchSetting(
        key="on_off",
        translation_key="on_off",
        parameter="pv_on_off",
        entity_category=EntityCategory.CONFIG,
        # It disconnects the plant from the grid.
        entity_registry_enabled_default=False,
        on="0101",
        off="0000",
        # 0001 is the code in later pages, and the cloud gives 1.
        on_aliases=("0001",),
    ),
    SwitchSetting(
        key="power_factor_memory",
        translation_key="power_factor_memory",
        parameter="pv_pf_cmd_memory_state",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        on="1",
        off="0",
    ),
    grid.active_power(),
    NumberSetting(
        key="reactive_power_rate",
        translation_key="reactive_power_rate",
        parameter="pv_reactive_p_rate",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_min_value=-100,
        native_max_value=100,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        mode=NumberMode.BOX,
        # Capacitive (over) is positive, inductive (under) negative.
        encode=lambda value: (f"{abs(value):g}", "under" if value < 0 else "over"),
        # The cloud gives a single text, which lacks the sign.
        readable=False,
    ),
    NumberSetting(
        key="power_factor_setting",
        translation_key="power_factor_setting",
        parameter="pv_power_factor",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        device_class=NumberDeviceClass.POWER_FACTOR,
        native_min_value=-1,
        native_max_value=1,
        native_step=0.01,
        gap=(-0.8, 0.8),
        mode=NumberMode.BOX,
    ),
    grid.clock(),
    NumberSetting(
        key="grid_voltage_high",
        translation_key="grid_voltage_high",
        parameter="pv_grid_voltage_high",
        entity_category=EntityCategory.CONFIG,
        # Values that the grid's operator does not allow are dangerous.
        entity_registry_enabled_default=False,
        # The page gives an example with one decimal (240.7); the range is that of the same setting's register.
        native_min_value=185,
        native_max_value=285,
        native_step=0.1,
        device_class=NumberDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        mode=NumberMode.BOX,
    ),
    ActionSetting(
        key="register",
        parameter="set_any_reg",
        action="set_register",
        check=registers.validate,
        encode=registers.encode,
        is_documented=registers.is_documented,
    ),
)

INVERTER = Family(
    key="inverter",
    device_type=1,
    name="Inverter",
    sleeps=True,
    power_key="output_power",
    fault_codes=("fault_code",),
    warning_codes=("warning_code",),
    readings=READINGS,
    essentials=frozenset(
        {
            "output_power",
            "energy_today",
            "energy_total",
            "online",
            "fault",
            "alarm",
        }
    ),
    endpoints=endpoints.INVERTER,
    history_names={
        "power": "output_power",
        "iac1": "output_current_l1",
        "iac2": "output_current_l2",
        "iac3": "output_current_l3",
        "vac1": "grid_voltage_l1",
        "vac2": "grid_voltage_l2",
        "vac3": "grid_voltage_l3",
        "today_energy": "energy_today",
        "total_energy": "energy_total",
        "power_factor": "power_factor",
    },
    settings=SETTINGS,
    energy_channels=EnergyChannels(solar="energy", ac_output="energy"),
    power_channels=PowerChannels(
        solar="output_power",
        ac_power="output_power",
    ),
)
