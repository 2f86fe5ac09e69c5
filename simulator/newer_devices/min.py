"""MIN, "tlx" in the API: an inverter, or a hybrid (TL-XH) that also measures battery, grid and load."""

from datetime import datetime
from typing import Any

from .. import encoding
from ..envelope import BreakdownError
from ..physics.device import Device, DeviceKind
from ..physics.power_models import Hybrid, Period
from ..settings import OUT_OF_RANGE, SetError, parse_choice, parse_number
from .common import (
    apply_grid_setting,
    encode_header,
    encode_identity,
    encode_strings,
    format_clock,
    get_battery,
    get_panels,
    is_on,
    parse_period,
    set_on_off,
)
from .family import DeviceFamily

type Fields = dict[str, Any]

STATUS = {0: "Waiting", 1: "Normal", 2: "Fault"}
MODES = ("load", "battery", "grid")
SEGMENTS = 9
VOLTAGE = 231.4

# Fields of every reading that are 0 in this device.
_ZEROS = (
    *("bdcStatus", "bdcFaultSubCode", "bdcWarnSubCode", "bdcDerateReason"),
    *("bdcBusRef", "bdcVbus2Neg", "bgridType", "bmsCommunicationType", "bmsCvVolt"),
    *("bmsError2", "bmsError3", "bmsError4", "bmsFaultType", "bmsInfo"),
    *("bmsIosStatus", "bmsMaxCurr", "bmsPackInfo", "bmsStatus", "bmsUsingCap"),
    *("bmsVdelta", "bmsWarn2", "bmsWarnCode", "bsystemWorkMode", "dcVoltage"),
    *("dciR", "dciS", "dciT", "deratingMode", "dryContactStatus", "epsFac"),
    *("epsIac1", "epsIac2", "epsIac3", "epsPac", "epsPac1", "epsPac2", "epsPac3"),
    *("epsVac1", "epsVac2", "epsVac3", "iac2", "iac3", "iacr", "invDelayTime"),
    *("loadPercent", "nBusVoltage", "opFullwatt", "operatingMode", "pac2", "pac3"),
    *("pacr", "sysFaultWord", "sysFaultWord1", "sysFaultWord2", "sysFaultWord3"),
    *("sysFaultWord4", "sysFaultWord5", "sysFaultWord6", "sysFaultWord7", "temp2"),
    *("temp3", "temp4", "uwSysWorkMode", "vac2", "vac3", "vacr", "vacrs", "vacSt"),
    "vacTr",
)
_BATTERY = (
    *("ChargePower", "ChargeTotal", "DischargePower", "DischargeTotal", "FaultType"),
    *("Ibat", "Ibb", "Illc", "Mode", "Soc", "Status", "Temp1", "Temp2", "Vbat"),
    *("Vbus1", "Vbus2", "WarnCode"),
)


def encode_reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Encode a reading: ``tlx_last_data``."""
    panels = values.get("pv", values)
    power = values["power"]
    status = 2 if values["fault"] else 1 if panels["on"] else 0
    fields = {
        **dict.fromkeys(_ZEROS, 0),
        **encode_header(device.serial, wall, status, STATUS[status]),
        **encode_strings(panels, 4),
        "pac": encoding.as_float32(power),
        "pac1": encoding.as_float32(round(power * 1.01, 1)),
        "vac1": encoding.as_float32(VOLTAGE),
        "vacRs": encoding.as_float32(VOLTAGE),
        "iac1": encoding.as_float32(round(power / VOLTAGE, 1)),
        "fac": encoding.as_float32(50.01),
        "pf": 1 if power else -1,
        "eacToday": encoding.as_float32(values["today"]),
        "eacTotal": encoding.as_float32(values["total"]),
        "temp1": encoding.as_float32(panels["temperature"]),
        "temp5": encoding.as_float32(round(panels["temperature"] + 3.9, 1)),
        "timeTotal": round(panels["hours"] * 3600, 1),
        "pBusVoltage": encoding.as_float32(366.5),
        "gfci": 71,
        "iso": 3107,
        "realOPPercent": 50,
        "faultType": values["fault"],
        "warnCode": values["warning"],
        "errorText": "Unknown",
        "warnText": "Unknown",
        "epsPf": -1,
        # External generators that are not fitted.
        **dict.fromkeys(("eex1Today", "eex1Total", "eex2Today", "eex2Total"), -0.1),
        **dict.fromkeys(("pex1", "pex2"), -0.1),
        "bmsFwVersion": "0",
        "bmsMcuVersion": "0",
        "batSn": "",
        "batterySN": "",
        "tlxBean": None,
    }
    for index in (1, 2):
        fields |= {f"bdc{index}{name}": 0 for name in _BATTERY}
    return {**fields, **_encode_battery(values.get("battery"), panels)}


def _encode_battery(battery: Fields | None, panels: Fields) -> Fields:
    if battery is None:
        names = ("acCharge", "charge", "discharge", "localLoad", "self", "system")
        zeros = [f"e{name}{span}" for name in names for span in ("Today", "Total")]
        zeros += ["etoUserToday", "etoUserTotal", "etoGridToday", "etoGridTotal"]
        zeros += ["pacToUserTotal", "pacToGridTotal", "pacToLocalLoad", "pself"]
        zeros += ["psystem", "bmsSoc", "bmsSoh", "bmsVbat", "bmsIbat", "bmsTemp1Bat"]
        zeros += ["bmsIcycle", "batteryNo", "eacChargeToday", "eacChargeTotal"]
        return dict.fromkeys(zeros, 0)
    charge, discharge = battery["charge_power"], battery["discharge_power"]
    current = round((discharge - charge) / battery["voltage"], 1)
    fields = {
        "bmsSoc": battery["level"],
        "bmsSoh": 98,
        "bmsVbat": encoding.as_float32(battery["voltage"]),
        "bmsIbat": encoding.as_float32(current),
        "bmsTemp1Bat": encoding.as_float32(24.5),
        "bmsIcycle": 341,
        "batteryNo": 1,
        "bdc1Soc": battery["level"],
        "bdc1ChargePower": encoding.as_float32(charge),
        "bdc1DischargePower": encoding.as_float32(discharge),
        "bdc1ChargeTotal": encoding.as_float32(battery["charge_total"]),
        "bdc1DischargeTotal": encoding.as_float32(battery["discharge_total"]),
        "bdc1Vbat": encoding.as_float32(battery["voltage"]),
        "bdc1Ibat": encoding.as_float32(current),
        "bdc1Temp1": encoding.as_float32(31.2),
        "bdc1FaultType": battery["fault"],
        "pacToUserTotal": encoding.as_float32(battery["import_power"]),
        "pacToGridTotal": encoding.as_float32(battery["export_power"]),
        "pacToLocalLoad": encoding.as_float32(battery["load_power"]),
        "pself": encoding.as_float32(
            round(max(battery["load_power"] - battery["import_power"], 0.0), 1)
        ),
        "psystem": encoding.as_float32(round(panels["power"] + discharge, 1)),
    }
    for name, key in (
        ("echarge", "charge"),
        ("edischarge", "discharge"),
        ("etoUser", "imported"),
        ("etoGrid", "exported"),
        ("elocalLoad", "load"),
        ("eacCharge", "from_grid"),
    ):
        for span in ("Today", "Total"):
            fields[f"{name}{span}"] = encoding.as_float32(
                battery[f"{key}_{span.lower()}"]
            )
    for span in ("Today", "Total"):
        low = span.lower()
        own = battery[f"load_{low}"] - battery[f"imported_{low}"]
        fields[f"eself{span}"] = encoding.as_float32(round(max(own, 0.0), 1))
        made = panels[low] + battery[f"discharge_{low}"]
        fields[f"esystem{span}"] = encoding.as_float32(round(made, 1))
    return fields


def encode_details(device: Device, wall: datetime) -> Fields:
    """Encode the details, which contain the settings: ``tlx_data_info``."""
    return {
        **encode_identity(device, wall),
        "fwVersion": "AL1.0",
        "modelText": "S25B00D00T00P0FU01M0072",
        "deviceType": 5,
        "pmax": int(get_panels(device).nominal_power * 10),
        "statusText": "tlx.status.operating",
        "tlxSetbean": encode_settings(device, wall),
    }


def encode_settings(device: Device, wall: datetime) -> Fields:
    """Encode the settings: ``tlx_set_info``. Names with underscores are always empty."""
    panels, battery = get_panels(device), get_battery(device)
    settings = device.model.settings
    fields: Fields = {
        "serialNum": device.serial,
        "lastUpdateTimeText": encoding.format_time(wall),
        "acChargeEnable": bool(battery and battery.ac_charge),
        "chargePowerCommand": str(round(battery.charge_rate * 100)) if battery else "0",
        "disChargePowerCommand": str(round(battery.discharge_rate * 100))
        if battery
        else "0",
        "wchargeSOCLowLimit": str(round(battery.charge_stop * 100)) if battery else "0",
        "wdisChargeSOCLowLimit": str(round(battery.discharge_stop * 100))
        if battery
        else "0",
        "onGridDischargeStopSOC": settings.get("on_grid_discharge_stop_soc", ("10",))[
            0
        ],
        "activeRate": f"{panels.active_rate:g}",
        "onOff": panels.on,
        "exportLimit": settings.get("backflow_setting", ("0",))[0],
        "exportLimitPowerRate": settings.get("backflow_setting", ("0", "0"))[1] or "0",
        "pf": 1,
        "pvPfCmdMemoryState": False,
        "voltageHighLimit": encoding.as_float32(252.9),
        "ac_charge": "",
        "charge_power": "",
        "charge_stop_soc": "",
        "discharge_power": "",
        "discharge_stop_soc": "",
        "tlx_on_off": "",
    }
    periods = battery.periods["segments"] if battery else [Period()] * SEGMENTS
    for index, period in enumerate(periods, 1):
        fields[f"forcedTimeStart{index}"] = format_clock(period.start)
        fields[f"forcedTimeStop{index}"] = format_clock(period.end)
        fields[f"forcedStopSwitch{index}"] = str(int(period.enabled))
        fields[f"time{index}Mode"] = str(MODES.index(period.mode))
        fields[f"yearTime{index}"] = "0_0_0_0_0_0_0"
    return fields


def apply_setting(device: Device, setting: str, commands: list[str]) -> None:
    """Apply a ``tlxSet``, or raise SetError."""
    first = commands[0]
    battery = get_battery(device)
    if setting == "tlx_on_off":
        set_on_off(device, first)
    elif setting == "backflow_setting":
        parse_choice(first, "0", "1", "2")
    elif battery is None or not _apply_to_battery(device, setting, commands):
        apply_grid_setting(device, setting, commands)


def _apply_to_battery(device: Device, setting: str, commands: list[str]) -> bool:
    battery = get_battery(device)
    assert battery is not None
    first = commands[0]
    match setting:
        case "ac_charge":
            battery.ac_charge = parse_choice(first, "0", "1") == "1"
        case "charge_power":
            battery.charge_rate = parse_number(first, 0, 100) / 100
        case "charge_stop_soc":
            battery.charge_stop = parse_number(first, 0, 100) / 100
        case "discharge_power":
            battery.discharge_rate = parse_number(first, 0, 100) / 100
        case "discharge_stop_soc":
            battery.discharge_stop = parse_number(first, 0, 100) / 100
        case "on_grid_discharge_stop_soc":
            parse_number(first, 0, 100)
        case "tlx_off_grid_enable":
            parse_choice(first, "0", "1")
        case "tlx_ac_discharge_frequency":
            parse_choice(first, "0", "1")
        case "tlx_ac_discharge_voltage":
            parse_choice(first, "0", "1", "2")
        case _ if setting.startswith("time_segment"):
            _set_segment(battery.periods["segments"], setting, commands)
        case _:
            return False
    return True


def _set_segment(periods: list[Period], setting: str, commands: list[str]) -> None:
    number = setting.removeprefix("time_segment")
    if number not in {str(index) for index in range(1, SEGMENTS + 1)}:
        raise SetError(OUT_OF_RANGE)
    index = int(number) - 1
    mode = MODES[int(parse_choice(commands[0], "0", "1", "2"))]
    period = parse_period(mode, commands[1:6])
    if period.enabled and any(
        other.enabled and (other.start, other.end) == (period.start, period.end)
        for position, other in enumerate(periods)
        if position != index
    ):
        # The live service answers two identical segments with HTTP 500.
        raise BreakdownError
    periods[index] = period


def read_setting_value(device: Device, parameter: str) -> str | None:
    """Return a setting as text: ``readMinParam``."""
    battery, panels = get_battery(device), get_panels(device)
    known = {
        "tlx_on_off": str(int(is_on(device))),
        "pv_active_p_rate": f"{panels.active_rate:g}",
    }
    if battery is not None:
        known |= {
            "ac_charge": str(int(battery.ac_charge)),
            "charge_power": f"{battery.charge_rate * 100:g}",
            "charge_stop_soc": f"{battery.charge_stop * 100:g}",
            "discharge_power": f"{battery.discharge_rate * 100:g}",
            "discharge_stop_soc": f"{battery.discharge_stop * 100:g}",
        }
    return known.get(parameter)


def add_segments(model: Hybrid) -> Hybrid:
    """Add the nine segments of a MIN, all disabled, and return the model."""
    model.battery.periods = {"segments": [Period() for _ in range(SEGMENTS)]}
    return model


MIN = DeviceFamily(
    kind=DeviceKind.MIN,
    folder="tlx",
    prefix="tlx",
    set_path="tlxSet",
    read_path="readMinParam",
    value_count=19,
    encode_reading=encode_reading,
    encode_details=encode_details,
    detail_endpoints=(("tlx_set_info", encode_settings),),
    intervals=(("tlx_data", 10.0),),
    apply_setting=apply_setting,
    read_setting_value=read_setting_value,
)
