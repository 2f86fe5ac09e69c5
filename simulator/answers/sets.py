"""Sets (protocol of 2016, 4.3.7 and 4.3.12)."""

from typing import TYPE_CHECKING

from ..envelope import ApiError, Envelope, Parameters
from ..physics.site import Site
from ..settings import SetError, set_inverter, set_storage
from .figures import is_lost

if TYPE_CHECKING:
    from ..cloud import Cloud


def _set_answer() -> Envelope:
    return {"data": {"": ""}, "error_code": "0", "error_msg": ""}


def _check_online(cloud: Cloud, site: Site, serial: str) -> None:
    """Refuse where the device cannot be reached: it sleeps, or its datalogger is offline (and with it all devices)."""
    moment = cloud.clock.now()
    if is_lost(site, site.storage_serial, moment):
        raise ApiError(10005)
    if is_lost(site, serial, moment):
        raise ApiError(10003)


def inverter_set(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change an inverter's setting: 2016, 4.3.7."""
    serial = parameters.get("device_sn", "")
    for site in cloud.sites:
        if serial and site.inverter_serial == serial:
            _check_online(cloud, site, serial)
            try:
                set_inverter(
                    site.inverter,
                    parameters.get("paramId", ""),
                    [parameters.get(f"command_{index}", "") for index in (1, 2)],
                )
            except SetError as err:
                raise ApiError(err.code) from err
            return _set_answer()
    raise ApiError(10003 if serial else 10004)


def storage_set(cloud: Cloud, parameters: Parameters) -> Envelope:
    """Change a storage's setting: 2016, 4.3.12."""
    serial = parameters.get("storage_sn", "")
    if not serial:
        raise ApiError(10004)
    for site in cloud.sites:
        if site.storage_serial == serial:
            _check_online(cloud, site, serial)
            try:
                set_storage(
                    site.storage,
                    # The example document of 2016 calls it paramId.
                    parameters.get("type") or parameters.get("paramId", ""),
                    [parameters.get(f"param{index}", "") for index in range(1, 5)],
                )
            except SetError as err:
                raise ApiError(err.code) from err
            return _set_answer()
    raise ApiError(10012, "error_storage_not_exist")
