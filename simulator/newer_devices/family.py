"""The endpoints that the newer pages repeat for each type of device.

The types differ only in names, limits and the fields of a reading.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..cloud import Cloud
from ..envelope import ApiError, Envelope, Parameters, ok
from ..handlers.histories import (
    ReadingEncoder,
    get_counted_alarms,
    get_counted_history,
)
from ..handlers.settings import check_online, read_setting, set_clock
from ..physics.device import Device, DeviceKind
from ..route import FIVE_MINUTES, NO_LIMIT, Handler, Route
from ..settings import SetError

type Fields = dict[str, Any]
# Encodes details or settings out of the device and its wall clock.
type DetailsEncoder = Callable[[Device, datetime], Fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFamily:
    """One type of device.

    folder: part of the paths. prefix: how the endpoints and the parameter with the serial begin.
    set_path, read_path: the endpoints that write and read a setting. value_count: values of a set.
    encode_details: the details, which include settings. detail_endpoints: more endpoints like it, by path.
    apply_setting: applies a set by its type and values, or raises SetError. read_setting_value: the setting as text.
    clock_setting: the type of the set that sets the clock.
    intervals: seconds by the last part of a path, where they are not five minutes.
    """

    kind: DeviceKind
    folder: str
    prefix: str
    set_path: str
    read_path: str
    value_count: int
    encode_reading: ReadingEncoder
    encode_details: DetailsEncoder
    apply_setting: Callable[[Device, str, list[str]], None]
    read_setting_value: Callable[[Device, str], str | None]
    clock_setting: str = "pf_sys_year"
    detail_endpoints: tuple[tuple[str, DetailsEncoder], ...] = ()
    intervals: tuple[tuple[str, float], ...] = ()

    @property
    def serial_key(self) -> str:
        """The parameter with the serial."""
        return f"{self.prefix}_sn"

    def iterate_routes(self) -> Iterator[tuple[str, Route]]:
        """Yield path and route of every endpoint."""
        intervals = dict(self.intervals)

        def make_route(name: str, method: str, handler: Handler) -> tuple[str, Route]:
            interval = intervals.get(name, FIVE_MINUTES)
            path = f"device/{self.folder}/{name}"
            return path, Route(method, interval, None, handler)

        details = self._make_details_handler(self.encode_details)
        yield make_route(f"{self.prefix}_last_data", "POST", self._get_reading)
        yield make_route(f"{self.prefix}s_data", "POST", self._get_readings)
        yield make_route(f"{self.prefix}_data_info", "GET", details)
        for name, encode in self.detail_endpoints:
            yield make_route(name, "GET", self._make_details_handler(encode))
        yield make_route(f"{self.prefix}_data", "POST", self._get_history)
        yield make_route("alarm_data", "POST", self._get_alarms)
        yield self.set_path, Route("POST", NO_LIMIT, None, self._write_setting)
        yield self.read_path, Route("POST", FIVE_MINUTES, None, self._read_setting)

    def _encode_newest_reading(
        self, cloud: Cloud, serial: str
    ) -> tuple[Device, Fields]:
        plant, device = cloud.require_device(
            serial, self.kind, unknown=10002, empty=10003
        )
        upload = device.get_newest_upload(cloud.clock.now())
        if upload is None:
            raise ApiError(10001)
        wall = device.get_wall_time(upload.measured, plant.zone)
        return device, self.encode_reading(device, wall, upload.values)

    def _get_reading(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        serial = parameters.get(self.serial_key, "")
        device, fields = self._encode_newest_reading(cloud, serial)
        datalogger = device.datalogger.serial
        return ok(fields, dataloggerSn=datalogger, **{self.serial_key: serial})

    def _get_readings(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        """Return the newest readings of many devices. The serial is a key on two levels."""
        key = f"{self.prefix}s"
        serials = parameters.get(key, "").split(",")
        if len(serials) > 100:
            raise ApiError(10001)
        data = {}
        for serial in serials:
            try:
                device, fields = self._encode_newest_reading(cloud, serial)
            except ApiError:
                continue  # the reply leaves out unknown serials
            data[serial] = {"dataloggerSn": device.datalogger.serial, serial: fields}
        return ok(data, **{key: serials, "pageNum": parameters.get("pageNum", "1")})

    def _make_details_handler(self, encode: DetailsEncoder) -> Handler:
        def get_details(cloud: Cloud, parameters: Parameters) -> Envelope:
            serial = parameters.get("device_sn", "")
            plant, device = cloud.require_device(serial, self.kind, unknown=10002)
            fields = encode(device, device.get_wall_time(cloud.clock.now(), plant.zone))
            return ok(fields, dataloggerSn=device.datalogger.serial, device_sn=serial)

        return get_details

    def _get_history(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        return get_counted_history(
            cloud, parameters, self.kind, self.serial_key, self.encode_reading
        )

    def _get_alarms(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        return get_counted_alarms(
            cloud, parameters, self.kind, self.serial_key, "device_sn"
        )

    def _write_setting(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        plant, device = cloud.require_device(
            parameters.get(self.serial_key, ""),
            self.kind,
            unknown=10012,
            empty=10004,
            message=f"error_{self.prefix}_not_exist",
        )
        names = [f"param{index}" for index in range(1, self.value_count + 1)]
        if any(name not in parameters for name in names[:-1]):
            # The vendor requires all of them, unused ones as empty text; only the last one may be left out.
            raise ApiError(10001)
        check_online(cloud, plant, device)
        setting = parameters.get("type", "")
        commands = [parameters.get(name, "") for name in names]
        try:
            self.apply_setting(device, setting, commands)
        except SetError as err:
            raise ApiError(err.code) from err
        device.model.settings[setting] = tuple(commands)
        if setting == self.clock_setting:
            set_clock(cloud, plant, device, commands[0])
        return ok("")

    def _read_setting(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        return read_setting(cloud, parameters, self.kind, self.read_setting_value)
