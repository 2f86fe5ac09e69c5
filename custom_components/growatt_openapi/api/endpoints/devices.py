"""Dataloggers and the list of devices (protocol of 2016, 4.3.1 to 4.3.4 and 4.3.10)."""

from ..error_codes import ErrorCode
from .endpoint import Endpoint

# The lists of a plant's devices swap the two codes of the other plant endpoints (protocol of 2016, 4.3.1 and 4.3.4).
_PLANT_LISTS = {10002: ErrorCode.PLANT_ID_EMPTY, 10003: ErrorCode.PLANT_NOT_FOUND}

DATALOGGER_LIST = Endpoint(
    path="device/datalogger/list",
    method="GET",
    persisted=True,
    error_codes=_PLANT_LISTS,
)
DATALOGGER_ADD = Endpoint(
    path="device/datalogger/add",
    method="POST",
    write=True,
    for_installers=True,
    error_codes={
        10002: ErrorCode.PLANT_OR_SERIAL_WRONG,
        10003: ErrorCode.DATALOGGER_TAKEN,
        10004: ErrorCode.PLANT_NOT_FOUND,
        10005: ErrorCode.USER_NOT_FOUND,
        10006: ErrorCode.USER_ID_EMPTY,
    },
)
DATALOGGER_DELETE = Endpoint(
    path="device/datalogger/delete",
    method="POST",
    write=True,
    for_installers=True,
    error_codes={
        10002: ErrorCode.PLANT_OR_SERIAL_WRONG,
        10003: ErrorCode.PLANT_NOT_FOUND,
        10004: ErrorCode.DATALOGGER_NOT_FOUND,
    },
)
DATALOGGER_VALIDATE = Endpoint(
    path="device/datalogger/validate",
    method="POST",
    interval=0,
    error_codes={
        10001: ErrorCode.DATALOGGER_SERIAL_WRONG,
        10002: ErrorCode.CHECK_CODE_WRONG,
        10003: ErrorCode.DATALOGGER_TAKEN,
    },
)

DEVICE_LIST = Endpoint(
    path="device/list", method="GET", persisted=True, error_codes=_PLANT_LISTS
)
