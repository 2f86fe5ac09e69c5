"""Histories and alarms of devices (protocol of 2016, 4.3.5, 4.3.6, 4.3.11 and 4.3.14)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .. import encoding
from ..envelope import ApiError, Envelope, Parameters, ok, select_page
from ..physics.device import Alarm, Device, DeviceKind
from ..physics.plant import Plant

if TYPE_CHECKING:
    from ..cloud import Cloud

LONGEST = timedelta(days=7)
KEPT = timedelta(days=95)


def _day(parameters: Parameters, key: str) -> date:
    try:
        return date.fromisoformat(parameters.get(key, ""))
    except ValueError as err:
        raise ApiError(10003) from err


def select_history_rows(
    cloud: Cloud,
    plant: Plant,
    device: Device,
    parameters: Parameters,
    fields: Callable[[datetime, dict[str, Any]], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the rows of a period by the device's own clock, newest first."""
    start, end = _day(parameters, "start_date"), _day(parameters, "end_date")
    if end < start:
        raise ApiError(10003)
    if end - start > LONGEST:
        raise ApiError(10004)
    moment = cloud.clock.now()
    rows = []
    for upload in reversed(device.history):
        wall = device.get_wall_time(upload.measured, plant.zone)
        if upload.visible > moment or moment - upload.measured > KEPT:
            continue
        if start <= wall.date() <= end:
            rows.append(fields(wall, upload.values))
    return rows


def get_inverter_history(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's rows: 2016, 4.3.5; nothing counts them, and a next page is named even when none follows."""
    # The protocol says device_id, the live service device_sn.
    serial = parameters.get("device_sn") or parameters.get("device_id", "")
    found = cloud.find_device(serial, DeviceKind.INVERTER)
    if found is None:
        raise ApiError(10002)
    plant, device = found
    rows = select_history_rows(
        cloud, plant, device, parameters, encoding.encode_inverter_history_row
    )
    return ok(
        {
            "sn": serial,
            "datalogger_sn": device.datalogger.serial,
            "next_page_start_id": f"1000101_{len(rows)}",
            "datas": select_page(rows, parameters),
        }
    )


def get_counted_history(
    cloud: Cloud,
    parameters: Parameters,
    kind: DeviceKind,
    key: str,
    fields: Callable[[Device, datetime, dict[str, Any]], dict[str, Any]],
) -> Envelope:
    """Return a device's rows, named by ``key``: counted, and like its newest reading."""
    serial = parameters.get(key, "")
    if not serial:
        raise ApiError(10002)
    found = cloud.find_device(serial, kind)
    if found is None:
        raise ApiError(10005)
    plant, device = found
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
            key: serial,
            "datalogger_sn": device.datalogger.serial,
            "next_page_start_id": len(rows) + 1,
            "datas": select_page(rows, parameters),
        }
    )


def get_storage_history(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's rows: 2016, 4.3.14; they look like its newest reading."""
    return get_counted_history(
        cloud,
        parameters,
        DeviceKind.STORAGE,
        "storage_sn",
        lambda device, wall, values: encoding.encode_storage_reading(
            device.serial, wall, values
        ),
    )


def select_alarm_rows(
    cloud: Cloud,
    plant: Plant,
    device: Device,
    parameters: Parameters,
    row: Callable[[Alarm, datetime, datetime], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the alarms that began or ended on a day, newest first; one that is not over has its start for an end."""
    day = _day(parameters, "date")
    rows = []
    for alarm in reversed(device.get_known_alarms(cloud.clock.now())):
        start = device.get_wall_time(alarm.start, plant.zone)
        end = device.get_wall_time(alarm.end, plant.zone) if alarm.end else start
        if start.date() <= day <= end.date():
            rows.append(row(alarm, start, end))
    return rows


def get_inverter_alarms(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's alarms: 2016, 4.3.6; the count is text, wall clock times end in Z."""
    serial = parameters.get("device_sn") or parameters.get("device_id", "")
    found = cloud.find_device(serial, DeviceKind.INVERTER)
    if found is None:
        raise ApiError(10002)
    rows = select_alarm_rows(
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
    return ok(
        {"count": str(len(rows)), "sn": serial, "alarms": select_page(rows, parameters)}
    )


def get_storage_alarms(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's alarms: 2016, 4.3.11; codes are numbers."""
    serial = parameters.get("storage_sn", "")
    if not serial:
        raise ApiError(10002)
    found = cloud.find_device(serial, DeviceKind.STORAGE)
    if found is None:
        raise ApiError(10005)
    rows = select_alarm_rows(
        cloud,
        *found,
        parameters,
        lambda alarm, start, end: {
            "alarm_code": int(alarm.code) if alarm.code.isdigit() else alarm.code,
            "alarm_message": alarm.message,
            "start_time": f"{start:%Y-%m-%d %H:%M:%S}.0",
            "end_time": f"{end:%Y-%m-%d %H:%M:%S}.0",
            "status": 1,
        },
    )
    return ok(
        {
            "count": len(rows),
            "storage_sn": serial,
            "alarms": select_page(rows, parameters),
        }
    )
