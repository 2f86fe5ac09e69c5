"""Meters and environment sensors, which have no serial but an address at a datalogger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import encoding
from ..cloud import Cloud
from ..device_catalog import CATALOG
from ..envelope import ApiError, Envelope, Parameters, ok
from ..handlers.histories import ReadingEncoder, select_history_page
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..route import FIVE_MINUTES, Route

type Fields = dict[str, Any]

# Fields of other makers' meters; 0 here.
_ZEROS = (
    *("aActivePower", "aCurrent", "aVoltage", "bActivePower", "cActivePower"),
    *("currentIa", "currentIb", "currentIc", "voltageUa", "voltageUb", "voltageUc"),
    *("frequency", "gridEnergy", "userEnergy", "totalEnergy", "reactiveEnergy"),
    *("feiLvBoZEnergy", "feiLvFengZEnergy", "feiLvGuZEnergy", "feiLvPingZEnergy"),
)


def encode_meter_reading(device: Device, wall: datetime, values: Fields) -> Fields:
    """Encode a meter's reading: ``meter_last_data``."""
    power = values["power"]
    return {
        **dict.fromkeys(_ZEROS, 0),
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
    """Encode an environment sensor's reading: ``env_last_data``."""
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
        # Instruments that are not fitted.
        "envHumidity": None,
        "airPressure": None,
        "rainfallIntensity": None,
        "snowDepth": None,
        "etodayRadiation": None,
    }


@dataclass(frozen=True, slots=True)
class _InstrumentFamily:
    """Meters or sensors. folder, prefix: of the paths. list_key, history_key: of the rows in a reply."""

    kind: DeviceKind
    folder: str
    prefix: str
    type_text: str
    list_key: str
    history_key: str
    encode_reading: ReadingEncoder

    def iterate_routes(self) -> Iterator[tuple[str, Route]]:
        """Yield path and route of every endpoint."""
        for name, handler in (
            ("list", self._list_instruments),
            ("last_data", self._get_reading),
            ("data", self._get_history),
        ):
            path = f"device/{self.folder}/{self.prefix}_{name}"
            yield path, Route("GET", FIVE_MINUTES, None, handler)

    def _require_device(
        self, cloud: Cloud, parameters: Parameters
    ) -> tuple[Plant, Device]:
        serial = parameters.get("datalog_sn", "")
        address = parameters.get("address", "")
        if not serial:
            raise ApiError(10003)
        for plant, device in self._iterate_devices(cloud, serial):
            if str(device.address) == address:
                return plant, device
        raise ApiError(10002)

    def _iterate_devices(
        self, cloud: Cloud, serial: str
    ) -> Iterator[tuple[Plant, Device]]:
        """Yield the devices behind a datalogger."""
        for plant in cloud.plants:
            for device in plant.devices:
                if device.kind is self.kind and device.datalogger.serial == serial:
                    yield plant, device

    def _list_instruments(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        serial = parameters.get("datalog_sn", "")
        moment = cloud.clock.now()
        rows = [
            {
                "address": device.address,
                "datalogger_sn": serial,
                "device_name": CATALOG[self.kind].placeholder,
                "device_type": self.type_text,
                "last_update_time": encoding.format_time(
                    device.get_wall_time(moment, plant.zone)
                ),
                "lost": device.is_lost(moment),
            }
            for plant, device in self._iterate_devices(cloud, serial)
        ]
        return ok({"count": len(rows), "datalogger_sn": serial, self.list_key: rows})

    def _get_reading(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        plant, device = self._require_device(cloud, parameters)
        upload = device.get_newest_upload(cloud.clock.now())
        if upload is None:
            raise ApiError(10001)
        wall = device.get_wall_time(upload.measured, plant.zone)
        fields = self.encode_reading(device, wall, upload.values)
        return ok(fields, dataloggerSn=device.datalogger.serial)

    def _get_history(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        plant, device = self._require_device(cloud, parameters)
        page = select_history_page(
            cloud, plant, device, parameters, self.encode_reading
        )
        return ok(
            {
                "count": page.count,
                "datalogger_sn": device.datalogger.serial,
                self.history_key: page.rows,
            }
        )


# The newer pages: 64, 66, 67, 70 and 71 are meters, 48 is an environmental tester.
_FAMILIES = (
    _InstrumentFamily(
        DeviceKind.METER,
        "ammeter",
        "meter",
        "64",
        "meters",
        "meterData",
        encode_meter_reading,
    ),
    _InstrumentFamily(
        DeviceKind.SENSOR,
        "env",
        "env",
        "48",
        "envs",
        "envData",
        encode_sensor_reading,
    ),
)


def iterate_routes() -> Iterator[tuple[str, Route]]:
    """Yield path and route of every endpoint."""
    for family in _FAMILIES:
        yield from family.iterate_routes()
