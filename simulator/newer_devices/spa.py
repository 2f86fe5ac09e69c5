"""SPA: a battery on the AC side, which also measures the production of other inverters."""

from datetime import datetime
from typing import Any

from .. import encoding
from ..physics.device import Device, DeviceKind
from ..physics.power_models import Storage
from ..settings import parse_choice
from . import hybrid
from .common import apply_grid_setting, encode_identity, is_on, set_on_off
from .family import DeviceFamily

type Fields = dict[str, Any]


def encode_reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Encode a reading: ``spa_last_data``."""
    status = 3 if values["fault"] else 6
    return {
        **hybrid.encode_battery(device, wall, values, status),
        "ppvInverter": encoding.as_float32(values["produced_power"]),
        "epvInverterToday": encoding.as_float32(values["produced_today"]),
        "epvInverterTotal": encoding.as_float32(values["produced_total"]),
        "spaBean": None,
    }


def encode_details(device: Device, wall: datetime) -> Fields:
    """Encode the details and, beside them, the settings: ``spa_data_info``. Charging from the grid is not in them."""
    assert isinstance(device.model, Storage)
    battery = device.model
    limits = hybrid.encode_limits(battery, battery.settings)
    del limits["acChargeEnable"]
    return {
        **encode_identity(device, wall),
        "fwVersion": "RH1.0",
        "modelText": "A0B0D0T4P7U2M2S1",
        "pmax": 3000,
        "status": 5,
        "statusText": "spa.status.normal",
        **limits,
        "activePRate": 100,
        "reactivePRate": 100,
        "onOff": is_on(device),
        "epsFunEn": False,
        "epsFreqSet": 0,
        "epsVoltSet": 0,
        **hybrid.encode_periods(
            battery.periods["charge"],
            "forcedChargeTimeStart",
            "forcedChargeTimeStop",
            "batFirstSwitch",
            text=True,
        ),
        **hybrid.encode_periods(
            battery.periods["discharge"],
            "forcedDischargeTimeStart",
            "forcedDischargeTimeStop",
            "gridFirstSwitch",
        ),
        **hybrid.encode_periods(
            battery.periods["load"],
            "loadFirstStartTime",
            "loadFirstStopTime",
            "loadFirstSwitch",
        ),
    }


def apply_setting(device: Device, setting: str, commands: list[str]) -> None:
    """Apply a ``spaSet``, or raise SetError."""
    assert isinstance(device.model, Storage)
    battery = device.model
    first = commands[0]
    match setting:
        case "spa_ac_charge_time_period":
            hybrid.set_charge_periods(battery, commands)
        case "spa_load_flast":
            battery.periods["load"] = hybrid.parse_periods("load", commands)
        case "pv_on_off":
            set_on_off(device, first)
        case "spa_off_grid_enable" | "spa_ac_discharge_frequency":
            parse_choice(first, "0", "1")
        case "spa_ac_discharge_voltage":
            parse_choice(first, "0", "1", "2")
        case _:
            apply_grid_setting(device, setting, commands)


def add_periods(battery: Storage) -> Storage:
    """Add the periods of an SPA, all disabled, and return the battery."""
    battery.periods = {
        "charge": hybrid.make_periods("battery"),
        "discharge": hybrid.make_periods("grid"),
        "load": hybrid.make_periods("load"),
    }
    return battery


SPA = DeviceFamily(
    kind=DeviceKind.SPA,
    folder="spa",
    prefix="spa",
    set_path="spaSet",
    read_path="readSpaParam",
    value_count=18,
    encode_reading=encode_reading,
    encode_details=encode_details,
    intervals=(
        ("spa_last_data", 10.0),
        ("spas_data", 10.0),
        ("spa_data", 10.0),
        ("alarm_data", 10.0),
    ),
    apply_setting=apply_setting,
    read_setting_value=hybrid.read_setting_value,
)
