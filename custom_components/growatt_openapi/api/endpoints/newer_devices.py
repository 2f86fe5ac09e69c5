"""What the vendor's later pages repeat for MIN, SPH, SPA and MAX: only the names differ, and the limits."""

from collections.abc import Collection, Mapping
from typing import Literal

from ..error_codes import ErrorCode
from .device_endpoints import DeviceEndpoints
from .endpoint import (
    ALARMS,
    FIVE_MINUTES,
    HISTORY,
    LAST_DATA,
    READ_SETTING,
    SET,
    TEN_SECONDS,
    Endpoint,
)


def newer_device(
    short: str,
    *,
    write: str,
    write_values: int,
    read_setting: str,
    fast: Collection[str] = (),
) -> DeviceEndpoints:
    """Return the endpoints of a type; where the pages name no limit, five minutes.

    short: what paths and parameters are called by. fast: those that may be asked every ten seconds. How a device is set stands among
    its details.
    """

    def endpoint(
        name: str,
        method: Literal["GET", "POST"],
        problems: Mapping[int, ErrorCode],
        *,
        kept: bool = False,
    ) -> Endpoint:
        return Endpoint(
            path=f"device/{short}/{name}",
            method=method,
            interval=TEN_SECONDS if name in fast else FIVE_MINUTES,
            persisted=kept,
            error_codes=problems,
        )

    info = endpoint(f"{short}_data_info", "GET", LAST_DATA, kept=True)
    return DeviceEndpoints(
        serial=f"{short}_sn",
        last_data=endpoint(f"{short}_last_data", "POST", LAST_DATA),
        batch=endpoint(f"{short}s_data", "POST", LAST_DATA),
        batch_serials=f"{short}s",
        info=info,
        settings=((info, ""),),
        history=endpoint(f"{short}_data", "POST", HISTORY),
        alarms=endpoint("alarm_data", "POST", ALARMS),
        write=Endpoint(
            path=write, method="POST", interval=0, write=True, error_codes=SET
        ),
        write_values=write_values,
        read_setting=Endpoint(
            path=read_setting, method="POST", error_codes=READ_SETTING
        ),
    )
