"""MAX, device type 4: large inverters; also MID where the cloud lists them so (the vendor's later pages).

Enabled by default is the same as for any inverter, with the power of all panels instead of each input's. The operating time is
not read, because its unit is not documented.
"""

from homeassistant.const import UnitOfElectricCurrent

from ..api.endpoints import max as endpoints
from ..domain.energy_balance import EnergyChannels
from ..domain.freshness import ValueKind
from ..domain.power_flow import PowerChannels
from . import shared_settings as grid
from .base import ASLEEP, OTHER, Family, Presence, ReadingDescription, largest, total
from .descriptions import (
    code,
    current,
    energy,
    frequency,
    power,
    power_factor,
    reactive_energy,
    resistance,
    state,
    strings,
    temperature,
    voltage,
)
from .settings import Setting

# Thirty sunny years of 350 kW.
_LIFETIME = (0, 20_000_000)
_USED = Presence.WHEN_USED
INPUTS = 16
MONITORED_STRINGS = 32

READINGS: tuple[ReadingDescription, ...] = (
    state("status", "status", {0: "waiting", 1: "normal", 3: "fault"}, (ASLEEP, OTHER)),
    power("output_power", "pac", enabled=True),
    *(
        reading
        for index, phase in enumerate("rst", 1)
        for reading in (
            power(f"output_power_l{index}", f"pac{phase}"),
            current(f"output_current_l{index}", f"iac{phase}"),
            voltage(f"grid_voltage_l{index}", f"vac{phase}"),
        )
    ),
    voltage("line_voltage_l1_l2", "vacRs"),
    voltage("line_voltage_l2_l3", "vacSt"),
    voltage("line_voltage_l3_l1", "vacTr"),
    frequency("grid_frequency", "fac"),
    power_factor("power_factor", "pf"),
    power("pv_power", "ppv", enabled=True),
    *strings(1, INPUTS, lifetime=_LIFETIME, presence=_USED),
    # Both keys are present, but which one has the value differs.
    energy("energy_today", compute=largest(("eacToday", "powerToday")), enabled=True),
    energy(
        "energy_total",
        kind=ValueKind.LIFETIME,
        compute=largest(("eacTotal", "powerTotal"), _LIFETIME),
        enabled=True,
    ),
    energy(
        "pv_energy_today",
        compute=total(tuple(f"epv{index}Today" for index in range(1, INPUTS + 1))),
    ),
    energy("pv_energy_total", "epvTotal", ValueKind.LIFETIME, bounds=_LIFETIME),
    reactive_energy("reactive_energy_today", "eRacToday", ValueKind.TODAY),
    reactive_energy("reactive_energy_total", "eRacTotal", ValueKind.LIFETIME),
    temperature("temperature", "temperature"),
    *(
        temperature(
            f"temperature_{index}",
            f"temperature{index}",
            translation_key="temperature_n",
            placeholders={"number": str(index)},
            presence=_USED,
        )
        for index in range(2, 6)
    ),
    temperature("ipm_temperature", "ipmTemperature"),
    voltage("positive_bus_voltage", "pBusVoltage"),
    voltage("negative_bus_voltage", "nBusVoltage"),
    resistance("isolation_resistance", "pvIso"),
    current("leakage_current", "gfci", unit=UnitOfElectricCurrent.MILLIAMPERE),
    *(
        current(
            f"string_{index}_current",
            f"currentString{index}",
            translation_key="string_current",
            placeholders={"number": str(index)},
            presence=_USED,
        )
        for index in range(1, MONITORED_STRINGS + 1)
    ),
    code("fault_code", "faultType"),
    code("fault_code_2", "faultCode1", presence=_USED),
    code("fault_code_3", "faultCode2", presence=_USED),
    code("fault_value", "faultValue", presence=_USED),
    code("warning_code", "warnCode"),
    code("warning_bit_code", "warnBit", presence=_USED),
    code("string_status_code", "wStringStatusValue", presence=_USED),
    code("pid_fault_code", "wPIDFaultValue", presence=_USED),
    code("derating_code", "deratingMode", presence=_USED),
)

# No other settings are documented.
SETTINGS: tuple[Setting, ...] = (
    # The second value, 0, avoids storing: frequent changes would wear out the device's memory.
    grid.active_power("activeRate", store=("0",)),
    grid.on_off("max_cmd_on_off"),
    grid.power_factor(),
    grid.register(),
)

MAX = Family(
    key="max",
    device_type=4,
    name="MAX",
    sleeps=True,
    power_key="output_power",
    fault_codes=("fault_code",),
    warning_codes=("warning_code",),
    readings=READINGS,
    essentials=frozenset(
        {"output_power", "energy_today", "energy_total", "online", "fault", "alarm"}
    ),
    endpoints=endpoints.MAX,
    settings=SETTINGS,
    energy_channels=EnergyChannels(solar="energy", ac_output="energy"),
    power_channels=PowerChannels(
        solar="output_power",
        ac_power="output_power",
    ),
)
