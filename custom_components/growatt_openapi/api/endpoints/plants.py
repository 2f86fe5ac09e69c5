"""Plants (protocol of 2016, 4.2; pages 2.1 to 2.10)."""

from dataclasses import replace

from ..error_codes import Problem
from .endpoint import TEN_A_DAY, Endpoint

_PLANT = {
    10002: Problem.PLANT_NOT_FOUND,
    10003: Problem.PLANT_ID_EMPTY,
    10004: Problem.USER_NOT_FOUND,
}
_PLANT_ADD = {
    10002: Problem.USER_ID_EMPTY,
    10003: Problem.PLANT_NAME_EMPTY,
    10004: Problem.PEAK_POWER_EMPTY,
    10005: Problem.USER_NOT_FOUND,
    10006: Problem.PLANT_NAME_TAKEN,
}

PLANT_ADD = Endpoint(
    path="plant/add",
    method="POST",
    write=True,
    for_installers=True,
    problems=_PLANT_ADD,
)
PLANT_MODIFY = Endpoint(
    path="plant/modify",
    method="POST",
    interval=0,
    per_day=TEN_A_DAY,
    write=True,
    for_installers=True,
    problems=_PLANT_ADD | {10007: Problem.PLANT_NOT_FOUND},
)
PLANT_DELETE = Endpoint(
    path="plant/delete",
    method="POST",
    interval=0,
    write=True,
    for_installers=True,
    problems={10002: Problem.PLANT_ID_EMPTY, 10004: Problem.PLANT_NOT_FOUND},
)
PLANT_LIST_OF_USER = Endpoint(
    path="plant/user_plant_list",
    method="POST",
    per_day=TEN_A_DAY,
    for_installers=True,
)
PLANT_LIST = Endpoint(
    path="plant/list", method="GET", per_day=TEN_A_DAY, tells_token=True, kept=True
)
# What was searched for is of no use later.
PLANT_SEARCH = replace(PLANT_LIST, kept=False)
PLANT_DETAILS = Endpoint(
    path="plant/details",
    method="GET",
    kept=True,
    personal=("contact", "organization"),
    problems=_PLANT,
)
PLANT_DATA = Endpoint(path="plant/data", method="GET", problems=_PLANT)
PLANT_ENERGY = Endpoint(
    path="plant/energy",
    method="GET",
    per_day=TEN_A_DAY,
    problems=_PLANT | {10004: Problem.BAD_DATE},
)
PLANT_POWER = Endpoint(
    path="plant/power",
    method="GET",
    # 10003: "plant ID is empty or time format is incorrect".
    problems=_PLANT | {10003: Problem.BAD_DATE},
)
PLANT_OF_DEVICE = Endpoint(
    path="plant/sn_plant",
    method="POST",
    problems={
        10002: Problem.USER_NOT_FOUND,
        10003: Problem.SERIAL_EMPTY,
        10004: Problem.DEVICE_TYPE_EMPTY,
        10005: Problem.DEVICE_NOT_FOUND,
    },
)
