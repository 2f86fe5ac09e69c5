"""The freshness of readings and the clocks of devices."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.device_clock import DeviceClock
from custom_components.growatt_openapi.domain.freshness import (
    NOTHING,
    Assessment,
    Freshness,
    SunState,
    ValueKind,
    ValueStatus,
    assess,
    stale_after,
)
from custom_components.growatt_openapi.domain.sun import sun_state

ZONE = timezone(timedelta(hours=1))
START = datetime(2026, 6, 20, 11, 0, tzinfo=UTC)  # 12:00 at the plant
DAY = SunState(low=False, down_lately=False)
NIGHT = SunState(low=True, down_lately=True)
DUSK = SunState(low=True, down_lately=False)
NOWHERE = SunState(low=None, down_lately=None)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def wall(now: datetime) -> datetime:
    return now.astimezone(ZONE).replace(tzinfo=None)


def assessed(clock: DeviceClock, now: datetime, **facts: Any) -> Assessment:
    facts = {"sleeps": False, "sun": DAY, "power": 500.0, **facts}
    return assess(clock, now, **facts)


def uploading(
    rounds: int, *, error: timedelta = timedelta(), delay: float = 2
) -> tuple[DeviceClock, datetime]:
    """Return a clock after uploads every five minutes from a device whose clock is off."""
    clock = DeviceClock(ZONE)
    now = START
    for _ in range(rounds):
        clock.record_reading(wall(now - minutes(delay)) + error, now)
        now += minutes(5)
    return clock, now - minutes(5)


def test_without_a_reading_there_is_nothing() -> None:
    assert assessed(DeviceClock(ZONE), START) is NOTHING
    clock = DeviceClock(ZONE)
    assert not clock.record_reading(None, START)
    assert assessed(clock, START) is NOTHING
    assert clock.newest_instant() is None
    assert clock.silent_for(START) is None
    assert all(NOTHING.status_of(kind) is ValueStatus.UNAVAILABLE for kind in ValueKind)


def test_stale_after_three_periods_and_the_latency() -> None:
    assert stale_after() == minutes(20)
    assert stale_after(minutes(30)) == minutes(95)


def test_a_reading_is_fresh_and_later_stale() -> None:
    clock, now = uploading(3)
    assert assessed(clock, now + minutes(20)).freshness is Freshness.FRESH
    stale = assessed(clock, now + minutes(20.1))
    assert stale.freshness is Freshness.STALE
    assert stale.status_of(ValueKind.MEASURED) is ValueStatus.UNAVAILABLE
    assert stale.status_of(ValueKind.FLOW) is ValueStatus.UNAVAILABLE
    assert stale.status_of(ValueKind.STATE) is ValueStatus.UNAVAILABLE
    assert stale.status_of(ValueKind.CODE) is ValueStatus.UNAVAILABLE
    # Counters keep their last value.
    assert stale.status_of(ValueKind.TODAY) is ValueStatus.AS_READ
    assert stale.status_of(ValueKind.LIFETIME) is ValueStatus.AS_READ
    assert stale.status_of(ValueKind.IDENTITY) is ValueStatus.AS_READ


@given(st.integers(min_value=-600, max_value=600), st.floats(0, 5))
def test_freshness_does_not_depend_on_the_clocks_error(off: int, delay: float) -> None:
    """A reading is fresh because its time advanced, whatever that time is."""
    clock, now = uploading(4, error=minutes(off), delay=delay)
    assert assessed(clock, now + minutes(19)).freshness is Freshness.FRESH
    assert assessed(clock, now + minutes(21)).freshness is Freshness.STALE


@pytest.mark.parametrize(
    ("error", "known"),
    [
        (0, 0),
        (5, -3),  # ahead: the error is known except for the delay
        (60, -58),  # daylight saving time that the plant's zone does not have
        (-20, 22),  # 20 minutes slow
        (-5, 0),  # may be latency
        (1, 0),
    ],
)
def test_the_offset_of_a_devices_clock_is_learned(error: float, known: float) -> None:
    clock, _ = uploading(6, error=minutes(error), delay=2)
    assert clock.offset == minutes(known)


def test_the_instant_of_a_reading_allows_for_the_clocks_offset() -> None:
    clock, now = uploading(6, error=minutes(60), delay=2)
    instant = clock.newest_instant()
    assert instant is not None
    assert abs(instant - now) <= minutes(2)


def test_an_old_first_reading_is_not_new() -> None:
    clock = DeviceClock(ZONE)
    clock.record_reading(wall(START - minutes(360)), START)
    assert assessed(clock, START).freshness is Freshness.STALE


def test_a_first_reading_of_a_slow_clock_may_be_new() -> None:
    clock = DeviceClock(ZONE)
    clock.record_reading(wall(START - minutes(25)), START)
    assert assessed(clock, START).freshness is Freshness.FRESH
    assert assessed(clock, START + minutes(11)).freshness is Freshness.STALE


def test_a_first_reading_from_the_future_is_a_fast_clock() -> None:
    clock = DeviceClock(ZONE)
    clock.record_reading(wall(START + minutes(57)), START)
    assert clock.offset == minutes(-57)
    assert assessed(clock, START).freshness is Freshness.FRESH


def test_the_same_reading_again_is_not_new() -> None:
    clock, now = uploading(2)
    assert not clock.record_reading(clock.newest, now + minutes(5))
    assert clock.silent_for(now + minutes(5)) == minutes(5)


def test_a_cached_older_reading_is_not_new() -> None:
    clock, now = uploading(3)
    newest = clock.newest
    assert newest is not None
    assert not clock.record_reading(newest - minutes(5), now + minutes(1))
    assert clock.newest == newest
    assert clock.record_reading(newest + minutes(5), now + minutes(5))


def test_a_clock_set_back_is_followed() -> None:
    clock, now = uploading(3)
    newest = clock.newest
    assert newest is not None
    back = newest - minutes(60)
    assert not clock.record_reading(back, now + minutes(5))
    assert not clock.record_reading(back + minutes(5), now + minutes(10))
    assert clock.record_reading(back + minutes(10), now + minutes(15))
    assert clock.newest == back + minutes(10)
    assert assessed(clock, now + minutes(18)).freshness is Freshness.FRESH
    assert clock.record_reading(back + minutes(15), now + minutes(20))


def test_two_older_replies_in_a_row_are_no_clock_set_back() -> None:
    clock, now = uploading(3)
    newest = clock.newest
    assert newest is not None
    for after, age in ((5, 26), (10, 21)):
        assert not clock.record_reading(newest - minutes(age), now + minutes(after))
    assert clock.newest == newest
    assert clock.record_reading(newest + minutes(15), now + minutes(15))


def test_a_time_in_the_future_is_ignored() -> None:
    clock, now = uploading(3)
    newest = clock.newest
    assert newest is not None
    for days in (3, 20_000):
        assert not clock.record_reading(newest + days * minutes(1440), now)
    assert clock.record_reading(newest + minutes(5), now + minutes(5))
    assert assessed(clock, now + minutes(5)).days == 0


def test_a_device_whose_clock_is_a_day_behind_starts_with_no_energy_of_today() -> None:
    clock = DeviceClock(ZONE)
    behind = wall(START) - minutes(1440)
    clock.record_reading(behind, START)
    first = assessed(clock, START)
    assert first.status_of(ValueKind.TODAY) is ValueStatus.UNKNOWN
    assert clock.record_reading(behind + minutes(5), START + minutes(5))
    assert assessed(clock, START).status_of(ValueKind.TODAY) is ValueStatus.AS_READ


@pytest.mark.parametrize("hours", [1, 24, -1, 56 * 365 * 24])
def test_a_jump_of_the_systems_clock_moves_no_day(hours: int) -> None:
    clock, now = uploading(12)
    jump = minutes(60 * hours)
    before = clock.device_time(now)
    clock.follow_clock_jump(jump)
    # The latency of readings is part of the lag then.
    assert abs(clock.device_time(now + jump) - before) <= minutes(2)
    assert assessed(clock, now + jump).days == 0


def test_a_new_reading_without_a_time_is_of_now() -> None:
    clock = DeviceClock(ZONE)
    clock.record_undated_reading(START)
    assert clock.newest_instant() == START
    assert assessed(clock, START + minutes(20)).freshness is Freshness.FRESH
    assert assessed(clock, START + minutes(21)).freshness is Freshness.STALE


def test_an_inverter_sleeps_when_the_sun_is_down() -> None:
    clock, now = uploading(2)
    late = now + minutes(30)
    asleep = assessed(clock, late, sleeps=True, sun=NIGHT, power=4000.0)
    assert asleep.freshness is Freshness.ASLEEP
    assert asleep.status_of(ValueKind.FLOW) is ValueStatus.ZERO
    assert asleep.status_of(ValueKind.MEASURED) is ValueStatus.UNKNOWN
    assert asleep.status_of(ValueKind.STATE) is ValueStatus.ASLEEP
    # Codes and counters keep their last values.
    assert asleep.status_of(ValueKind.CODE) is ValueStatus.AS_READ
    assert asleep.status_of(ValueKind.LIFETIME) is ValueStatus.AS_READ
    # A storage does not sleep.
    assert assessed(clock, late, sun=NIGHT).freshness is Freshness.STALE


@pytest.mark.parametrize(
    ("sun", "power", "freshness"),
    [
        (NIGHT, 2000.0, Freshness.ASLEEP),
        (DUSK, 40.0, Freshness.ASLEEP),
        (DUSK, 2000.0, Freshness.STALE),
        (DAY, 40.0, Freshness.STALE),
        (NOWHERE, 40.0, Freshness.ASLEEP),
        (NOWHERE, 2000.0, Freshness.STALE),
        (NOWHERE, None, Freshness.STALE),
    ],
)
def test_a_silent_device_is_asleep_or_stale(
    sun: SunState, power: float | None, freshness: Freshness
) -> None:
    clock, now = uploading(2)
    found = assessed(clock, now + minutes(30), sleeps=True, sun=sun, power=power)
    assert found.freshness is freshness


def test_a_device_on_standby_without_sun_is_asleep_at_once() -> None:
    clock, now = uploading(2)
    facts: dict[str, Any] = {"sleeps": True, "standby": True, "power": 0.0}
    assert assessed(clock, now, sun=NIGHT, **facts).freshness is Freshness.ASLEEP
    # At noon standby has another cause.
    assert assessed(clock, now, sun=DAY, **facts).freshness is Freshness.FRESH


def test_today_ends_at_the_devices_midnight() -> None:
    clock = DeviceClock(ZONE)
    before = datetime(2026, 6, 20, 22, 55, tzinfo=UTC)  # 23:55 at the plant
    clock.record_reading(wall(before), before)
    verdicts = [
        assessed(clock, before + minutes(after)).status_of(ValueKind.TODAY)
        for after in (4.9, 5, 24 * 60 + 4.9, 24 * 60 + 5)
    ]
    assert verdicts == [
        ValueStatus.AS_READ,
        ValueStatus.ZERO,
        ValueStatus.ZERO,
        ValueStatus.UNKNOWN,
    ]


def test_months_and_years_end_too() -> None:
    clock = DeviceClock(ZONE)
    before = datetime(2026, 12, 31, 22, 55, tzinfo=UTC)
    clock.record_reading(wall(before), before)
    after = assessed(clock, before + minutes(5))
    assert after.status_of(ValueKind.MONTH) is ValueStatus.ZERO
    assert after.status_of(ValueKind.YEAR) is ValueStatus.ZERO
    later = assessed(clock, before + timedelta(days=32))
    assert later.status_of(ValueKind.MONTH) is ValueStatus.UNKNOWN
    assert later.status_of(ValueKind.YEAR) is ValueStatus.ZERO


def test_a_fast_clocks_reading_of_tomorrow_counts_as_todays() -> None:
    clock = DeviceClock(ZONE)
    before = datetime(2026, 6, 20, 22, 59, tzinfo=UTC)
    clock.record_reading(wall(before + minutes(2)), before)
    assert assessed(clock, before).status_of(ValueKind.TODAY) is ValueStatus.AS_READ


def test_midnight_is_the_devices_own_under_daylight_saving() -> None:
    """A wall clock an hour ahead of the plant's fixed zone: its day ends at 22:00 UTC, not at 23:00."""
    clock = DeviceClock(ZONE)
    now = datetime(2026, 6, 20, 21, 30, tzinfo=UTC)
    for _ in range(6):
        clock.record_reading(wall(now) + minutes(59), now)
        now += minutes(5)
    assert (
        assessed(clock, now + minutes(5)).status_of(ValueKind.TODAY) is ValueStatus.ZERO
    )


def test_the_sun_over_a_plant() -> None:
    munich = (48.2, 11.6)
    noon = datetime(2026, 6, 20, 11, tzinfo=UTC)
    assert sun_state(munich, noon) == DAY
    assert sun_state(munich, noon + timedelta(hours=12)) == NIGHT
    # Sunrise is at 03:13 UTC.
    assert sun_state(munich, datetime(2026, 6, 20, 3, 45, tzinfo=UTC)).down_lately
    assert not sun_state(munich, datetime(2026, 6, 20, 5, 15, tzinfo=UTC)).down_lately
    assert sun_state(None, noon) == NOWHERE
