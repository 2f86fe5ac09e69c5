"""Faults on demand."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """The ways in which the cloud can misbehave."""

    REFUSE = "refuse"  # 10012, whatever the limits say
    ERROR_500 = "500"
    HTML = "html"  # a login page with status 200
    TIMEOUT = "timeout"  # the request is accepted and never answered
    BROKEN_JSON = "broken_json"
    CODE = "code"  # the error code given in ``code``
    GARBAGE = "garbage"  # a reply whose fields hold nonsense
    WRONG_REGION = "wrong_region"  # 10011, as for the token of another region
    OLD_HOST = "old_host"  # -1, as from an address that is no longer in use
    EMPTY_LIST = "empty_list"  # the device list states a count and has no rows
    EVENING_ZERO = "evening_zero"  # plant/data reports no power all day
    STALE_MIDNIGHT = "stale_midnight"  # yesterday's energy with today's time
    TOTAL_DIPS = "total_dips"  # lifetime totals are 0


# These change the reply; all others replace it.
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
    """A fault on paths that start with ``path``, ``count`` times, from ``begin`` until ``until`` (clock seconds)."""

    kind: FaultKind
    path: str = ""
    count: int | None = None
    until: float | None = None
    begin: float = 0.0
    code: int = 10001
    message: str = ""

    def matches(self, path: str, now: float) -> bool:
        """Return whether the fault applies to a request."""
        return (
            path.startswith(self.path) and now >= self.begin and not self.is_over(now)
        )

    def use(self) -> None:
        """Count one use of the fault."""
        if self.count is not None:
            self.count -= 1

    def is_over(self, now: float) -> bool:
        """Return whether the fault can apply no more."""
        return self.count == 0 or (self.until is not None and now >= self.until)


def garble(value: object) -> object:
    """Replace every scalar by nonsense of many kinds, in the same structure."""
    if isinstance(value, dict):
        return {
            key: inner
            if key in ("error_code", "error_msg")
            else _get_nonsense(index)
            if not isinstance(inner, dict | list)
            else garble(inner)
            for index, (key, inner) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [garble(inner) for inner in value]
    return value


def _get_nonsense(index: int) -> object:
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
