"""Dataloggers and devices of a plant (protocol of 2016, 4.3.1 and 4.3.4)."""

from typing import TYPE_CHECKING, Any

from .. import wire
from ..envelope import Envelope, Parameters, ok, page_of
from .figures import is_lost

if TYPE_CHECKING:
    from ..cloud import Cloud


def datalogger_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's dataloggers: 2016, 4.3.1; their time alone is a true instant."""
    # The two lists of a plant number these codes the other way round.
    site = cloud.site(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    upload = site.newest(site.storage_serial, moment)
    rows = [
        {
            "sn": site.logger.serial,
            "type": 2,
            "manufacturer": "Growatt",
            "model": "ShineWiFi-X",
            "netmode": "wifi",
            "lost": is_lost(site, site.storage_serial, moment),
            "last_update_time": wire.instant(upload.measured if upload else moment),
        }
    ]
    return ok({"count": len(rows), "dataloggers": page_of(rows, parameters)})


def device_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's devices: 2016, 4.3.4; the meter's row of type 3 has neither ``lost`` nor ``status``."""
    site = cloud.site(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    inverter = site.newest(site.inverter_serial, moment)
    storage = site.newest(site.storage_serial, moment)
    inverter_lost = is_lost(site, site.inverter_serial, moment)
    storage_lost = is_lost(site, site.storage_serial, moment)
    storage_status = 0
    if storage and not storage_lost:
        if storage.values["charge_power"] > 0:
            storage_status = 1
        elif storage.values["discharge_power"] > 0:
            storage_status = 2

    def updated(upload: Any) -> str:
        return wire.written(site.local(upload.measured)) if upload else ""

    rows: list[dict[str, Any]] = [
        {
            "device_id": 116,
            "datalogger_sn": site.logger.serial,
            "device_sn": site.inverter_serial,
            "type": 1,
            "manufacturer": "Growatt",
            "model": "A0B0D0T0PFU1M3S4",
            "last_update_time": updated(inverter),
            "lost": inverter_lost,
            "status": 0 if inverter_lost else 1,
        },
        {
            "device_id": 117,
            "datalogger_sn": site.logger.serial,
            "device_sn": site.storage_serial,
            "type": 2,
            "manufacturer": "Growatt",
            "model": "A0B0D1T2P3U0M0S0",
            "last_update_time": updated(storage),
            "lost": storage_lost,
            "status": storage_status,
        },
        {
            "device_id": "",
            "datalogger_sn": site.logger.serial,
            "device_sn": "AMMETER",
            "type": 3,
            "manufacturer": "Growatt",
            "model": "",
            "last_update_time": updated(storage),
        },
    ]
    return ok({"count": len(rows), "devices": page_of(rows, parameters)})
