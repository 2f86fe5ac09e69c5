"""Sets (protocol of 2016, 4.3.7 and 4.3.12), and reading a setting back, as later pages have it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ..envelope import ApiError, Envelope, Parameters, ok
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..physics.power_models import Inverter, Storage
from ..settings import (
    SetError,
    apply_inverter_setting,
    apply_storage_setting,
    read_setting_value,
)

if TYPE_CHECKING:
    from ..cloud import Cloud


def _make_set_reply() -> Envelope:
    return {"data": {"": ""}, "error_code": "0", "error_msg": ""}


def check_online(cloud: Cloud, plant: Plant, device: Device) -> None:
    """Refuse where the device cannot be reached: it sleeps, or its datalogger is offline (and with it all devices)."""
    moment = cloud.clock.now()
    neighbours = [
        other for other in plant.devices if other.datalogger is device.datalogger
    ]
    if len(neighbours) > 1 and all(other.is_lost(moment) for other in neighbours):
        raise ApiError(10005)
    if device.is_lost(moment):
        raise ApiError(10003)


def write_inverter_setting(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change an inverter's setting: 2016, 4.3.7."""
    serial = parameters.get("device_sn", "")
    found = cloud.find_device(serial, DeviceKind.INVERTER)
    if found is None:
        raise ApiError(10003 if serial else 10004)
    plant, device = found
    check_online(cloud, plant, device)
    assert isinstance(device.model, Inverter)
    parameter = parameters.get("paramId", "")
    commands = [parameters.get(f"command_{index}", "") for index in (1, 2)]
    try:
        apply_inverter_setting(device.model, parameter, commands)
    except SetError as err:
        raise ApiError(err.code) from err
    if parameter == "pf_sys_year":
        set_clock(cloud, plant, device, commands[0])
    return _make_set_reply()


def write_storage_setting(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change a storage's setting: 2016, 4.3.12."""
    serial = parameters.get("storage_sn", "")
    if not serial:
        raise ApiError(10004)
    found = cloud.find_device(serial, DeviceKind.STORAGE)
    if found is None:
        raise ApiError(10012, "error_storage_not_exist")
    plant, device = found
    check_online(cloud, plant, device)
    assert isinstance(device.model, Storage)
    # The example document of 2016 calls it paramId.
    parameter = parameters.get("type") or parameters.get("paramId", "")
    commands = [parameters.get(f"param{index}", "") for index in range(1, 5)]
    try:
        apply_storage_setting(device.model, parameter, commands)
    except SetError as err:
        raise ApiError(err.code) from err
    if parameter == "storage_cmd_sys_year":
        set_clock(cloud, plant, device, commands[0])
    return _make_set_reply()


def set_clock(cloud: Cloud, plant: Plant, device: Device, text: str) -> None:
    """Set a device's clock to a wall clock time."""
    device.set_clock(datetime.fromisoformat(text), cloud.clock.now(), plant.zone)


def read_setting(
    cloud: Cloud,
    parameters: Parameters,
    kind: DeviceKind,
    value: Callable[[Device, str], str | None],
) -> Envelope:
    """Read a setting by its name: text, however it was set."""
    serial = parameters.get("device_sn", "")
    wanted = ("paramId", "startAddr", "endAddr")
    if any(parameters.get(name, "") == "" for name in wanted):
        raise ApiError(10001)
    found = cloud.find_device(serial, kind)
    if found is None:
        raise ApiError(10002)
    plant, device = found
    check_online(cloud, plant, device)
    text = value(device, parameters["paramId"])
    if text is None:
        raise ApiError(10009)
    return ok(text)


def _held(device: Device, parameter: str) -> str | None:
    assert isinstance(device.model, Inverter | Storage)
    return read_setting_value(device.model, parameter)


def read_inverter_setting(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what an inverter's setting is: ``readInverterParam``."""
    return read_setting(cloud, parameters, DeviceKind.INVERTER, _held)


def read_storage_setting(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return what a storage's setting is: ``readStorageParam``."""
    return read_setting(cloud, parameters, DeviceKind.STORAGE, _held)
