"""Faults on demand: the kinds, and when and where one applies.

What they do is in ``fault_responses`` (the answer is replaced, or delivered badly) and ``corruption`` (its content changes).
"""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """The ways in which the cloud can misbehave; ``code`` and ``message`` are fields of the fault."""

    REFUSE = "refuse"  # 10012, whatever the limits say
    ERROR_500 = "500"
    STATUS = "status"  # the HTTP status given in ``code``
    HTML = "html"  # a login page with status 200
    TIMEOUT = "timeout"  # the request is accepted and never answered
    RESET = "reset"  # the connection is reset without an answer
    REDIRECT = "redirect"  # 302 to the path in ``message``, or to a login page
    BROKEN_JSON = "broken_json"
    EMPTY_BODY = "empty_body"  # status 200 and nothing else
    HUGE_BODY = "huge_body"  # 50 MB
    GZIP_BOMB = "gzip_bomb"  # 64 MB of blanks, compressed
    BAD_GZIP = "bad_gzip"  # said to be compressed, and is not
    DEEP = "deep"  # data that is nested ``code`` levels deep
    BODY = "body"  # the text in ``message`` in place of the JSON
    CODE = "code"  # the error code given in ``code``
    WRONG_REGION = "wrong_region"  # 10011, as for the token of another region
    OLD_HOST = "old_host"  # -1, as from an address that is no longer in use

    CUT_BODY = "cut_body"  # the connection ends before the answer does
    DRIP = "drip"  # the answer takes ``code`` seconds
    BAD_CHARSET = "bad_charset"  # bytes that are not UTF-8, and an unknown charset

    GARBAGE = "garbage"  # a reply whose fields hold nonsense
    DATA = "data"  # the JSON value in ``message`` as ``data``
    NUMBERS = "numbers"  # every number is the JSON value in ``message``
    NULLS = "nulls"  # every value is null
    TIMES = "times"  # every time is in the year ``code``
    NAMES = "names"  # every name is the text in ``message``
    SERIALS = "serials"  # the first device's serial is the text in ``message``
    TYPES = "types"  # every device in the list is of type ``code``
    DUPLICATE_ROWS = "duplicate_rows"  # every row of a list is there twice
    TWIN_PLANT = "twin_plant"  # a second plant has the same devices
    IGNORED_PAGE = "ignored_page"  # the first page again, whichever is asked for
    COUNT = "count"  # a list states that it has ``code`` rows
    DEEP_FIELD = "deep_field"  # one more field, nested ``code`` levels deep
    EMPTY_LIST = "empty_list"  # the device list states a count and has no rows
    EVENING_ZERO = "evening_zero"  # plant/data reports no power all day
    STALE_MIDNIGHT = "stale_midnight"  # yesterday's energy with today's time
    TOTAL_DIPS = "total_dips"  # lifetime totals are 0


# These deliver the right reply in a wrong way.
DELIVERY = frozenset({FaultKind.CUT_BODY, FaultKind.DRIP, FaultKind.BAD_CHARSET})
# These change the reply.
CORRUPTING = frozenset(
    {
        FaultKind.GARBAGE,
        FaultKind.DATA,
        FaultKind.NUMBERS,
        FaultKind.NULLS,
        FaultKind.TIMES,
        FaultKind.NAMES,
        FaultKind.SERIALS,
        FaultKind.TYPES,
        FaultKind.DUPLICATE_ROWS,
        FaultKind.TWIN_PLANT,
        FaultKind.IGNORED_PAGE,
        FaultKind.COUNT,
        FaultKind.DEEP_FIELD,
        FaultKind.EMPTY_LIST,
        FaultKind.EVENING_ZERO,
        FaultKind.STALE_MIDNIGHT,
        FaultKind.TOTAL_DIPS,
    }
)


@dataclass(slots=True)
class Fault:
    """A fault on paths that start with ``path``, ``count`` times, from ``begin`` until ``until`` (clock seconds).

    is_exact: on the path ``path`` only.
    """

    kind: FaultKind
    path: str = ""
    count: int | None = None
    until: float | None = None
    begin: float = 0.0
    code: int = 10001
    message: str = ""
    is_exact: bool = False

    def matches(self, path: str, now: float) -> bool:
        """Return whether the fault applies to a request."""
        is_there = path == self.path if self.is_exact else path.startswith(self.path)
        return is_there and now >= self.begin and not self.is_over(now)

    def use(self) -> None:
        """Count one use of the fault."""
        if self.count is not None:
            self.count -= 1

    def is_over(self, now: float) -> bool:
        """Return whether the fault can apply no more."""
        return self.count == 0 or (self.until is not None and now >= self.until)
