"""The formats of readings on the wire: 32-bit floats, numbers as text, Java dates."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
import struct
from typing import Any
import zlib

CHINA = timezone(timedelta(hours=8))


def as_float32(value: float) -> float | int:
    """Return a float rounded to 32 bits and 15 digits, as the cloud prints it; a whole number as an int."""
    if value == int(value):
        return int(value)
    (single,) = struct.unpack("<f", struct.pack("<f", value))
    return float(f"{single:.15g}")


def format_time(moment: datetime) -> str:
    """Format a wall clock time."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def to_java_date(wall: datetime) -> dict[str, Any]:
    """Return a Java date with the fields of a wall clock. Its milliseconds assume that the clock is set to UTC+8."""
    return {
        "minutes": wall.minute,
        "seconds": wall.second,
        "hours": wall.hour,
        "month": wall.month - 1,
        "year": wall.year - 1900,
        "timezoneOffset": -480,
        "day": (wall.weekday() + 1) % 7,
        "date": wall.day,
        "time": int(wall.replace(tzinfo=CHINA).timestamp() * 1000),
    }


def to_java_calendar(wall: datetime) -> dict[str, Any]:
    """Return a Java calendar that contains such a date."""
    date = to_java_date(wall)
    return {
        "minimalDaysInFirstWeek": 1,
        "weekYear": wall.year,
        "time": date,
        "weeksInWeekYear": 52,
        "timeZone": {
            "rawOffset": 28_800_000,
            "DSTSavings": 0,
            "ID": "Asia/Shanghai",
            "displayName": "China Standard Time",
        },
        "timeInMillis": date["time"],
        "lenient": True,
        "firstDayOfWeek": 1,
    }


def instant_to_java_date(moment: datetime) -> dict[str, Any]:
    """Return a true instant as a Java date, with the fields of China's clock."""
    return to_java_date(moment.astimezone(UTC).astimezone(CHINA).replace(tzinfo=None))


def scramble_rows(rows: Sequence[Any]) -> list[Any]:
    """Return rows in a random order that is the same in every run."""
    return sorted(rows, key=lambda row: zlib.crc32(str(row).encode()))


INVERTER_STATUS = {0: "Waiting", 1: "Normal", 3: "Fault"}
STORAGE_STATUS = {0: "Operating", 1: "Charge", 2: "Discharge", 3: "Fault", 4: "Flash"}


def encode_inverter_reading(
    serial: str, wall: datetime, values: dict[str, Any]
) -> dict[str, Any]:
    """Encode an inverter's reading (protocol of 2016, 4.3.8 and its example)."""
    strings = list(values["strings"])
    # A reading has two inputs, connected or not.
    while len(strings) < 2:
        strings.append({"power": 0.0, "voltage": 0.0, "today": 0.0, "total": 0.0})
    power = values["power"]
    status = 3 if values["fault"] else 1 if values["on"] else 0
    voltage = 231.4 if power else 228.7
    fields: dict[str, Any] = {
        "inverterId": serial,
        "id": 575,
        "time": format_time(wall),
        "timeCalendar": to_java_calendar(wall),
        "status": status,
        "statusText": INVERTER_STATUS[status],
        "ppv": as_float32(round(sum(string["power"] for string in strings), 1)),
        "pac": as_float32(power),
        "pacr": as_float32(power),
        "pacs": 0,
        "pact": 0,
        "vacr": as_float32(voltage),
        "vacs": 0,
        "vact": 0,
        "iacr": as_float32(round(power / voltage, 1)),
        "iacs": 0,
        "iact": 0,
        "fac": as_float32(50.01),
        "pf": 1 if power else -1,
        "powerToday": as_float32(values["today"]),
        "powerTotal": as_float32(values["total"]),
        "epvTotal": as_float32(round(sum(string["total"] for string in strings), 1)),
        "temperature": as_float32(values["temperature"]),
        "ipmTemperature": 0,
        "timeTotal": round(values["hours"], 10),
        "timeTotalText": f"{values['hours']:.1f}",
        "pBusVoltage": as_float32(358.9),
        "nBusVoltage": 0,
        "rac": 0,
        "eRacToday": 0,
        "eRacTotal": 0,
        "faultType": values["fault"],
        "warnCode": values["warning"],
        "warningValue1": 0,
        "warningValue2": 0,
        "strFault": 0,
        "dwStringWarningValue1": 0,
        "wStringStatusValue": 0,
        "wPIDFaultValue": 0,
        "vPidPvape": 0,
        "iPidPvape": 0,
        "vPidPvbpe": 0,
        "iPidPvbpe": 0,
        "pidStatus": 0,
        "opFullwatt": 0,
        "realOPPercent": 0,
        "bigDevice": False,
        "again": False,
    }
    for index, string in enumerate(strings, 1):
        fields[f"vpv{index}"] = as_float32(string["voltage"])
        fields[f"ppv{index}"] = as_float32(string["power"])
        fields[f"ipv{index}"] = (
            as_float32(round(string["power"] / string["voltage"], 1))
            if string["voltage"]
            else 0
        )
        fields[f"epv{index}Today"] = as_float32(string["today"])
        fields[f"epv{index}Total"] = as_float32(string["total"])
    for index in range(1, 9):
        fields[f"vString{index}"] = 0
        fields[f"currentString{index}"] = 0
    return fields


def encode_inverter_history_row(
    wall: datetime, values: dict[str, Any]
) -> dict[str, Any]:
    """Encode a row of an inverter's history (protocol of 2016, 4.3.5), whose names differ from those of a reading."""
    power = values["power"]
    voltage = 231.4 if power else 228.7
    fields: dict[str, Any] = {
        "iac1": as_float32(round(power / voltage, 1)),
        "iac2": 0,
        "iac3": 0,
        "vac1": as_float32(voltage),
        "vac2": 0,
        "vac3": 0,
        "power": as_float32(power),
        "today_energy": as_float32(values["today"]),
        "total_energy": as_float32(values["total"]),
        "temperature": as_float32(values["temperature"]),
        "fac": as_float32(50.01),
        "power_factor": 1 if power else -1,
        "time": format_time(wall),
    }
    for index, string in enumerate(values["strings"], 1):
        fields[f"vpv{index}"] = as_float32(string["voltage"])
        fields[f"ipv{index}"] = (
            as_float32(round(string["power"] / string["voltage"], 1))
            if string["voltage"]
            else 0
        )
    return fields


def encode_storage_reading(
    serial: str, wall: datetime, values: dict[str, Any]
) -> dict[str, Any]:
    """Encode a storage's reading (protocol of 2016, 4.3.13 and its example): an SP2000 with nothing on its PV input."""
    charge, discharge = values["charge_power"], values["discharge_power"]
    status = 3 if values["fault"] else 1 if charge > 0 else 2 if discharge > 0 else 0
    voltage = values["voltage"]
    grid_voltage = 229.6
    numbers: dict[str, tuple[float, str]] = {
        "pCharge": (charge, "W"),
        "pDischarge": (discharge, "W"),
        "iCharge": (round(charge / voltage, 1), "A"),
        "iDischarge": (round(discharge / voltage, 1), "A"),
        "pacToUser": (values["import_power"], "W"),
        "pacToGrid": (values["export_power"], "W"),
        "iacToUser": (round(values["import_power"] / grid_voltage, 1), "A"),
        "iacToGrid": (round(values["export_power"] / grid_voltage, 1), "A"),
        "vac": (grid_voltage, "V"),
        "vpv": (0.0, "V"),
        "ipv": (0.0, "A"),
        "ppv": (0.0, "W"),
        "vBuck": (379.1, "V"),
        "vBat": (voltage, "V"),
        "capacity": (values["level"], "%"),
        "eChargeToday": (values["charge_today"], "kWh"),
        "eChargeTotal": (values["charge_total"], "kWh"),
        "eDischargeToday": (values["discharge_today"], "kWh"),
        "eDischargeTotal": (values["discharge_total"], "kWh"),
    }
    fields: dict[str, Any] = {
        "serialNum": serial,
        "dataLogSn": "",
        "alias": "",
        "address": 0,
        "day": "",
        "time": format_time(wall),
        "calendar": to_java_calendar(wall),
        "status": status,
        "statusText": STORAGE_STATUS[status],
        "deviceType": 0,
        # The live service has sent true for a device that was online.
        "lost": True,
        "eToUserToday": as_float32(values["imported_today"]),
        "eToUserTotal": as_float32(values["imported_total"]),
        "eToGridToday": as_float32(values["exported_today"]),
        "eToGridTotal": as_float32(values["exported_total"]),
        "epvToday": 0,
        "epvTotal": 0,
        "temperature": as_float32(round(24 + (charge + discharge) / 300, 1)),
        "ipmTemperature": as_float32(round(26 + (charge + discharge) / 250, 1)),
        "normalPower": 0,
        "faultCode": values["fault"],
        "errorCode": 0,
        "errorText": "Unknown",
        "warnCode": values["warning"],
        "warnText": "Unknown",
        "bmsStatus": 0,
        "bmsError": 0,
        "storageBean": None,
        "withTime": False,
        "again": False,
    }
    for key, (value, symbol) in numbers.items():
        fields[key] = as_float32(value)
        fields[f"{key}Text"] = f"{value} {symbol}"
    # The example of 2016 has "8.9 W"; a client made from newer pages accepts only a number.
    fields["pacToUserText"] = f"{values['import_power']}"
    for key in ("vpv", "ppv", "pCharge", "pDischarge", "vBuck"):
        fields[f"{key}2"] = 0
    for key in ("epv", "eCharge", "eDischarge"):
        fields[f"{key}Today2"] = 0
        fields[f"{key}Total2"] = 0
    return fields
