"""MIN, device type 7, called tlx by the cloud; also MIC, NEO, MOD-XH and MID-XH (the vendor's later pages).

Enabled by default is the same as for an inverter; entities of a battery and a meter are added with their first value other than 0.
With a battery it is charge level, battery power and the power of the panels, since the AC side is not what they produce then.
"""

from typing import Any

from homeassistant.const import (
    UnitOfElectricCurrent,
    UnitOfTime,
)

from ..api.endpoints import min as endpoints
from ..domain.energy_balance import EnergyChannels
from ..domain.freshness import ValueKind
from ..domain.power_flow import PowerChannels
from . import shared_settings as grid
from .base import ASLEEP, OTHER, Family, Presence, ReadingDescription, difference, total
from .descriptions import (
    ac_energy,
    apparent_power,
    charge_level,
    code,
    current,
    energy,
    frequency,
    operating_time,
    power,
    power_factor,
    resistance,
    share,
    state,
    strings,
    temperature,
    voltage,
)
from .overrides import SegmentOverride
from .period_parts import numbered, period_parts
from .settings import BlockSetting, NumberSetting, SelectSetting, Setting, SwitchSetting

# Thirty sunny years of 10 kW; the largest of type 7, a MID-XH, has 30 kW.
_LIFETIME = (0, 2_000_000)
_USED = Presence.WHEN_USED
# Created with the first value other than 0 of the battery, or of the meter at the grid.
_BATTERY: dict[str, Any] = {"presence": _USED, "comes_with": "charge_level"}
_METER: dict[str, Any] = {"presence": _USED, "comes_with": "import_energy_total"}
# With a battery the plant shows the house's side, and the page has room for its controls.
_WITHOUT_BATTERY: dict[str, Any] = {"enabled": True, "disabled_with": "charge_level"}
SEGMENTS = 9


def _counters(
    key: str, source: str, group: dict[str, Any]
) -> tuple[ReadingDescription, ...]:
    """Return the counters of today and of the lifetime of a battery or a meter."""
    return (
        energy(f"{key}_today", f"{source}Today", **group),
        energy(
            f"{key}_total",
            f"{source}Total",
            ValueKind.LIFETIME,
            bounds=_LIFETIME,
            **group,
        ),
    )


def _converter(index: int) -> tuple[ReadingDescription, ...]:
    """Return the readings of one of the two battery converters (bdc)."""
    prefix = f"battery_{index}"
    named: dict[str, Any] = {"presence": _USED, "placeholders": {"number": str(index)}}

    def called(name: str) -> dict[str, Any]:
        return {"translation_key": f"battery_n_{name}"}

    return (
        charge_level(
            f"{prefix}_charge_level",
            f"bdc{index}Soc",
            enabled=False,
            **called("charge_level"),
            **named,
        ),
        power(
            f"{prefix}_charge_power",
            f"bdc{index}ChargePower",
            **called("charge_power"),
            **named,
        ),
        power(
            f"{prefix}_discharge_power",
            f"bdc{index}DischargePower",
            **called("discharge_power"),
            **named,
        ),
        energy(
            f"{prefix}_charge_energy_total",
            f"bdc{index}ChargeTotal",
            ValueKind.LIFETIME,
            bounds=_LIFETIME,
            **called("charge_energy_total"),
            **named,
        ),
        energy(
            f"{prefix}_discharge_energy_total",
            f"bdc{index}DischargeTotal",
            ValueKind.LIFETIME,
            bounds=_LIFETIME,
            **called("discharge_energy_total"),
            **named,
        ),
        voltage(f"{prefix}_voltage", f"bdc{index}Vbat", **called("voltage"), **named),
        current(
            f"{prefix}_current",
            f"bdc{index}Ibat",
            bounds=(-1000, 1000),
            **called("current"),
            **named,
        ),
        temperature(
            f"{prefix}_temperature",
            f"bdc{index}Temp1",
            **called("temperature"),
            **named,
        ),
        code(
            f"{prefix}_fault_code",
            f"bdc{index}FaultType",
            **called("fault_code"),
            **named,
        ),
        code(
            f"{prefix}_warning_code",
            f"bdc{index}WarnCode",
            **called("warning_code"),
            **named,
        ),
    )


READINGS: tuple[ReadingDescription, ...] = (
    state(
        "status",
        "status",
        # A fault is 2 in the pages, and 3 in lists of devices and in other families.
        {0: "waiting", 1: "normal", 2: "fault", 3: "fault"},
        (ASLEEP, OTHER),
        disabled_with="charge_level",
    ),
    power("output_power", "pac", **_WITHOUT_BATTERY),
    # The pages call these apparent power.
    apparent_power("apparent_power_l1", "pac1"),
    apparent_power("apparent_power_l2", "pac2", presence=_USED),
    apparent_power("apparent_power_l3", "pac3", presence=_USED),
    current("output_current_l1", "iac1"),
    current("output_current_l2", "iac2", presence=_USED),
    current("output_current_l3", "iac3", presence=_USED),
    voltage("grid_voltage_l1", "vac1"),
    voltage("grid_voltage_l2", "vac2", presence=_USED),
    voltage("grid_voltage_l3", "vac3", presence=_USED),
    voltage("line_voltage_l1_l2", ("vacRs", "vacrs"), presence=_USED),
    voltage("line_voltage_l2_l3", "vacSt", presence=_USED),
    voltage("line_voltage_l3_l1", "vacTr", presence=_USED),
    frequency("grid_frequency", "fac"),
    power_factor("power_factor", "pf"),
    power(
        "pv_power",
        "ppv",
        presence=Presence.ENABLED_WHEN_USED,
        enabled_with="charge_level",
    ),
    *strings(
        1,
        2,
        lifetime=_LIFETIME,
        enabled_power=True,
        power_disabled_with="charge_level",
    ),
    *strings(3, 4, lifetime=_LIFETIME, presence=_USED),
    *ac_energy("eacToday", "eacTotal", bounds=_LIFETIME, **_WITHOUT_BATTERY),
    energy(
        "pv_energy_today",
        compute=total(("epv1Today", "epv2Today", "epv3Today", "epv4Today")),
    ),
    energy("pv_energy_total", "epvTotal", ValueKind.LIFETIME, bounds=_LIFETIME),
    temperature("temperature", "temp1"),
    *(
        temperature(
            f"temperature_{index}",
            f"temp{index}",
            translation_key="temperature_n",
            placeholders={"number": str(index)},
            presence=_USED,
        )
        for index in range(2, 6)
    ),
    voltage("positive_bus_voltage", "pBusVoltage"),
    voltage("negative_bus_voltage", "nBusVoltage", presence=_USED),
    resistance("isolation_resistance", "iso"),
    current("leakage_current", "gfci", unit=UnitOfElectricCurrent.MILLIAMPERE),
    operating_time("operating_time", "timeTotal", unit=UnitOfTime.SECONDS),
    # The battery, all converters together.
    charge_level("charge_level", "bmsSoc", presence=_USED),
    power(
        "battery_power",
        compute=difference(
            ("bdc1DischargePower", "bdc2DischargePower"),
            ("bdc1ChargePower", "bdc2ChargePower"),
        ),
        enabled=True,
        **_BATTERY,
    ),
    power(
        "charge_power",
        compute=total(("bdc1ChargePower", "bdc2ChargePower")),
        **_BATTERY,
    ),
    power(
        "discharge_power",
        compute=total(("bdc1DischargePower", "bdc2DischargePower")),
        **_BATTERY,
    ),
    *_counters("charge_energy", "echarge", _BATTERY),
    *_counters("discharge_energy", "edischarge", _BATTERY),
    *_counters("ac_charge_energy", "eacCharge", _BATTERY),
    voltage("battery_voltage", "bmsVbat", **_BATTERY),
    current("battery_current", "bmsIbat", bounds=(-1000, 1000), **_BATTERY),
    temperature("battery_temperature", "bmsTemp1Bat", **_BATTERY),
    share("battery_health", "bmsSoh", **_BATTERY),
    *_converter(1),
    *_converter(2),
    # The meter at the grid.
    power(
        "grid_power",
        compute=difference(("pacToUserTotal",), ("pacToGridTotal",)),
        **_METER,
    ),
    power("import_power", "pacToUserTotal", **_METER),
    power("export_power", "pacToGridTotal", **_METER),
    power("load_power", "pacToLocalLoad", **_METER),
    power("self_consumption_power", "pself", **_METER),
    power("system_power", "psystem", **_METER),
    *_counters("import_energy", "etoUser", _METER),
    *_counters("export_energy", "etoGrid", _METER),
    *_counters("load_energy", "elocalLoad", _METER),
    *_counters("self_consumption_energy", "eself", _METER),
    *_counters("system_energy", "esystem", _METER),
    # The backup supply.
    power("backup_power", "epsPac", presence=_USED),
    *(
        voltage(f"backup_voltage_l{index}", f"epsVac{index}", presence=_USED)
        for index in (1, 2, 3)
    ),
    *(
        current(f"backup_current_l{index}", f"epsIac{index}", presence=_USED)
        for index in (1, 2, 3)
    ),
    frequency("backup_frequency", "epsFac", presence=_USED),
    share("backup_load", "loadPercent", presence=_USED),
    # Further inputs; -0.1 means "not fitted".
    *(
        reading
        for index in (1, 2)
        for reading in (
            power(
                f"extra_{index}_power",
                f"pex{index}",
                translation_key="extra_power",
                placeholders={"number": str(index)},
                presence=_USED,
            ),
            energy(
                f"extra_{index}_energy_today",
                f"eex{index}Today",
                translation_key="extra_energy_today",
                placeholders={"number": str(index)},
                presence=_USED,
            ),
            energy(
                f"extra_{index}_energy_total",
                f"eex{index}Total",
                ValueKind.LIFETIME,
                translation_key="extra_energy_total",
                placeholders={"number": str(index)},
                bounds=_LIFETIME,
                presence=_USED,
            ),
        )
    ),
    code("fault_code", "faultType"),
    code("fault_code_2", "faultType1", presence=_USED),
    code("warning_code", "warnCode"),
    code("warning_code_2", ("warnCode1", "newWarnCode"), presence=_USED),
    code("bms_fault_code", "bmsFaultType", presence=_USED),
    code("bms_warning_code", "bmsWarnCode", presence=_USED),
    code("bms_status_code", "bmsStatus", presence=_USED),
    code("derating_code", "deratingMode", presence=_USED),
    *(
        code(
            f"system_fault_code_{index}",
            f"sysFaultWord{index or ''}",
            translation_key="system_fault_code",
            placeholders={"number": str(index)},
            presence=_USED,
        )
        for index in range(8)
    ),
)


def _percentage(
    key: str, parameter: str, field: str, *, enabled: bool = True
) -> NumberSetting:
    """Return a limit of the battery."""
    return grid.percentage(
        key,
        field,
        parameter=parameter,
        readable=True,
        needs="charge_level",
        enabled=enabled,
    )


def _segment(index: int) -> BlockSetting:
    """Return one of the nine time segments: its mode, start, end, and whether it is enabled."""
    codes = {"load_first": "0", "battery_first": "1", "grid_first": "2"}
    mode = SelectSetting(
        key=f"segment_{index}_mode",
        translation_key="segment_mode",
        field_keys=(f"time{index}Mode",),
        options=list(codes),
        option_codes=codes,
        **numbered(index),
    )
    return BlockSetting(
        key=f"time_segment_{index}",
        parameter=f"time_segment{index}",
        schedule="time_segments",
        number=index,
        periods=1,
        needs="charge_level",
        all_parts=(
            ("mode", mode),
            *period_parts(
                index,
                name="segment",
                position=1,
                field_keys=(
                    f"forcedTimeStart{index}",
                    f"forcedTimeStop{index}",
                    f"forcedStopSwitch{index}",
                ),
            ),
        ),
    )


# None of these is in the pages of 2016. The field keys are those of ``tlx_set_info``, whose similar keys with underscores are
# always empty.
SETTINGS: tuple[Setting, ...] = (
    SwitchSetting(
        key="ac_charge",
        translation_key="ac_charge",
        parameter="ac_charge",
        field_keys=("acChargeEnable",),
        needs="charge_level",
        on="1",
        off="0",
    ),
    _percentage(
        "charge_power_rate", "charge_power", "chargePowerCommand", enabled=False
    ),
    _percentage("charge_stop_level", "charge_stop_soc", "wchargeSOCLowLimit"),
    _percentage(
        "discharge_power_rate",
        "discharge_power",
        "disChargePowerCommand",
        enabled=False,
    ),
    _percentage("discharge_stop_level", "discharge_stop_soc", "wdisChargeSOCLowLimit"),
    _percentage(
        "on_grid_discharge_stop_level",
        "on_grid_discharge_stop_soc",
        "onGridDischargeStopSOC",
    ),
    *(_segment(index) for index in range(1, SEGMENTS + 1)),
    # The second value, 0, avoids storing: frequent changes would wear out the device's memory. The third means %, not W.
    grid.active_power("activeRate", store=("0", "0")),
    grid.export_limitation("exportLimit"),
    grid.on_off("tlx_on_off"),
    grid.reactive_power(),
    grid.power_factor(),
    *grid.voltages(),
    grid.clock(),
    *grid.backup("tlx"),
    grid.register(),
)

_SEGMENT_KEYS = tuple(f"time_segment_{index}" for index in range(1, SEGMENTS + 1))

MIN = Family(
    key="min",
    device_type=7,
    name="MIN",
    sleeps=True,
    awake_readings=("charge_level", "battery_voltage"),
    power_key="output_power",
    fault_codes=("fault_code", "bms_fault_code"),
    warning_codes=("warning_code", "bms_warning_code"),
    readings=READINGS,
    essentials=frozenset(
        {
            "output_power",
            "energy_total",
            "charge_level",
            "online",
            "fault",
            "alarm",
        }
    ),
    endpoints=endpoints.MIN,
    settings=SETTINGS,
    energy_channels=EnergyChannels(
        solar="pv_energy",
        imported="import_energy",
        exported="export_energy",
        load="load_energy",
        charge="charge_energy",
        discharge="discharge_energy",
        ac_output="energy",
        ac_input="ac_charge_energy",
    ),
    power_channels=PowerChannels(
        solar="pv_power",
        grid="grid_power",
        load="load_power",
        battery="battery_power",
        ac_power="output_power",
        charge_level="charge_level",
    ),
    overrides={
        "charge": SegmentOverride(_SEGMENT_KEYS, "battery_first", switch="ac_charge"),
        "discharge": SegmentOverride(_SEGMENT_KEYS, "grid_first"),
    },
)
