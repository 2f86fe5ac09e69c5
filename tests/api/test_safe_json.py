"""Whatever the cloud sends comes out of the parser as values that all that follows can handle."""

import json
import math
from typing import Any

from hypothesis import given, strategies as st
import orjson
import pytest

from custom_components.growatt_openapi.api.safe_json import (
    DEEPEST,
    LARGEST_INTEGER,
    LARGEST_NUMBER,
    LONGEST_KEY,
    LONGEST_TEXT,
    make_safe,
    parse_json,
)

# With lone surrogates, control characters, and numbers of any size, which the usual strategies leave out or rarely make.
TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats()
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


def check_is_safe(value: Any) -> None:
    orjson.dumps(value)
    assert depth_of(value) <= DEEPEST
    if isinstance(value, dict):
        for key, member in value.items():
            check_is_safe(key)
            check_is_safe(member)
    elif isinstance(value, list):
        for item in value:
            check_is_safe(item)
    elif isinstance(value, str):
        assert not any(
            ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0
            for character in value
        )
    elif isinstance(value, float):
        assert abs(value) <= LARGEST_NUMBER


@given(ANYTHING)
def test_any_json_becomes_safe(value: object) -> None:
    body = json.dumps(value).encode()
    safe = parse_json(body)
    check_is_safe(safe)
    # What is safe stays as it is.
    assert make_safe(parse_json(orjson.dumps(safe))) == safe


@given(st.binary())
def test_any_bytes_are_parsed_or_are_no_json(body: bytes) -> None:
    try:
        value = parse_json(body)
    except ValueError, RecursionError:
        return
    check_is_safe(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9223372036854775807", LARGEST_INTEGER),
        ("2377905207708287976", 2377905207708287976),  # an id seen live
        ("9223372036854775808", None),
        ("-18446744073709551616", None),
        ("1" + "0" * 400, None),
        ("1e300", None),
        ("1e999", None),
        ("NaN", None),
        ("-Infinity", None),
        ("1466076286000", 1466076286000),
        ("true", True),
        ('"plant"', "plant"),
        (r'"cut \ud83d"', "cut "),
        (r'"whole \ud83d\ude00"', "whole 😀"),
        (r'"a\u0000b\nc\u2028d\u0085"', "a b c d "),
        # A family, joined by characters that are not printable but harmless.
        ('"👨‍👩‍👧"', "👨‍👩‍👧"),
        ('"' + "x" * LONGEST_TEXT + '"', "x" * LONGEST_TEXT),
        ('"' + "x" * (LONGEST_TEXT + 1) + '"', None),
        (r'{"a": 1, "b\ud83d": 2, "c\n": 3, "": 4}', {"a": 1, "": 4}),
        (
            json.dumps({"k" * LONGEST_KEY: 1, "k" * (LONGEST_KEY + 1): 2}),
            {"k" * 100: 1},
        ),
        ("[1e300, [1e300], {}]", [None, [None], {}]),
        ('\ufeff{"a": 1}', {"a": 1}),
    ],
    ids=lambda one: str(one)[:20],
)
def test_values(text: str, expected: object) -> None:
    assert parse_json(text.encode()) == expected


def test_text_in_another_charset_keeps_what_is_readable() -> None:
    assert parse_json('{"city": "München"}'.encode("latin-1")) == {"city": "M�nchen"}


@pytest.mark.parametrize("depth", [DEEPEST + 1, 254, 900, 1023])
@pytest.mark.parametrize("brackets", ["[]", ('{"a":', "}")], ids=["lists", "objects"])
def test_nesting_ends_at_the_greatest_depth(
    depth: int, brackets: tuple[str, str]
) -> None:
    first, last = brackets
    safe = parse_json((first * depth + "1" + last * depth).encode())
    assert depth_of(safe) == DEEPEST
    orjson.dumps(safe)


def test_nesting_without_end_is_no_json() -> None:
    with pytest.raises((ValueError, RecursionError)):
        parse_json(b"[" * 1_000_000)


def test_numbers_that_are_no_json_are_unknown_too() -> None:
    assert make_safe({"a": math.nan, "b": math.inf}) == {"a": None, "b": None}
