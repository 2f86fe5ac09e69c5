"""Tolerant conversion of the scalars in replies.

The cloud writes numbers and booleans as text, floats with the noise of 32 bits, and missing values in several ways.
Missing and unreadable values are ``None``, never 0; no function here raises on anything that ``safe_json`` lets pass.
"""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
import re
import struct
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .safe_json import LARGEST_NUMBER

# Times of other years are unknown: those that stand for "never" (0001, 9999) lead out of the calendar as soon as an offset
# is applied. A clock that was never set starts in 1970 or 2000.
EARLIEST_YEAR, LATEST_YEAR = 1970, 2100
EARLIEST_SERVER_YEAR = 2000
# No state of Home Assistant's is longer; the vendor's names and serials have 32 characters at most.
LONGEST_NAME = 255

_ABSENT = frozenset({"", "null", "none", "nan", "--", "undefined"})
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d*)?)?)?\s*(?:Z|\+00:?00)?"
)
_OFFSET = re.compile(
    r"(?:GMT|UTC)?\s*(?P<sign>[+-]?)\s*(?P<hours>\d{1,2})(?:[:.](?P<fraction>\d{1,2}))?",
    re.IGNORECASE,
)


def text(value: Any, longest: int = LONGEST_NAME) -> str | None:
    """Return text without surrounding blanks; ``None`` if it is missing or longer than ``longest``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    stripped = str(value).strip()
    if stripped.casefold() in _ABSENT or len(stripped) > longest:
        return None
    return stripped


def number(value: Any) -> float | None:
    """Return a number from a number or its text, free of 32-bit noise; NaN and absurdly large ones are unknown."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if "_" in value:
            return None
        value = value.strip()
    elif not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        return None
    # False for NaN too.
    return _without_noise(result) if abs(result) <= LARGEST_NUMBER else None


def _without_noise(value: float) -> float:
    """Return the shortest decimal with the same 32-bit float, if the value is a 32-bit float.

    The cloud stores 883.8 in 32 bits and prints the 64-bit neighbour, "883.799987792969". Other values,
    such as 24137119.8, are returned unchanged.
    """
    try:
        packed = struct.pack("<f", value)
    except OverflowError:
        return value
    (single,) = struct.unpack("<f", packed)
    if abs(single - value) > abs(value) * 1e-13:
        return value
    for digits in range(6, 9):
        short = float(f"{value:.{digits}g}")
        if struct.pack("<f", short) == packed:
            return short
    return value


def integer(value: Any) -> int | None:
    """Return a whole number from a number or its text."""
    result = number(value)
    return int(result) if result is not None and result == int(result) else None


def boolean(value: Any) -> bool | None:
    """Return a truth value from a JSON boolean, 0/1, "0"/"1" or "true"/"false"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        named = {"true": True, "false": False}.get(value.strip().casefold())
        if named is not None:
            return named
    whole = integer(value)
    return bool(whole) if whole in (0, 1) else None


def wall_time(value: Any) -> datetime | None:
    """Return a time of the plant's wall clock, naive, from text in any of the cloud's formats or from a Java date.

    A Java date's epoch milliseconds are the wall clock written as if it were UTC+8; only its fields are correct.
    A trailing "Z" also appears on wall clock times and does not indicate the zone.
    """
    if isinstance(value, dict):
        return _java_time(value)
    if not isinstance(value, str):
        return None
    match = _TIME.fullmatch(value.strip())
    if match is None:
        return None
    try:
        return _wall(*(int(part or 0) for part in match.groups()))
    except ValueError:
        return None


def check_year(year: int) -> None:
    """Raise ValueError for a year in which nothing was measured."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(f"the year {year}")


def _wall(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    """Return a wall clock time, naive because the plant's zone is not known here. Raises ValueError for an impossible one."""
    check_year(year)
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001


def _java_time(value: dict[Any, Any]) -> datetime | None:
    parts = [
        integer(value.get(key))
        for key in ("year", "month", "date", "hours", "minutes", "seconds")
    ]
    if any(part is None for part in parts):
        inner = value.get("time")
        # A Java calendar holds the date one level deeper; a ``time`` that is text is the wall clock too.
        return wall_time(inner) if isinstance(inner, dict | str) else None
    year, month, *rest = (part for part in parts if part is not None)
    try:
        return _wall(year + 1900, month + 1, *rest)
    except ValueError, OverflowError:
        return None


def instant(value: Any) -> datetime | None:
    """Return an instant, aware, from text that ends in Z or from a Java date's milliseconds.

    Only ``datalogger/list.last_update_time`` is known to be a true instant; elsewhere use ``wall_time``.
    """
    if isinstance(value, dict):
        milliseconds = number(value.get("time"))
        if milliseconds is None:
            return None
        try:
            found = datetime.fromtimestamp(milliseconds / 1000, UTC)
            check_year(found.year)
        except ValueError, OverflowError, OSError:
            return None
        # Seconds, or another number that is no time, would be days after 1970; a server's clock is never unset.
        return found if found.year >= EARLIEST_SERVER_YEAR else None
    if isinstance(value, str) and value.rstrip().endswith("Z"):
        naive = wall_time(value)
        return naive.replace(tzinfo=UTC) if naive else None
    return None


def zone(value: Any) -> tzinfo | None:
    """Return a plant's zone: ``GMT+8``, ``GMT-6``, ``GMT 1``, ``GMT+5.5``, ``GMT+5:30``, ``8`` or an IANA name.

    A dot is followed by decimals of an hour, a colon by minutes. Empty or unreadable is ``None``.
    """
    name = text(value)
    if name is None:
        return None
    if name.upper() in ("GMT", "UTC"):
        return UTC
    match = _OFFSET.fullmatch(name)
    if match is None:
        try:
            return ZoneInfo(name)
        except ZoneInfoNotFoundError, ValueError, OSError:
            return None
    offset = timedelta(hours=int(match["hours"]))
    if fraction := match["fraction"]:
        offset += (
            timedelta(minutes=int(fraction))
            if ":" in name
            else timedelta(hours=float(f"0.{fraction}"))
        )
    if match["sign"] == "-":
        offset = -offset
    return timezone(offset) if abs(offset) <= timedelta(hours=14) else None
