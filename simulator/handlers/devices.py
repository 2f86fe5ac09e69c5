"""Dataloggers and devices of a plant (protocol of 2016, 4.3.1 and 4.3.4)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import encoding
from ..envelope import Envelope, Parameters, ok, select_page
from ..newer_devices import NEWER_FAMILIES
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from .production import compute_production, get_peak_power

if TYPE_CHECKING:
    from ..cloud import Cloud

_TYPES = {
    DeviceKind.INVERTER: 1,
    DeviceKind.STORAGE: 2,
    **{family.kind: family.type for family in NEWER_FAMILIES},
    DeviceKind.METER: 3,
    DeviceKind.SENSOR: 3,
    DeviceKind.PCS: 8,
}
_LISTED = {family.kind: family.listed for family in NEWER_FAMILIES}
_MODELS = {
    DeviceKind.INVERTER: "A0B0D0T0PFU1M3S4",
    DeviceKind.STORAGE: "A0B0D1T2P3U0M0S0",
    **{family.kind: family.model for family in NEWER_FAMILIES},
    DeviceKind.PCS: "PCS 100",
}
# What the list says of meters and sensors: a kind, and no serial.
_KINDS = {DeviceKind.METER: "AMMETER", DeviceKind.SENSOR: "ENV_DEVICE"}


def list_dataloggers(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's dataloggers: 2016, 4.3.1; their time alone is a true instant."""
    # The two lists of a plant number these codes the other way round.
    plant = cloud.require_plant(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    rows = []
    for datalogger in plant.dataloggers:
        devices = [
            device for device in plant.devices if device.datalogger is datalogger
        ]
        uploads = [device.get_newest_upload(moment) for device in devices]
        rows.append(
            {
                "sn": datalogger.serial,
                "type": 2,
                "manufacturer": "Growatt",
                "model": "ShineWiFi-X",
                "netmode": "wifi",
                "lost": all(device.is_lost(moment) for device in devices),
                "last_update_time": encoding.instant_to_java_date(
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
            "dataloggers": select_page(rows, parameters),
            "peak_power_actual": _encode_whole_plant(plant, moment),
        }
    )


def _encode_whole_plant(plant: Plant, moment: datetime) -> dict[str, Any]:
    """Return what later replies carry under a misleading name: the whole plant, with the only money there is."""
    produced = compute_production(plant, moment)
    price = 0.30
    offset = plant.get_local_time(moment) - moment.replace(tzinfo=None)
    created = datetime(plant.created.year, plant.created.month, plant.created.day)  # noqa: DTZ001
    return {
        "id": plant.plant_id,
        "plantName": plant.name,
        "plantType": 0,
        "country": plant.country,
        "city": plant.city,
        "createDate": encoding.to_java_date(created),
        "createDateText": plant.created.isoformat(),
        "timezone": offset.total_seconds() / 3600,
        "timezoneText": plant.zone_text.replace("+", " "),
        "nominalPower": int(get_peak_power(plant) * 1000),
        "deviceCount": len(plant.devices),
        "eToday": encoding.as_float32(produced.today),
        "eTotal": encoding.as_float32(produced.total),
        "etodayMoney": encoding.as_float32(round(produced.today * price, 2)),
        "etotalMoney": encoding.as_float32(round(produced.total * price, 2)),
        "formulaMoney": encoding.as_float32(price),
        "formulaMoneyUnitId": "EUR",
        "moneyUnitText": "€",
        "children": [],
        "dataLogList": [],
        "eventMessBeanList": [],
        "paramBean": None,
        "plantFromBean": None,
        "unitMap": None,
    }


def list_devices(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's devices: 2016, 4.3.4; a meter's row of type 3 has neither ``lost`` nor ``status``."""
    plant = cloud.require_plant(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    rows: list[dict[str, Any]] = []
    for number, device in enumerate(plant.devices, 116):
        kind = _KINDS.get(device.kind)
        if kind is None:
            rows.append(_encode_device_row(plant, device, number, moment))
        # A storage comes with a meter that is listed nowhere else.
        if kind is not None or device.kind is DeviceKind.STORAGE:
            rows.append(
                {
                    "device_id": "",
                    "datalogger_sn": device.datalogger.serial,
                    "device_sn": kind or "AMMETER",
                    "type": 3,
                    "manufacturer": "Growatt",
                    "model": "",
                    "last_update_time": _format_update_time(plant, device, moment),
                }
            )
    return ok({"count": len(rows), "devices": select_page(rows, parameters)})


def _encode_device_row(
    plant: Plant, device: Device, number: int, moment: datetime
) -> dict[str, Any]:
    lost = device.is_lost(moment)
    return {
        "device_id": number,
        "datalogger_sn": device.datalogger.serial,
        "device_sn": device.serial,
        "type": _TYPES[device.kind],
        "manufacturer": "Growatt",
        "model": _MODELS[device.kind],
        "last_update_time": _format_update_time(plant, device, moment),
        "lost": lost,
        "status": 0 if lost else _get_listed_status(device, moment),
    }


def _format_update_time(plant: Plant, device: Device, moment: datetime) -> str:
    upload = device.get_newest_upload(moment)
    return (
        encoding.format_time(device.get_wall_time(upload.measured, plant.zone))
        if upload
        else ""
    )


def _get_listed_status(device: Device, moment: datetime) -> int:
    """Return the list's status of a device that is not lost: a storage's 1 charge, 2 discharge, 0 standby; else 1 online."""
    upload = device.get_newest_upload(moment)
    if device.kind is not DeviceKind.STORAGE or upload is None:
        return _LISTED.get(device.kind, 1)
    if upload.values["charge_power"] > 0:
        return 1
    return 2 if upload.values["discharge_power"] > 0 else 0
