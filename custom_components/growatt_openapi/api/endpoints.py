"""The endpoints as data: path, method, limits, and what each error code means there.

Sources: paths, methods and codes from the vendor's protocol of 2016 and its pages of 2022; limits from the remarks of
those pages and of the later ones on devices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .problems import Problem

FIVE_MINUTES = 300.0
TEN_SECONDS = 10.0
TEN_A_DAY = 10


_EVERYWHERE = {
    10001: Problem.SYSTEM,
    10013: Problem.PAGE_TOO_LONG,
    10014: Problem.TOO_MANY_PAGES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint.

    interval: seconds between two identical requests; 0 where the vendor names no limit.
    per_day: identical requests in 24 hours, where the vendor limits them.
    write: it changes something: sent once for each time it is asked for, never answered from a last reply.
    tells_token: 10011 here speaks of the token (or region, or address), not of the endpoint.
    kept: its last reply is kept between runs: lists and details, which change seldom.
    personal: endings of keys whose values are dropped as they come, since nobody here has any business with them.
    for_installers: the vendor opens it to installers' accounts; an owner's token is refused, most likely.
    problems: what its error codes mean; 10012 among them has that meaning where the cloud does not say "frequently".
    """

    path: str
    method: Literal["GET", "POST"]
    interval: float = FIVE_MINUTES
    per_day: int | None = None
    write: bool = False
    tells_token: bool = False
    kept: bool = False
    personal: tuple[str, ...] = ()
    for_installers: bool = False
    problems: Mapping[int, Problem] = field(default_factory=dict)

    def problem(self, code: int) -> Problem:
        """Return what this code means here."""
        return self.problems.get(code) or _EVERYWHERE.get(code) or Problem.UNKNOWN


_PLANT = {
    10002: Problem.PLANT_NOT_FOUND,
    10003: Problem.PLANT_ID_EMPTY,
    10004: Problem.USER_NOT_FOUND,
}
# The lists of a plant number the same two the other way round (protocol of 2016, 4.3.1 and 4.3.4).
_PLANT_LISTS = {10002: Problem.PLANT_ID_EMPTY, 10003: Problem.PLANT_NOT_FOUND}
_PLANT_ADD = {
    10002: Problem.USER_ID_EMPTY,
    10003: Problem.PLANT_NAME_EMPTY,
    10004: Problem.PEAK_POWER_EMPTY,
    10005: Problem.USER_NOT_FOUND,
    10006: Problem.PLANT_NAME_TAKEN,
}
_LAST_DATA = {10002: Problem.DEVICE_NOT_FOUND, 10003: Problem.SERIAL_WRONG}
_ALARMS = {
    10002: Problem.SERIAL_WRONG,
    10003: Problem.BAD_DATE,
    10005: Problem.DEVICE_NOT_FOUND,
}
_HISTORY = _ALARMS | {10004: Problem.PERIOD_TOO_LONG}
_SET = {
    10002: Problem.SERVER,
    10003: Problem.DEVICE_OFFLINE,
    10004: Problem.SERIAL_EMPTY,
    10005: Problem.DATALOGGER_OFFLINE,
    10006: Problem.NO_SUCH_PARAMETER,
    10007: Problem.VALUE_EMPTY,
    10008: Problem.OUT_OF_RANGE,
    10009: Problem.BAD_DATE,
    10012: Problem.DEVICE_NOT_FOUND,
    10013: Problem.END_BEFORE_START,
}
# Not in the vendor's pages of 2016 and 2022: as later pages number them.
_READ_SETTING = {
    10001: Problem.READING_FAILED,
    10002: Problem.DEVICE_NOT_FOUND,
    10003: Problem.DEVICE_OFFLINE,
    10004: Problem.DATALOGGER_UNKNOWN,
    10005: Problem.DATALOGGER_OFFLINE,
    10006: Problem.NOT_READABLE,
    10007: Problem.NOT_READABLE,
    10008: Problem.DATALOGGER_LINK,
    10009: Problem.NO_SUCH_PARAMETER,
}

# Users (protocol of 2016, 4.1; pages 1.2 to 1.4)

USER_REGISTER = Endpoint(
    path="user/user_register",
    method="POST",
    interval=0,
    write=True,
    for_installers=True,
    problems={
        10002: Problem.USER_NAME_EMPTY,
        10003: Problem.USER_NAME_TAKEN,
        10004: Problem.EMAIL_EMPTY,
        10006: Problem.USER_TYPE_EMPTY,
        10008: Problem.TOKEN_EMPTY,
        10010: Problem.CONNECTION,
    },
)
USER_CHECK = Endpoint(
    path="user/check_user",
    method="POST",
    for_installers=True,
    problems={10002: Problem.USER_NAME_EMPTY, 10003: Problem.USER_NAME_TAKEN},
)
USER_MODIFY = Endpoint(
    path="user/modify",
    method="POST",
    interval=0,
    write=True,
    for_installers=True,
    problems={
        10002: Problem.USER_ID_EMPTY,
        10003: Problem.USER_NOT_FOUND,
        10004: Problem.USER_NOT_YOURS,
        # Everywhere else a page beyond the last.
        10014: Problem.INSTALLER_CODE_WRONG,
    },
)
USER_LIST = Endpoint(
    path="user/c_user_list", method="GET", per_day=TEN_A_DAY, for_installers=True
)

# Plants (protocol of 2016, 4.2; pages 2.1 to 2.10)

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

# Dataloggers (protocol of 2016, 4.3.1 to 4.3.3 and 4.3.10)

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

# Devices (protocol of 2016, 4.3.4)

DEVICE_LIST = Endpoint(
    path="device/list", method="GET", kept=True, problems=_PLANT_LISTS
)

# Inverters (protocol of 2016, 4.3.5 to 4.3.9 and 4.3.15)

INVERTER_HISTORY = Endpoint(
    path="device/inverter/data", method="GET", problems=_HISTORY
)
INVERTER_ALARMS = Endpoint(path="device/inverter/alarm", method="GET", problems=_ALARMS)
INVERTER_SET = Endpoint(
    path="inverterSet",
    method="POST",
    interval=0,
    write=True,
    problems=_SET | {10004: Problem.DATALOGGER_UNKNOWN},
)
INVERTER_LAST_DATA = Endpoint(
    path="device/inverter/last_new_data", method="GET", problems=_LAST_DATA
)
INVERTER_BATCH = Endpoint(
    path="device/inverter/invs_data", method="POST", problems=_LAST_DATA
)
INVERTER_INFO = Endpoint(
    path="device/inverter/inv_data_info", method="GET", kept=True, problems=_LAST_DATA
)

# Storage (protocol of 2016, 4.3.11 to 4.3.14)

STORAGE_ALARMS = Endpoint(
    path="device/storage/alarm_data",
    method="POST",
    interval=TEN_SECONDS,
    problems=_ALARMS,
)
STORAGE_SET = Endpoint(
    path="storageSet", method="POST", interval=0, write=True, problems=_SET
)
STORAGE_LAST_DATA = Endpoint(
    path="device/storage/storage_last_data",
    method="POST",
    interval=TEN_SECONDS,
    problems=_LAST_DATA,
)
STORAGE_HISTORY = Endpoint(
    path="device/storage/storage_data",
    method="POST",
    interval=TEN_SECONDS,
    problems=_HISTORY,
)

# Reading settings back: in later pages only, and often not open to a token. No limit is documented.

INVERTER_READ_SETTING = Endpoint(
    path="readInverterParam", method="POST", problems=_READ_SETTING
)
STORAGE_READ_SETTING = Endpoint(
    path="readStorageParam", method="POST", problems=_READ_SETTING
)

# The endpoints of the vendor's pages of 2016 and 2022, in their order.
DOCUMENTED: tuple[Endpoint, ...] = (
    USER_REGISTER,
    USER_CHECK,
    USER_MODIFY,
    USER_LIST,
    PLANT_ADD,
    PLANT_MODIFY,
    PLANT_DELETE,
    PLANT_LIST_OF_USER,
    PLANT_LIST,
    PLANT_DETAILS,
    PLANT_DATA,
    PLANT_ENERGY,
    PLANT_POWER,
    PLANT_OF_DEVICE,
    DATALOGGER_LIST,
    DATALOGGER_ADD,
    DATALOGGER_DELETE,
    DATALOGGER_VALIDATE,
    DEVICE_LIST,
    INVERTER_LAST_DATA,
    INVERTER_BATCH,
    INVERTER_INFO,
    INVERTER_HISTORY,
    INVERTER_ALARMS,
    INVERTER_SET,
    STORAGE_LAST_DATA,
    STORAGE_HISTORY,
    STORAGE_ALARMS,
    STORAGE_SET,
)
