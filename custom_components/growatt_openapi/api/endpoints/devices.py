"""Dataloggers and the list of devices (protocol of 2016, 4.3.1 to 4.3.4 and 4.3.10)."""

from ..error_codes import Problem
from .endpoint import Endpoint

# The lists of a plant number the same two the other way round (protocol of 2016, 4.3.1 and 4.3.4).
_PLANT_LISTS = {10002: Problem.PLANT_ID_EMPTY, 10003: Problem.PLANT_NOT_FOUND}

DATALOGGER_LIST = Endpoint(
    path="device/datalogger/list", method="GET", kept=True, problems=_PLANT_LISTS
)
DATALOGGER_ADD = Endpoint(
    path="device/datalogger/add",
    method="POST",
    write=True,
    for_installers=True,
    problems={
        10002: Problem.PLANT_OR_SERIAL_WRONG,
        10003: Problem.DATALOGGER_TAKEN,
        10004: Problem.PLANT_NOT_FOUND,
        10005: Problem.USER_NOT_FOUND,
        10006: Problem.USER_ID_EMPTY,
    },
)
DATALOGGER_DELETE = Endpoint(
    path="device/datalogger/delete",
    method="POST",
    write=True,
    for_installers=True,
    problems={
        10002: Problem.PLANT_OR_SERIAL_WRONG,
        10003: Problem.PLANT_NOT_FOUND,
        10004: Problem.DATALOGGER_NOT_FOUND,
    },
)
DATALOGGER_VALIDATE = Endpoint(
    path="device/datalogger/validate",
    method="POST",
    interval=0,
    problems={
        10001: Problem.DATALOGGER_SERIAL_WRONG,
        10002: Problem.CHECK_CODE_WRONG,
        10003: Problem.DATALOGGER_TAKEN,
    },
)

DEVICE_LIST = Endpoint(
    path="device/list", method="GET", kept=True, problems=_PLANT_LISTS
)
