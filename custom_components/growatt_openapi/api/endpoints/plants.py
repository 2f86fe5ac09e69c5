"""Plants (protocol of 2016, 4.2; pages 2.1 to 2.10)."""

from dataclasses import replace

from ..error_codes import ErrorCode
from .endpoint import TEN_A_DAY, Endpoint

_PLANT = {
    10002: ErrorCode.PLANT_NOT_FOUND,
    10003: ErrorCode.PLANT_ID_EMPTY,
    10004: ErrorCode.USER_NOT_FOUND,
}
_PLANT_ADD = {
    10002: ErrorCode.USER_ID_EMPTY,
    10003: ErrorCode.PLANT_NAME_EMPTY,
    10004: ErrorCode.PEAK_POWER_EMPTY,
    10005: ErrorCode.USER_NOT_FOUND,
    10006: ErrorCode.PLANT_NAME_TAKEN,
}

PLANT_ADD = Endpoint(
    path="plant/add",
    method="POST",
    write=True,
    for_installers=True,
    error_codes=_PLANT_ADD,
)
PLANT_MODIFY = Endpoint(
    path="plant/modify",
    method="POST",
    interval=0,
    per_day=TEN_A_DAY,
    write=True,
    for_installers=True,
    error_codes=_PLANT_ADD | {10007: ErrorCode.PLANT_NOT_FOUND},
)
PLANT_DELETE = Endpoint(
    path="plant/delete",
    method="POST",
    interval=0,
    write=True,
    for_installers=True,
    error_codes={10002: ErrorCode.PLANT_ID_EMPTY, 10004: ErrorCode.PLANT_NOT_FOUND},
)
PLANT_LIST_OF_USER = Endpoint(
    path="plant/user_plant_list",
    method="POST",
    per_day=TEN_A_DAY,
    for_installers=True,
)
PLANT_LIST = Endpoint(
    path="plant/list",
    method="GET",
    per_day=TEN_A_DAY,
    checks_token=True,
    persisted=True,
)
# The result of a search is not stored.
PLANT_SEARCH = replace(PLANT_LIST, persisted=False)
PLANT_DETAILS = Endpoint(
    path="plant/details",
    method="GET",
    persisted=True,
    private_suffixes=("contact", "organization"),
    error_codes=_PLANT,
)
PLANT_DATA = Endpoint(path="plant/data", method="GET", error_codes=_PLANT)
PLANT_ENERGY = Endpoint(
    path="plant/energy",
    method="GET",
    per_day=TEN_A_DAY,
    error_codes=_PLANT | {10004: ErrorCode.BAD_DATE},
)
PLANT_POWER = Endpoint(
    path="plant/power",
    method="GET",
    # 10003: "plant ID is empty or time format is incorrect".
    error_codes=_PLANT | {10003: ErrorCode.BAD_DATE},
)
PLANT_OF_DEVICE = Endpoint(
    path="plant/sn_plant",
    method="POST",
    error_codes={
        10002: ErrorCode.USER_NOT_FOUND,
        10003: ErrorCode.SERIAL_EMPTY,
        10004: ErrorCode.DEVICE_TYPE_EMPTY,
        10005: ErrorCode.DEVICE_NOT_FOUND,
    },
)
