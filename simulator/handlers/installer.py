"""What an installer does with plants and dataloggers (pages 2.1 to 2.4; protocol of 2016, 4.3.2, 4.3.3 and 4.3.10)."""

from datetime import date, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ..envelope import ApiError, Envelope, Parameters, ok, page_of
from ..physics.plant import Site
from ..users import SERIAL_LENGTH, check_code
from .plants import plant_row

if TYPE_CHECKING:
    from ..cloud import Cloud

# "The default is PRC", says the protocol.
_CHINA = 8.0


def _check_form(
    cloud: Cloud, parameters: Parameters, *, own: Site | None = None
) -> None:
    """Raise the codes that adding and modifying share."""
    user_id, name = parameters.get("c_user_id", ""), parameters.get("name", "")
    if not user_id:
        raise ApiError(10002)
    if not name:
        raise ApiError(10003)
    if own is None and not parameters.get("peak_power"):
        raise ApiError(10004)
    if cloud.user(user_id) is None:
        raise ApiError(10005)
    if any(
        site.name == name and str(site.user_id) == user_id and site is not own
        for site in cloud.sites
    ):
        raise ApiError(10006)


def _number(parameters: Parameters, key: str) -> float | None:
    text = parameters.get(key, "")
    try:
        return float(text) if text else None
    except ValueError as err:
        raise ApiError(10001) from err


def _state(site: Site, parameters: Parameters) -> None:
    """Take over what a form says of a plant."""
    site.name = parameters.get("name", site.name)
    for key, name in (
        ("peak_power", "stated_peak"),
        ("latitude", "latitude"),
        ("longitude", "longitude"),
    ):
        if (number := _number(parameters, key)) is not None:
            setattr(site, name, number)
    if (hours := _number(parameters, "timezone_id")) is not None:
        site.zone = timezone(timedelta(hours=hours))
        site.zone_text = f"GMT{hours:+g}"
    site.country = parameters.get("latitude_f") or site.country
    site.city = parameters.get("city") or site.city


def plant_add(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Add a plant: page 2.1."""
    _check_form(cloud, parameters)
    moment = cloud.clock.now()
    created = parameters.get("createDate", "")
    try:
        day = date.fromisoformat(created) if created else moment.date()
    except ValueError as err:
        raise ApiError(10001) from err
    site = Site(
        plant_id=max((site.plant_id for site in cloud.sites), default=700_000) + 1,
        name="",
        zone=timezone(timedelta(hours=_CHINA)),
        zone_text="GMT+8",
        latitude=22.6,
        longitude=113.9,
        units=[],
        now=moment,
        city="",
        country="China",
        user_id=int(parameters["c_user_id"]),
        created=day,
        month_energy=0.0,
        year_energy=0.0,
    )
    _state(site, parameters)
    cloud.sites.append(site)
    return ok({"plant_id": site.plant_id})


def plant_modify(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change a plant: page 2.2."""
    own = cloud.site_by_id(parameters.get("plant_id", ""))
    _check_form(cloud, parameters, own=own or cloud.sites[0])
    if own is None:
        raise ApiError(10007)
    _state(own, parameters)
    own.user_id = int(parameters["c_user_id"])
    return ok("")


def plant_delete(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Delete a plant: page 2.3."""
    site = cloud.site(parameters, unknown=10004, empty=10002)
    cloud.sites.remove(site)
    for logger in site.loggers:
        cloud.drawer.put(logger, [unit for unit in site.units if unit.logger is logger])
    return ok("")


def user_plant_list(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a user's plants: page 2.4; power is kW here."""
    user = cloud.user_by_name(parameters.get("user_name", ""))
    rows = [
        plant_row(cloud, site, watts=1000)
        for site in cloud.sites
        if user is not None and site.user_id == user.user_id
    ]
    return ok({"count": len(rows), "plants": page_of(rows, parameters)})


def datalogger_add(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Add a datalogger to a plant: 2016, 4.3.2."""
    plant_id, serial = parameters.get("plant_id", ""), parameters.get("sn", "")
    user_id = parameters.get("c_user_id", "")
    if not plant_id or len(serial) != SERIAL_LENGTH:
        raise ApiError(10002)
    if cloud.site_of_logger(serial) is not None:
        raise ApiError(10003)
    site = cloud.site_by_id(plant_id)
    if site is None:
        raise ApiError(10004)
    if not user_id:
        raise ApiError(10006)
    if cloud.user(user_id) is None:
        raise ApiError(10005)
    logger, units = cloud.drawer.take(serial)
    site.units += units
    if not units:
        site.idle_loggers.append(logger)
    return ok("")


def datalogger_delete(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Take a datalogger out of a plant, and its devices with it: 2016, 4.3.3."""
    plant_id, serial = parameters.get("plant_id", ""), parameters.get("sn", "")
    if not plant_id or len(serial) != SERIAL_LENGTH:
        raise ApiError(10002)
    site = cloud.site_by_id(plant_id)
    if site is None:
        raise ApiError(10003)
    logger = next((one for one in site.loggers if one.serial == serial), None)
    if logger is None:
        raise ApiError(10004)
    cloud.drawer.put(logger, [unit for unit in site.units if unit.logger is logger])
    site.units = [unit for unit in site.units if unit.logger is not logger]
    site.idle_loggers = [one for one in site.idle_loggers if one is not logger]
    return {"error_code": 0, "error_msg": ""}


def datalogger_validate(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Tell whether serial and check code belong together: 2016, 4.3.10; taken, it says whose it is beside the code."""
    serial = parameters.get("datalogSn", "")
    if len(serial) != SERIAL_LENGTH:
        raise ApiError(10001, "error_datalogsn")
    if parameters.get("valiCode", "").upper() != check_code(serial):
        raise ApiError(10002)
    data: dict[str, Any] = {
        "dataloggerSn": serial,
        "valiCode": parameters["valiCode"],
    }
    site = cloud.site_of_logger(serial)
    if site is None:
        return ok(data)
    data |= {
        "plant_id": site.plant_id,
        "user_id": site.user_id,
        "datalogger_sn": serial,
    }
    return {"data": data, "error_code": 10003, "error_msg": "error_datalogsn_exist"}
