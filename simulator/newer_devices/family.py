"""What the later pages repeat for each type of device: reading, batch, details, settings, history, alarms, sets.

Only names and limits differ between the types, and what stands in a reading.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..envelope import ApiError, Envelope, Parameters, ok, select_page
from ..handlers.histories import get_counted_history, select_alarm_rows
from ..handlers.settings import check_online, read_setting, set_clock
from ..physics.device import Device, DeviceKind
from ..route import FIVE_MINUTES, NO_LIMIT, Route
from ..settings import SetError

if TYPE_CHECKING:
    from ..cloud import Cloud

type Fields = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFamily:
    """One type of device.

    type: the number in the device list. folder: of its endpoints. short: what they and the serial's parameter begin with.
    model: as the device list has it. reading: its fields by serial, wall clock and a snapshot. details: what it is, with how it
    is set. apply: a set by its type and values, raising SetError. held: what the device says a setting is.
    pages: more endpoints with details, by path. listed: its status in the device list while all is well. intervals: seconds, by the last part of a path, where not five minutes.
    """

    kind: DeviceKind
    type: int
    folder: str
    short: str
    model: str
    setter: str
    reader: str
    values: int
    reading: Callable[[Device, datetime, Fields], Fields]
    details: Callable[[Device, datetime], Fields]
    apply: Callable[[Device, str, list[str]], None]
    held: Callable[[Device, str], str | None]
    clock: str = "pf_sys_year"
    pages: tuple[tuple[str, Callable[[Device, datetime], Fields]], ...] = ()
    intervals: tuple[tuple[str, float], ...] = ()
    listed: int = 1

    @property
    def serial(self) -> str:
        """The parameter that names a device."""
        return f"{self.short}_sn"

    def routes(self) -> Iterator[tuple[str, Route]]:
        """Give path and route of every endpoint."""
        many = f"{self.short}s_data"
        intervals = dict(self.intervals)

        def route(
            name: str, method: str, answer: Callable[[Cloud, Parameters], Envelope]
        ) -> tuple[str, Route]:
            interval = intervals.get(name, FIVE_MINUTES)
            path = f"device/{self.folder}/{name}"
            return path, Route(method, interval, None, answer)

        yield route(f"{self.short}_last_data", "POST", self._last)
        yield route(many, "POST", self._batch)
        yield route(f"{self.short}_data_info", "GET", self._page(self.details))
        for name, page in self.pages:
            yield route(name, "GET", self._page(page))
        yield route(f"{self.short}_data", "POST", self._history)
        yield route("alarm_data", "POST", self._alarms)
        yield self.setter, Route("POST", NO_LIMIT, None, self._set)
        yield self.reader, Route("POST", FIVE_MINUTES, None, self._read)

    def _fields(self, cloud: Cloud, serial: str) -> tuple[Device, Fields]:
        found = cloud.find_device(serial, self.kind) if serial else None
        if found is None:
            raise ApiError(10002 if serial else 10003)
        plant, device = found
        upload = device.get_newest_upload(cloud.clock.now())
        if upload is None:
            raise ApiError(10001)
        wall = device.get_wall_time(upload.measured, plant.zone)
        return device, self.reading(device, wall, upload.values)

    def _last(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        serial = parameters.get(self.serial, "")
        device, fields = self._fields(cloud, serial)
        return ok(
            fields, dataloggerSn=device.datalogger.serial, **{self.serial: serial}
        )

    def _batch(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        """Answer for many: keyed by serial twice; unknown serials are silently missing."""
        key = f"{self.short}s"
        serials = parameters.get(key, "").split(",")
        if len(serials) > 100:
            raise ApiError(10001)
        data = {}
        for serial in serials:
            try:
                device, fields = self._fields(cloud, serial)
            except ApiError:
                continue
            data[serial] = {"dataloggerSn": device.datalogger.serial, serial: fields}
        return ok(data, **{key: serials, "pageNum": parameters.get("pageNum", "1")})

    def _page(
        self, page: Callable[[Device, datetime], Fields]
    ) -> Callable[[Cloud, Parameters], Envelope]:
        def answer(cloud: Cloud, parameters: Parameters) -> Envelope:
            serial = parameters.get("device_sn", "")
            found = cloud.find_device(serial, self.kind)
            if found is None:
                raise ApiError(10002)
            plant, device = found
            wall = device.get_wall_time(cloud.clock.now(), plant.zone)
            fields = page(device, wall)
            return ok(fields, dataloggerSn=device.datalogger.serial, device_sn=serial)

        return answer

    def _history(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        return get_counted_history(
            cloud, parameters, self.kind, self.serial, self.reading
        )

    def _alarms(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        serial = parameters.get(self.serial, "")
        if not serial:
            raise ApiError(10002)
        found = cloud.find_device(serial, self.kind)
        if found is None:
            raise ApiError(10005)
        rows = select_alarm_rows(
            cloud,
            *found,
            parameters,
            lambda alarm, start, end: {
                "alarm_code": int(alarm.code) if alarm.code.isdigit() else alarm.code,
                "alarm_message": alarm.message,
                "start_time": f"{start:%Y-%m-%d %H:%M:%S}",
                "end_time": f"{end:%Y-%m-%d %H:%M:%S}",
                "status": 1,
            },
        )
        alarms = select_page(rows, parameters)
        return ok({"count": len(rows), "device_sn": serial, "alarms": alarms})

    def _set(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        serial = parameters.get(self.serial, "")
        if not serial:
            raise ApiError(10004)
        found = cloud.find_device(serial, self.kind)
        if found is None:
            raise ApiError(10012, f"error_{self.short}_not_exist")
        names = [f"param{index}" for index in range(1, self.values + 1)]
        if any(name not in parameters for name in names[:-1]):
            # The vendor wants all of them, unused ones as empty text; a client that leaves out the last one gets by.
            raise ApiError(10001)
        plant, device = found
        check_online(cloud, plant, device)
        what = parameters.get("type", "")
        commands = [parameters.get(name, "") for name in names]
        try:
            self.apply(device, what, commands)
        except SetError as err:
            raise ApiError(err.code) from err
        device.model.settings[what] = tuple(commands)
        if what == self.clock:
            set_clock(cloud, plant, device, commands[0])
        return ok("")

    def _read(self, cloud: Cloud, parameters: Parameters) -> Envelope:
        return read_setting(cloud, parameters, self.kind, self.held)
