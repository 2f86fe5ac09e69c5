"""Readings and details of devices (protocol of 2016, 4.3.8, 4.3.9, 4.3.13 and 4.3.15)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import wire
from ..envelope import ApiError, Envelope, Parameters, ok
from ..physics.site import Site
from .figures import is_lost

if TYPE_CHECKING:
    from ..cloud import Cloud


def _reading(
    cloud: Cloud,
    serial: str,
    kind: str,
    fields: Callable[[str, datetime, dict[str, Any]], dict[str, Any]],
) -> tuple[Site, dict[str, Any]]:
    moment = cloud.clock.now()
    for site in cloud.sites:
        if serial and getattr(site, f"{kind}_serial") == serial:
            upload = site.newest(serial, moment)
            if upload is None:
                raise ApiError(10001)
            return site, fields(serial, site.local(upload.measured), upload.values)
    raise ApiError(10002 if serial else 10003)


def inverter_last(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's newest reading: 2016, 4.3.8; serials sit beside the data."""
    serial = parameters.get("device_sn", "")
    site, fields = _reading(cloud, serial, "inverter", wire.inverter_fields)
    return ok(fields, dataloggerSn=site.logger.serial, device_sn=serial)


def inverter_batch(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return many inverters' newest readings: 2016, 4.3.9; keyed by serial twice."""
    serials = parameters.get("inverters", "").split(",")
    if len(serials) > 100:
        raise ApiError(10001)
    data = {}
    for serial in serials:
        try:
            site, fields = _reading(cloud, serial, "inverter", wire.inverter_fields)
        except ApiError:
            continue  # unknown serials are silently missing
        data[serial] = {"dataloggerSn": site.logger.serial, serial: fields}
    return ok(data, inverters=serials, pageNum=parameters.get("pageNum", "1"))


def inverter_info(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what an inverter is: 2016, 4.3.15."""
    serial = parameters.get("device_sn", "")
    site, fields = _reading(cloud, serial, "inverter", wire.inverter_fields)
    moment = cloud.clock.now()
    upload = site.newest(serial, moment)
    wall = site.local(upload.measured if upload else moment)
    lost = is_lost(site, serial, moment)
    return ok(
        {
            "serialNum": serial,
            "dataLogSn": site.logger.serial,
            "status": -1 if lost else fields["status"],
            "lost": lost,
            "alias": "South roof",
            "location": "",
            "nominalPower": int(site.inverter.nominal_power),
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
        dataloggerSn=site.logger.serial,
        device_sn=serial,
    )


def storage_last(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's newest reading: 2016, 4.3.13."""
    serial = parameters.get("storage_sn", "")
    site, fields = _reading(cloud, serial, "storage", wire.storage_fields)
    return ok(fields, dataloggerSn=site.logger.serial, device_sn=serial)
