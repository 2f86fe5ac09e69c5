"""MAX: a large inverter on three phases."""

from datetime import datetime
from typing import Any

from .. import encoding as wire
from ..physics.device import Device, DeviceKind
from ..settings import NO_SUCH_PARAMETER, SetError
from .common import about, apply_to_grid, head, is_on, panels_of, set_on, strings_of
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


def reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Return a reading: ``max_last_data``."""
    power = values["power"]
    status = 3 if values["fault"] else 1 if values["on"] else 0
    fields: Fields = {
        **dict.fromkeys(_ZEROS, 0),
        **head(device.serial, wall, status, STATUS[status]),
        **strings_of(values, INPUTS),
        "pac": wire.noisy(power),
        "fac": wire.noisy(49.98),
        "pf": 1 if power else -1,
        "eacToday": wire.noisy(values["today"]),
        "eacTotal": wire.noisy(values["total"]),
        "temperature": wire.noisy(values["temperature"]),
        "temperature2": wire.noisy(round(values["temperature"] + 2.2, 1)),
        "temperature5": wire.noisy(round(values["temperature"] - 4.1, 1)),
        "timeTotal": round(values["hours"], 1),
        "pBusVoltage": wire.noisy(402.3),
        "nBusVoltage": wire.noisy(401.7),
        "pvIso": 2950,
        "faultType": values["fault"],
        "warnCode": values["warning"],
        "pidStatusText": "Lost",
        "maxBean": None,
    }
    for phase, line in zip("rst", ("Rs", "St", "Tr"), strict=True):
        fields[f"pac{phase}"] = wire.noisy(round(power / 3, 1))
        fields[f"vac{phase}"] = wire.noisy(VOLTAGE)
        fields[f"iac{phase}"] = wire.noisy(round(power / 3 / VOLTAGE, 1))
        fields[f"vac{line}"] = wire.noisy(401.6)
    # Of these it tells four.
    for index in range(5, INPUTS + 1):
        del fields[f"ppv{index}"]
    for index in range(1, 17):
        fields[f"currentString{index}"] = 0
    return fields


def details(device: Device, wall: datetime) -> Fields:
    """Return what it is, with how it is set beside: ``max_data_info``."""
    panels = panels_of(device)
    return {
        **about(device, wall),
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


def apply(device: Device, what: str, commands: list[str]) -> None:
    """Apply a ``maxSet`` or raise SetError: no more than four things are documented."""
    if what == "max_cmd_on_off":
        set_on(device, commands[0])
    elif what in ("pv_active_p_rate", "pv_power_factor", "set_any_reg"):
        apply_to_grid(device, what, commands)
    else:
        raise SetError(NO_SUCH_PARAMETER)


def held(device: Device, parameter: str) -> str | None:
    """Return what the device says a setting is: ``readMaxParam``."""
    return {
        "max_cmd_on_off": str(int(is_on(device))),
        "pv_active_p_rate": f"{panels_of(device).active_rate:g}",
    }.get(parameter)


MAX = DeviceFamily(
    kind=DeviceKind.MAX,
    type=4,
    folder="max",
    short="max",
    model="MAX 60KTL3",
    setter="maxSet",
    reader="readMaxParam",
    values=19,
    reading=reading,
    details=details,
    apply=apply,
    held=held,
)
