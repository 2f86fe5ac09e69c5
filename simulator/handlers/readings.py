"""Newest readings and details of inverters and storages (protocol of 2016, 4.3.8, 4.3.9, 4.3.13 and 4.3.15)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from .. import encoding
from ..cloud import Cloud
from ..envelope import ApiError, Envelope, Parameters, ok
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..physics.power_models import Inverter

type Fields = dict[str, Any]


def _require_device(
    cloud: Cloud, serial: str, kind: DeviceKind
) -> tuple[Plant, Device]:
    return cloud.require_device(serial, kind, unknown=10002, empty=10003)


def _encode_newest_reading(
    cloud: Cloud,
    serial: str,
    kind: DeviceKind,
    encode: Callable[[str, datetime, Fields], Fields],
) -> tuple[Device, Fields]:
    plant, device = _require_device(cloud, serial, kind)
    upload = device.get_newest_upload(cloud.clock.now())
    if upload is None:
        raise ApiError(10001)
    wall = device.get_wall_time(upload.measured, plant.zone)
    return device, encode(serial, wall, upload.values)


def _encode_inverter(cloud: Cloud, serial: str) -> tuple[Device, Fields]:
    return _encode_newest_reading(
        cloud, serial, DeviceKind.INVERTER, encoding.encode_inverter_reading
    )


def get_inverter_reading(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's newest reading: 2016, 4.3.8. The serials are beside the data."""
    serial = parameters.get("device_sn", "")
    device, fields = _encode_inverter(cloud, serial)
    return ok(fields, dataloggerSn=device.datalogger.serial, device_sn=serial)


def get_inverter_readings(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return the newest readings of many inverters: 2016, 4.3.9. The serial is a key on two levels."""
    serials = parameters.get("inverters", "").split(",")
    if len(serials) > 100:
        raise ApiError(10001)
    data = {}
    for serial in serials:
        try:
            device, fields = _encode_inverter(cloud, serial)
        except ApiError:
            continue  # the reply leaves out unknown serials
        data[serial] = {"dataloggerSn": device.datalogger.serial, serial: fields}
    return ok(data, inverters=serials, pageNum=parameters.get("pageNum", "1"))


def get_inverter_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's details: 2016, 4.3.15."""
    serial = parameters.get("device_sn", "")
    device, fields = _encode_inverter(cloud, serial)
    plant, _ = _require_device(cloud, serial, DeviceKind.INVERTER)
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
    device, fields = _encode_newest_reading(
        cloud, serial, DeviceKind.STORAGE, encoding.encode_storage_reading
    )
    return ok(fields, dataloggerSn=device.datalogger.serial, device_sn=serial)


def get_storage_details(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's details, as in the newer pages."""
    serial = parameters.get("device_sn", "")
    plant, device = _require_device(cloud, serial, DeviceKind.STORAGE)
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
