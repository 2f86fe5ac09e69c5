"""Hourly energy: under power curves, fitted to days, summed by hour, and balanced over a plant's devices."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
import itertools
import math
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.energy_balance import EnergyChannels
from custom_components.growatt_openapi.domain.hourly_energy import (
    CounterSample,
    EnergyInterval,
    HourlyEnergy,
    balance_by_hour,
    fit_to_days,
    intervals_of_counter,
    intervals_of_power,
    sum_by_hour,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 6, 20, 12, tzinfo=UTC)
ZONES = [
    UTC,
    timezone(timedelta(hours=5, minutes=45)),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Europe/Berlin"),
    # Its summer time begins at midnight, which then does not exist.
    ZoneInfo("Asia/Beirut"),
    ZoneInfo("Pacific/Auckland"),
]


def test_power_becomes_energy() -> None:
    curve = [
        (NOON + 10 * MINUTE, 3000.0),
        (NOON, 1000.0),
        (NOON + 5 * MINUTE, None),
        (NOON + 25 * MINUTE, 3000.0),
        (NOON + 25 * MINUTE, 9000.0),
        (NOON + 41 * MINUTE, 3000.0),
        (NOON + 45 * MINUTE, -1.0),
        (NOON + 50 * MINUTE, 0.0),
        (NOON + 55 * MINUTE, math.nan),
        (NOON + 60 * MINUTE, 0.0),
    ]
    found = intervals_of_power(curve)
    # Nothing over the 16 minutes from the third.
    assert [((one.start - NOON) / MINUTE, (one.end - NOON) / MINUTE) for one in found] == [
        (0, 10), (10, 25), (41, 50), (50, 60),
    ]  # fmt: skip
    assert [one.energy for one in found] == pytest.approx([2 / 6, 0.75, 0.225, 0.0])
    assert len(intervals_of_power(curve, longest_gap=5 * MINUTE)) == 0
    assert intervals_of_power([]) == intervals_of_power([(NOON, 5.0)]) == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 500), st.none() | st.floats(-10, 1e6, allow_nan=False)
        ),
        max_size=60,
    ),
)
def test_any_power_curve(curve: list[tuple[int, float | None]]) -> None:
    samples = [(NOON + minute * MINUTE, power) for minute, power in curve]
    found = intervals_of_power(samples)
    assert found == intervals_of_power(reversed(samples + samples))
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    highest = max((power for _, power in samples if power is not None), default=0)
    for one in found:
        hours = (one.end - one.start) / HOUR
        assert 0 < hours <= 0.25
        assert 0 <= one.energy <= highest / 1000 * hours * (1 + 1e-9)


def test_days_get_their_totals() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    midnight = datetime(2026, 6, 21, tzinfo=zone)
    night = EnergyInterval(midnight - HOUR, midnight + 3 * HOUR, 4.0)
    noon = EnergyInterval(midnight + 12 * HOUR, midnight + 13 * HOUR, 5.0)
    first, second = date(2026, 6, 20), date(2026, 6, 21)
    assert fit_to_days([noon, night], {second: 4.0}, zone) == [
        EnergyInterval(midnight - HOUR, midnight, 1.0),
        EnergyInterval(midnight, midnight + 3 * HOUR, 1.5),
        EnergyInterval(midnight + 12 * HOUR, midnight + 13 * HOUR, 2.5),
    ]
    both = fit_to_days([night], {first: 0.0, second: 0.0}, zone)
    assert [one.energy for one in both] == [0.0, 0.0]
    # Energy without a curve is for the caller to place.
    idle = EnergyInterval(midnight, midnight + HOUR, 0.0)
    assert fit_to_days([idle], {second: 4.0}, zone) == []
    assert fit_to_days([idle], {second: 0.0}, zone) == [idle]
    assert fit_to_days([idle], {}, zone) == [idle]
    assert fit_to_days([], {second: 4.0}, zone) == []


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_days_of_23_and_25_hours(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    steady = [EnergyInterval(midnight - DAY, midnight + hours * HOUR + DAY, 96.0)]
    parts = fit_to_days(steady, {day: 10.0}, zone)
    assert [(one.end - one.start) / HOUR for one in parts] == [24, hours, 24]
    assert parts[1].energy == pytest.approx(10.0)
    rows = sum_by_hour(parts[1:2])
    assert len(rows) == hours
    assert list(rows.values()) == pytest.approx([10 / hours] * hours)


INTERVALS = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(1, 3000), st.floats(0, 1e5)),
    max_size=20,
)
STARTS = st.sampled_from(
    [
        datetime(2026, month, day, 17, 3, tzinfo=UTC)
        for month, day in ((3, 27), (4, 3), (6, 20), (10, 2), (10, 23))
    ]
)


def lay_out(
    start: datetime, parts: list[tuple[int, int, float]], zone: tzinfo = UTC
) -> list[EnergyInterval]:
    """Intervals one after another, from minutes of each pause and interval."""
    intervals = []
    for pause, minutes, energy in parts:
        start += pause * MINUTE
        end = start + minutes * MINUTE
        intervals.append(
            EnergyInterval(start.astimezone(zone), end.astimezone(zone), energy)
        )
        start = end
    return intervals


@given(STARTS, INTERVALS, st.sampled_from(ZONES))
def test_hours_sum_to_the_same(
    start: datetime, parts: list[tuple[int, int, float]], zone: tzinfo
) -> None:
    intervals = lay_out(start, parts, zone)
    rows = sum_by_hour(intervals)
    assert math.fsum(rows.values()) == pytest.approx(
        math.fsum(one.energy for one in intervals), rel=1e-9
    )
    assert list(rows) == sorted(rows)
    for hour, energy in rows.items():
        assert energy >= 0
        assert (hour.tzinfo, hour.minute, hour.second) == (UTC, 0, 0)
        # Only hours that were measured.
        assert any(
            one.start.astimezone(UTC) < hour + HOUR and hour < one.end.astimezone(UTC)
            for one in intervals
        )
    # In the order of another zone, and cut at midnights, it is the same.
    assert sum_by_hour(fit_to_days(reversed(intervals), {}, zone)) == pytest.approx(
        rows
    )


@given(STARTS, INTERVALS, st.sampled_from(ZONES), st.data())
def test_fitted_days_have_their_totals(
    start: datetime,
    parts: list[tuple[int, int, float]],
    zone: tzinfo,
    data: st.DataObject,
) -> None:
    intervals = lay_out(start, parts)
    days: dict[date, float] = {}
    for one in fit_to_days(intervals, {}, zone):
        day = one.start.astimezone(zone).date()
        days[day] = days.get(day, 0.0) + one.energy
        # Up to midnight, and no further.
        assert (one.end - timedelta(microseconds=1)).astimezone(zone).date() == day
    totals = {
        day: data.draw(st.just(0.0) | st.floats(0.1, 500))
        for day in days
        if data.draw(st.booleans())
    }
    fitted = fit_to_days(intervals, totals, zone)
    assert all(a.end <= b.start for a, b in itertools.pairwise(fitted))
    assert all(one.energy >= 0 for one in fitted)
    found: dict[date, float] = {}
    for one in fitted:
        day = one.start.astimezone(zone).date()
        found[day] = found.get(day, 0.0) + one.energy
    for day, measured in days.items():
        expected = totals.get(day, measured)
        if measured == 0 and expected > 0:
            assert day not in found
        elif measured == 0 or measured > 1e-100:
            assert found[day] == pytest.approx(expected, rel=1e-9)
    # Once fitted, they stay.
    assert [one.energy for one in fit_to_days(fitted, totals, zone)] == pytest.approx(
        [one.energy for one in fitted]
    )


def test_hours_of_a_counter() -> None:
    samples = [
        CounterSample(NOON + n * 15 * MINUTE, NOON.date(), None, 500 + n / 10)
        for n in range(9)
    ]
    del samples[3:6]
    assert sum_by_hour(intervals_of_counter(samples)) == pytest.approx(
        {NOON: 0.4, NOON + HOUR: 0.4}
    )
    assert sum_by_hour([]) == {}


HYBRID = EnergyChannels(
    solar="pv", imported="import", exported="export", charge="charge",
    discharge="discharge", ac_output="energy", ac_input="ac_charge",
)  # fmt: skip
INVERTER = EnergyChannels(solar="energy", ac_output="energy")


def hours_of(*energies: float | None) -> HourlyEnergy:
    return {
        NOON + index * HOUR: energy
        for index, energy in enumerate(energies)
        if energy is not None
    }


def test_a_balance_of_each_hour() -> None:
    house = {
        "I": (INVERTER, {"energy": hours_of(1.0, 2.0, None, 4.0)}),
        "H": (
            HYBRID,
            {
                "pv": hours_of(0.5, 0.5, 0.5, 0.5),
                "import": hours_of(0.1, 0.2, 0.3, 0.4),
                "export": hours_of(0.2, 0.2, 0.2, None),
                "charge": hours_of(0.3, 0.3, 0.3, 0.3),
                "energy": hours_of(0.2, 0.2, 0.2, 0.2),
                "ac_charge": hours_of(0.0, 0.0, 0.0, 0.0),
            },
        ),
    }
    found = balance_by_hour(house, "H")
    assert found == {
        "solar": pytest.approx({NOON: 1.5, NOON + HOUR: 2.5, NOON + 3 * HOUR: 4.5}),
        "imported": pytest.approx(hours_of(0.1, 0.2, 0.3, 0.4)),
        "exported": pytest.approx(hours_of(0.2, 0.2, 0.2)),
        # No discharge is known.
        "charge": pytest.approx(hours_of(0.3, 0.3, 0.3, 0.3)),
        # 1.0 + 0.2 + 0.1 - 0.2; unknown without the inverter, and without the export.
        "consumption": pytest.approx(hours_of(1.1, 2.2)),
    }
    assert balance_by_hour(house, None) == {"solar": found["solar"]}
    assert balance_by_hour(house, "gone") == {"solar": found["solar"]}
    assert balance_by_hour({}, None) == {}


def balance_of_meter(
    solar: list[float | None], exported: list[float | None]
) -> HourlyEnergy:
    meter = EnergyChannels(imported="import", exported="export")
    house = {
        "I": (INVERTER, {"energy": hours_of(*solar)}),
        "M": (
            meter,
            {
                "import": hours_of(*[0.0] * len(solar)),
                "export": hours_of(*exported),
            },
        ),
    }
    return balance_by_hour(house, "M").get("consumption", {})


@pytest.mark.parametrize(
    ("solar", "exported", "expected"),
    [
        # The export's counter moves a step before that of the solar energy.
        ([1.0, 1.0, 1.0], [0.5, 1.1, 0.5], [0.5, 0.0, 0.4]),
        ([1.0, 1.0, 1.0, 1.0], [0.5, 1.3, 0.9, 0.5], [0.5, 0.0, 0.0, 0.3]),
        # The next known hour.
        ([1.0, None, 1.0], [1.1, 0.5, 0.5], [0.0, None, 0.4]),
        # The end: the hours before.
        ([1.0, 1.0, 1.0], [0.5, 0.8, 1.3], [0.4, 0.0, 0.0]),
        ([1.0, 1.0, 1.0, 1.0], [0.0, 1.1, 0.7, 1.25], [0.95, 0.0, 0.0, 0.0]),
        ([1.0], [1.1], [0.0]),
        # What rounding to a thousandth would lose.
        ([0.0004, 0.0004], [0.0, 0.0], [0.0004, 0.0004]),
    ],
)
def test_consumption_is_never_negative(
    solar: list[float | None],
    exported: list[float | None],
    expected: list[float | None],
) -> None:
    assert balance_of_meter(solar, exported) == pytest.approx(hours_of(*expected))


@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.floats(0, 5)) | st.just((None, None)),
        max_size=40,
    )
)
def test_the_sum_of_consumption_is_right(
    hours: list[tuple[float | None, float | None]],
) -> None:
    solar = [one for one, _ in hours]
    found = balance_of_meter(solar, [one for _, one in hours])
    assert found.keys() == hours_of(*solar).keys()
    assert all(energy >= 0 for energy in found.values())
    expected = sum(a - b for a, b in hours if a is not None and b is not None)
    assert sum(found.values()) == pytest.approx(max(expected, 0.0), abs=1e-6)


def test_a_load_includes_the_others_at_night_too() -> None:
    """What a meter's load includes does not depend on whether the sun shines."""
    house = {
        "B": (
            EnergyChannels(ac_output="discharge", ac_input="charge"),
            {"discharge": hours_of(1.0, 0.0), "charge": hours_of(0.0, 1.0)},
        ),
        "S": (
            EnergyChannels(
                observed_solar="pv", imported="import", exported="export", load="load"
            ),
            {
                "pv": hours_of(0.0, 3.0),
                "import": hours_of(0.0, 0.0),
                "export": hours_of(0.0, 0.0),
                "load": hours_of(1.2, 2.0),
            },
        ),
    }
    assert balance_by_hour(house, "S")["consumption"] == pytest.approx(
        hours_of(1.2, 2.0)
    )
