"""The endpoints as data: path, method, limits, and what each error code means there.

Sources: paths, methods and codes from the vendor's protocol of 2016 and its pages of 2022; limits from the remarks of
those pages and of the later ones on devices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

FIVE_MINUTES = 300.0
TEN_SECONDS = 10.0
TEN_A_DAY = 10


class Problem(StrEnum):
    """What the vendor's codes 10001 to 10014 mean, in one vocabulary for all endpoints."""

    SYSTEM = "system"
    SERVER = "server"
    PLANT_NOT_FOUND = "plant_not_found"
    PLANT_ID_EMPTY = "plant_id_empty"
    USER_NOT_FOUND = "user_not_found"
    BAD_DATE = "bad_date"
    DEVICE_NOT_FOUND = "device_not_found"
    SERIAL_WRONG = "serial_wrong"
    SERIAL_EMPTY = "serial_empty"
    DEVICE_OFFLINE = "device_offline"
    DATALOGGER_OFFLINE = "datalogger_offline"
    NO_SUCH_PARAMETER = "no_such_parameter"
    VALUE_EMPTY = "value_empty"
    OUT_OF_RANGE = "out_of_range"
    END_BEFORE_START = "end_before_start"
    PAGE_TOO_LONG = "page_too_long"
    TOO_MANY_PAGES = "too_many_pages"
    UNKNOWN = "unknown"


_EVERYWHERE = {
    10001: Problem.SYSTEM,
    10013: Problem.PAGE_TOO_LONG,
    10014: Problem.TOO_MANY_PAGES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint.

    interval: seconds between two identical requests; 0 for sets, which have no documented limit.
    per_day: identical requests in 24 hours, where the vendor limits them.
    write: a set: never answered from a last reply, and 10012 has two meanings.
    tells_token: 10011 here speaks of the token (or region, or address), not of the endpoint.
    kept: its last reply is kept between runs: lists and details, which change seldom.
    """

    path: str
    method: Literal["GET", "POST"]
    interval: float = FIVE_MINUTES
    per_day: int | None = None
    write: bool = False
    tells_token: bool = False
    kept: bool = False
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
_LAST_DATA = {10002: Problem.DEVICE_NOT_FOUND, 10003: Problem.SERIAL_WRONG}
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

PLANT_LIST = Endpoint(
    path="plant/list", method="GET", per_day=TEN_A_DAY, tells_token=True, kept=True
)
PLANT_DETAILS = Endpoint(path="plant/details", method="GET", kept=True, problems=_PLANT)
PLANT_DATA = Endpoint(path="plant/data", method="GET", problems=_PLANT)
PLANT_POWER = Endpoint(
    path="plant/power",
    method="GET",
    # 10003: "plant ID is empty or time format is incorrect".
    problems=_PLANT | {10003: Problem.BAD_DATE},
)
DATALOGGER_LIST = Endpoint(
    path="device/datalogger/list", method="GET", kept=True, problems=_PLANT_LISTS
)
DEVICE_LIST = Endpoint(
    path="device/list", method="GET", kept=True, problems=_PLANT_LISTS
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
INVERTER_SET = Endpoint(
    path="inverterSet", method="POST", interval=0, write=True, problems=_SET
)
STORAGE_LAST_DATA = Endpoint(
    path="device/storage/storage_last_data",
    method="POST",
    interval=TEN_SECONDS,
    problems=_LAST_DATA,
)
STORAGE_SET = Endpoint(
    path="storageSet", method="POST", interval=0, write=True, problems=_SET
)
