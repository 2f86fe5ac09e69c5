"""Things going wrong on demand."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How the cloud misbehaves."""

    REFUSE = "refuse"  # 10012, whatever the limits say
    ERROR_500 = "500"
    HTML = "html"  # a login page with status 200
    TIMEOUT = "timeout"  # no answer; the request is taken in
    BROKEN_JSON = "broken_json"
    CODE = "code"  # the error code given in ``code``
    GARBAGE = "garbage"  # a reply whose fields hold nonsense
    WRONG_REGION = "wrong_region"  # 10011: the token is another region's
    OLD_HOST = "old_host"  # -1: another address is to be used
    EMPTY_LIST = "empty_list"  # devices are counted, and none is listed
    EVENING_ZERO = "evening_zero"  # plant/data sticks at no power
    STALE_MIDNIGHT = "stale_midnight"  # figures of yesterday under today's time
    TOTAL_DIPS = "total_dips"  # lifetime totals are 0


# These corrupt a reply; all others take its place.
CORRUPTING = frozenset(
    {
        FaultKind.GARBAGE,
        FaultKind.EMPTY_LIST,
        FaultKind.EVENING_ZERO,
        FaultKind.STALE_MIDNIGHT,
        FaultKind.TOTAL_DIPS,
    }
)


@dataclass(slots=True)
class Fault:
    """One misbehaviour, for paths that start with ``path``, ``count`` times, from ``begin`` until ``until`` (clock seconds)."""

    kind: FaultKind
    path: str = ""
    count: int | None = None
    until: float | None = None
    begin: float = 0.0
    code: int = 10001
    message: str = ""

    def applies(self, path: str, now: float) -> bool:
        """Tell whether it hits this request; uses up one of ``count``."""
        if not path.startswith(self.path) or self.is_over(now) or now < self.begin:
            return False
        if self.count is not None:
            self.count -= 1
        return True

    def is_over(self, now: float) -> bool:
        """Tell whether it is over."""
        return self.count == 0 or (self.until is not None and now >= self.until)


def garble(value: object) -> object:
    """Return nonsense of many kinds in place of every scalar, the same shape around it."""
    if isinstance(value, dict):
        return {
            key: inner
            if key in ("error_code", "error_msg")
            else _nonsense(index)
            if not isinstance(inner, dict | list)
            else garble(inner)
            for index, (key, inner) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [garble(inner) for inner in value]
    return value


def _nonsense(index: int) -> object:
    return (
        "null",
        None,
        "",
        "11:187",
        [],
        {},
        -1,
        "NaN",
        True,
        "☀",
        1e308,
        {"time": "x", "year": 1e9},
    )[index % 12]
