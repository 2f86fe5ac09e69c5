"""Sets (protocol of 2016, 4.3.7 and 4.3.12), and reading a setting back, as later pages have it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ..envelope import ApiError, Envelope, Parameters, ok
from ..physics.device import Kind, Unit
from ..physics.plant import Site
from ..physics.power_models import Inverter, Storage
from ..settings import SetError, set_inverter, set_storage, setting_of

if TYPE_CHECKING:
    from ..cloud import Cloud


def _set_answer() -> Envelope:
    return {"data": {"": ""}, "error_code": "0", "error_msg": ""}


def check_online(cloud: Cloud, site: Site, unit: Unit) -> None:
    """Refuse where the device cannot be reached: it sleeps, or its datalogger is offline (and with it all devices)."""
    moment = cloud.clock.now()
    neighbours = [other for other in site.units if other.logger is unit.logger]
    if len(neighbours) > 1 and all(other.is_lost(moment) for other in neighbours):
        raise ApiError(10005)
    if unit.is_lost(moment):
        raise ApiError(10003)


def inverter_set(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change an inverter's setting: 2016, 4.3.7."""
    serial = parameters.get("device_sn", "")
    found = cloud.unit(serial, Kind.INVERTER)
    if found is None:
        raise ApiError(10003 if serial else 10004)
    site, unit = found
    check_online(cloud, site, unit)
    assert isinstance(unit.device, Inverter)
    parameter = parameters.get("paramId", "")
    commands = [parameters.get(f"command_{index}", "") for index in (1, 2)]
    try:
        set_inverter(unit.device, parameter, commands)
    except SetError as err:
        raise ApiError(err.code) from err
    if parameter == "pf_sys_year":
        set_clock(cloud, site, unit, commands[0])
    return _set_answer()


def storage_set(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change a storage's setting: 2016, 4.3.12."""
    serial = parameters.get("storage_sn", "")
    if not serial:
        raise ApiError(10004)
    found = cloud.unit(serial, Kind.STORAGE)
    if found is None:
        raise ApiError(10012, "error_storage_not_exist")
    site, unit = found
    check_online(cloud, site, unit)
    assert isinstance(unit.device, Storage)
    # The example document of 2016 calls it paramId.
    parameter = parameters.get("type") or parameters.get("paramId", "")
    commands = [parameters.get(f"param{index}", "") for index in range(1, 5)]
    try:
        set_storage(unit.device, parameter, commands)
    except SetError as err:
        raise ApiError(err.code) from err
    if parameter == "storage_cmd_sys_year":
        set_clock(cloud, site, unit, commands[0])
    return _set_answer()


def set_clock(cloud: Cloud, site: Site, unit: Unit, text: str) -> None:
    """Set a device's clock to a wall clock time."""
    unit.set_clock(datetime.fromisoformat(text), cloud.clock.now(), site.zone)


def read_setting(
    cloud: Cloud,
    parameters: Parameters,
    kind: Kind,
    value: Callable[[Unit, str], str | None],
) -> Envelope:
    """Read a setting by its name: text, however it was set."""
    serial = parameters.get("device_sn", "")
    wanted = ("paramId", "startAddr", "endAddr")
    if any(parameters.get(name, "") == "" for name in wanted):
        raise ApiError(10001)
    found = cloud.unit(serial, kind)
    if found is None:
        raise ApiError(10002)
    site, unit = found
    check_online(cloud, site, unit)
    text = value(unit, parameters["paramId"])
    if text is None:
        raise ApiError(10009)
    return ok(text)


def _held(unit: Unit, parameter: str) -> str | None:
    assert isinstance(unit.device, Inverter | Storage)
    return setting_of(unit.device, parameter)


def read_inverter(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what an inverter's setting is: ``readInverterParam``."""
    return read_setting(cloud, parameters, Kind.INVERTER, _held)


def read_storage(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what a storage's setting is: ``readStorageParam``."""
    return read_setting(cloud, parameters, Kind.STORAGE, _held)
