"""What a reading means now."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.device_clock import ReadingClock
from custom_components.growatt_openapi.domain.freshness import (
    NOTHING,
    Freshness,
    Judgement,
    Kind,
    Sun,
    Verdict,
    judge,
    stale_after,
)
from custom_components.growatt_openapi.domain.sun import sun_over

ZONE = timezone(timedelta(hours=1))
START = datetime(2026, 6, 20, 11, 0, tzinfo=UTC)  # 12:00 at the plant
DAY = Sun(low=False, down_lately=False)
NIGHT = Sun(low=True, down_lately=True)
DUSK = Sun(low=True, down_lately=False)
NOWHERE = Sun(low=None, down_lately=None)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def wall(now: datetime) -> datetime:
    return now.astimezone(ZONE).replace(tzinfo=None)


def judged(clock: ReadingClock, now: datetime, **facts: Any) -> Judgement:
    facts = {"sleeps": False, "sun": DAY, "power": 500.0, **facts}
    return judge(clock, now, **facts)


def uploading(
    rounds: int, *, error: timedelta = timedelta(), delay: float = 2
) -> tuple[ReadingClock, datetime]:
    """A clock that has seen uploads every five minutes of a device whose clock is off."""
    clock = ReadingClock(ZONE)
    now = START
    for _ in range(rounds):
        clock.see(wall(now - minutes(delay)) + error, now)
        now += minutes(5)
    return clock, now - minutes(5)


def test_nothing_read_is_nothing() -> None:
    assert judged(ReadingClock(ZONE), START) is NOTHING
    clock = ReadingClock(ZONE)
    assert not clock.see(None, START)
    assert judged(clock, START) is NOTHING
    assert clock.instant() is None
    assert clock.silent_for(START) is None
    assert all(NOTHING.verdict(kind) is Verdict.UNAVAILABLE for kind in Kind)


def test_stale_after_three_periods_and_the_way() -> None:
    assert stale_after() == minutes(20)
    assert stale_after(minutes(30)) == minutes(95)


def test_fresh_then_stale() -> None:
    clock, now = uploading(3)
    assert judged(clock, now + minutes(20)).freshness is Freshness.FRESH
    stale = judged(clock, now + minutes(20.1))
    assert stale.freshness is Freshness.STALE
    assert stale.verdict(Kind.MEASURED) is Verdict.UNAVAILABLE
    assert stale.verdict(Kind.FLOW) is Verdict.UNAVAILABLE
    assert stale.verdict(Kind.STATE) is Verdict.UNAVAILABLE
    assert stale.verdict(Kind.CODE) is Verdict.UNAVAILABLE
    # Counters keep their last figure.
    assert stale.verdict(Kind.TODAY) is Verdict.AS_IT_IS
    assert stale.verdict(Kind.LIFETIME) is Verdict.AS_IT_IS
    assert stale.verdict(Kind.IDENTITY) is Verdict.AS_IT_IS


@given(st.integers(min_value=-600, max_value=600), st.floats(0, 5))
def test_freshness_does_not_depend_on_the_clocks_error(off: int, delay: float) -> None:
    """The cloud is judged by readings advancing, never by what their clock shows."""
    clock, now = uploading(4, error=minutes(off), delay=delay)
    assert judged(clock, now + minutes(19)).freshness is Freshness.FRESH
    assert judged(clock, now + minutes(21)).freshness is Freshness.STALE


@pytest.mark.parametrize(
    ("error", "known"),
    [
        (0, 0),
        (5, -3),  # ahead of what is possible: known to the delay
        (60, -58),  # daylight saving that the plant's zone does not know
        (-20, 22),  # 20 minutes slow
        (-5, 0),  # may as well be the way to us
        (1, 0),
    ],
)
def test_the_error_of_a_devices_clock_is_learned(error: float, known: float) -> None:
    clock, _ = uploading(6, error=minutes(error), delay=2)
    assert clock.offset == minutes(known)


def test_the_instant_of_a_reading_is_told_in_spite_of_its_clock() -> None:
    clock, now = uploading(6, error=minutes(60), delay=2)
    instant = clock.instant()
    assert instant is not None
    assert abs(instant - now) <= minutes(2)


def test_a_first_reading_of_long_ago_is_not_new() -> None:
    clock = ReadingClock(ZONE)
    clock.see(wall(START - minutes(360)), START)
    assert judged(clock, START).freshness is Freshness.STALE


def test_a_first_reading_of_a_slow_clock_may_be_new() -> None:
    clock = ReadingClock(ZONE)
    clock.see(wall(START - minutes(25)), START)
    assert judged(clock, START).freshness is Freshness.FRESH
    assert judged(clock, START + minutes(11)).freshness is Freshness.STALE


def test_a_first_reading_from_the_future_is_a_fast_clock() -> None:
    clock = ReadingClock(ZONE)
    clock.see(wall(START + minutes(57)), START)
    assert clock.offset == minutes(-57)
    assert judged(clock, START).freshness is Freshness.FRESH


def test_the_same_reading_again_is_no_news() -> None:
    clock, now = uploading(2)
    assert not clock.see(clock.newest, now + minutes(5))
    assert clock.silent_for(now + minutes(5)) == minutes(5)


def test_an_older_reading_out_of_a_cache_is_no_news() -> None:
    clock, now = uploading(3)
    newest = clock.newest
    assert newest is not None
    assert not clock.see(newest - minutes(5), now + minutes(1))
    assert clock.newest == newest
    assert clock.see(newest + minutes(5), now + minutes(5))


def test_a_clock_set_back_is_followed() -> None:
    clock, now = uploading(3)
    newest = clock.newest
    assert newest is not None
    back = newest - minutes(60)
    assert not clock.see(back, now + minutes(5))
    assert clock.see(back + minutes(5), now + minutes(10))
    assert clock.newest == back + minutes(5)
    assert judged(clock, now + minutes(12)).freshness is Freshness.FRESH


def test_news_without_a_time_is_of_now() -> None:
    clock = ReadingClock(ZONE)
    clock.see_undated(START)
    assert clock.instant() == START
    assert judged(clock, START + minutes(20)).freshness is Freshness.FRESH
    assert judged(clock, START + minutes(21)).freshness is Freshness.STALE


def test_an_inverter_sleeps_when_the_sun_is_down() -> None:
    clock, now = uploading(2)
    late = now + minutes(30)
    asleep = judged(clock, late, sleeps=True, sun=NIGHT, power=4000.0)
    assert asleep.freshness is Freshness.ASLEEP
    assert asleep.verdict(Kind.FLOW) is Verdict.ZERO
    assert asleep.verdict(Kind.MEASURED) is Verdict.UNKNOWN
    assert asleep.verdict(Kind.STATE) is Verdict.ASLEEP
    # Its last word on what is wrong, and its counters, still stand.
    assert asleep.verdict(Kind.CODE) is Verdict.AS_IT_IS
    assert asleep.verdict(Kind.LIFETIME) is Verdict.AS_IT_IS
    # A storage does not sleep.
    assert judged(clock, late, sun=NIGHT).freshness is Freshness.STALE


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
def test_silent_is_asleep_or_offline(
    sun: Sun, power: float | None, freshness: Freshness
) -> None:
    clock, now = uploading(2)
    found = judged(clock, now + minutes(30), sleeps=True, sun=sun, power=power)
    assert found.freshness is freshness


def test_on_standby_in_the_dark_is_asleep_at_once() -> None:
    clock, now = uploading(2)
    facts: dict[str, Any] = {"sleeps": True, "standby": True, "power": 0.0}
    assert judged(clock, now, sun=NIGHT, **facts).freshness is Freshness.ASLEEP
    # At noon it waits for something else.
    assert judged(clock, now, sun=DAY, **facts).freshness is Freshness.FRESH


def test_today_ends_at_the_devices_midnight() -> None:
    clock = ReadingClock(ZONE)
    before = datetime(2026, 6, 20, 22, 55, tzinfo=UTC)  # 23:55 at the plant
    clock.see(wall(before), before)
    verdicts = [
        judged(clock, before + minutes(after)).verdict(Kind.TODAY)
        for after in (4.9, 5, 24 * 60 + 4.9, 24 * 60 + 5)
    ]
    assert verdicts == [
        Verdict.AS_IT_IS,
        Verdict.ZERO,
        Verdict.ZERO,
        Verdict.UNKNOWN,
    ]


def test_months_and_years_end_too() -> None:
    clock = ReadingClock(ZONE)
    before = datetime(2026, 12, 31, 22, 55, tzinfo=UTC)
    clock.see(wall(before), before)
    after = judged(clock, before + minutes(5))
    assert after.verdict(Kind.MONTH) is Verdict.ZERO
    assert after.verdict(Kind.YEAR) is Verdict.ZERO
    later = judged(clock, before + timedelta(days=32))
    assert later.verdict(Kind.MONTH) is Verdict.UNKNOWN
    assert later.verdict(Kind.YEAR) is Verdict.ZERO


def test_a_reading_of_tomorrow_by_a_fast_clock_is_todays() -> None:
    clock = ReadingClock(ZONE)
    before = datetime(2026, 6, 20, 22, 59, tzinfo=UTC)
    clock.see(wall(before + minutes(2)), before)
    assert judged(clock, before).verdict(Kind.TODAY) is Verdict.AS_IT_IS


def test_midnight_is_the_devices_own_under_daylight_saving() -> None:
    """A wall clock an hour ahead of the plant's fixed zone: its day ends at 22:00 UTC, not at 23:00."""
    clock = ReadingClock(ZONE)
    now = datetime(2026, 6, 20, 21, 30, tzinfo=UTC)
    for _ in range(6):
        clock.see(wall(now) + minutes(59), now)
        now += minutes(5)
    assert judged(clock, now + minutes(5)).verdict(Kind.TODAY) is Verdict.ZERO


def test_the_sun_over_a_plant() -> None:
    munich = (48.2, 11.6)
    noon = datetime(2026, 6, 20, 11, tzinfo=UTC)
    assert sun_over(munich, noon) == DAY
    assert sun_over(munich, noon + timedelta(hours=12)) == NIGHT
    # Half an hour after sunrise (03:13 UTC) it was down lately; two hours after it was not.
    assert sun_over(munich, datetime(2026, 6, 20, 3, 45, tzinfo=UTC)).down_lately
    assert not sun_over(munich, datetime(2026, 6, 20, 5, 15, tzinfo=UTC)).down_lately
    assert sun_over(None, noon) == NOWHERE
