"""The endpoints of MIN, SPH, SPA and MAX, which differ in names and limits only (the vendor's later pages)."""

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
    """Return the endpoints of a type; the interval is five minutes where the vendor names no limit.

    short: the prefix of paths and parameters. fast: the endpoints with an interval of ten seconds.
    The details contain the settings.
    """

    def endpoint(
        name: str,
        method: Literal["GET", "POST"],
        error_codes: Mapping[int, ErrorCode],
        *,
        persisted: bool = False,
    ) -> Endpoint:
        return Endpoint(
            path=f"device/{short}/{name}",
            method=method,
            interval=TEN_SECONDS if name in fast else FIVE_MINUTES,
            persisted=persisted,
            error_codes=error_codes,
        )

    info = endpoint(f"{short}_data_info", "GET", LAST_DATA, persisted=True)
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
