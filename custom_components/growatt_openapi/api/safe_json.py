"""JSON from the cloud, with every value either safe for all that handles it later, or unknown.

Values go far without being read again: into the entity and device registries, the states, the files under ``.storage`` and
diagnostics. One that cannot be written as JSON there stops a file from being saved at all: a lone surrogate in a name, an
integer beyond 64 bits, nesting deeper than 254. Therefore all of a reply is checked, once, right after it was parsed.
"""

import json
from typing import Any

import orjson

# The vendor's replies are nested 6 deep at most (a batch of readings that holds a Java calendar).
DEEPEST = 20
# What a signed integer of 64 bits holds: orjson writes no larger one. Some ids have 19 digits.
LARGEST_INTEGER = 2**63 - 1
# Larger than anything the cloud measures, and than its epoch milliseconds (1.7e12); below it floats are exact to 0.1.
LARGEST_NUMBER = 1e15
# The longest text of the vendor's examples, an alarm's message, has about a hundred characters.
LONGEST_TEXT = 2000
# Keys are names of fields and serials, of 32 characters at most.
LONGEST_KEY = 100

# Control characters and line separators become blanks; surrogates, halves of a cut character, are left out.
_REPLACEMENTS: dict[int, str | None] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " "),
    **dict.fromkeys(range(0xD800, 0xE000)),
}


def parse_json(body: bytes) -> Any:
    """Return the safe value of a JSON text; what the cloud's invalid JSON means is read too: NaN, or a cut character.

    Raises ValueError or RecursionError for what is no JSON.
    """
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        parsed = json.loads(
            body.decode("utf-8-sig", "replace"), parse_constant=lambda _: None
        )
    return make_safe(parsed)


def make_safe(value: Any) -> Any:
    """Return a parsed value with unsafe parts replaced by None; objects and lists are changed in place.

    - Integers beyond 64 bits, numbers that are not finite or beyond ``LARGEST_NUMBER`` are None, and so are texts that are
      too long and objects and lists that are nested too deep.
    - Texts lose control characters and lone surrogates.
    - Members of objects with such a key, or one that is too long, are removed: changed, it could be another member's.
    """
    return value if _is_safe_scalar(value) else _safe_value(value, 0)


def _make_object_safe(members: dict[str, Any], depth: int) -> None:
    # All keys at once, which is several times as fast as one by one.
    if not "".join(members).isprintable() or max(map(len, members), default=0) > (
        LONGEST_KEY
    ):
        for key in [key for key in members if not _is_safe_key(key)]:
            del members[key]
    for key, value in members.items():
        if not _is_safe_scalar(value):
            members[key] = _safe_value(value, depth)


def _make_list_safe(items: list[Any], depth: int) -> None:
    for index, value in enumerate(items):
        if not _is_safe_scalar(value):
            items[index] = _safe_value(value, depth)


def _is_safe_scalar(value: Any) -> bool:
    """Return whether a value is a scalar that needs no change; of a batch of 100 devices, nearly all of 25,000 are."""
    if isinstance(value, str):
        return value.isprintable() and len(value) <= LONGEST_TEXT
    if isinstance(value, float):
        # False for NaN too.
        return -LARGEST_NUMBER <= value <= LARGEST_NUMBER
    if isinstance(value, int):
        return -LARGEST_INTEGER <= value <= LARGEST_INTEGER
    return value is None


def _safe_value(value: Any, depth: int) -> Any:
    """Return what replaces a value that is no safe scalar; ``depth``: of the object or list that it is in."""
    if isinstance(value, str):
        return value.translate(_REPLACEMENTS) if len(value) <= LONGEST_TEXT else None
    if depth < DEEPEST:
        if isinstance(value, dict):
            _make_object_safe(value, depth + 1)
            return value
        if isinstance(value, list):
            _make_list_safe(value, depth + 1)
            return value
    return None


def _is_safe_key(key: str) -> bool:
    return len(key) <= LONGEST_KEY and key.translate(_REPLACEMENTS) == key
