"""What truth remembers, and what it makes of clocks that are set."""

from datetime import UTC, datetime, timedelta, timezone
import itertools
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

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
from tests.helpers import VirtualClock

START = datetime(2026, 6, 20, 11, tzinfo=UTC)
ZONE = timezone(timedelta(hours=1))
DAY = SunState(low=False, down_lately=False)
PERIOD = timedelta(minutes=5)


def freshness(clock: DeviceClock, now: datetime) -> Freshness:
    return assess(clock, now, sleeps=False, sun=DAY, power=None).freshness


def lived(
    zone: ZoneInfo | timezone = ZONE, error: timedelta = timedelta()
) -> DeviceClock:
    clock = DeviceClock(zone)
    for number in range(6):
        now = START + number * PERIOD
        wall = now.astimezone(zone).replace(tzinfo=None) + error
        clock.record_reading(wall - timedelta(seconds=30), now)
    return clock


LAST = START + 5 * PERIOD


@pytest.mark.parametrize("minutes", [0, 20, -20, 60, -60, 7 * 60])
def test_a_clock_is_remembered(minutes: int) -> None:
    clock = lived(error=timedelta(minutes=minutes))
    again = DeviceClock(ZONE)
    again.load(json.loads(json.dumps(clock.dump())), LAST + PERIOD)
    assert (again.newest, again.advanced_at, again.offset) == (
        clock.newest,
        clock.advanced_at,
        clock.offset,
    )
    assert freshness(again, LAST + 3 * PERIOD) is Freshness.FRESH
    assert freshness(again, LAST + 5 * PERIOD) is Freshness.STALE


def test_our_own_clock_was_ahead() -> None:
    """Saved a day from now: it counts as seen just now, and gets stale in time."""
    again = DeviceClock(ZONE)
    earlier = LAST - timedelta(days=1)
    again.load(lived().dump(), earlier)
    assert freshness(again, earlier) is Freshness.FRESH
    assert freshness(again, earlier + 5 * PERIOD) is Freshness.STALE


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=366)])
def test_our_own_clock_is_set(jump: timedelta) -> None:
    clock = lived()
    clock.follow_clock_jump(jump)
    assert freshness(clock, LAST + jump + PERIOD) is Freshness.FRESH
    assert freshness(clock, LAST + jump + 5 * PERIOD) is Freshness.STALE


def test_a_jump_is_told_once() -> None:
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
    clock.advance(20)  # set right by and by
    clock.set_by += 20
    assert instants.take_jump() == 0
    assert instants.now() == before + 100


@pytest.mark.parametrize(
    "zone", [timezone(timedelta(hours=8)), ZoneInfo("America/Phoenix"), UTC]
)
def test_a_plant_whose_zone_changes(zone: timezone | ZoneInfo) -> None:
    clock = lived()
    before = clock.newest_instant()
    clock.set_zone(zone, LAST)
    # Its devices' clocks are what they were: the offset takes the difference up.
    after = clock.newest_instant()
    assert before is not None
    assert after is not None
    assert abs(after - before) <= timedelta(seconds=30)
    assert freshness(clock, LAST + PERIOD) is Freshness.FRESH


def test_a_zone_that_is_learned_after_the_first_reading() -> None:
    clock = DeviceClock(ZoneInfo("Europe/Berlin"))
    # In summer, and the plant's clock is not.
    clock.record_reading(datetime(2026, 6, 20, 11, 58), START)
    assert freshness(clock, START) is Freshness.STALE
    clock.set_zone(ZONE, START)
    assert freshness(clock, START) is Freshness.FRESH


@pytest.mark.parametrize("hours", [1, -1])
def test_summer_time_begins_and_ends_in_a_device(hours: int) -> None:
    clock = lived()
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
    [{}, {"newest": 5, "advanced_at": "x", "lags": []}, {"newest": None}],
)
def test_a_damaged_clock(damaged: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        DeviceClock(ZONE).load(damaged, START)
    assert assess(DeviceClock(ZONE), START, sleeps=True, sun=DAY, power=0) == NOTHING


_FIGURES = st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=40)


@given(_FIGURES, st.integers(0, 39))
def test_totals_never_fall_for_less_than_a_day(
    figures: list[float | None], saved_after: int
) -> None:
    """Through restarts too."""
    totals, shown = LifetimeTotals(), []
    for number, figure in enumerate(figures):
        now = START + timedelta(minutes=30 * number)
        value = totals.clamp("total", figure, now)
        if value is not None:
            shown.append(value)
        if number == saved_after:
            totals = LifetimeTotals.load(json.loads(json.dumps(totals.dump())))
    assert all(a <= b for a, b in itertools.pairwise(shown))


@given(st.lists(st.floats(0, 50), min_size=1, max_size=30), st.integers(0, 29))
def test_days_are_remembered(figures: list[float], saved_after: int) -> None:
    plain, saved = DailyCounters(), DailyCounters()
    for number, figure in enumerate(figures):
        day = (START + timedelta(hours=7 * number)).date()
        assert plain.value_for_day("today", figure, day) == saved.value_for_day(
            "today", figure, day
        )
        if number == saved_after:
            saved = DailyCounters.load(json.loads(json.dumps(saved.dump())))


def test_gone_is_what_three_lists_over_a_day_do_not_show() -> None:
    absences = MissingTracker()
    known = {"A", "B"}
    for hour in range(24):
        now = START + timedelta(hours=hour)
        assert absences.record_list(["A"], known, now) == set() or hour >= 24
    assert "B" in absences
    absences = MissingTracker(json.loads(json.dumps(absences.dump())))
    assert absences.record_list(["A"], known, START + timedelta(hours=24)) == {"B"}
    assert "B" not in absences


def test_one_that_comes_back_is_not_gone() -> None:
    absences = MissingTracker()
    for hour in range(0, 240, 8):
        shown = ["A", "B"] if hour % 24 == 16 else ["A"]
        assert (
            absences.record_list(shown, {"A", "B"}, START + timedelta(hours=hour))
            == set()
        )


def test_two_lists_a_week_apart_are_not_enough() -> None:
    absences = MissingTracker()
    assert absences.record_list([], {"A"}, START) == set()
    assert absences.record_list([], {"A"}, START + timedelta(days=7)) == set()
    assert absences.record_list([], {"A"}, START + timedelta(days=7, hours=1)) == {"A"}


@pytest.mark.parametrize("saved", [None, 5, [], {"A": 5}, {"A": ["x"]}, {"A": [5]}])
def test_damaged_absences(saved: object) -> None:
    assert MissingTracker(saved).dump() == {}


def test_absent_through_a_clock_that_is_set_back() -> None:
    absences = MissingTracker()
    for days in (3, 0, 0, 0):
        assert absences.record_list([], {"A"}, START + timedelta(days=days)) == set()


def test_when_the_sun_comes_back() -> None:
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
