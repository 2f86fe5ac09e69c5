"""Tests of the conversion of scalars in replies."""

from datetime import UTC, datetime, timedelta
import math
import struct

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.api import values
from tests.helpers import JSON


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("15.7", 15.7),
        ("102", 102),
        (" 7 ", 7),
        (0, 0),
        (-1, -1),
        ("1e3", 1000),
        # 32-bit floats printed with 64 bits (the vendor's example of 2016)
        (883.799987792969, 883.8),
        (358.899993896484, 358.9),
        (15.699999809265137, 15.7),
        (7903.39990234375, 7903.4),
        (46287.5, 46287.5),
        # not a 32-bit float: unchanged
        (24137119.8, 24137119.8),
        (16706.5566666667, 16706.5566666667),
        ("", None),
        ("null", None),
        ("None", None),
        (None, None),
        ("NaN", None),
        (math.nan, None),
        (math.inf, None),
        ("-inf", None),
        (True, None),
        ([], None),
        ({}, None),
        ("11:187", None),
        ("1_000", None),
        (10**400, None),
        (1e15, 1e15),
        (1e308, None),
        ("1e300", None),
        ("9" * 5000, None),
    ],
)
def test_number(raw: object, expected: float | None) -> None:
    assert values.number(raw) == expected


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_noise_of_32_bits_is_removed(value: float) -> None:
    tenths = round(value, 1)
    (single,) = struct.unpack("<f", struct.pack("<f", tenths))
    result = values.number(single)
    assert result is not None
    # The result is the same 32-bit float, in the fewest digits.
    assert struct.pack("<f", result) == struct.pack("<f", tenths)
    assert len(repr(result)) <= len(repr(single))


@given(JSON)
def test_no_json_value_raises(raw: object) -> None:
    number = values.number(raw)
    assert number is None or math.isfinite(number)
    whole = values.integer(raw)
    assert whole is None or isinstance(whole, int)
    assert values.boolean(raw) in (None, True, False)
    text = values.text(raw)
    assert text is None or text.strip() == text
    wall = values.wall_time(raw)
    assert wall is None or wall.tzinfo is None
    moment = values.instant(raw)
    assert moment is None or moment.tzinfo is not None
    zone = values.zone(raw)
    assert zone is None or abs(
        zone.utcoffset(datetime(2026, 1, 1)) or timedelta()
    ) <= timedelta(hours=14)


@given(
    st.dictionaries(
        st.sampled_from(
            ["time", "year", "month", "date", "hours", "minutes", "seconds"]
        ),
        JSON,
    )
)
def test_no_java_date_raises(raw: dict[str, object]) -> None:
    for found in (values.wall_time(raw), values.instant(raw)):
        assert found is None or 1970 <= found.year <= 2100


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (True, True),
        (False, False),
        (0, False),
        (1, True),
        ("0", False),
        ("1", True),
        ("true", True),
        ("False", False),
        ("", None),
        (None, None),
        (2, None),
        ("yes", None),
    ],
)
def test_boolean(raw: object, expected: bool | None) -> None:
    assert values.boolean(raw) is expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(1, 1), ("3", 3), (2.0, 2), (2.5, None), ("", None), (True, None)],
)
def test_integer(raw: object, expected: int | None) -> None:
    assert values.integer(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a ", "a"),
        (7, "7"),
        ("", None),
        ("null", None),
        (None, None),
        (True, None),
        # No state may be longer.
        ("x" * 255, "x" * 255),
        ("x" * 256, None),
    ],
)
def test_text(raw: object, expected: str | None) -> None:
    assert values.text(raw) == expected


# As in the vendor's example: epoch milliseconds that are right for a clock of UTC+8 only.
JAVA_DATE = {
    "time": 1466076286000,
    "minutes": 24,
    "seconds": 46,
    "hours": 19,
    "month": 5,
    "year": 116,
    "timezoneOffset": -480,
    "day": 4,
    "date": 16,
}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2016-06-16 19:24:46", datetime(2016, 6, 16, 19, 24, 46)),
        ("2018-12-13 10:45", datetime(2018, 12, 13, 10, 45)),
        ("2015-12-08T11:00:00Z", datetime(2015, 12, 8, 11)),
        ("2016-04-28 18:41:40.0", datetime(2016, 4, 28, 18, 41, 40)),
        ("2015-04-08", datetime(2015, 4, 8)),
        (JAVA_DATE, datetime(2016, 6, 16, 19, 24, 46)),
        ({"time": JAVA_DATE, "weekYear": 2016}, datetime(2016, 6, 16, 19, 24, 46)),
        ({"time": "2019-01-14 06:35:57"}, datetime(2019, 1, 14, 6, 35, 57)),
        ({**JAVA_DATE, "month": 12}, None),
        ({**JAVA_DATE, "year": 10**9}, None),
        ({"year": 116, "time": 5}, None),
        ("2016-13-01 00:00:00", None),
        ("2016-02-30", None),
        ("11:187", None),
        ("", None),
        (None, None),
        (1466076286000, None),
        # Their arithmetic leads out of the calendar.
        ("9999-12-31 23:59:59", None),
        ("0001-01-01 00:00:00", None),
        ("2101-01-01", None),
        ({**JAVA_DATE, "year": 8099}, None),
        ({"time": "9999-12-31 23:59:59"}, None),
        # A clock that was never set.
        ("1970-01-01 00:05:00", datetime(1970, 1, 1, 0, 5)),
    ],
)
def test_wall_time(raw: object, expected: datetime | None) -> None:
    assert values.wall_time(raw) == expected


def test_instant_requires_a_true_instant() -> None:
    assert values.instant("2015-12-08T11:00:00Z") == datetime(
        2015, 12, 8, 11, tzinfo=UTC
    )
    assert values.instant(JAVA_DATE) == datetime(2016, 6, 16, 11, 24, 46, tzinfo=UTC)
    assert values.instant("2016-06-16 19:24:46") is None
    assert values.instant("brokenZ") is None
    assert values.instant({"time": "x"}) is None
    assert values.instant({"time": 1e300}) is None
    # The last second of the year 9999.
    assert values.instant({"time": 253402300799000}) is None
    # Seconds where milliseconds are due: a server's clock never showed the January of 1970.
    assert values.instant({"time": 1781910000}) is None
    assert values.instant("9999-12-31T23:59:59Z") is None


@pytest.mark.parametrize(
    ("raw", "hours"),
    [
        ("GMT+8", 8),
        ("GMT-6", -6),
        ("GMT 1", 1),
        ("GMT+5.5", 5.5),
        ("GMT+5.75", 5.75),
        ("GMT+5:30", 5.5),
        ("UTC-03:30", -3.5),
        ("8", 8),
        ("-12", -12),
        (8, 8),
        ("GMT", 0),
        ("utc", 0),
        ("Europe/Berlin", 1),
        ("GMT+15", None),
        ("Europe/Atlantis", None),
        ("../../etc", None),
        ("", None),
        (None, None),
    ],
)
def test_zone(raw: object, hours: float | None) -> None:
    zone = values.zone(raw)
    if hours is None:
        assert zone is None
    else:
        assert zone is not None
        assert zone.utcoffset(datetime(2026, 1, 1)) == timedelta(hours=hours)
