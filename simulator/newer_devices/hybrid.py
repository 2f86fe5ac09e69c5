"""What SPH and SPA have in common on the wire: battery, grid, house; and the pages of their periods."""

from datetime import datetime
from typing import Any

from .. import encoding as wire
from ..physics.device import Device
from ..physics.power_models import Period, Storage
from ..settings import choice_of, number_in
from .common import clock_text, head, is_on, period_of

type Fields = dict[str, Any]

PERIODS = 3
STATUS = {0: "Waiting", 3: "Fault", 5: "PV Bat Online", 6: "Bat Online"}
VOLTAGE = 230.6


def battery_fields(
    device: Device, wall: datetime, values: Fields, status: int
) -> Fields:
    """Return what both have in a reading, beside the panels."""
    charge, discharge = values["charge_power"], values["discharge_power"]
    output = max(discharge - charge, 0.0)
    fields: Fields = {
        **head(device.serial, wall, status, STATUS[status]),
        "pcharge1": wire.noisy(charge),
        "pdischarge1": wire.noisy(discharge),
        "acChargePower": wire.noisy(min(charge, values["import_power"])),
        "soc": values["level"],
        "socText": f"{values['level']}%",
        "bmsSOC": values["level"],
        "bmsSOH": 97,
        "vbat": wire.noisy(values["voltage"]),
        "bmsBatteryVolt": wire.noisy(values["voltage"]),
        "bmsBatteryCurr": wire.noisy(
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
        "pac": wire.noisy(output),
        "pac1": wire.noisy(output),
        "vac1": wire.noisy(VOLTAGE),
        "fac": wire.noisy(50.02),
        "pacToUserR": wire.noisy(values["import_power"]),
        "pacToUserTotal": wire.noisy(values["import_power"]),
        "pacToGridR": wire.noisy(values["export_power"]),
        "pacToGridTotal": wire.noisy(values["export_power"]),
        "plocalLoadR": wire.noisy(values["load_power"]),
        "plocalLoadTotal": wire.noisy(values["load_power"]),
        "etoUserToday": wire.noisy(values["imported_today"]),
        "etoUserTotal": wire.noisy(values["imported_total"]),
        # Small and great letters as the live service has them.
        "etoGridToday": wire.noisy(values["exported_today"]),
        "etogridTotal": wire.noisy(values["exported_total"]),
        "echarge1Today": wire.noisy(values["charge_today"]),
        "echarge1Total": wire.noisy(values["charge_total"]),
        "edischarge1Today": wire.noisy(values["discharge_today"]),
        "edischarge1Total": wire.noisy(values["discharge_total"]),
        "elocalLoadToday": wire.noisy(values["load_today"]),
        "elocalLoadTotal": wire.noisy(values["load_total"]),
        "acChargeEnergyToday": wire.noisy(values["from_grid_today"]),
        "acChargeEnergyTotal": wire.noisy(values["from_grid_total"]),
        "eacToday": wire.noisy(values["discharge_today"]),
        "eacTotal": wire.noisy(values["discharge_total"]),
        "temp1": wire.noisy(31.4),
        "temp2": wire.noisy(30.9),
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
        # Seen live in a device without a fault.
        "sysFaultWord7": 256,
    }
    for index in range(1, 7):
        fields[f"sysFaultWord{index}"] = 0
    for index in range(1, 17):
        cell = values["voltage"] / 16 + index % 5 / 1000
        fields[f"bmsCell{index}Volt"] = wire.noisy(round(cell, 3))
    return fields


def limits(battery: Storage, held: dict[str, tuple[str, ...]]) -> Fields:
    """Return the battery's limits as the pages of settings have them."""
    load_first = held.get("mix_load_flast_value_multi", ("10",))[0]
    return {
        "acChargeEnable": battery.ac_charge,
        "chargePowerCommand": round(battery.charge_rate * 100),
        "disChargePowerCommand": round(battery.discharge_rate * 100),
        "wchargeSOCLowLimit1": 100,
        "wchargeSOCLowLimit2": round(battery.charge_stop * 100),
        "wdisChargeSOCLowLimit1": int(load_first),
        "wdisChargeSOCLowLimit2": round(battery.discharge_stop * 100),
    }


def period_fields(
    periods: list[Period], start: str, stop: str, switch: str, *, text: bool = False
) -> Fields:
    """Return three periods under their names; ``text``: switches as 0 and 1."""
    fields: Fields = {}
    for index, period in enumerate(periods, 1):
        fields[f"{start}{index}"] = clock_text(period.start)
        fields[f"{stop}{index}"] = clock_text(period.end)
        fields[f"{switch}{index}"] = int(period.enabled) if text else period.enabled
    return fields


def periods_of(mode: str, commands: list[str]) -> list[Period]:
    """Return three periods out of five values each."""
    return [
        period_of(mode, commands[index * 5 : index * 5 + 5]) for index in range(PERIODS)
    ]


def none(mode: str) -> list[Period]:
    """Return the periods a device leaves the factory with: off."""
    return [Period(mode) for _ in range(PERIODS)]


def set_charge_periods(battery: Storage, commands: list[str]) -> None:
    """Set power, stop level, mains and three periods: of both the same."""
    rate, stop = number_in(commands[0], 0, 100), number_in(commands[1], 0, 100)
    mains = choice_of(commands[2], "0", "1") == "1"
    battery.periods["charge"] = periods_of("battery", commands[3:])
    battery.charge_rate, battery.charge_stop = rate / 100, stop / 100
    battery.ac_charge = mains


def held(device: Device, parameter: str) -> str | None:
    """Return what the device says a setting is: of both it is read of one only."""
    return str(int(is_on(device))) if parameter == "pv_on_off" else None
