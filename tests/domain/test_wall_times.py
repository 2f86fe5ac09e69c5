"""Instants of a history's wall clock times, and whether a clock follows summer time."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.device_clock import DeviceClock
from custom_components.growatt_openapi.domain.wall_times import (
    follows_summer_time,
    resolve_wall_times,
)

BERLIN = ZoneInfo("Europe/Berlin")
SYDNEY = ZoneInfo("Australia/Sydney")
NEW_YORK = ZoneInfo("America/New_York")
# Half an hour of summer time.
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
WINTER = timezone(timedelta(hours=1))
NONE = timedelta()
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SPRING = {
    BERLIN: datetime(2026, 3, 29, 1, tzinfo=UTC),
    SYDNEY: datetime(2026, 10, 3, 16, tzinfo=UTC),
    NEW_YORK: datetime(2026, 3, 8, 7, tzinfo=UTC),
    LORD_HOWE: datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
}
AUTUMN = {
    BERLIN: datetime(2026, 10, 25, 1, tzinfo=UTC),
    SYDNEY: datetime(2026, 4, 4, 16, tzinfo=UTC),
    NEW_YORK: datetime(2026, 11, 1, 6, tzinfo=UTC),
    LORD_HOWE: datetime(2026, 4, 4, 15, tzinfo=UTC),
}
ZONES = st.sampled_from(list(SPRING))


def instants_around(
    change: datetime, *, step: timedelta = 5 * MINUTE, hours: float = 6
) -> list[datetime]:
    first = change - hours * HOUR + 97 * timedelta(seconds=1)
    return [first + n * step for n in range(int(2 * hours * HOUR / step))]


def walls_of(
    instants: list[datetime], zone: tzinfo, offset: timedelta = NONE
) -> list[datetime]:
    """What a clock in this zone shows that is behind by the offset."""
    return [one.astimezone(zone).replace(tzinfo=None) - offset for one in instants]


def disorder(walls: list[datetime]) -> list[datetime]:
    return walls[1::2] + walls[::2]


def utc(times: list[datetime]) -> list[datetime]:
    return [one.astimezone(UTC) for one in times]


@given(
    ZONES,
    st.booleans(),
    st.booleans(),
    st.integers(1, 3),
    st.integers(2, 12),
    st.integers(-90, 90),
)
def test_instants_come_back(
    zone: ZoneInfo,
    is_autumn: bool,
    is_descending: bool,
    copies: int,
    minutes: int,
    behind: int,
) -> None:
    """Of a clock that follows summer time, in any order, with rows given twice, and off by minutes."""
    change = (AUTUMN if is_autumn else SPRING)[zone]
    instants = [
        one
        for one in instants_around(change, step=minutes * MINUTE)
        for _ in range(copies)
    ]
    if is_descending:
        instants.reverse()
    offset = behind * MINUTE
    found = resolve_wall_times(walls_of(instants, zone, offset), zone, offset)
    assert utc(found) == instants
    assert all(one.tzinfo is zone for one in found)


def test_it_agrees_with_the_devices_clock() -> None:
    wall = datetime(2026, 6, 20, 12, 3)
    clock = DeviceClock(BERLIN)
    clock.record_reading(wall, datetime(2026, 6, 20, 10, 3, tzinfo=UTC))
    assert resolve_wall_times([wall], BERLIN, clock.offset) == [clock.to_instant(wall)]
    assert resolve_wall_times([], BERLIN, NONE) == []


def test_one_pass_of_the_repeated_hour_counts_as_the_first() -> None:
    instants = instants_around(AUTUMN[BERLIN])
    for missing in (range(60, 72), range(72, 84)):
        left = [one for index, one in enumerate(instants) if index not in missing]
        found = utc(resolve_wall_times(walls_of(left, BERLIN), BERLIN, NONE))
        assert found[:60] == left[:60]
        assert found[60:72] == instants[60:72]
        assert found[72:] == left[72:]


def test_times_in_disorder_cannot_be_told_apart() -> None:
    walls = walls_of(instants_around(AUTUMN[BERLIN]), BERLIN)
    walls = disorder(walls)
    assert [one.fold for one in resolve_wall_times(walls, BERLIN, NONE)] == [0] * 144
    # A clock that is set by seconds is no disorder.
    walls = walls_of(instants_around(AUTUMN[BERLIN]), BERLIN)
    walls.insert(5, walls[4] - timedelta(seconds=20))
    assert sum(one.fold for one in resolve_wall_times(walls, BERLIN, NONE)) == 12


def test_a_skipped_time_is_standard_time() -> None:
    found = resolve_wall_times([datetime(2026, 3, 29, 2, 30)], BERLIN, NONE)
    assert utc(found) == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]


@given(ZONES, st.booleans(), st.booleans(), st.integers(1, 6), st.integers(-9, 9))
def test_whether_a_clock_follows(
    zone: ZoneInfo, is_autumn: bool, is_descending: bool, minutes: int, drift: int
) -> None:
    """Even if it is off by some minutes."""
    change = (AUTUMN if is_autumn else SPRING)[zone]
    instants = instants_around(change, step=minutes * MINUTE)
    if zone is LORD_HOWE:
        drift //= 2
    before = (change - 6 * HOUR).astimezone(zone).utcoffset()
    assert before is not None
    for clock_zone, expected in ((zone, True), (timezone(before), False)):
        walls = walls_of(instants, clock_zone, drift * MINUTE)
        if is_descending:
            walls.reverse()
        assert follows_summer_time(walls, zone) is expected
        exact = drift * MINUTE
        assert follows_summer_time(walls, zone, exact) is expected


def test_what_tells_nothing() -> None:
    assert follows_summer_time([], BERLIN) is None
    summer = instants_around(datetime(2026, 7, 1, tzinfo=UTC))
    assert follows_summer_time(walls_of(summer, BERLIN), BERLIN) is None
    for change in (SPRING, AUTUMN):
        around = instants_around(change[BERLIN])
        # No zone that changes.
        assert follows_summer_time(walls_of(around, WINTER), WINTER) is None
        # An inverter that sleeps at night.
        day = [one for one in around if abs(one - change[BERLIN]) > 3 * HOUR]
        assert follows_summer_time(walls_of(day, BERLIN), BERLIN) is None
        # Data that ends at the change.
        assert follows_summer_time(walls_of(around[:72], BERLIN), BERLIN) is None
    # Half of the second pass is missing, and order does not tell.
    walls = walls_of(instants_around(AUTUMN[BERLIN]), BERLIN)
    del walls[76:84]
    assert follows_summer_time(disorder(walls), BERLIN) is None


def test_a_shuffled_history_tells_by_its_count() -> None:
    for zone, expected in ((BERLIN, True), (timezone(2 * HOUR), False)):
        walls = walls_of(instants_around(AUTUMN[BERLIN]), zone)
        assert follows_summer_time(disorder(walls), BERLIN) is expected


@pytest.mark.parametrize(("zone", "expected"), [(BERLIN, True), (WINTER, False)])
def test_the_latest_change_that_shows_it(zone: tzinfo, expected: bool) -> None:
    spring = instants_around(SPRING[BERLIN])
    autumn = instants_around(AUTUMN[BERLIN])[:60]
    walls = walls_of(spring, zone) + walls_of(autumn, zone)
    assert follows_summer_time(walls, BERLIN) is expected


@given(
    st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), max_size=30),
    ZONES,
)
def test_any_times(walls: list[datetime], zone: tzinfo) -> None:
    found = resolve_wall_times(walls, zone, NONE)
    assert [one.replace(tzinfo=None, fold=0) for one in found] == walls
    follows_summer_time(walls, zone)
