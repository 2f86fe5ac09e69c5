"""Changes to plants and dataloggers by an installer (pages 2.1 to 2.4; protocol of 2016, 4.3.2, 4.3.3 and 4.3.10)."""

from datetime import date, timedelta, timezone
from typing import Any

from ..cloud import Cloud
from ..envelope import ApiError, Envelope, Parameters, ok, select_page
from ..physics.plant import Plant
from ..users import SERIAL_LENGTH, compute_check_code
from .plants import encode_plant_row

# "The default is PRC", says the protocol.
_CHINA = 8.0


def _check_form(
    cloud: Cloud, parameters: Parameters, *, own: Plant | None = None
) -> None:
    """Validate a plant's form. ``own``: the plant to modify; None for a new one."""
    user_id, name = parameters.get("c_user_id", ""), parameters.get("name", "")
    if not user_id:
        raise ApiError(10002)
    if not name:
        raise ApiError(10003)
    if own is None and not parameters.get("peak_power"):
        raise ApiError(10004)
    if cloud.find_user(user_id) is None:
        raise ApiError(10005)
    if any(
        plant.name == name and str(plant.user_id) == user_id and plant is not own
        for plant in cloud.plants
    ):
        raise ApiError(10006)


def _parse_number(parameters: Parameters, key: str) -> float | None:
    text = parameters.get(key, "")
    try:
        return float(text) if text else None
    except ValueError as err:
        raise ApiError(10001) from err


def _apply_form(plant: Plant, parameters: Parameters) -> None:
    """Copy the values of a form to a plant."""
    plant.name = parameters.get("name", plant.name)
    for key, name in (
        ("peak_power", "stated_peak_power"),
        ("latitude", "latitude"),
        ("longitude", "longitude"),
    ):
        if (number := _parse_number(parameters, key)) is not None:
            setattr(plant, name, number)
    if (hours := _parse_number(parameters, "timezone_id")) is not None:
        plant.zone = timezone(timedelta(hours=hours))
        plant.zone_text = f"GMT{hours:+g}"
    plant.country = parameters.get("latitude_f") or plant.country
    plant.city = parameters.get("city") or plant.city


def add_plant(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Add a plant: page 2.1."""
    _check_form(cloud, parameters)
    moment = cloud.clock.now()
    created = parameters.get("createDate", "")
    try:
        day = date.fromisoformat(created) if created else moment.date()
    except ValueError as err:
        raise ApiError(10001) from err
    plant = Plant(
        plant_id=max((plant.plant_id for plant in cloud.plants), default=700_000) + 1,
        name="",
        zone=timezone(timedelta(hours=_CHINA)),
        zone_text="GMT+8",
        latitude=22.6,
        longitude=113.9,
        devices=[],
        now=moment,
        city="",
        country="China",
        user_id=int(parameters["c_user_id"]),
        created=day,
    )
    _apply_form(plant, parameters)
    cloud.plants.append(plant)
    return ok({"plant_id": plant.plant_id})


def modify_plant(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change a plant: page 2.2."""
    own = cloud.find_plant(parameters.get("plant_id", ""))
    _check_form(cloud, parameters, own=own or cloud.plants[0])
    if own is None:
        raise ApiError(10007)
    _apply_form(own, parameters)
    own.user_id = int(parameters["c_user_id"])
    return ok("")


def delete_plant(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Delete a plant: page 2.3."""
    plant = cloud.require_plant(parameters, unknown=10004, empty=10002)
    cloud.plants.remove(plant)
    for datalogger in plant.dataloggers:
        cloud.spare_dataloggers.add(
            datalogger,
            [device for device in plant.devices if device.datalogger is datalogger],
        )
    return ok("")


def list_user_plants(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a user's plants: page 2.4. Power is in kW, unlike in plant/list."""
    user = cloud.find_user_by_name(parameters.get("user_name", ""))
    rows = [
        encode_plant_row(cloud, plant, watts=1000)
        for plant in cloud.plants
        if user is not None and plant.user_id == user.user_id
    ]
    return ok({"count": len(rows), "plants": select_page(rows, parameters)})


def add_datalogger(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Add a datalogger to a plant: 2016, 4.3.2."""
    plant_id, serial = parameters.get("plant_id", ""), parameters.get("sn", "")
    user_id = parameters.get("c_user_id", "")
    if not plant_id or len(serial) != SERIAL_LENGTH:
        raise ApiError(10002)
    if cloud.find_plant_of_datalogger(serial) is not None:
        raise ApiError(10003)
    plant = cloud.find_plant(plant_id)
    if plant is None:
        raise ApiError(10004)
    if not user_id:
        raise ApiError(10006)
    if cloud.find_user(user_id) is None:
        raise ApiError(10005)
    datalogger, devices = cloud.spare_dataloggers.take(serial)
    plant.devices += devices
    if not devices:
        plant.idle_dataloggers.append(datalogger)
    return ok("")


def delete_datalogger(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Remove a datalogger and its devices from a plant: 2016, 4.3.3."""
    plant_id, serial = parameters.get("plant_id", ""), parameters.get("sn", "")
    if not plant_id or len(serial) != SERIAL_LENGTH:
        raise ApiError(10002)
    plant = cloud.find_plant(plant_id)
    if plant is None:
        raise ApiError(10003)
    datalogger = next(
        (candidate for candidate in plant.dataloggers if candidate.serial == serial),
        None,
    )
    if datalogger is None:
        raise ApiError(10004)
    cloud.spare_dataloggers.add(
        datalogger,
        [device for device in plant.devices if device.datalogger is datalogger],
    )
    plant.devices = [
        device for device in plant.devices if device.datalogger is not datalogger
    ]
    plant.idle_dataloggers = [
        idle for idle in plant.idle_dataloggers if idle is not datalogger
    ]
    return {"error_code": 0, "error_msg": ""}


def validate_datalogger(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Check a datalogger's serial and check code: 2016, 4.3.10. If it is in a plant, the error also has the plant."""
    serial = parameters.get("datalogSn", "")
    if len(serial) != SERIAL_LENGTH:
        raise ApiError(10001, "error_datalogsn")
    if parameters.get("valiCode", "").upper() != compute_check_code(serial):
        raise ApiError(10002)
    data: dict[str, Any] = {
        "dataloggerSn": serial,
        "valiCode": parameters["valiCode"],
    }
    plant = cloud.find_plant_of_datalogger(serial)
    if plant is None:
        return ok(data)
    data |= {
        "plant_id": plant.plant_id,
        "user_id": plant.user_id,
        "datalogger_sn": serial,
    }
    return {"data": data, "error_code": 10003, "error_msg": "error_datalogsn_exist"}
