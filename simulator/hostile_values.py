"""Changes to the values of a reply: nonsense, numbers out of range, other times, names and serials.

What identifies plants and devices, and what pages need, stays as it is unless a change is about just that.
"""

from collections.abc import Callable
import re
from typing import Any

_IDENTITY_KEYS = frozenset(
    {"error_code", "error_msg", "type", "count", "addr", "address", "page", "pageNum"}
)
_IDENTITY_ENDINGS = ("id", "sn", "Sn", "Id")
_NAME_KEYS = frozenset(
    {
        *("name", "plantName", "alias", "model", "city", "country", "c_user_name"),
        *("alarm_message", "statusText", "faultText", "warnText", "errorText"),
    }
)
_TIME = re.compile(r"\d{4}(?=-\d{1,2}-\d{1,2})")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def is_identity(key: str) -> bool:
    """Return whether a key identifies something, or says how a list goes on."""
    return key in _IDENTITY_KEYS or key.endswith(_IDENTITY_ENDINGS)


def change_scalars(value: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    """Return a value with ``change(key, scalar)`` in place of every scalar."""
    if isinstance(value, dict):
        return {
            name: change_scalars(inner, change, name) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [change_scalars(inner, change, key) for inner in value]
    return change(key, value)


def replace_numbers(value: Any, number: Any) -> Any:
    """Replace every number, also where it is written as text."""

    def change(key: str, scalar: Any) -> Any:
        if is_identity(key) or isinstance(scalar, bool):
            return scalar
        if isinstance(scalar, str):
            return number if _NUMBER.fullmatch(scalar) else scalar
        return number if isinstance(scalar, int | float) else scalar

    return change_scalars(value, change)


def remove_values(value: Any) -> Any:
    """Replace every scalar by null."""
    return change_scalars(
        value, lambda key, scalar: scalar if is_identity(key) else None
    )


def move_times(value: Any, year: int) -> Any:
    """Move every time into a year: text, and the fields of a Java date."""

    def change(key: str, scalar: Any) -> Any:
        if key == "year" and isinstance(scalar, int):
            return year - 1900
        if isinstance(scalar, str):
            return _TIME.sub(f"{year:04d}", scalar)
        return scalar

    return change_scalars(value, change)


def rename(value: Any, name: str) -> Any:
    """Replace every name and every text for people."""
    return change_scalars(
        value, lambda key, scalar: name if key in _NAME_KEYS else scalar
    )


def replace_serial(value: Any, serial: str) -> Any:
    """Replace the serial of the first device: in the list of devices its row, elsewhere every serial."""
    if isinstance(value, dict) and isinstance(rows := value.get("devices"), list):
        return {
            **value,
            "devices": [
                {**row, "device_sn": serial}
                if index == 0 and isinstance(row, dict)
                else row
                for index, row in enumerate(rows)
            ],
        }
    return change_scalars(
        value,
        lambda key, scalar: (
            serial if key.endswith(("sn", "Sn", "inverterId", "serialNum")) else scalar
        ),
    )


def change_rows(data: dict[str, Any], change: Callable[[list[Any]], list[Any]]) -> Any:
    """Change the rows of the lists in ``data``."""
    return {
        key: change(value) if isinstance(value, list) else value
        for key, value in data.items()
    }


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
