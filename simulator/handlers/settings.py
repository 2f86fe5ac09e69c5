"""Writing settings (protocol of 2016, 4.3.7 and 4.3.12), and reading them back, as in the newer pages."""

from collections.abc import Callable
from datetime import datetime

from ..cloud import Cloud
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


def _make_set_reply() -> Envelope:
    return {"data": {"": ""}, "error_code": "0", "error_msg": ""}


def check_online(cloud: Cloud, plant: Plant, device: Device) -> None:
    """Raise 10003 if the device cannot be reached, 10005 if none of several devices of its datalogger can."""
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
    plant, device = cloud.require_device(
        serial, DeviceKind.INVERTER, unknown=10003, empty=10004
    )
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
    plant, device = cloud.require_device(
        serial,
        DeviceKind.STORAGE,
        unknown=10012,
        empty=10004,
        message="error_storage_not_exist",
    )
    check_online(cloud, plant, device)
    assert isinstance(device.model, Storage)
    # The example of 2016 has paramId.
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
    read: Callable[[Device, str], str | None],
) -> Envelope:
    """Return one setting of a device by name, as text."""
    serial = parameters.get("device_sn", "")
    required = ("paramId", "startAddr", "endAddr")
    if any(parameters.get(name, "") == "" for name in required):
        raise ApiError(10001)
    plant, device = cloud.require_device(serial, kind, unknown=10002)
    check_online(cloud, plant, device)
    text = read(device, parameters["paramId"])
    if text is None:
        raise ApiError(10009)
    return ok(text)


def _read_from_model(device: Device, parameter: str) -> str | None:
    assert isinstance(device.model, Inverter | Storage)
    return read_setting_value(device.model, parameter)


def read_inverter_setting(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return an inverter's setting: ``readInverterParam``."""
    return read_setting(cloud, parameters, DeviceKind.INVERTER, _read_from_model)


def read_storage_setting(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Return a storage's setting: ``readStorageParam``."""
    return read_setting(cloud, parameters, DeviceKind.STORAGE, _read_from_model)
