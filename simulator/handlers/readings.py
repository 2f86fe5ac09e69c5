"""Readings and details of devices (protocol of 2016, 4.3.8, 4.3.9, 4.3.13 and 4.3.15)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import encoding
from ..envelope import ApiError, Envelope, Parameters, ok
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..physics.power_models import Inverter

if TYPE_CHECKING:
    from ..cloud import Cloud

type Fields = dict[str, Any]


def _found(cloud: Cloud, serial: str, kind: DeviceKind) -> tuple[Plant, Device]:
    found = cloud.find_device(serial, kind) if serial else None
    if found is None:
        raise ApiError(10002 if serial else 10003)
    return found


def _reading(
    cloud: Cloud,
    serial: str,
    kind: DeviceKind,
    fields: Callable[[str, datetime, Fields], Fields],
) -> tuple[Device, Fields]:
    plant, device = _found(cloud, serial, kind)
    upload = device.get_newest_upload(cloud.clock.now())
    if upload is None:
        raise ApiError(10001)
    wall = device.get_wall_time(upload.measured, plant.zone)
    return device, fields(serial, wall, upload.values)


def get_inverter_reading(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's newest reading: 2016, 4.3.8; serials sit beside the data."""
    serial = parameters.get("device_sn", "")
    device, fields = _reading(
        cloud, serial, DeviceKind.INVERTER, encoding.encode_inverter_reading
    )
    return ok(fields, dataloggerSn=device.datalogger.serial, device_sn=serial)


def get_inverter_readings(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return many inverters' newest readings: 2016, 4.3.9; keyed by serial twice."""
    serials = parameters.get("inverters", "").split(",")
    if len(serials) > 100:
        raise ApiError(10001)
    data = {}
    for serial in serials:
        try:
            device, fields = _reading(
                cloud, serial, DeviceKind.INVERTER, encoding.encode_inverter_reading
            )
        except ApiError:
            continue  # unknown serials are silently missing
        data[serial] = {"dataloggerSn": device.datalogger.serial, serial: fields}
    return ok(data, inverters=serials, pageNum=parameters.get("pageNum", "1"))


def get_inverter_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what an inverter is: 2016, 4.3.15."""
    serial = parameters.get("device_sn", "")
    device, fields = _reading(
        cloud, serial, DeviceKind.INVERTER, encoding.encode_inverter_reading
    )
    plant, _ = _found(cloud, serial, DeviceKind.INVERTER)
    moment = cloud.clock.now()
    upload = device.get_newest_upload(moment)
    wall = device.get_wall_time(upload.measured if upload else moment, plant.zone)
    lost = device.is_lost(moment)
    assert isinstance(device.model, Inverter)
    return ok(
        {
            "serialNum": serial,
            "dataLogSn": device.datalogger.serial,
            "status": -1 if lost else fields["status"],
            "lost": lost,
            "alias": device.alias or serial,
            "location": "",
            "nominalPower": int(device.model.nominal_power),
            "power": fields["pac"],
            "eToday": fields["powerToday"],
            "eTotal": fields["powerTotal"],
            "lastUpdateTime": encoding.to_java_date(wall),
            "lastUpdateTimeText": encoding.format_time(wall),
            "tcpServerIp": "127.0.0.1",
            "fwVersion": "GH1.0",
            "innerVersion": "ghaa1816",
            "model": 1191936,
            "modelText": "A0B0D0T0PFU1M3S4",
        },
        dataloggerSn=device.datalogger.serial,
        device_sn=serial,
    )


def get_storage_reading(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's newest reading: 2016, 4.3.13."""
    serial = parameters.get("storage_sn", "")
    device, fields = _reading(
        cloud, serial, DeviceKind.STORAGE, encoding.encode_storage_reading
    )
    return ok(fields, dataloggerSn=device.datalogger.serial, device_sn=serial)


def get_storage_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what a storage is: of later pages."""
    serial = parameters.get("device_sn", "")
    plant, device = _found(cloud, serial, DeviceKind.STORAGE)
    moment = cloud.clock.now()
    wall = device.get_wall_time(moment, plant.zone)
    return ok(
        {
            "serialNum": serial,
            "dataLogSn": device.datalogger.serial,
            "alias": device.alias or serial,
            "fwVersion": "FA1.0",
            "innerVersion": "fbaa1816",
            "model": 1191936,
            "modelText": "A0B0D1T2P3U0M0S0",
            "deviceType": 0,
            "batteryType": 0,
            "lost": device.is_lost(moment),
            "status": 0,
            "statusText": "storage.status.operating",
            "lastUpdateTime": encoding.to_java_date(wall),
            "lastUpdateTimeText": encoding.format_time(wall),
            "location": "",
            "tcpServerIp": "127.0.0.1",
            "children": [],
            "record": None,
        },
        dataloggerSn=device.datalogger.serial,
        device_sn=serial,
    )
