"""What the devices of the later pages have in common: the calendar in a reading, settings of the grid, periods."""

from datetime import datetime, time
from typing import Any

from .. import encoding as wire
from ..physics.device import Device, count
from ..physics.power_models import Energy, Hybrid, Inverter, Period, Storage
from ..settings import (
    END_BEFORE_START,
    NO_SUCH_PARAMETER,
    SetError,
    check_date,
    check_power_factor,
    choice_of,
    number_in,
)

type Fields = dict[str, Any]


def panels_of(device: Device) -> Inverter:
    """Return what makes power out of light in a device."""
    assert isinstance(device.model, Inverter | Hybrid)
    return device.model if isinstance(device.model, Inverter) else device.model.pv


def battery_of(device: Device) -> Storage | None:
    """Return the battery in a device, where it has one."""
    if isinstance(device.model, Hybrid):
        return device.model.battery
    return device.model if isinstance(device.model, Storage) else None


def head(serial: str, wall: datetime, status: int, status_text: str) -> Fields:
    """Return what every reading begins with."""
    return {
        "serialNum": serial,
        "dataLogSn": "",
        "alias": "",
        "address": 0,
        "day": "",
        "time": wire.written(wall),
        "calendar": wire.java_calendar(wall),
        "status": status,
        "statusText": status_text,
        # The live service has said this of devices that were online.
        "lost": True,
        "again": False,
        "withTime": False,
    }


def strings_of(snapshot: Fields, channels: int) -> Fields:
    """Return the panels' fields; channels that are not there are 0."""
    fields: Fields = {}
    strings = snapshot["strings"]
    nothing = {"power": 0.0, "voltage": 0.0, "today": 0.0, "total": 0.0}
    for index in range(1, channels + 1):
        string = strings[index - 1] if index <= len(strings) else nothing
        current = string["power"] / string["voltage"] if string["voltage"] else 0.0
        fields |= {
            f"vpv{index}": wire.noisy(string["voltage"]),
            f"ipv{index}": wire.noisy(round(current, 1)),
            f"ppv{index}": wire.noisy(string["power"]),
            f"epv{index}Today": wire.noisy(string["today"]),
            f"epv{index}Total": wire.noisy(string["total"]),
        }
    fields["ppv"] = wire.noisy(round(sum(one["power"] for one in strings), 1))
    total = round(sum(one["total"] for one in strings), 1)
    fields["epvTotal"] = wire.noisy(total)
    return fields


def about(device: Device, wall: datetime) -> Fields:
    """Return what every page of details has."""
    return {
        "serialNum": device.serial,
        "dataLogSn": device.datalogger.serial,
        "alias": device.alias or device.serial,
        "addr": 1,
        "children": [],
        "communicationVersion": "ZABA-0009",
        "groupId": -1,
        "innerVersion": "alaa081103",
        "lastUpdateTime": wire.java_date(wall),
        "lastUpdateTimeText": wire.written(wall),
        "level": 4,
        "location": "",
        "lost": False,
        "manufacturer": "Growatt",
        "plantId": 0,
        "plantname": "",
        "status": 1,
        "sysTime": wire.written(wall),
        "tcpServerIp": "127.0.0.1",
        "timezone": 1,
        "treeID": f"ST_{device.serial}",
        "treeName": device.serial,
        "updating": False,
        "userName": "",
    }


def apply_to_grid(device: Device, what: str, commands: list[str]) -> None:
    """Apply a set that several types share, or raise SetError: power, power factor, voltages, clock."""
    first, second = commands[:2]
    match what:
        case "pv_active_p_rate":
            rate = number_in(first, 0, 100)
            if isinstance(device.model, Inverter | Hybrid):
                panels_of(device).active_rate = rate
        case "pv_reactive_p_rate":
            number_in(first, 0, 100)
            choice_of(second.casefold(), "over", "under")
        case "pv_power_factor":
            check_power_factor(first)
        case "pv_pf_cmd_memory_state":
            choice_of(first, "0", "1")
        case "pv_grid_voltage_high" | "pv_grid_voltage_low":
            number_in(first, 100, 300)
        case "pf_sys_year":
            check_date(first, "%Y-%m-%d %H:%M:%S")
        case "set_any_reg":
            number_in(first, 0, 65535)
            number_in(second, 0, 65535)
        case _:
            raise SetError(NO_SUCH_PARAMETER)


def set_on(device: Device, text: str) -> None:
    """Turn a device on or off."""
    is_on = choice_of(text, "0000", "0001", "0101") != "0000"
    if isinstance(device.model, Inverter | Hybrid):
        panels_of(device).on = is_on
    if (battery := battery_of(device)) is not None:
        battery.on = is_on


def is_on(device: Device) -> bool:
    """Tell whether a device is on."""
    battery = battery_of(device)
    return panels_of(device).on if battery is None else battery.on


def period_of(mode: str, commands: list[str]) -> Period:
    """Return a period out of start hour, minute, end hour, minute, enabled."""
    start = time(int(number_in(commands[0], 0, 23)), int(number_in(commands[1], 0, 59)))
    end = time(int(number_in(commands[2], 0, 23)), int(number_in(commands[3], 0, 59)))
    if end < start:
        raise SetError(END_BEFORE_START)
    return Period(mode, start, end, choice_of(commands[4], "0", "1") == "1")


def clock_text(moment: time) -> str:
    """Return a time as the pages of settings have it: no zeros in front."""
    return f"{moment.hour}:{moment.minute}"


def counted(name: str, energy: Energy) -> Fields:
    """Return the two fields of a counter."""
    return {
        f"{name}Today": wire.noisy(count(energy.today)),
        f"{name}Total": wire.noisy(count(energy.total)),
    }
