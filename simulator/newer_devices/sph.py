"""SPH, called mix by the cloud: panels and a battery in one, with three periods to charge and three to discharge."""

from datetime import datetime
from typing import Any

from .. import encoding as wire
from ..physics.device import Device, DeviceKind
from ..physics.power_models import Hybrid
from ..settings import choice_of, number_in
from . import hybrid
from .common import about, apply_to_grid, is_on, panels_of, set_on, strings_of
from .family import DeviceFamily

type Fields = dict[str, Any]


def reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Return a reading: ``mix_last_data``."""
    panels = values["pv"]
    status = 3 if values["fault"] else 5 if panels["power"] else 6
    strings = {
        key: value
        for key, value in strings_of(panels, 2).items()
        # Its readings tell no currents.
        if not key.startswith("ipv")
    }
    return {
        **hybrid.battery_fields(device, wall, values["battery"], status),
        **strings,
        "ppvText": f"{strings['ppv']} W",
        "pac": wire.noisy(values["power"]),
        "pac1": wire.noisy(values["power"]),
        "pac2": 0,
        "pac3": 0,
        "vac2": 0,
        "vac3": 0,
        "epsVac2": 0,
        "epsVac3": 0,
        "upsPac2": 0,
        "upsPac3": 0,
        "temp3": wire.noisy(30.2),
        "eacToday": wire.noisy(values["today"]),
        "eacTotal": wire.noisy(values["total"]),
        "mixBean": None,
    }


def details(device: Device, wall: datetime) -> Fields:
    """Return what it is, with how it is set beside: ``mix_data_info``."""
    assert isinstance(device.model, Hybrid)
    battery, held = device.model.battery, device.model.settings
    return {
        **about(device, wall),
        "fwVersion": "RA1.0",
        "modelText": "A0B1D0T0PFU2M7S0",
        "deviceType": 0,
        "pmax": 0,
        "status": 5,
        "statusText": "mix.status.normal",
        **hybrid.limits(battery, held),
        "activeRate": f"{panels_of(device).active_rate:g}",
        "onOff": is_on(device),
        "exportLimit": int(held.get("backflow_setting", ("0",))[0]),
        "exportLimitPowerRate": 0,
        "backflowSetting": "",
        "epsFunEn": True,
        "epsFreqSet": 0,
        "epsVoltSet": 0,
        "pvPfCmdMemoryState": False,
        "batFirstSwitch1": 0,
        "gridFirstSwitch1": False,
        **hybrid.period_fields(
            battery.periods["charge"],
            "forcedChargeTimeStart",
            "forcedChargeTimeStop",
            "forcedChargeStopSwitch",
        ),
        **hybrid.period_fields(
            battery.periods["discharge"],
            "forcedDischargeTimeStart",
            "forcedDischargeTimeStop",
            "forcedDischargeStopSwitch",
        ),
    }


def apply(device: Device, what: str, commands: list[str]) -> None:
    """Apply a ``mixSet`` or raise SetError."""
    assert isinstance(device.model, Hybrid)
    battery = device.model.battery
    first = commands[0]
    match what:
        case "mix_ac_charge_time_period":
            hybrid.set_charge_periods(battery, commands)
        case "mix_ac_discharge_time_period":
            rate, stop = number_in(first, 0, 100), number_in(commands[1], 0, 100)
            battery.periods["discharge"] = hybrid.periods_of("grid", commands[2:])
            battery.discharge_rate, battery.discharge_stop = rate / 100, stop / 100
        case "mix_load_flast_value_multi":
            number_in(first, 0, 100)
        case "pv_on_off":
            set_on(device, first)
        case "backflow_setting" | "mix_ac_discharge_voltage":
            choice_of(first, "0", "1", "2")
        case "mix_off_grid_enable" | "mix_ac_discharge_frequency":
            choice_of(first, "0", "1")
        case _:
            apply_to_grid(device, what, commands)


def with_periods(model: Hybrid) -> Hybrid:
    """Return a device with the periods an SPH leaves the factory with."""
    model.battery.periods = {
        "charge": hybrid.none("battery"),
        "discharge": hybrid.none("grid"),
    }
    return model


SPH = DeviceFamily(
    kind=DeviceKind.SPH,
    type=5,
    folder="mix",
    short="mix",
    model="SPH 5000",
    listed=5,
    setter="mixSet",
    reader="readMixParam",
    values=18,
    reading=reading,
    details=details,
    intervals=(("mix_last_data", 10.0), ("mixs_data", 10.0), ("alarm_data", 10.0)),
    apply=apply,
    held=hybrid.held,
)
