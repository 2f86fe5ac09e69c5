"""Dataloggers and devices of a plant (protocol of 2016, 4.3.1 and 4.3.4)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import encoding as wire
from ..envelope import Envelope, Parameters, ok, page_of
from ..newer_devices import LATER
from ..physics.device import Kind, Unit
from ..physics.plant import Site
from .figures import peak, production

if TYPE_CHECKING:
    from ..cloud import Cloud

_TYPES = {
    Kind.INVERTER: 1,
    Kind.STORAGE: 2,
    **{family.kind: family.type for family in LATER},
    Kind.METER: 3,
    Kind.SENSOR: 3,
    Kind.PCS: 8,
}
_LISTED = {family.kind: family.listed for family in LATER}
_MODELS = {
    Kind.INVERTER: "A0B0D0T0PFU1M3S4",
    Kind.STORAGE: "A0B0D1T2P3U0M0S0",
    **{family.kind: family.model for family in LATER},
    Kind.PCS: "PCS 100",
}
# What the list says of meters and sensors: a kind, and no serial.
_KINDS = {Kind.METER: "AMMETER", Kind.SENSOR: "ENV_DEVICE"}


def datalogger_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's dataloggers: 2016, 4.3.1; their time alone is a true instant."""
    # The two lists of a plant number these codes the other way round.
    site = cloud.site(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    rows = []
    for logger in site.loggers:
        units = [unit for unit in site.units if unit.logger is logger]
        uploads = [unit.newest(moment) for unit in units]
        rows.append(
            {
                "sn": logger.serial,
                "type": 2,
                "manufacturer": "Growatt",
                "model": "ShineWiFi-X",
                "netmode": "wifi",
                "lost": all(unit.is_lost(moment) for unit in units),
                "last_update_time": wire.instant(
                    max(
                        (upload.measured for upload in uploads if upload),
                        default=moment,
                    )
                ),
            }
        )
    return ok(
        {
            "count": len(rows),
            "dataloggers": page_of(rows, parameters),
            "peak_power_actual": _whole_plant(site, moment),
        }
    )


def _whole_plant(site: Site, moment: datetime) -> dict[str, Any]:
    """Return what later replies carry under a misleading name: the whole plant, with the only money there is."""
    produced = production(site, moment)
    price = 0.30
    offset = site.local(moment) - moment.replace(tzinfo=None)
    created = datetime(site.created.year, site.created.month, site.created.day)  # noqa: DTZ001
    return {
        "id": site.plant_id,
        "plantName": site.name,
        "plantType": 0,
        "country": site.country,
        "city": site.city,
        "createDate": wire.java_date(created),
        "createDateText": site.created.isoformat(),
        "timezone": offset.total_seconds() / 3600,
        "timezoneText": site.zone_text.replace("+", " "),
        "nominalPower": int(peak(site) * 1000),
        "deviceCount": len(site.units),
        "eToday": wire.noisy(produced.today),
        "eTotal": wire.noisy(produced.total),
        "etodayMoney": wire.noisy(round(produced.today * price, 2)),
        "etotalMoney": wire.noisy(round(produced.total * price, 2)),
        "formulaMoney": wire.noisy(price),
        "formulaMoneyUnitId": "EUR",
        "moneyUnitText": "€",
        "children": [],
        "dataLogList": [],
        "eventMessBeanList": [],
        "paramBean": None,
        "plantFromBean": None,
        "unitMap": None,
    }


def device_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's devices: 2016, 4.3.4; a meter's row of type 3 has neither ``lost`` nor ``status``."""
    site = cloud.site(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    rows: list[dict[str, Any]] = []
    for number, unit in enumerate(site.units, 116):
        kind = _KINDS.get(unit.kind)
        if kind is None:
            rows.append(_row(site, unit, number, moment))
        # A storage comes with a meter that is listed nowhere else.
        if kind is not None or unit.kind is Kind.STORAGE:
            rows.append(
                {
                    "device_id": "",
                    "datalogger_sn": unit.logger.serial,
                    "device_sn": kind or "AMMETER",
                    "type": 3,
                    "manufacturer": "Growatt",
                    "model": "",
                    "last_update_time": _updated(site, unit, moment),
                }
            )
    return ok({"count": len(rows), "devices": page_of(rows, parameters)})


def _row(site: Site, unit: Unit, number: int, moment: datetime) -> dict[str, Any]:
    lost = unit.is_lost(moment)
    return {
        "device_id": number,
        "datalogger_sn": unit.logger.serial,
        "device_sn": unit.serial,
        "type": _TYPES[unit.kind],
        "manufacturer": "Growatt",
        "model": _MODELS[unit.kind],
        "last_update_time": _updated(site, unit, moment),
        "lost": lost,
        "status": 0 if lost else _status(unit, moment),
    }


def _updated(site: Site, unit: Unit, moment: datetime) -> str:
    upload = unit.newest(moment)
    return wire.written(unit.wall(upload.measured, site.zone)) if upload else ""


def _status(unit: Unit, moment: datetime) -> int:
    """Return the list's status of a device that is not lost: a storage's 1 charge, 2 discharge, 0 standby; else 1 online."""
    upload = unit.newest(moment)
    if unit.kind is not Kind.STORAGE or upload is None:
        return _LISTED.get(unit.kind, 1)
    if upload.values["charge_power"] > 0:
        return 1
    return 2 if upload.values["discharge_power"] > 0 else 0
