"""Storage, device type 2: the fields of the protocol of 2016, 4.3.13, and the settings of 4.3.12.

Enabled by default is what the owner of one battery looks at: status, charge level and battery power; with online, fault and alarm that
makes six entities, and the controls. Energy and the grid's power are the plant's, which has sensors of them. The power of the storage's
own PV inputs is enabled where they have produced any, instead of the status: a storage on the AC side has none.
"""

from typing import Any

from homeassistant.components.number import NumberMode
from homeassistant.const import PERCENTAGE, EntityCategory

from ..api.endpoints import storage as endpoints
from ..domain.energy_balance import EnergyChannels
from ..domain.freshness import ValueKind
from ..domain.power_flow import PowerChannels
from .base import OTHER, Family, Presence, ReadingDescription, difference, total
from .descriptions import (
    charge_level,
    code,
    current,
    energy,
    power,
    state,
    temperature,
    voltage,
)
from .overrides import WindowOverride
from .settings import (
    ActionSetting,
    ClockSetting,
    NumberSetting,
    SelectSetting,
    Setting,
    SwitchSetting,
    ValidationIssue,
    WindowSetting,
    check_range,
)

# 10 kW around the clock for eleven years; a live device once reported 24 GWh.
_LIFETIME = (0, 1_000_000)
_SECOND = Presence.WHEN_USED


def _input(number: int, what: str) -> dict[str, Any]:
    """Return the translation key and placeholders of a PV input's reading."""
    return {
        "translation_key": f"pv_input_{what}",
        "placeholders": {"number": str(number)},
    }


READINGS: tuple[ReadingDescription, ...] = (
    state(
        "status",
        "status",
        {0: "operating", 1: "charging", 2: "discharging", 3: "fault", 4: "flashing"},
        (OTHER,),
        translation_key="storage_status",
        # The power of its panels takes its place.
        disabled_with="pv1_energy_total",
    ),
    state(
        "device_type",
        "deviceType",
        {0: "sp2000", 1: "sp3000"},
        (OTHER,),
        enabled=False,
        kind=ValueKind.IDENTITY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    charge_level("charge_level", "capacity"),
    power(
        "battery_power",
        compute=difference(("pDischarge", "pDischarge2"), ("pCharge", "pCharge2")),
        enabled=True,
    ),
    power(
        "grid_power",
        compute=difference(("pacToUser",), ("pacToGrid",)),
    ),
    power("charge_power", "pCharge"),
    power("discharge_power", "pDischarge"),
    power("import_power", "pacToUser"),  # the page says V; the example's text says W
    power("export_power", "pacToGrid"),
    current("charge_current", "iCharge"),
    current("discharge_current", "iDischarge"),
    current("import_current", "iacToUser"),
    current("export_current", "iacToGrid"),
    voltage("battery_voltage", "vBat"),
    voltage("grid_voltage", "vac"),
    voltage("buck_voltage", "vBuck"),  # the page says A; the example's text says V
    power(
        "pv_power",
        compute=total(("ppv", "ppv2")),
        presence=Presence.ENABLED_WHEN_USED,
    ),
    power("pv1_power", "ppv", **_input(1, "power")),
    voltage("pv1_voltage", "vpv", **_input(1, "voltage")),
    current("pv1_current", "ipv", **_input(1, "current")),
    energy(
        "pv1_energy_today",
        "epvToday",
        **_input(1, "energy_today"),
    ),
    energy(
        "pv1_energy_total",
        "epvTotal",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
        **_input(1, "energy_total"),
    ),
    energy("charge_energy_today", "eChargeToday", ValueKind.TODAY),
    energy(
        "charge_energy_total",
        "eChargeTotal",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
    ),
    energy("discharge_energy_today", "eDischargeToday", ValueKind.TODAY),
    energy(
        "discharge_energy_total",
        "eDischargeTotal",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
    ),
    energy("import_energy_today", "eToUserToday", ValueKind.TODAY),
    energy(
        "import_energy_total",
        "eToUserTotal",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
    ),
    energy("export_energy_today", "eToGridToday", ValueKind.TODAY),
    energy(
        "export_energy_total",
        "eToGridTotal",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
    ),
    temperature("temperature", "temperature"),
    temperature("ipm_temperature", "ipmTemperature"),
    code("fault_code", "faultCode"),
    code("error_code", "errorCode"),
    code("warning_code", "warnCode"),
    # Documented as the present power, but 0 in every known reply.
    power("normal_power", "normalPower"),
    # The second channel: documented for the SP3000, but other devices have it too.
    power("pv2_power", "ppv2", presence=_SECOND, **_input(2, "power")),
    voltage("pv2_voltage", "vpv2", presence=_SECOND, **_input(2, "voltage")),
    power("charge_power_2", "pCharge2", presence=_SECOND),
    power("discharge_power_2", "pDischarge2", presence=_SECOND),
    voltage("buck_voltage_2", "vBuck2", presence=_SECOND),
    energy(
        "pv2_energy_today",
        "epvToday2",
        presence=_SECOND,
        **_input(2, "energy_today"),
    ),
    energy(
        "pv2_energy_total",
        "epvTotal2",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
        presence=_SECOND,
        **_input(2, "energy_total"),
    ),
    energy("charge_energy_today_2", "eChargeToday2", ValueKind.TODAY, presence=_SECOND),
    energy(
        "charge_energy_total_2",
        "eChargeTotal2",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
        presence=_SECOND,
    ),
    energy(
        "discharge_energy_today_2",
        # The vendor's page has a blank in it.
        ("eDischargeToday2", "eDischargeToday 2"),
        ValueKind.TODAY,
        presence=_SECOND,
    ),
    energy(
        "discharge_energy_total_2",
        "eDischargeTotal2",
        ValueKind.LIFETIME,
        bounds=_LIFETIME,
        presence=_SECOND,
    ),
)


def _check_string_voltage(value: tuple[float, ...]) -> ValidationIssue | None:
    open_circuit, fraction = value
    return check_range(open_circuit, 300, 500, 0.1) or check_range(
        fraction, 0.55, 0.9, 0.01
    )


SETTINGS: tuple[Setting, ...] = (
    SwitchSetting(
        key="on_off",
        translation_key="on_off",
        parameter="storage_cmd_on_off",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        on="0101",
        off="0000",
        on_aliases=("0001",),
    ),
    SelectSetting(
        key="mode",
        translation_key="storage_mode",
        parameter="storage_cmd_mode",
        options=["standard", "free"],
        option_codes={"standard": "0", "free": "1"},
    ),
    SwitchSetting(
        key="forced_discharge",
        translation_key="forced_discharge",
        parameter="storage_cmd_forced_discharge_enable",
        # The vendor's page: 0 enables, 1 prohibits.
        on="0",
        off="1",
    ),
    NumberSetting(
        key="low_limit",
        translation_key="low_limit",
        parameter="storage_lithium_battery",
        native_min_value=0,
        native_max_value=10,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        mode=NumberMode.BOX,
    ),
    ActionSetting(
        key="string_voltage",
        parameter="storage_fdt_open_voltage",
        action="set_string_voltage",
        check=_check_string_voltage,
        encode=lambda value: tuple(f"{one:g}" for one in value),
    ),
    WindowSetting(
        key="forced_discharge_window",
        parameter="storage_cmd_forced_discharge_time1",
    ),
    ClockSetting(
        key="synchronise_clock",
        translation_key="synchronise_clock",
        parameter="storage_cmd_sys_year",
        entity_category=EntityCategory.CONFIG,
        form="%Y-%m-%d %H:%M",
    ),
    SwitchSetting(
        key="ac_charge",
        translation_key="ac_charge",
        parameter="storage_ac_charge_enable_disable",
        on="1",
        off="0",
    ),
    WindowSetting(
        key="ac_charge_window",
        parameter="storage_ac_charge_hour_start",
    ),
    NumberSetting(
        key="ac_charge_limit",
        translation_key="ac_charge_limit",
        parameter="storage_ac_charge_soc_limit",
        native_min_value=10,
        native_max_value=80,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        mode=NumberMode.BOX,
    ),
)

STORAGE = Family(
    key="storage",
    device_type=2,
    name="Storage",
    sleeps=False,
    power_key="battery_power",
    fault_codes=("fault_code",),
    warning_codes=("warning_code",),
    readings=READINGS,
    essentials=frozenset(
        {
            "charge_level",
            "battery_power",
            "status",
            "online",
            "fault",
            "alarm",
        }
    ),
    endpoints=endpoints.STORAGE,
    settings=SETTINGS,
    energy_channels=EnergyChannels(
        # Its panels are connected through it to an inverter, which counts the same energy.
        observed_solar="pv1_energy",
        imported="import_energy",
        exported="export_energy",
        charge="charge_energy",
        discharge="discharge_energy",
        ac_output="discharge_energy",
        ac_input="charge_energy",
    ),
    power_channels=PowerChannels(
        observed_solar="pv_power",
        grid="grid_power",
        battery="battery_power",
        ac_power="battery_power",
        charge_level="charge_level",
    ),
    overrides={
        "charge": WindowOverride("ac_charge_window", "ac_charge"),
        "discharge": WindowOverride("forced_discharge_window", "forced_discharge"),
    },
)
