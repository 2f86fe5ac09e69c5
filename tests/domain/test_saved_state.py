"""Stored state of the domain, jumps of clocks, missing items and the sun."""

from datetime import UTC, datetime, timedelta, timezone
import itertools
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.coordinator.device_state import load_clock
from custom_components.growatt_openapi.domain.counters import (
    DailyCounters,
    LifetimeTotals,
)
from custom_components.growatt_openapi.domain.device_clock import DeviceClock
from custom_components.growatt_openapi.domain.freshness import (
    NOTHING,
    Freshness,
    SunState,
    assess,
)
from custom_components.growatt_openapi.domain.missing_tracker import MissingTracker
from custom_components.growatt_openapi.domain.steady_clock import SteadyClock
from custom_components.growatt_openapi.domain.sun import darkness_left
from custom_components.growatt_openapi.persistence import codec
from tests.helpers import VirtualClock

START = datetime(2026, 6, 20, 11, tzinfo=UTC)
ZONE = timezone(timedelta(hours=1))
DAY = SunState(low=False, down_lately=False)
PERIOD = timedelta(minutes=5)


def freshness(clock: DeviceClock, now: datetime) -> Freshness:
    return assess(clock, now, sleeps=False, sun=DAY, power=None).freshness


def observed_clock(
    zone: ZoneInfo | timezone = ZONE, error: timedelta = timedelta()
) -> DeviceClock:
    clock = DeviceClock(zone)
    for number in range(6):
        now = START + number * PERIOD
        wall = now.astimezone(zone).replace(tzinfo=None) + error
        clock.record_reading(wall - timedelta(seconds=30), now)
    return clock


def saved(value: object) -> object:
    """Return a value as it comes back out of a file."""
    return json.loads(json.dumps(codec.dump(value)))


LAST = START + 5 * PERIOD


@pytest.mark.parametrize("minutes", [0, 20, -20, 60, -60, 7 * 60])
def test_a_device_clock_survives_a_restart(minutes: int) -> None:
    clock = observed_clock(error=timedelta(minutes=minutes))
    again = load_clock(saved(clock), ZONE, LAST + PERIOD)
    assert (again.newest, again.advanced_at, again.offset) == (
        clock.newest,
        clock.advanced_at,
        clock.offset,
    )
    assert freshness(again, LAST + 3 * PERIOD) is Freshness.FRESH
    assert freshness(again, LAST + 5 * PERIOD) is Freshness.STALE


def test_a_stored_instant_in_the_future_counts_as_now() -> None:
    """The system's clock was a day ahead: the reading is fresh, and later stale."""
    earlier = LAST - timedelta(days=1)
    again = load_clock(saved(observed_clock()), ZONE, earlier)
    assert freshness(again, earlier) is Freshness.FRESH
    assert freshness(again, earlier + 5 * PERIOD) is Freshness.STALE


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=366)])
def test_a_jump_of_the_systems_clock_keeps_freshness(jump: timedelta) -> None:
    clock = observed_clock()
    clock.follow_clock_jump(jump)
    assert freshness(clock, LAST + jump + PERIOD) is Freshness.FRESH
    assert freshness(clock, LAST + jump + 5 * PERIOD) is Freshness.STALE


def test_a_jump_is_returned_once() -> None:
    class Set(VirtualClock):
        set_by = 0.0

        def monotonic(self) -> float:
            return self.time.timestamp() - self.set_by

    clock = Set()
    instants = SteadyClock.starting_now(clock)
    before = instants.now()
    clock.advance(100)
    assert instants.take_jump() == 0
    clock.advance(-86_400)
    clock.set_by -= 86_400
    assert instants.take_jump() == -86_400
    assert instants.take_jump() == 0
    clock.advance(20)  # corrected gradually
    clock.set_by += 20
    assert instants.take_jump() == 0
    assert instants.now() == before + 100


@pytest.mark.parametrize(
    "zone", [timezone(timedelta(hours=8)), ZoneInfo("America/Phoenix"), UTC]
)
def test_a_change_of_the_plants_zone_keeps_freshness(zone: timezone | ZoneInfo) -> None:
    clock = observed_clock()
    before = clock.newest_instant()
    clock.set_zone(zone, LAST)
    # The devices' clocks have not changed, so the offset compensates the difference.
    after = clock.newest_instant()
    assert before is not None
    assert after is not None
    assert abs(after - before) <= timedelta(seconds=30)
    assert freshness(clock, LAST + PERIOD) is Freshness.FRESH


def test_a_zone_learned_after_the_first_reading_corrects_its_age() -> None:
    clock = DeviceClock(ZoneInfo("Europe/Berlin"))
    # The plant's clock has no daylight saving time.
    clock.record_reading(datetime(2026, 6, 20, 11, 58), START)
    assert freshness(clock, START) is Freshness.STALE
    clock.set_zone(ZONE, START)
    assert freshness(clock, START) is Freshness.FRESH


@pytest.mark.parametrize("hours", [1, -1])
def test_readings_stay_fresh_when_a_device_changes_its_daylight_saving(
    hours: int,
) -> None:
    clock = observed_clock()
    before = clock.newest
    assert before is not None
    error = timedelta(hours=hours)
    now = LAST
    for _ in range(8):
        now += PERIOD
        wall = now.astimezone(ZONE).replace(tzinfo=None) + error
        clock.record_reading(wall - timedelta(seconds=30), now)
        assert freshness(clock, now) is Freshness.FRESH
    assert clock.newest is not None
    assert clock.newest - before == 8 * PERIOD + error


@pytest.mark.parametrize(
    "damaged",
    [{}, [], {"newest": 5, "advanced_at": "x", "lags": []}, {"newest": None}],
)
def test_damaged_data_of_a_device_clock_is_rejected(damaged: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a stored DeviceClock"):
        load_clock(damaged, ZONE, START)
    assert assess(DeviceClock(ZONE), START, sleeps=True, sun=DAY, power=0) == NOTHING


_VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=40)


@given(_VALUES, st.integers(0, 39))
def test_totals_never_decrease_within_a_day(
    values: list[float | None], saved_after: int
) -> None:
    """Not even after a restart."""
    totals, shown = LifetimeTotals(), []
    for number, value in enumerate(values):
        now = START + timedelta(minutes=30 * number)
        held = totals.record_value("total", value, now, 0.0)
        totals.end_round(now)
        if held is not None:
            shown.append(held)
        if number == saved_after:
            totals = codec.load(LifetimeTotals, saved(totals))
    assert all(a <= b for a, b in itertools.pairwise(shown))


@given(st.lists(st.floats(0, 50), min_size=1, max_size=8), st.integers(0, 31))
def test_daily_counters_survive_a_restart(
    energies: list[float], saved_after: int
) -> None:
    plain, restored = DailyCounters(), DailyCounters()
    for number in range(4 * len(energies)):
        # Every six hours of a day of even power.
        time = datetime(2026, 6, 20) + timedelta(hours=6 * number)
        value = energies[number // 4] * (number % 4) / 4
        assert plain.record_value("today", value, time, 0.0) == restored.record_value(
            "today", value, time, 0.0
        )
        if number == saved_after:
            restored = codec.load(DailyCounters, saved(restored))


def test_an_item_missing_from_three_lists_over_a_day_is_gone() -> None:
    tracker = MissingTracker()
    known = {"A", "B"}
    for hour in range(24):
        now = START + timedelta(hours=hour)
        assert tracker.record_list(["A"], known, now) == set() or hour >= 24
    assert "B" in tracker
    tracker = codec.load(MissingTracker, saved(tracker))
    assert tracker.record_list(["A"], known, START + timedelta(hours=24)) == {"B"}
    assert "B" not in tracker


def test_an_item_that_comes_back_is_not_gone() -> None:
    tracker = MissingTracker()
    for hour in range(0, 240, 8):
        shown = ["A", "B"] if hour % 24 == 16 else ["A"]
        assert (
            tracker.record_list(shown, {"A", "B"}, START + timedelta(hours=hour))
            == set()
        )


def test_two_lists_a_week_apart_are_not_enough() -> None:
    tracker = MissingTracker()
    assert tracker.record_list([], {"A"}, START) == set()
    assert tracker.record_list([], {"A"}, START + timedelta(days=7)) == set()
    assert tracker.record_list([], {"A"}, START + timedelta(days=7, hours=1)) == {"A"}


def test_a_clock_set_back_restarts_the_count() -> None:
    tracker = MissingTracker()
    for days in (3, 0, 0, 0):
        assert tracker.record_list([], {"A"}, START + timedelta(days=days)) == set()


def test_darkness_left_until_dawn() -> None:
    munich = (48.2, 11.6)
    assert darkness_left(munich, START) is None
    assert darkness_left(None, START) is None
    midnight = datetime(2026, 3, 20, 23, tzinfo=UTC)
    assert darkness_left(munich, midnight) == 3600
    # It rises at about 5:15 UTC.
    before = datetime(2026, 3, 21, 4, 40, tzinfo=UTC)
    found = darkness_left(munich, before)
    assert found is not None
    assert 600 <= found <= 2400
    # A summer night in the far north never gets dark.
    assert darkness_left((70.0, 25.0), datetime(2026, 6, 20, 23, tzinfo=UTC)) is None
