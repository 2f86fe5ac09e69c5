"""Meters and environment sensors: device type 3, behind a datalogger at an address."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import encoding as wire
from ..envelope import ApiError, Envelope, Parameters, ok, page_of
from ..handlers.histories import history_rows
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..route import FIVE_MINUTES, Route

if TYPE_CHECKING:
    from ..cloud import Cloud

type Fields = dict[str, Any]

# By the vendor's later pages: 64, 66, 67, 70, 71 are meters, 48 is an environmental tester.
METER_TYPE, SENSOR_TYPE = "64", "48"

# Of meters of other makers; 0 in this one.
_OTHERS = (
    *("aActivePower", "aCurrent", "aVoltage", "bActivePower", "cActivePower"),
    *("currentIa", "currentIb", "currentIc", "voltageUa", "voltageUb", "voltageUc"),
    *("frequency", "gridEnergy", "userEnergy", "totalEnergy", "reactiveEnergy"),
    *("feiLvBoZEnergy", "feiLvFengZEnergy", "feiLvGuZEnergy", "feiLvPingZEnergy"),
)


def meter_fields(device: Device, wall: datetime, values: Fields) -> Fields:
    """Return a meter's reading: ``meter_last_data``."""
    power = values["power"]
    return {
        **dict.fromkeys(_OTHERS, 0),
        "addr": device.address,
        "dataLogSn": device.datalogger.serial,
        "deviceSn": None,
        "timeText": wire.written(wall),
        "calendar": wire.java_calendar(wall),
        "activePower": wire.noisy(power),
        "activePowerL1": wire.noisy(power),
        "activePowerL2": 0,
        "activePowerL3": 0,
        "apparentPower": wire.noisy(round(abs(power) * 1.01, 1)),
        "reactivePower": wire.noisy(round(abs(power) * 0.12, 1)),
        "powerFactor": wire.noisy(0.992),
        "gridFrequency": wire.noisy(50.01),
        "voltageL1": wire.noisy(231.2),
        "voltageL2": 0,
        "voltageL3": 0,
        "currentL1": wire.noisy(round(abs(power) / 231.2, 1)),
        "activeEnergy": wire.noisy(
            round(values["imported_total"] + values["exported_total"], 1)
        ),
        "positiveActiveTodayEnergy": wire.noisy(values["imported_today"]),
        "positiveActiveTotalEnergy": wire.noisy(values["imported_total"]),
        "reverseActiveTodayEnergy": wire.noisy(values["exported_today"]),
        "reverseActiveTotalEnergy": wire.noisy(values["exported_total"]),
        "todayEnergy": None,
        "alarmCode": None,
        "lost": None,
        "withTime": None,
    }


def sensor_fields(device: Device, wall: datetime, values: Fields) -> Fields:
    """Return an environment sensor's reading: ``env_last_data``."""
    light = values["light"]
    return {
        "addr": device.address,
        "dataLogSn": device.datalogger.serial,
        "timeText": wire.written(wall),
        "calendar": wire.java_calendar(wall),
        "radiant": light,
        "envTemp": wire.noisy(round(12 + light / 80, 1)),
        "panelTemp": wire.noisy(round(12 + light / 30, 1)),
        "windSpeed": wire.noisy(1.3),
        "windAngle": 212,
        # Not fitted.
        "envHumidity": None,
        "airPressure": None,
        "rainfallIntensity": None,
        "snowDepth": None,
        "etodayRadiation": None,
    }


def _at(cloud: Cloud, kind: DeviceKind, parameters: Parameters) -> tuple[Plant, Device]:
    serial, address = parameters.get("datalog_sn", ""), parameters.get("address", "")
    if not serial:
        raise ApiError(10003)
    for plant in cloud.plants:
        for device in plant.devices:
            if (device.kind, device.datalogger.serial) == (kind, serial) and (
                str(device.address) == address
            ):
                return plant, device
    raise ApiError(10002)


def _listed(kind: DeviceKind, key: str, name: str, number: str) -> Any:
    def answer(cloud: Cloud, parameters: Parameters) -> Envelope:
        serial = parameters.get("datalog_sn", "")
        moment = cloud.clock.now()
        rows = [
            {
                "address": device.address,
                "datalogger_sn": serial,
                "device_name": name,
                "device_type": number,
                "last_update_time": wire.written(device.wall(moment, plant.zone)),
                "lost": device.is_lost(moment),
            }
            for plant in cloud.plants
            for device in plant.devices
            if device.kind is kind and device.datalogger.serial == serial
        ]
        return ok({"count": len(rows), "datalogger_sn": serial, key: rows})

    return answer


def _last(
    kind: DeviceKind, fields: Callable[[Device, datetime, Fields], Fields]
) -> Any:
    def answer(cloud: Cloud, parameters: Parameters) -> Envelope:
        plant, device = _at(cloud, kind, parameters)
        upload = device.newest(cloud.clock.now())
        if upload is None:
            raise ApiError(10001)
        wall = device.wall(upload.measured, plant.zone)
        return ok(
            fields(device, wall, upload.values), dataloggerSn=device.datalogger.serial
        )

    return answer


def _history(
    kind: DeviceKind, key: str, fields: Callable[[Device, datetime, Fields], Fields]
) -> Any:
    def answer(cloud: Cloud, parameters: Parameters) -> Envelope:
        plant, device = _at(cloud, kind, parameters)
        rows = history_rows(
            cloud,
            plant,
            device,
            parameters,
            lambda wall, values: fields(device, wall, values),
        )
        return ok(
            {
                "count": len(rows),
                "datalogger_sn": device.datalogger.serial,
                key: page_of(rows, parameters),
            }
        )

    return answer


def routes() -> Iterator[tuple[str, Route]]:
    """Give path and route of every endpoint."""
    for path, answer in (
        (
            "ammeter/meter_list",
            _listed(DeviceKind.METER, "meters", "AMMETER", METER_TYPE),
        ),
        ("ammeter/meter_last_data", _last(DeviceKind.METER, meter_fields)),
        ("ammeter/meter_data", _history(DeviceKind.METER, "meterData", meter_fields)),
        ("env/env_list", _listed(DeviceKind.SENSOR, "envs", "ENV_DEVICE", SENSOR_TYPE)),
        ("env/env_last_data", _last(DeviceKind.SENSOR, sensor_fields)),
        ("env/env_data", _history(DeviceKind.SENSOR, "envData", sensor_fields)),
    ):
        yield f"device/{path}", Route("GET", FIVE_MINUTES, None, answer)
