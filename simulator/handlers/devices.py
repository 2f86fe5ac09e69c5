"""The lists of a plant's dataloggers and devices (protocol of 2016, 4.3.1 and 4.3.4)."""

from datetime import datetime
from typing import Any

from .. import encoding
from ..cloud import Cloud
from ..device_catalog import CATALOG
from ..envelope import Envelope, Parameters, ok, select_page
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from .production import compute_production, get_peak_power


def list_dataloggers(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a plant's dataloggers: 2016, 4.3.1. ``last_update_time`` is a true instant, unlike all other times."""
    # Both lists of a plant swap the codes of "unknown" and "empty" that the endpoints under plant/ use.
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
    """Return what newer replies call ``peak_power_actual``: the whole plant, with the only prices in the API."""
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
    """Return a plant's devices: 2016, 4.3.4."""
    plant = cloud.require_plant(parameters, unknown=10003, empty=10002)
    moment = cloud.clock.now()
    rows: list[dict[str, Any]] = []
    for number, device in enumerate(plant.devices, 116):
        placeholder = CATALOG[device.kind].placeholder
        if placeholder is None:
            rows.append(_encode_device_row(plant, device, number, moment))
        # A storage has a meter of its own, which no other endpoint lists.
        if device.kind is DeviceKind.STORAGE:
            placeholder = CATALOG[DeviceKind.METER].placeholder
        if placeholder is not None:
            rows.append(
                {
                    "device_id": "",
                    "datalogger_sn": device.datalogger.serial,
                    "device_sn": placeholder,
                    "type": CATALOG[DeviceKind.METER].type_number,
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
        "type": CATALOG[device.kind].type_number,
        "manufacturer": "Growatt",
        "model": CATALOG[device.kind].model,
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
    """Return the status of a device that is not lost. Of a storage: 1 charging, 2 discharging, 0 standby."""
    upload = device.get_newest_upload(moment)
    if device.kind is not DeviceKind.STORAGE or upload is None:
        return CATALOG[device.kind].status
    if upload.values["charge_power"] > 0:
        return 1
    return 2 if upload.values["discharge_power"] > 0 else 0
