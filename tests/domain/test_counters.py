"""Which figures of a counter can be believed."""

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
    ("figures", "shown"),
    [
        # an honest counter
        ([0.0, 0.1, 12.0, 12.4], [0.0, 0.1, 12.0, 12.4]),
        # yesterday's under today's time, until the counter is sent anew
        ([12.0, 12.0, 0.0, 0.1], [0.0, 0.0, 0.0, 0.1]),
        ([12.0, 0.1, 0.2], [0.0, 0.1, 0.2]),
        # 0, yesterday's once more, 0 again
        ([0.0, 12.0, 0.0, 0.1], [0.0, 0.0, 0.0, 0.1]),
        # the day comes to the same figure by itself
        ([0.0, 11.9, 12.0, 12.1], [0.0, 11.9, 12.0, 12.1]),
        ([None, 0.1], [None, 0.1]),
    ],
)
def test_yesterdays_figure_under_todays_time(
    figures: list[float | None], shown: list[float | None]
) -> None:
    counters = DailyCounters()
    assert counters.value_for_day("today", 11.5, date(2026, 6, 20)) == 11.5
    assert counters.value_for_day("today", 12.0, date(2026, 6, 20)) == 12.0
    found = [
        counters.value_for_day("today", figure, date(2026, 6, 21)) for figure in figures
    ]
    assert found == shown


def test_two_days_without_energy_are_two_days_without_energy() -> None:
    counters = DailyCounters()
    assert [
        counters.value_for_day("today", 0.0, date(2026, 6, day)) for day in (20, 21, 22)
    ] == [
        0.0,
        0.0,
        0.0,
    ]


def test_a_total_that_dips_is_held() -> None:
    totals = LifetimeTotals()
    figures = [8133.5, 0.0, 8133.6, 8100.0, 8133.5, 8134.0]
    held = [
        totals.clamp("total", figure, START + minutes(5 * index))
        for index, figure in enumerate(figures)
    ]
    assert held == [8133.5, 8133.5, 8133.6, 8133.6, 8133.6, 8134.0]
    assert totals.dips == 2
    assert totals.clamp("total", None, START) is None
    assert totals.clamp("other", 5.0, START) == 5.0


def test_a_device_that_was_replaced_counts_anew_after_a_day() -> None:
    totals = LifetimeTotals()
    totals.clamp("total", 8133.5, START)
    shown = [
        totals.clamp("total", hour / 10, START + timedelta(hours=hour))
        for hour in range(1, 30)
    ]
    assert shown[:24] == [8133.5] * 24
    assert shown[24:] == [2.5, 2.6, 2.7, 2.8, 2.9]
    assert totals.dips == 1


def test_ever_lower_figures_are_no_counter() -> None:
    totals = LifetimeTotals()
    totals.clamp("total", 8133.5, START)
    for hour in range(1, 100):
        figure = totals.clamp("total", 100.0 - hour, START + timedelta(hours=hour))
        assert figure == 8133.5


@given(st.lists(st.floats(0, 1e6), max_size=100), st.integers(1, 14))
def test_a_total_never_goes_down_within_a_day(figures: list[float], apart: int) -> None:
    totals = LifetimeTotals()
    held = [
        totals.clamp("total", figure, START + minutes(apart * index))
        for index, figure in enumerate(figures)
    ]
    if len(figures) * apart < 24 * 60:
        assert held == sorted(held)  # type: ignore[type-var]
    assert all(figure in figures for figure in held)
