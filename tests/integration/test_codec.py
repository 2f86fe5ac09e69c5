"""The codec of stored dataclasses: what is saved is loaded again, and damage is found."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
import json
from typing import Any, ClassVar, NamedTuple

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.api.models import Device
from custom_components.growatt_openapi.persistence import codec


class Kind(StrEnum):
    ONE = "one"


class Point(NamedTuple):
    x: float
    label: str | None


@dataclass
class Part:
    STORED_AS: ClassVar = "_numbers"

    _numbers: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Whole:
    STORED_AS: ClassVar = {
        "begun": "since",
        "day": "day",
        "kind": "kind",
        "latest": "_latest",
        "by": "by_code",
        "part": "part",
        "points": "points",
        "for": "duration",
        "any": "anything",
    }

    zone: tzinfo
    since: datetime
    day: date | None = None
    kind: Kind = Kind.ONE
    _latest: deque[float] = field(default_factory=lambda: deque(maxlen=3))
    by_code: dict[tuple[str, datetime], bool] = field(default_factory=dict)
    part: Part = field(default_factory=Part)
    points: dict[str, Point] = field(default_factory=dict)
    duration: timedelta = timedelta()
    anything: Any = None
    not_stored: int = 0


NOW = datetime(2026, 6, 20, 11, 5, tzinfo=UTC)
WHOLE = Whole(
    UTC,
    NOW,
    date(2026, 6, 20),
    Kind.ONE,
    deque([1.0, 2.5], maxlen=3),
    {("201", NOW): True, ("bit1", NOW): False},
    Part({"a": [1, 2]}),
    {"p": Point(1.5, None)},
    timedelta(minutes=-3),
    [1, "x"],
)
STORED = {
    "begun": "2026-06-20T11:05:00+00:00",
    "day": "2026-06-20",
    "kind": "one",
    "latest": [1.0, 2.5],
    "by": [
        ["201", "2026-06-20T11:05:00+00:00", True],
        ["bit1", "2026-06-20T11:05:00+00:00", False],
    ],
    "part": {"a": [1, 2]},
    "points": {"p": [1.5, None]},
    "for": -180.0,
    "any": [1, "x"],
}


def test_a_dataclass_is_stored_under_the_keys_of_its_layout() -> None:
    assert json.loads(json.dumps(codec.dump(WHOLE))) == STORED


def test_what_is_stored_is_loaded_again() -> None:
    loaded = codec.load(Whole, STORED, zone=UTC)
    assert loaded == WHOLE
    assert loaded._latest.maxlen == 3
    loaded._latest.extend([3, 4])
    assert list(loaded._latest) == [2.5, 3, 4]


def test_a_field_that_was_optional_may_be_missing_and_others_may_not() -> None:
    without_day = {key: value for key, value in STORED.items() if key != "day"}
    assert codec.load(Whole, without_day, zone=UTC).day is None
    for key in STORED.keys() - {"day"}:
        with pytest.raises(ValueError, match="not a stored Whole"):
            codec.load(Whole, {k: v for k, v in STORED.items() if k != key}, zone=UTC)


@pytest.mark.parametrize(
    "damage",
    [
        {"begun": 5},
        {"begun": "yesterday"},
        {"day": ["2026"]},
        {"kind": "two"},
        {"latest": "12"},
        {"latest": [True]},
        {"latest": ["1"]},
        {"by": {"201": True}},
        {"by": [["201", True]]},
        {"by": [["201", "2026-06-20T11:05:00+00:00", 1]]},
        {"part": {"a": 1}},
        {"part": {"a": [1.5]}},
        {"points": {"p": [1.5]}},
        {"for": None},
        {"for": 1e300},
        {"for": 2.5e11},
        {"begun": "9999-12-31T23:59:59+00:00"},
        {"begun": "0001-01-01T00:00:00+00:00"},
        {"day": "9999-12-31"},
    ],
    ids=str,
)
def test_a_wrong_type_is_found(damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the wording is that of the first check that fails
        codec.load(Whole, STORED | damage, zone=UTC)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_file_contains_raises_nothing_but_value_errors(
    garbage: object,
) -> None:
    for cls, fields in ((Whole, {"zone": UTC}), (Part, {}), (Device, {})):
        try:
            codec.load(cls, garbage, **fields)
        except ValueError:
            continue
        assert cls is Part


def test_a_damaged_part_is_replaced_by_the_default_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    default = Part()
    loaded = codec.load_or(default, "test part", lambda: codec.load(Part, 5))
    assert loaded is default
    assert "The saved test part cannot be used (ValueError)" in caplog.text
