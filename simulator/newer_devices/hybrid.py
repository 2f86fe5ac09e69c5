"""Fields and settings that SPH and SPA share: battery, grid, house and periods."""

from datetime import datetime
from typing import Any

from .. import encoding
from ..physics.device import Device
from ..physics.power_models import Period, Storage
from ..settings import parse_choice, parse_number
from .common import encode_header, format_clock, is_on, parse_period

type Fields = dict[str, Any]

PERIODS = 3
STATUS = {0: "Waiting", 3: "Fault", 5: "PV Bat Online", 6: "Bat Online"}
VOLTAGE = 230.6


def encode_battery(
    device: Device, wall: datetime, values: Fields, status: int
) -> Fields:
    """Encode all fields of a reading but those of panels and other inverters."""
    charge, discharge = values["charge_power"], values["discharge_power"]
    output = max(discharge - charge, 0.0)
    fields: Fields = {
        **encode_header(device.serial, wall, status, STATUS[status]),
        "pcharge1": encoding.as_float32(charge),
        "pdischarge1": encoding.as_float32(discharge),
        "acChargePower": encoding.as_float32(min(charge, values["import_power"])),
        "soc": values["level"],
        "socText": f"{values['level']}%",
        "bmsSOC": values["level"],
        "bmsSOH": 97,
        "vbat": encoding.as_float32(values["voltage"]),
        "bmsBatteryVolt": encoding.as_float32(values["voltage"]),
        "bmsBatteryCurr": encoding.as_float32(
            round((discharge - charge) / values["voltage"], 1)
        ),
        "bmsBatteryTemp": 26,
        "batteryTemperature": 0,
        "bmsCycleCnt": 812,
        "bmsDeltaVolt": 21,
        "bmsError": values["fault"],
        "bmsWarnInfo": 0,
        "bmsStatus": 361,
        "bmsMaxCurr": 100,
        "batteryType": 1,
        "pac": encoding.as_float32(output),
        "pac1": encoding.as_float32(output),
        "vac1": encoding.as_float32(VOLTAGE),
        "fac": encoding.as_float32(50.02),
        "pacToUserR": encoding.as_float32(values["import_power"]),
        "pacToUserTotal": encoding.as_float32(values["import_power"]),
        "pacToGridR": encoding.as_float32(values["export_power"]),
        "pacToGridTotal": encoding.as_float32(values["export_power"]),
        "plocalLoadR": encoding.as_float32(values["load_power"]),
        "plocalLoadTotal": encoding.as_float32(values["load_power"]),
        "etoUserToday": encoding.as_float32(values["imported_today"]),
        "etoUserTotal": encoding.as_float32(values["imported_total"]),
        # The live service spells these two differently.
        "etoGridToday": encoding.as_float32(values["exported_today"]),
        "etogridTotal": encoding.as_float32(values["exported_total"]),
        "echarge1Today": encoding.as_float32(values["charge_today"]),
        "echarge1Total": encoding.as_float32(values["charge_total"]),
        "edischarge1Today": encoding.as_float32(values["discharge_today"]),
        "edischarge1Total": encoding.as_float32(values["discharge_total"]),
        "elocalLoadToday": encoding.as_float32(values["load_today"]),
        "elocalLoadTotal": encoding.as_float32(values["load_total"]),
        "acChargeEnergyToday": encoding.as_float32(values["from_grid_today"]),
        "acChargeEnergyTotal": encoding.as_float32(values["from_grid_total"]),
        "eacToday": encoding.as_float32(values["discharge_today"]),
        "eacTotal": encoding.as_float32(values["discharge_total"]),
        "temp1": encoding.as_float32(31.4),
        "temp2": encoding.as_float32(30.9),
        "timeTotal": 8_512_340.5,
        "priorityChoose": 0,
        "uwSysWorkMode": status,
        "upsVac1": 0,
        "upsFac": 0,
        "upsPac1": 0,
        "upsLoadpercent": 0,
        "upsPF": 1000,
        "vBus1": 0,
        "vBus2": 0,
        "vBatDsp": 0,
        "errorCode": 0,
        "errorText": "Unknown",
        "faultCode": values["fault"],
        "faultBitCode": 0,
        "warnCode": values["warning"],
        "warnText": "Unknown",
        "sysEn": 0,
        "sysFaultWord": 0,
        # The live service has sent 256 for a device without a fault.
        "sysFaultWord7": 256,
    }
    for index in range(1, 7):
        fields[f"sysFaultWord{index}"] = 0
    for index in range(1, 17):
        cell = values["voltage"] / 16 + index % 5 / 1000
        fields[f"bmsCell{index}Volt"] = encoding.as_float32(round(cell, 3))
    return fields


def encode_limits(battery: Storage, settings: dict[str, tuple[str, ...]]) -> Fields:
    """Encode the battery's limits, as in the details."""
    load_first = settings.get("mix_load_flast_value_multi", ("10",))[0]
    return {
        "acChargeEnable": battery.ac_charge,
        "chargePowerCommand": round(battery.charge_rate * 100),
        "disChargePowerCommand": round(battery.discharge_rate * 100),
        "wchargeSOCLowLimit1": 100,
        "wchargeSOCLowLimit2": round(battery.charge_stop * 100),
        "wdisChargeSOCLowLimit1": int(load_first),
        "wdisChargeSOCLowLimit2": round(battery.discharge_stop * 100),
    }


def encode_periods(
    periods: list[Period], start: str, stop: str, switch: str, *, text: bool = False
) -> Fields:
    """Encode periods under the given names. ``text``: switches are 0 and 1, not booleans."""
    fields: Fields = {}
    for index, period in enumerate(periods, 1):
        fields[f"{start}{index}"] = format_clock(period.start)
        fields[f"{stop}{index}"] = format_clock(period.end)
        fields[f"{switch}{index}"] = int(period.enabled) if text else period.enabled
    return fields


def parse_periods(mode: str, commands: list[str]) -> list[Period]:
    """Parse three periods of five values each."""
    return [
        parse_period(mode, commands[index * 5 : index * 5 + 5])
        for index in range(PERIODS)
    ]


def make_periods(mode: str) -> list[Period]:
    """Return three disabled periods, as set at the factory."""
    return [Period(mode) for _ in range(PERIODS)]


def set_charge_periods(battery: Storage, commands: list[str]) -> None:
    """Set charge power, stop level, charging from the grid, and three periods."""
    rate, stop = parse_number(commands[0], 0, 100), parse_number(commands[1], 0, 100)
    from_grid = parse_choice(commands[2], "0", "1") == "1"
    battery.periods["charge"] = parse_periods("battery", commands[3:])
    battery.charge_rate, battery.charge_stop = rate / 100, stop / 100
    battery.ac_charge = from_grid


def read_setting_value(device: Device, parameter: str) -> str | None:
    """Return a setting as text. Only on/off can be read."""
    return str(int(is_on(device))) if parameter == "pv_on_off" else None
