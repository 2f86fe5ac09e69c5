"""The filters of wrong counter values."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.counters import (
    DailyCounters,
    LifetimeTotals,
)

START = datetime(2026, 6, 20, 11, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        # a correct counter
        ([0.0, 0.1, 12.0, 12.4], [0.0, 0.1, 12.0, 12.4]),
        # yesterday's last value under today's time, until the counter is uploaded
        ([12.0, 12.0, 0.0, 0.1], [0.0, 0.0, 0.0, 0.1]),
        ([12.0, 0.1, 0.2], [0.0, 0.1, 0.2]),
        # 0, yesterday's once more, 0 again
        ([0.0, 12.0, 0.0, 0.1], [0.0, 0.0, 0.0, 0.1]),
        # the day itself reaches the same value
        ([0.0, 11.9, 12.0, 12.1], [0.0, 11.9, 12.0, 12.1]),
        ([None, 0.1], [None, 0.1]),
    ],
)
def test_yesterdays_value_under_todays_time_is_replaced(
    values: list[float | None], shown: list[float | None]
) -> None:
    counters = DailyCounters()
    assert counters.value_for_day("today", 11.5, date(2026, 6, 20)) == 11.5
    assert counters.value_for_day("today", 12.0, date(2026, 6, 20)) == 12.0
    found = [
        counters.value_for_day("today", value, date(2026, 6, 21)) for value in values
    ]
    assert found == shown


def test_days_without_energy_stay_at_0() -> None:
    counters = DailyCounters()
    assert [
        counters.value_for_day("today", 0.0, date(2026, 6, day)) for day in (20, 21, 22)
    ] == [
        0.0,
        0.0,
        0.0,
    ]


def test_a_total_is_held_while_it_is_lower() -> None:
    totals = LifetimeTotals()
    values = [8133.5, 0.0, 8133.6, 8100.0, 8133.5, 8134.0]
    held = [
        totals.clamp("total", value, START + minutes(5 * index))
        for index, value in enumerate(values)
    ]
    assert held == [8133.5, 8133.5, 8133.6, 8133.6, 8133.6, 8134.0]
    assert totals.dips == 2
    assert totals.clamp("total", None, START) is None
    assert totals.clamp("other", 5.0, START) == 5.0


def test_a_lower_total_is_accepted_after_a_day() -> None:
    totals = LifetimeTotals()
    totals.clamp("total", 8133.5, START)
    shown = [
        totals.clamp("total", hour / 10, START + timedelta(hours=hour))
        for hour in range(1, 30)
    ]
    assert shown[:24] == [8133.5] * 24
    assert shown[24:] == [2.5, 2.6, 2.7, 2.8, 2.9]
    assert totals.dips == 1


def test_a_decreasing_total_is_never_accepted() -> None:
    totals = LifetimeTotals()
    totals.clamp("total", 8133.5, START)
    for hour in range(1, 100):
        value = totals.clamp("total", 100.0 - hour, START + timedelta(hours=hour))
        assert value == 8133.5


@given(st.lists(st.floats(0, 1e6), max_size=100), st.integers(1, 14))
def test_a_total_never_decreases_within_a_day(values: list[float], apart: int) -> None:
    totals = LifetimeTotals()
    held = [
        totals.clamp("total", value, START + minutes(apart * index))
        for index, value in enumerate(values)
    ]
    if len(values) * apart < 24 * 60:
        assert held == sorted(held)  # type: ignore[type-var]
    assert all(value in values for value in held)
