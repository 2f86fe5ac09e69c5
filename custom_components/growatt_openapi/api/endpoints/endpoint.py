"""The description of an endpoint: path, method, limits and error codes.

Sources: paths, methods and codes from the vendor's protocol of 2016 and its pages of 2022; limits from the remarks of
those pages and of the later ones on devices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..error_codes import ErrorCode

FIVE_MINUTES = 300.0
TEN_SECONDS = 10.0
TEN_A_DAY = 10


_EVERYWHERE = {
    10001: ErrorCode.SYSTEM,
    10013: ErrorCode.PAGE_TOO_LONG,
    10014: ErrorCode.TOO_MANY_PAGES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint.

    interval: least seconds between two identical requests; 0 where the vendor names no limit.
    per_day: identical requests in 24 hours, where the vendor limits them.
    write: the request changes something: it is sent once per call and never answered from a stored reply.
    checks_token: 10011 here means that the token (or region, or source address) is wrong, not that the endpoint is closed.
    persisted: the last reply is stored between runs, as for lists and details, which seldom change.
    private_suffixes: endings of the keys that contain personal data; their values are dropped on receipt.
    for_installers: open to installers' accounts; most likely not to an owner's token.
    error_codes: the meanings of its error codes; one of 10012 applies unless the message contains "frequently".
    """

    path: str
    method: Literal["GET", "POST"]
    interval: float = FIVE_MINUTES
    per_day: int | None = None
    write: bool = False
    checks_token: bool = False
    persisted: bool = False
    private_suffixes: tuple[str, ...] = ()
    for_installers: bool = False
    error_codes: Mapping[int, ErrorCode] = field(default_factory=dict)

    def meaning_of(self, code: int) -> ErrorCode:
        """Return the meaning of a code on this endpoint."""
        return self.error_codes.get(code) or _EVERYWHERE.get(code) or ErrorCode.UNKNOWN


# The codes of the endpoints of devices, for all types.
LAST_DATA = {10002: ErrorCode.DEVICE_NOT_FOUND, 10003: ErrorCode.SERIAL_WRONG}
ALARMS = {
    10002: ErrorCode.SERIAL_WRONG,
    10003: ErrorCode.BAD_DATE,
    10005: ErrorCode.DEVICE_NOT_FOUND,
}
HISTORY = ALARMS | {10004: ErrorCode.PERIOD_TOO_LONG}
SET = {
    10002: ErrorCode.SERVER,
    10003: ErrorCode.DEVICE_OFFLINE,
    10004: ErrorCode.SERIAL_EMPTY,
    10005: ErrorCode.DATALOGGER_OFFLINE,
    10006: ErrorCode.NO_SUCH_PARAMETER,
    10007: ErrorCode.VALUE_EMPTY,
    10008: ErrorCode.OUT_OF_RANGE,
    10009: ErrorCode.BAD_DATE,
    10012: ErrorCode.DEVICE_NOT_FOUND,
    10013: ErrorCode.END_BEFORE_START,
}
# Not in the vendor's documentation of 2016 and 2022; numbered as in the later pages.
READ_SETTING = {
    10001: ErrorCode.READING_FAILED,
    10002: ErrorCode.DEVICE_NOT_FOUND,
    10003: ErrorCode.DEVICE_OFFLINE,
    10004: ErrorCode.DATALOGGER_UNKNOWN,
    10005: ErrorCode.DATALOGGER_OFFLINE,
    10006: ErrorCode.NOT_READABLE,
    10007: ErrorCode.NOT_READABLE,
    10008: ErrorCode.DATALOGGER_LINK,
    10009: ErrorCode.NO_SUCH_PARAMETER,
}
