"""Meters and environment sensors: device type 3, behind a datalogger at an address."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import encoding
from ..envelope import ApiError, Envelope, Parameters, ok, select_page
from ..handlers.histories import select_history_rows
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


def encode_meter_reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Return a meter's reading: ``meter_last_data``."""
    power = values["power"]
    return {
        **dict.fromkeys(_OTHERS, 0),
        "addr": device.address,
        "dataLogSn": device.datalogger.serial,
        "deviceSn": None,
        "timeText": encoding.format_time(wall),
        "calendar": encoding.to_java_calendar(wall),
        "activePower": encoding.as_float32(power),
        "activePowerL1": encoding.as_float32(power),
        "activePowerL2": 0,
        "activePowerL3": 0,
        "apparentPower": encoding.as_float32(round(abs(power) * 1.01, 1)),
        "reactivePower": encoding.as_float32(round(abs(power) * 0.12, 1)),
        "powerFactor": encoding.as_float32(0.992),
        "gridFrequency": encoding.as_float32(50.01),
        "voltageL1": encoding.as_float32(231.2),
        "voltageL2": 0,
        "voltageL3": 0,
        "currentL1": encoding.as_float32(round(abs(power) / 231.2, 1)),
        "activeEnergy": encoding.as_float32(
            round(values["imported_total"] + values["exported_total"], 1)
        ),
        "positiveActiveTodayEnergy": encoding.as_float32(values["imported_today"]),
        "positiveActiveTotalEnergy": encoding.as_float32(values["imported_total"]),
        "reverseActiveTodayEnergy": encoding.as_float32(values["exported_today"]),
        "reverseActiveTotalEnergy": encoding.as_float32(values["exported_total"]),
        "todayEnergy": None,
        "alarmCode": None,
        "lost": None,
        "withTime": None,
    }


def encode_sensor_reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Return an environment sensor's reading: ``env_last_data``."""
    light = values["light"]
    return {
        "addr": device.address,
        "dataLogSn": device.datalogger.serial,
        "timeText": encoding.format_time(wall),
        "calendar": encoding.to_java_calendar(wall),
        "radiant": light,
        "envTemp": encoding.as_float32(round(12 + light / 80, 1)),
        "panelTemp": encoding.as_float32(round(12 + light / 30, 1)),
        "windSpeed": encoding.as_float32(1.3),
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


def _make_list_handler(kind: DeviceKind, key: str, name: str, number: str) -> Any:
    def answer(cloud: Cloud, parameters: Parameters) -> Envelope:
        serial = parameters.get("datalog_sn", "")
        moment = cloud.clock.now()
        rows = [
            {
                "address": device.address,
                "datalogger_sn": serial,
                "device_name": name,
                "device_type": number,
                "last_update_time": encoding.format_time(
                    device.get_wall_time(moment, plant.zone)
                ),
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
        upload = device.get_newest_upload(cloud.clock.now())
        if upload is None:
            raise ApiError(10001)
        wall = device.get_wall_time(upload.measured, plant.zone)
        return ok(
            fields(device, wall, upload.values), dataloggerSn=device.datalogger.serial
        )

    return answer


def _history(
    kind: DeviceKind, key: str, fields: Callable[[Device, datetime, Fields], Fields]
) -> Any:
    def answer(cloud: Cloud, parameters: Parameters) -> Envelope:
        plant, device = _at(cloud, kind, parameters)
        rows = select_history_rows(
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
                key: select_page(rows, parameters),
            }
        )

    return answer


def routes() -> Iterator[tuple[str, Route]]:
    """Give path and route of every endpoint."""
    for path, answer in (
        (
            "ammeter/meter_list",
            _make_list_handler(DeviceKind.METER, "meters", "AMMETER", METER_TYPE),
        ),
        ("ammeter/meter_last_data", _last(DeviceKind.METER, encode_meter_reading)),
        (
            "ammeter/meter_data",
            _history(DeviceKind.METER, "meterData", encode_meter_reading),
        ),
        (
            "env/env_list",
            _make_list_handler(DeviceKind.SENSOR, "envs", "ENV_DEVICE", SENSOR_TYPE),
        ),
        ("env/env_last_data", _last(DeviceKind.SENSOR, encode_sensor_reading)),
        ("env/env_data", _history(DeviceKind.SENSOR, "envData", encode_sensor_reading)),
    ):
        yield f"device/{path}", Route("GET", FIVE_MINUTES, None, answer)
