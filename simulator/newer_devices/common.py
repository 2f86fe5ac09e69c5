"""Parts of readings, details and settings that several newer devices share."""

from datetime import datetime, time
from typing import Any

from .. import encoding
from ..physics import power_models
from ..physics.device import Device
from ..physics.power_models import Hybrid, Inverter, Period, Storage
from ..settings import (
    END_BEFORE_START,
    NO_SUCH_PARAMETER,
    SetError,
    check_date,
    check_power_factor,
    parse_choice,
    parse_number,
)

type Fields = dict[str, Any]


def get_panels(device: Device) -> Inverter:
    """Return the inverter of a device with panels."""
    assert isinstance(device.model, Inverter | Hybrid)
    return device.model if isinstance(device.model, Inverter) else device.model.pv


def get_battery(device: Device) -> Storage | None:
    """Return the battery of a device, or None."""
    return power_models.get_battery(device.model)


def encode_header(serial: str, wall: datetime, status: int, status_text: str) -> Fields:
    """Encode the fields at the start of every reading."""
    return {
        "serialNum": serial,
        "dataLogSn": "",
        "alias": "",
        "address": 0,
        "day": "",
        "time": encoding.format_time(wall),
        "calendar": encoding.to_java_calendar(wall),
        "status": status,
        "statusText": status_text,
        # The live service has sent true for devices that were online.
        "lost": True,
        "again": False,
        "withTime": False,
    }


def encode_strings(snapshot: Fields, channels: int) -> Fields:
    """Encode the strings of panels. Channels without a string are 0."""
    fields: Fields = {}
    strings = snapshot["strings"]
    nothing = {"power": 0.0, "voltage": 0.0, "today": 0.0, "total": 0.0}
    for index in range(1, channels + 1):
        string = strings[index - 1] if index <= len(strings) else nothing
        current = string["power"] / string["voltage"] if string["voltage"] else 0.0
        fields |= {
            f"vpv{index}": encoding.as_float32(string["voltage"]),
            f"ipv{index}": encoding.as_float32(round(current, 1)),
            f"ppv{index}": encoding.as_float32(string["power"]),
            f"epv{index}Today": encoding.as_float32(string["today"]),
            f"epv{index}Total": encoding.as_float32(string["total"]),
        }
    fields["ppv"] = encoding.as_float32(
        round(sum(string["power"] for string in strings), 1)
    )
    total = round(sum(string["total"] for string in strings), 1)
    fields["epvTotal"] = encoding.as_float32(total)
    return fields


def encode_identity(device: Device, wall: datetime) -> Fields:
    """Encode the fields that the details of all devices share."""
    return {
        "serialNum": device.serial,
        "dataLogSn": device.datalogger.serial,
        "alias": device.alias or device.serial,
        "addr": 1,
        "children": [],
        "communicationVersion": "ZABA-0009",
        "groupId": -1,
        "innerVersion": "alaa081103",
        "lastUpdateTime": encoding.to_java_date(wall),
        "lastUpdateTimeText": encoding.format_time(wall),
        "level": 4,
        "location": "",
        "lost": False,
        "manufacturer": "Growatt",
        "plantId": 0,
        "plantname": "",
        "status": 1,
        "sysTime": encoding.format_time(wall),
        "tcpServerIp": "127.0.0.1",
        "timezone": 1,
        "treeID": f"ST_{device.serial}",
        "treeName": device.serial,
        "updating": False,
        "userName": "",
    }


def apply_grid_setting(device: Device, setting: str, commands: list[str]) -> None:
    """Apply a setting of the grid or the clock, which several types share, or raise SetError."""
    first, second = commands[:2]
    match setting:
        case "pv_active_p_rate":
            rate = parse_number(first, 0, 100)
            if isinstance(device.model, Inverter | Hybrid):
                get_panels(device).active_rate = rate
        case "pv_reactive_p_rate":
            parse_number(first, 0, 100)
            parse_choice(second.casefold(), "over", "under")
        case "pv_power_factor":
            check_power_factor(first)
        case "pv_pf_cmd_memory_state":
            parse_choice(first, "0", "1")
        case "pv_grid_voltage_high" | "pv_grid_voltage_low":
            parse_number(first, 100, 300)
        case "pf_sys_year":
            check_date(first, "%Y-%m-%d %H:%M:%S")
        case "set_any_reg":
            parse_number(first, 0, 65535)
            parse_number(second, 0, 65535)
        case _:
            raise SetError(NO_SUCH_PARAMETER)


def set_on_off(device: Device, text: str) -> None:
    """Switch a device on or off."""
    is_on = parse_choice(text, "0000", "0001", "0101") != "0000"
    if isinstance(device.model, Inverter | Hybrid):
        get_panels(device).on = is_on
    if (battery := get_battery(device)) is not None:
        battery.on = is_on


def is_on(device: Device) -> bool:
    """Return whether a device is on."""
    battery = get_battery(device)
    return get_panels(device).on if battery is None else battery.on


def parse_period(mode: str, commands: list[str]) -> Period:
    """Parse a period out of start hour and minute, end hour and minute, enabled."""
    start = time(
        int(parse_number(commands[0], 0, 23)), int(parse_number(commands[1], 0, 59))
    )
    end = time(
        int(parse_number(commands[2], 0, 23)), int(parse_number(commands[3], 0, 59))
    )
    if end < start:
        raise SetError(END_BEFORE_START)
    return Period(mode, start, end, parse_choice(commands[4], "0", "1") == "1")


def format_clock(moment: time) -> str:
    """Format a time as in the details: without leading zeros."""
    return f"{moment.hour}:{moment.minute}"
