"""Histories and alarms of devices (protocol of 2016, 4.3.5, 4.3.6, 4.3.11 and 4.3.14)."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .. import encoding
from ..cloud import Cloud
from ..envelope import ApiError, Envelope, Parameters, ok, select_page
from ..physics.device import RETENTION, Alarm, Device, DeviceKind, Upload
from ..physics.plant import Plant

type Fields = dict[str, Any]
# Encodes a reading out of the device, its wall clock and a snapshot.
type ReadingEncoder = Callable[[Device, datetime, Fields], Fields]

LONGEST_PERIOD = timedelta(days=7)
# The most that a device's clock is off UTC by its zone, in days.
_ZONE_MARGIN = 1


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of a device's rows. count: the rows of all pages."""

    count: int
    rows: list[Fields]


def _parse_day(parameters: Parameters, key: str) -> date:
    try:
        return date.fromisoformat(parameters.get(key, ""))
    except ValueError as err:
        raise ApiError(10003) from err


def select_history_page(
    cloud: Cloud,
    plant: Plant,
    device: Device,
    parameters: Parameters,
    encode: ReadingEncoder,
) -> HistoryPage:
    """Return the requested page of the rows between two days of the device's own clock, newest first.

    Rows older than the cloud's retention are missing. Only the page is encoded, because a period has thousands of rows.
    """
    start = _parse_day(parameters, "start_date")
    end = _parse_day(parameters, "end_date")
    if end < start:
        raise ApiError(10003)
    if end - start > LONGEST_PERIOD:
        raise ApiError(10004)
    found = _select_uploads(device, plant, start, end, cloud.clock.now())
    return HistoryPage(
        len(found),
        [
            encode(device, wall, upload.values)
            for wall, upload in select_page(found, parameters)
        ],
    )


def _select_uploads(
    device: Device, plant: Plant, start: date, end: date, moment: datetime
) -> list[tuple[datetime, Upload]]:
    """Return what the cloud shows of two days and those between, with the wall clock of each upload, newest first."""
    margin = _ZONE_MARGIN + abs(device.skew.days)
    history = device.history
    low = max(
        bisect_left(history, start.toordinal() - margin, key=_get_day),
        bisect_left(history, moment - RETENTION, key=_get_instant),
    )
    high = bisect_right(history, end.toordinal() + margin, key=_get_day)
    found = []
    for upload in reversed(history[low:high]):
        wall = device.get_wall_time(upload.measured, plant.zone)
        if upload.visible <= moment and start <= wall.date() <= end:
            found.append((wall, upload))
    return found


def _get_day(upload: Upload) -> int:
    return upload.measured.astimezone(UTC).toordinal()


def _get_instant(upload: Upload) -> datetime:
    return upload.measured


def get_inverter_history(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's rows: 2016, 4.3.5. The reply has no count, and names a next page even after the last."""
    # The protocol says device_id, the live service device_sn.
    serial = parameters.get("device_sn") or parameters.get("device_id", "")
    plant, device = cloud.require_device(serial, DeviceKind.INVERTER, unknown=10002)
    page = select_history_page(
        cloud,
        plant,
        device,
        parameters,
        lambda _, wall, values: encoding.encode_inverter_history_row(wall, values),
    )
    return ok(
        {
            "sn": serial,
            "datalogger_sn": device.datalogger.serial,
            "next_page_start_id": f"1000101_{page.count}",
            "datas": page.rows,
        }
    )


def get_counted_history(
    cloud: Cloud,
    parameters: Parameters,
    kind: DeviceKind,
    serial_key: str,
    encode: ReadingEncoder,
) -> Envelope:
    """Return a device's rows with their count; a row is like the newest reading."""
    serial = parameters.get(serial_key, "")
    plant, device = cloud.require_device(serial, kind, unknown=10005, empty=10002)
    page = select_history_page(cloud, plant, device, parameters, encode)
    return ok(
        {
            "count": page.count,
            serial_key: serial,
            "datalogger_sn": device.datalogger.serial,
            "next_page_start_id": page.count + 1,
            "datas": page.rows,
        }
    )


def get_storage_history(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's rows: 2016, 4.3.14."""
    return get_counted_history(
        cloud,
        parameters,
        DeviceKind.STORAGE,
        "storage_sn",
        lambda device, wall, values: encoding.encode_storage_reading(
            device.serial, wall, values
        ),
    )


def _select_alarm_rows(
    cloud: Cloud,
    plant: Plant,
    device: Device,
    parameters: Parameters,
    encode: Callable[[Alarm, datetime, datetime], Fields],
) -> list[Fields]:
    """Return the alarms that began or ended on a day, newest first. The end of a lasting alarm is its start."""
    day = _parse_day(parameters, "date")
    rows = []
    for alarm in reversed(device.get_known_alarms(cloud.clock.now())):
        start = device.get_wall_time(alarm.start, plant.zone)
        end = device.get_wall_time(alarm.end, plant.zone) if alarm.end else start
        if start.date() <= day <= end.date():
            rows.append(encode(alarm, start, end))
    return rows


def get_inverter_alarms(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's alarms: 2016, 4.3.6. The count is text, and wall clock times end in Z."""
    serial = parameters.get("device_sn") or parameters.get("device_id", "")
    found = cloud.require_device(serial, DeviceKind.INVERTER, unknown=10002)
    rows = _select_alarm_rows(
        cloud,
        *found,
        parameters,
        lambda alarm, start, end: {
            "alarm_code": alarm.code,
            "alarm_message": alarm.message,
            "start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "end_time": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "status": 0,
        },
    )
    alarms = select_page(rows, parameters)
    return ok({"count": str(len(rows)), "sn": serial, "alarms": alarms})


def get_counted_alarms(
    cloud: Cloud,
    parameters: Parameters,
    kind: DeviceKind,
    serial_key: str,
    reply_key: str,
    fraction: str = "",
) -> Envelope:
    """Return a device's alarms with numeric codes. ``fraction`` follows the seconds of every time."""
    serial = parameters.get(serial_key, "")
    found = cloud.require_device(serial, kind, unknown=10005, empty=10002)
    rows = _select_alarm_rows(
        cloud,
        *found,
        parameters,
        lambda alarm, start, end: {
            "alarm_code": int(alarm.code) if alarm.code.isdigit() else alarm.code,
            "alarm_message": alarm.message,
            "start_time": f"{encoding.format_time(start)}{fraction}",
            "end_time": f"{encoding.format_time(end)}{fraction}",
            "status": 1,
        },
    )
    alarms = select_page(rows, parameters)
    return ok({"count": len(rows), reply_key: serial, "alarms": alarms})


def get_storage_alarms(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's alarms: 2016, 4.3.11."""
    return get_counted_alarms(
        cloud, parameters, DeviceKind.STORAGE, "storage_sn", "storage_sn", ".0"
    )
