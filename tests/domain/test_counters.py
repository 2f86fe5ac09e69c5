"""The corrections of counters: what is shown neither falls nor jumps, and every kilowatt hour is counted once."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
import itertools

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.counters import (
    DailyCounters,
    LifetimeTotals,
    find_impossible_totals,
)

START = datetime(2026, 6, 20, 11, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
# A home's inverter, W.
POWER = 5_000.0
# The device's wall clock.
MIDNIGHT = datetime(2026, 6, 21)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def added(shown: Iterable[float | None]) -> float:
    """Return what Home Assistant adds for a total_increasing sensor with these states: all of a value after a fall of a tenth."""
    known = [value for value in shown if value is not None]
    return sum(
        after - before if after >= 0.9 * before else after
        for before, after in itertools.pairwise(known)
    )


def totals_shown(
    totals: LifetimeTotals,
    values: Iterable[float | None],
    step: timedelta = STEP,
    start: datetime = START,
    power: float | None = POWER,
) -> list[float | None]:
    shown = []
    for index, value in enumerate(values):
        now = start + index * step
        shown.append(totals.record_value("total", value, now, power))
        totals.end_round(now)
    return shown


def day_shown(
    values: Iterable[tuple[float, float | None]],
    counters: DailyCounters | None = None,
) -> list[float | None]:
    """Return what is shown of values at so many minutes after midnight."""
    counters = counters or DailyCounters()
    return [
        counters.record_value("today", value, MIDNIGHT + minutes(minute), POWER)
        for minute, value in values
    ]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        # a correct counter
        ([0.0, 0.1, 0.5, 0.9], [0.0, 0.1, 0.5, 0.9]),
        # yesterday's last value under today's time, until the counter is uploaded
        ([12.0, 12.0, 0.0, 0.1], [0.0, 0.0, 0.0, 0.1]),
        ([12.0, 0.1, 0.2], [0.0, 0.1, 0.2]),
        # 0, yesterday's once more, 0 again
        ([0.0, 12.0, 0.0, 0.1], [0.0, 0.0, 0.0, 0.1]),
        ([None, 0.1], [None, 0.1]),
        # an older value
        ([11.9, 12.0, 0.0], [0.0, 0.0, 0.0]),
    ],
)
def test_yesterdays_value_under_todays_time_is_not_todays(
    values: list[float | None], shown: list[float | None]
) -> None:
    yesterday = [(-10.0, 11.9), (-5.0, 12.0)]
    today = [(1.0 + 5 * index, value) for index, value in enumerate(values)]
    assert day_shown([*yesterday, *today])[2:] == shown


def test_a_day_may_reach_yesterdays_value() -> None:
    day = [(8 * 60.0 + 5 * index, 0.1 * index) for index in range(190)]
    shown = day_shown([(-60.0, 12.0), *day])
    assert shown[1:] == [value for _, value in day]


def test_yesterdays_counter_may_rise_after_midnight() -> None:
    """The device's own midnight is ten minutes after that of its readings' times."""
    values = [(-5.0, 28.5), (0.5, 28.5), (5.0, 28.6), (9.0, 28.7), (11.0, 0.0)]
    shown = day_shown([*values, *((11.0 + 5 * n, n / 10) for n in range(1, 11))])
    assert shown[1:5] == [0.0, 0.1, 0.2, 0.2]
    assert shown[-1] == 1.2
    assert added(shown[1:]) == pytest.approx(1.2)


def test_a_missed_reading_before_midnight_counts_nothing_twice() -> None:
    values = [(-8.0, 28.5), (2.0, 28.6), (7.0, 28.6), (12.0, 0.0)]
    shown = day_shown([*values, *((12.0 + 5 * n, n / 5) for n in range(1, 11))])
    assert added(shown[1:]) == pytest.approx(2.0)


def test_a_wrong_date_ends_with_the_next_reading() -> None:
    future = 3 * 24 * 60.0
    days = [
        (day * 1440 + minute, value)
        for day in range(3)
        for minute, value in [(5.0, 28.6), (10.0, 0.0), (1000.0, 28.4), (1430.0, 28.6)]
    ]
    shown = day_shown([(-10.0, 28.5), (future, 28.5), (-5.0, 28.6), *days])
    # Three days of 28.6 kWh each.
    assert added(shown[3:]) == pytest.approx(85.8, abs=0.2)


@pytest.mark.parametrize("night", [[], [0.0] * 60])
def test_a_tiny_day_like_the_one_before_is_shown(night: list[float]) -> None:
    """In snow: 0.1 kWh yesterday, and 0.1 kWh today."""
    readings = [(5.0 + 5 * index, value) for index, value in enumerate(night)]
    assert day_shown([(-300.0, 0.1), *readings, (600.0, 0.1), (605.0, 0.1)])[-2:] == [
        0.1,
        0.1,
    ]


def test_a_spike_of_a_day_is_not_shown() -> None:
    readings = [(600.0, 12.0), (605.0, 600.0), (610.0, 12.1), (615.0, 0.0), (620, 12.2)]
    shown = day_shown([(400.0, 10.0), *readings])
    assert shown[1:] == [12.0, 12.0, 12.1, 12.1, 12.2]


def test_a_counter_that_restarts_during_the_day_continues() -> None:
    before = [(600.0, 12.0)]
    after = [(605.0 + 5 * index, index / 10) for index in range(24)]
    shown = day_shown([*before, *after])
    assert added(shown) == pytest.approx(2.3)
    assert shown[-1] == pytest.approx(14.3)


def test_days_without_energy_stay_at_0() -> None:
    assert day_shown((day * 1440.0 + 60, 0.0) for day in range(3)) == [0.0] * 3


@given(
    st.lists(st.floats(0, 8), min_size=1, max_size=6),
    st.integers(0, 11),
    st.integers(0, 15),
    st.integers(1, 12),
)
def test_days_are_counted_once_whatever_is_missed_around_midnight(
    energies: list[float], late: int, silent: int, step: int
) -> None:
    """late: minutes of the device's midnight after that of its times. silent: of the last readings of each day that are lost."""
    shown = []
    counters = DailyCounters()
    for day, energy in enumerate(energies):
        # All of it between 6:00 and 18:00, and as good as nothing at night.
        for minute in range(0, 1440, 5 * step):
            if minute >= 1440 - silent * 5 or not minute:
                continue
            value = energy * min(max((minute - 360) / 720, 0), 1)
            if day and minute < late:
                value = energies[day - 1]
            time = MIDNIGHT + timedelta(days=day, minutes=minute)
            shown.append(counters.record_value("today", round(value, 1), time, POWER))
    assert added(shown) <= sum(energies) + 0.2 * len(energies)


def test_a_lower_total_is_not_shown() -> None:
    totals = LifetimeTotals()
    values = [8133.5, 0.0, 8133.6, 8100.0, 8133.5, 8134.0]
    shown = totals_shown(totals, values)
    assert shown == [8133.5, 8133.5, 8133.6, 8133.6, 8133.6, 8134.0]
    assert totals.dips == 2
    assert totals.record_value("total", None, START, POWER) is None
    assert totals.record_value("other", 5.0, START, POWER) == 5.0


def test_a_spike_is_not_shown() -> None:
    totals = LifetimeTotals()
    values = [1132.0, 1132.1, 7686.0, 7686.0, 1132.2, *(1132.2 + n for n in range(16))]
    shown = totals_shown(totals, values)
    assert shown[:5] == [1132.0, 1132.1, 1132.1, 1132.1, 1132.2]
    assert added(shown) == pytest.approx(15.2)
    assert totals.replacements == []


@pytest.mark.parametrize(
    ("former", "first", "rising"),
    [
        (1262.0, 3.0, True),  # replaced by a new device
        (15_152.0, 7_601.0, True),  # one of two
        (100.0, 15_152.0, True),  # one more
    ],
)
def test_a_replaced_device_is_counted_on(
    former: float, first: float, rising: bool
) -> None:
    totals = LifetimeTotals()
    before = [former - 1 + n / 10 for n in range(11)]
    after = [first + n / 10 for n in range(900)]
    shown = totals_shown(totals, [*before, *after])
    assert added(shown) == pytest.approx(1 + 89.9)
    assert shown[-1] == pytest.approx(former + 89.9)
    (replacement,) = totals.take_replacements()
    assert (replacement.before, replacement.after) == (former, first)
    assert totals.take_replacements() == []


def test_a_small_correction_is_made_up_for() -> None:
    totals = LifetimeTotals()
    values = [1135.0, *(1132.0 + n / 100 for n in range(700))]
    shown = totals_shown(totals, values)
    assert shown[:300] == [1135.0] * 300
    assert shown[-1] == pytest.approx(1138.99)


def test_much_energy_may_be_made_while_nothing_is_read() -> None:
    totals = LifetimeTotals()
    assert totals_shown(
        totals, [1000.0, None, None, 1300.0], step=timedelta(days=2)
    ) == [1000.0, None, None, 1300.0]


def test_a_large_plant_counts_more() -> None:
    values = [1e6 + 80 * n for n in range(10)]
    assert totals_shown(LifetimeTotals(), values, power=1_000_000.0) == values


def test_a_lower_count_of_something_else_is_accepted_after_a_day() -> None:
    hours = [10.0, *(n / 12 for n in range(300))]
    shown = totals_shown(LifetimeTotals(), [8000.0, *hours], power=None)
    assert shown[:280] == [8000.0] * 280
    assert shown[-1] == hours[-1]


def test_a_decreasing_total_is_never_accepted() -> None:
    totals = LifetimeTotals()
    values = [8133.5, *(100.0 - hour for hour in range(99))]
    assert totals_shown(totals, values, timedelta(hours=1)) == [8133.5] * 100


def test_a_jump_of_the_systems_clock_replaces_no_device() -> None:
    totals = LifetimeTotals()
    totals_shown(totals, [1000.0, 10.0])
    jump = timedelta(days=400)
    totals.follow_clock_jump(jump)
    later = START + jump + minutes(10)
    assert totals_shown(totals, [10.1, 1000.2], start=later) == [1000.0, 1000.2]


def test_other_devices_change_no_sum() -> None:
    totals = LifetimeTotals()
    totals_shown(totals, [1000.0])
    totals.rebase({"total": 6000.0, "unknown": 5.0, "missing": None})
    assert totals_shown(totals, [6000.0, 6000.5], start=START + minutes(5)) == [
        1000.0,
        1000.5,
    ]


@given(st.lists(st.floats(0, 1e6), max_size=100), st.integers(1, 600))
def test_a_total_never_falls_and_never_jumps(values: list[float], apart: int) -> None:
    step = minutes(apart)
    shown = totals_shown(LifetimeTotals(), values, step)
    for before, after in itertools.pairwise(shown):
        assert before is not None
        assert after is not None
        assert after >= before
        # However long a doubt lasted.
        assert after - before <= 1 + 50 * (len(values) * step / timedelta(hours=1))


@pytest.mark.parametrize(
    ("values", "impossible"),
    [
        # 3.2 kWh today, and none in the lifetime: the cloud has no totals for now, the second one neither.
        (
            {
                "import_energy_today": 3.2,
                "import_energy_total": 0.0,
                "export_energy_total": 0.0,
            },
            {"import_energy_total", "export_energy_total"},
        ),
        # The first day of a device whose total comes a little later.
        ({"import_energy_today": 0.4, "import_energy_total": 0.0}, set()),
        ({"import_energy_today": 0.0, "import_energy_total": 0.0}, set()),
        ({"import_energy_today": None, "import_energy_total": 0.0}, set()),
        (
            {
                "import_energy_today": 3.2,
                "import_energy_total": 4210.3,
                "export_energy_total": 0.0,
            },
            set(),
        ),
    ],
)
def test_a_total_of_0_is_none_where_more_was_counted_today(
    values: dict[str, float | None], impossible: set[str]
) -> None:
    keys = ("import_energy_total", "export_energy_total")
    assert find_impossible_totals(values, keys) == impossible
