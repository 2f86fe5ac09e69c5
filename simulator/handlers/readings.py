"""Readings and details of devices (protocol of 2016, 4.3.8, 4.3.9, 4.3.13 and 4.3.15)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import encoding as wire
from ..envelope import ApiError, Envelope, Parameters, ok
from ..physics.device import Kind, Unit
from ..physics.plant import Site
from ..physics.power_models import Inverter

if TYPE_CHECKING:
    from ..cloud import Cloud

type Fields = dict[str, Any]


def _found(cloud: Cloud, serial: str, kind: Kind) -> tuple[Site, Unit]:
    found = cloud.unit(serial, kind) if serial else None
    if found is None:
        raise ApiError(10002 if serial else 10003)
    return found


def _reading(
    cloud: Cloud,
    serial: str,
    kind: Kind,
    fields: Callable[[str, datetime, Fields], Fields],
) -> tuple[Unit, Fields]:
    site, unit = _found(cloud, serial, kind)
    upload = unit.newest(cloud.clock.now())
    if upload is None:
        raise ApiError(10001)
    wall = unit.wall(upload.measured, site.zone)
    return unit, fields(serial, wall, upload.values)


def inverter_last(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's newest reading: 2016, 4.3.8; serials sit beside the data."""
    serial = parameters.get("device_sn", "")
    unit, fields = _reading(cloud, serial, Kind.INVERTER, wire.inverter_fields)
    return ok(fields, dataloggerSn=unit.logger.serial, device_sn=serial)


def inverter_batch(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return many inverters' newest readings: 2016, 4.3.9; keyed by serial twice."""
    serials = parameters.get("inverters", "").split(",")
    if len(serials) > 100:
        raise ApiError(10001)
    data = {}
    for serial in serials:
        try:
            unit, fields = _reading(cloud, serial, Kind.INVERTER, wire.inverter_fields)
        except ApiError:
            continue  # unknown serials are silently missing
        data[serial] = {"dataloggerSn": unit.logger.serial, serial: fields}
    return ok(data, inverters=serials, pageNum=parameters.get("pageNum", "1"))


def inverter_info(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what an inverter is: 2016, 4.3.15."""
    serial = parameters.get("device_sn", "")
    unit, fields = _reading(cloud, serial, Kind.INVERTER, wire.inverter_fields)
    site, _ = _found(cloud, serial, Kind.INVERTER)
    moment = cloud.clock.now()
    upload = unit.newest(moment)
    wall = unit.wall(upload.measured if upload else moment, site.zone)
    lost = unit.is_lost(moment)
    assert isinstance(unit.device, Inverter)
    return ok(
        {
            "serialNum": serial,
            "dataLogSn": unit.logger.serial,
            "status": -1 if lost else fields["status"],
            "lost": lost,
            "alias": unit.alias or serial,
            "location": "",
            "nominalPower": int(unit.device.nominal_power),
            "power": fields["pac"],
            "eToday": fields["powerToday"],
            "eTotal": fields["powerTotal"],
            "lastUpdateTime": wire.java_date(wall),
            "lastUpdateTimeText": wire.written(wall),
            "tcpServerIp": "127.0.0.1",
            "fwVersion": "GH1.0",
            "innerVersion": "ghaa1816",
            "model": 1191936,
            "modelText": "A0B0D0T0PFU1M3S4",
        },
        dataloggerSn=unit.logger.serial,
        device_sn=serial,
    )


def storage_last(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's newest reading: 2016, 4.3.13."""
    serial = parameters.get("storage_sn", "")
    unit, fields = _reading(cloud, serial, Kind.STORAGE, wire.storage_fields)
    return ok(fields, dataloggerSn=unit.logger.serial, device_sn=serial)


def storage_info(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what a storage is: of later pages."""
    serial = parameters.get("device_sn", "")
    site, unit = _found(cloud, serial, Kind.STORAGE)
    moment = cloud.clock.now()
    wall = unit.wall(moment, site.zone)
    return ok(
        {
            "serialNum": serial,
            "dataLogSn": unit.logger.serial,
            "alias": unit.alias or serial,
            "fwVersion": "FA1.0",
            "innerVersion": "fbaa1816",
            "model": 1191936,
            "modelText": "A0B0D1T2P3U0M0S0",
            "deviceType": 0,
            "batteryType": 0,
            "lost": unit.is_lost(moment),
            "status": 0,
            "statusText": "storage.status.operating",
            "lastUpdateTime": wire.java_date(wall),
            "lastUpdateTimeText": wire.written(wall),
            "location": "",
            "tcpServerIp": "127.0.0.1",
            "children": [],
            "record": None,
        },
        dataloggerSn=unit.logger.serial,
        device_sn=serial,
    )
