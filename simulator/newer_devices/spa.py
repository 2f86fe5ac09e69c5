"""SPA: a battery on the AC side, which sees what the other inverters make."""

from datetime import datetime
from typing import Any

from .. import encoding as wire
from ..physics.device import Device, DeviceKind
from ..physics.power_models import Storage
from ..settings import choice_of
from . import hybrid
from .common import about, apply_to_grid, is_on, set_on
from .family import DeviceFamily

type Fields = dict[str, Any]


def reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Return a reading: ``spa_last_data``."""
    status = 3 if values["fault"] else 6
    return {
        **hybrid.battery_fields(device, wall, values, status),
        "ppvInverter": wire.noisy(values["seen_power"]),
        "epvInverterToday": wire.noisy(values["seen_today"]),
        "epvInverterTotal": wire.noisy(values["seen_total"]),
        "spaBean": None,
    }


def details(device: Device, wall: datetime) -> Fields:
    """Return what it is, with how it is set beside: ``spa_data_info``; of the mains it says nothing."""
    assert isinstance(device.model, Storage)
    battery = device.model
    limits = hybrid.limits(battery, battery.settings)
    del limits["acChargeEnable"]
    return {
        **about(device, wall),
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
        **hybrid.period_fields(
            battery.periods["charge"],
            "forcedChargeTimeStart",
            "forcedChargeTimeStop",
            "batFirstSwitch",
            text=True,
        ),
        **hybrid.period_fields(
            battery.periods["discharge"],
            "forcedDischargeTimeStart",
            "forcedDischargeTimeStop",
            "gridFirstSwitch",
        ),
        **hybrid.period_fields(
            battery.periods["load"],
            "loadFirstStartTime",
            "loadFirstStopTime",
            "loadFirstSwitch",
        ),
    }


def apply(device: Device, what: str, commands: list[str]) -> None:
    """Apply a ``spaSet`` or raise SetError."""
    assert isinstance(device.model, Storage)
    battery = device.model
    first = commands[0]
    match what:
        case "spa_ac_charge_time_period":
            hybrid.set_charge_periods(battery, commands)
        case "spa_load_flast":
            battery.periods["load"] = hybrid.periods_of("load", commands)
        case "pv_on_off":
            set_on(device, first)
        case "spa_off_grid_enable" | "spa_ac_discharge_frequency":
            choice_of(first, "0", "1")
        case "spa_ac_discharge_voltage":
            choice_of(first, "0", "1", "2")
        case _:
            apply_to_grid(device, what, commands)


def with_periods(battery: Storage) -> Storage:
    """Return a battery with the periods an SPA leaves the factory with."""
    battery.periods = {
        "charge": hybrid.none("battery"),
        "discharge": hybrid.none("grid"),
        "load": hybrid.none("load"),
    }
    return battery


SPA = DeviceFamily(
    kind=DeviceKind.SPA,
    type=6,
    folder="spa",
    short="spa",
    model="SPA 3000",
    listed=6,
    setter="spaSet",
    reader="readSpaParam",
    values=18,
    reading=reading,
    details=details,
    intervals=(
        ("spa_last_data", 10.0),
        ("spas_data", 10.0),
        ("spa_data", 10.0),
        ("alarm_data", 10.0),
    ),
    apply=apply,
    held=hybrid.held,
)
