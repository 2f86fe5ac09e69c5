"""SPH, "mix" in the API: hybrids with three periods to charge and three to discharge."""

from datetime import datetime
from typing import Any

from .. import encoding
from ..physics.device import Device, DeviceKind
from ..physics.power_models import Hybrid
from ..settings import parse_choice, parse_number
from . import hybrid
from .common import (
    apply_grid_setting,
    encode_identity,
    encode_strings,
    get_panels,
    is_on,
    set_on_off,
)
from .family import DeviceFamily

type Fields = dict[str, Any]


def encode_reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Encode a reading: ``mix_last_data``."""
    panels = values["pv"]
    status = 3 if values["fault"] else 5 if panels["power"] else 6
    strings = {
        key: value
        for key, value in encode_strings(panels, 2).items()
        # A reading has no currents of strings.
        if not key.startswith("ipv")
    }
    return {
        **hybrid.encode_battery(device, wall, values["battery"], status),
        **strings,
        "ppvText": f"{strings['ppv']} W",
        "pac": encoding.as_float32(values["power"]),
        "pac1": encoding.as_float32(values["power"]),
        "pac2": 0,
        "pac3": 0,
        "vac2": 0,
        "vac3": 0,
        "epsVac2": 0,
        "epsVac3": 0,
        "upsPac2": 0,
        "upsPac3": 0,
        "temp3": encoding.as_float32(30.2),
        "eacToday": encoding.as_float32(values["today"]),
        "eacTotal": encoding.as_float32(values["total"]),
        "mixBean": None,
    }


def encode_details(device: Device, wall: datetime) -> Fields:
    """Encode the details and, beside them, the settings: ``mix_data_info``."""
    assert isinstance(device.model, Hybrid)
    battery, settings = device.model.battery, device.model.settings
    return {
        **encode_identity(device, wall),
        "fwVersion": "RA1.0",
        "modelText": "A0B1D0T0PFU2M7S0",
        "deviceType": 0,
        "pmax": 0,
        "status": 5,
        "statusText": "mix.status.normal",
        **hybrid.encode_limits(battery, settings),
        "activeRate": f"{get_panels(device).active_rate:g}",
        "onOff": is_on(device),
        "exportLimit": int(settings.get("backflow_setting", ("0",))[0]),
        "exportLimitPowerRate": 0,
        "backflowSetting": "",
        "epsFunEn": True,
        "epsFreqSet": 0,
        "epsVoltSet": 0,
        "pvPfCmdMemoryState": False,
        "batFirstSwitch1": 0,
        "gridFirstSwitch1": False,
        **hybrid.encode_periods(
            battery.periods["charge"],
            "forcedChargeTimeStart",
            "forcedChargeTimeStop",
            "forcedChargeStopSwitch",
        ),
        **hybrid.encode_periods(
            battery.periods["discharge"],
            "forcedDischargeTimeStart",
            "forcedDischargeTimeStop",
            "forcedDischargeStopSwitch",
        ),
    }


def apply_setting(device: Device, setting: str, commands: list[str]) -> None:
    """Apply a ``mixSet``, or raise SetError."""
    assert isinstance(device.model, Hybrid)
    battery = device.model.battery
    first = commands[0]
    match setting:
        case "mix_ac_charge_time_period":
            hybrid.set_charge_periods(battery, commands)
        case "mix_ac_discharge_time_period":
            rate, stop = parse_number(first, 0, 100), parse_number(commands[1], 0, 100)
            battery.periods["discharge"] = hybrid.parse_periods("grid", commands[2:])
            battery.discharge_rate, battery.discharge_stop = rate / 100, stop / 100
        case "mix_load_flast_value_multi":
            parse_number(first, 0, 100)
        case "pv_on_off":
            set_on_off(device, first)
        case "backflow_setting" | "mix_ac_discharge_voltage":
            parse_choice(first, "0", "1", "2")
        case "mix_off_grid_enable" | "mix_ac_discharge_frequency":
            parse_choice(first, "0", "1")
        case _:
            apply_grid_setting(device, setting, commands)


def add_periods(model: Hybrid) -> Hybrid:
    """Add the periods of an SPH, all disabled, and return the model."""
    model.battery.periods = {
        "charge": hybrid.make_periods("battery"),
        "discharge": hybrid.make_periods("grid"),
    }
    return model


SPH = DeviceFamily(
    kind=DeviceKind.SPH,
    folder="mix",
    prefix="mix",
    set_path="mixSet",
    read_path="readMixParam",
    value_count=18,
    encode_reading=encode_reading,
    encode_details=encode_details,
    intervals=(("mix_last_data", 10.0), ("mixs_data", 10.0), ("alarm_data", 10.0)),
    apply_setting=apply_setting,
    read_setting_value=hybrid.read_setting_value,
)
