"""What an endpoint is: path, method, limits, and what each error code means there.

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

    interval: seconds between two identical requests; 0 where the vendor names no limit.
    per_day: identical requests in 24 hours, where the vendor limits them.
    write: it changes something: sent once for each time it is asked for, never answered from a last reply.
    checks_token: 10011 here speaks of the token (or region, or address), not of the endpoint.
    persisted: its last reply is kept between runs: lists and details, which change seldom.
    private_suffixes: endings of keys whose values are dropped as they come, since nobody here has any business with them.
    for_installers: the vendor opens it to installers' accounts; an owner's token is refused, most likely.
    error_codes: what its error codes mean; 10012 among them has that meaning where the cloud does not say "frequently".
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
        """Return what this code means here."""
        return self.error_codes.get(code) or _EVERYWHERE.get(code) or ErrorCode.UNKNOWN


# What the codes mean on the endpoints of devices, whatever their type.
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
# Not in the vendor's pages of 2016 and 2022: as later pages number them.
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
