"""MAX: large three-phase inverters."""

from datetime import datetime
from typing import Any

from .. import encoding
from ..physics.device import Device, DeviceKind
from ..settings import NO_SUCH_PARAMETER, SetError
from .common import (
    apply_grid_setting,
    encode_header,
    encode_identity,
    encode_strings,
    get_panels,
    is_on,
    set_on_off,
)
from .family import DeviceFamily

type Fields = dict[str, Any]

STATUS = {0: "Waiting", 1: "Normal", 3: "Fault"}
VOLTAGE = 231.9
INPUTS = 8

_ZEROS = (
    *("apfStatus", "deratingMode", "eRacToday", "eRacTotal", "faultCode1"),
    *("faultCode2", "faultValue", "gfci", "id", "ipmTemperature", "opFullwatt"),
    *("pidBus", "pidFaultCode", "powerToday", "powerTotal", "rac", "rDci", "sDci"),
    *("realOPPercent", "strUnblance", "strUnmatch", "temperature3", "temperature4"),
    *("wPIDFaultValue", "wStringStatusValue", "warnBit", "warningValue1"),
    *("warningValue2", "warningValue3"),
)


def encode_reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Encode a reading: ``max_last_data``."""
    power = values["power"]
    status = 3 if values["fault"] else 1 if values["on"] else 0
    fields: Fields = {
        **dict.fromkeys(_ZEROS, 0),
        **encode_header(device.serial, wall, status, STATUS[status]),
        **encode_strings(values, INPUTS),
        "pac": encoding.as_float32(power),
        "fac": encoding.as_float32(49.98),
        "pf": 1 if power else -1,
        "eacToday": encoding.as_float32(values["today"]),
        "eacTotal": encoding.as_float32(values["total"]),
        "temperature": encoding.as_float32(values["temperature"]),
        "temperature2": encoding.as_float32(round(values["temperature"] + 2.2, 1)),
        "temperature5": encoding.as_float32(round(values["temperature"] - 4.1, 1)),
        "timeTotal": round(values["hours"], 1),
        "pBusVoltage": encoding.as_float32(402.3),
        "nBusVoltage": encoding.as_float32(401.7),
        "pvIso": 2950,
        "faultType": values["fault"],
        "warnCode": values["warning"],
        "pidStatusText": "Lost",
        "maxBean": None,
    }
    for phase, line in zip("rst", ("Rs", "St", "Tr"), strict=True):
        fields[f"pac{phase}"] = encoding.as_float32(round(power / 3, 1))
        fields[f"vac{phase}"] = encoding.as_float32(VOLTAGE)
        fields[f"iac{phase}"] = encoding.as_float32(round(power / 3 / VOLTAGE, 1))
        fields[f"vac{line}"] = encoding.as_float32(401.6)
    # A reading has the power of four inputs only.
    for index in range(5, INPUTS + 1):
        del fields[f"ppv{index}"]
    for index in range(1, 17):
        fields[f"currentString{index}"] = 0
    return fields


def encode_details(device: Device, wall: datetime) -> Fields:
    """Encode the details and, beside them, the settings: ``max_data_info``."""
    panels = get_panels(device)
    return {
        **encode_identity(device, wall),
        "fwVersion": "TJ1.0",
        "modelText": "S00B00D00T00P0FU01M00FF",
        "bigDevice": False,
        "deviceType": 4,
        "normalPower": int(panels.nominal_power),
        "activeRate": f"{panels.active_rate:g}",
        "onOff": int(is_on(device)),
        "exportLimit": 0,
        "exportLimitPowerRate": 0,
        "pf": 1,
        "maxSetBean": None,
    }


def apply_setting(device: Device, setting: str, commands: list[str]) -> None:
    """Apply a ``maxSet`` or raise SetError. Only four types are documented."""
    if setting == "max_cmd_on_off":
        set_on_off(device, commands[0])
    elif setting in ("pv_active_p_rate", "pv_power_factor", "set_any_reg"):
        apply_grid_setting(device, setting, commands)
    else:
        raise SetError(NO_SUCH_PARAMETER)


def read_setting_value(device: Device, parameter: str) -> str | None:
    """Return a setting as text: ``readMaxParam``."""
    return {
        "max_cmd_on_off": str(int(is_on(device))),
        "pv_active_p_rate": f"{get_panels(device).active_rate:g}",
    }.get(parameter)


MAX = DeviceFamily(
    kind=DeviceKind.MAX,
    folder="max",
    prefix="max",
    set_path="maxSet",
    read_path="readMaxParam",
    value_count=19,
    encode_reading=encode_reading,
    encode_details=encode_details,
    apply_setting=apply_setting,
    read_setting_value=read_setting_value,
)
