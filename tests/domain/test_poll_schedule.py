"""When to ask: never too often whatever comes, and where the news is."""

import bisect
from datetime import timedelta
import itertools
from statistics import mean

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.growatt_openapi.domain.poll_schedule import (
    BATCH_FROM,
    MAX_EARLY_POLLS,
    PollSchedule,
    ReadMode,
    estimate_daily_calls,
    group_devices,
    plant_list_interval,
    silence_interval,
)
from custom_components.growatt_openapi.domain.upload_rhythm import UploadRhythm

BATCH, SINGLES = ReadMode.BATCH, ReadMode.SINGLES
FLOOR = 300.0
HOUR = 3600.0


class Poll:
    """Asks a device that uploads at given instants, as the schedule says; writes down what was asked and seen."""

    def __init__(
        self,
        uploads: list[float],
        manners: tuple[ReadMode, ...],
        interval: float,
        *,
        floor: float = FLOOR,
        error_of_clock: float = 0.0,
        latency: float = 0.3,
    ) -> None:
        self.uploads = uploads
        self.manners = manners
        self.interval = interval
        self.error = error_of_clock
        self.latency = latency
        self.asking = PollSchedule(floor)
        self.rhythm = UploadRhythm()
        self.asks: list[tuple[float, ReadMode]] = []
        self.ages: list[float] = []

    def run(self, begin: float, end: float, delay: float = 20.0) -> None:
        now, shown = begin, None
        while now < end:
            at, manner = self.asking.next_poll(now, self.manners, self.rhythm)
            assert at >= now
            if shown is not None:
                # The mean age between two asks, once for every ten seconds.
                self.ages += [
                    now + 10 * step - shown for step in range(int((at - now) / 10))
                ]
            now = at
            self.asks.append((now, manner))
            position = bisect.bisect_right(self.uploads, now - delay) - 1
            now += self.latency
            if position >= 0:
                shown = self.uploads[position]
                self.rhythm.record_reading(int(shown + self.error), now)
            self.asking.record_poll(now, manner, self.interval)


def regular(period: float, phase: float, hours: float) -> list[float]:
    return [phase + number * period for number in range(int(hours * HOUR / period) + 2)]


@pytest.mark.parametrize("phase", [30.0, 90.0, 150.0, 210.0, 270.0])
@pytest.mark.parametrize("error", [0.0, 3600.0, -1234.0])
@pytest.mark.parametrize(
    ("manners", "interval", "worst"),
    [
        ((BATCH, SINGLES), 300.0, 182),
        ((SINGLES,), 10.0, 182),
        # One request only: it is pushed through the period, and finds its place again.
        ((SINGLES,), 300.0, 200),
    ],
)
def test_readings_are_as_fresh_as_can_be(
    manners: tuple[ReadMode, ...],
    interval: float,
    worst: float,
    phase: float,
    error: float,
) -> None:
    """170 s is the limit: 20 s of delay, and half a period."""
    poll = Poll(
        regular(300, phase, 12), manners, interval, error_of_clock=error, latency=0.3
    )
    poll.run(1000.0, 12 * HOUR)
    assert 165 < mean(poll.ages) < worst
    # Hardly more asks than periods.
    assert len(poll.asks) < 12 * 12 * 1.06


def test_a_logger_that_uploads_every_ten_minutes_is_asked_every_ten() -> None:
    poll = Poll(regular(600, 70, 12), (BATCH, SINGLES), 300.0)
    poll.run(1000.0, 12 * HOUR)
    assert len(poll.asks) < 12 * 6 * 1.2
    assert mean(poll.ages) < 340


def test_a_logger_that_uploads_every_minute_is_asked_every_five() -> None:
    poll = Poll(regular(60, 33, 12), (BATCH, SINGLES), 300.0)
    poll.run(1000.0, 12 * HOUR)
    assert len(poll.asks) < 12 * 12 * 1.1
    assert mean(poll.ages) < 210


def test_a_logger_that_drifts_is_followed() -> None:
    poll = Poll(regular(301.5, 10, 24), (BATCH, SINGLES), 300.0)
    poll.run(1000.0, 24 * HOUR)
    assert mean(poll.ages) < 185


@pytest.mark.parametrize("manners", [(BATCH, SINGLES), (SINGLES,)])
@pytest.mark.parametrize("shift", [60.0, 159.0, 240.0])
def test_a_logger_that_is_started_anew_is_followed(
    manners: tuple[ReadMode, ...], shift: float
) -> None:
    """One step is short then, and all later ones are as before."""
    uploads = [one for one in regular(300, 10, 24) if one < 6 * HOUR]
    uploads += [uploads[-1] + shift + 300 * number for number in range(18 * 12)]
    poll = Poll(uploads, manners, 300.0)
    poll.run(1000.0, 8 * HOUR)
    poll.ages.clear()
    poll.run(8 * HOUR, 23 * HOUR)
    assert mean(poll.ages) < 200


def test_a_clock_that_is_set_is_followed() -> None:
    poll = Poll(regular(300, 10, 24), (BATCH, SINGLES), 300.0)
    poll.run(1000.0, 8 * HOUR)
    poll.error = 3600.0
    poll.run(8 * HOUR, 16 * HOUR)
    poll.error = -3600.0
    poll.ages.clear()
    poll.run(16 * HOUR, 24 * HOUR)
    assert mean(poll.ages) < 190


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1, 2000), min_size=5, max_size=150),
    st.sampled_from(
        [((BATCH, SINGLES), 300.0), ((SINGLES,), 300.0), ((SINGLES,), 10.0)]
    ),
    st.sampled_from([300.0, 900.0, 3600.0]),
    st.floats(0, 5),
)
def test_never_too_often_whatever_times_come(
    gaps: list[float],
    how: tuple[tuple[ReadMode, ...], float],
    floor: float,
    latency: float,
) -> None:
    manners, interval = how
    uploads = list(itertools.accumulate(gaps))
    poll = Poll(uploads, manners, interval, floor=floor, latency=latency)
    poll.run(500.0, 500.0 + 4 * HOUR)
    for manner in manners:
        times = [at for at, asked in poll.asks if asked is manner]
        for earlier, later in itertools.pairwise(times):
            assert later - earlier >= interval - 1e-6
    times = [at for at, _ in poll.asks]
    extra = MAX_EARLY_POLLS + 1 if floor == FLOOR else 0
    allowed = HOUR / (floor - 15) + 1 + extra
    for index, at in enumerate(times):
        assert bisect.bisect_left(times, at + HOUR) - index <= allowed


def test_the_users_interval_is_a_floor() -> None:
    poll = Poll(regular(300, 30, 12), (BATCH, SINGLES), 300.0, floor=900.0)
    poll.run(1000.0, 12 * HOUR)
    gaps = [b - a for (a, _), (b, _) in itertools.pairwise(poll.asks)]
    assert min(gaps) >= 885
    assert max(gaps) <= 1260


def test_what_failed_is_asked_again_wherever_in_the_period() -> None:
    poll = Poll(regular(300, 30, 12), (SINGLES,), 10.0)
    poll.run(1000.0, 4 * HOUR)
    now = 4 * HOUR
    poll.asking.record_poll(now, SINGLES, 10.0, failed=True)
    assert poll.asking.next_poll(now, (SINGLES,), poll.rhythm)[0] == now + 60
    poll.asking.record_poll(now, SINGLES, 250.0, failed=True)
    assert poll.asking.next_poll(now, (SINGLES,), poll.rhythm)[0] == now + 250


def test_who_sleeps_or_is_silent_is_asked_less() -> None:
    assert silence_interval(600, dark=None) == 0
    assert silence_interval(2000, dark=None) == 600
    assert silence_interval(90_000, dark=None) == 900
    assert silence_interval(None, dark=None) == 0
    assert silence_interval(600, dark=9000) == 3600
    # Back before sunrise.
    assert silence_interval(600, dark=200) == 200
    asking = PollSchedule(FLOOR)
    asking.record_poll(1000, SINGLES, 10)
    assert asking.next_poll(1001, (SINGLES,), UploadRhythm(), 3600)[0] == 4600


def serials(count: int, logger: str = "L") -> list[tuple[str, str]]:
    return [(f"S{number:04d}", logger) for number in range(count)]


def test_few_devices_go_by_datalogger() -> None:
    devices = [("A", "1"), ("C", "2"), ("B", "1")]
    assert group_devices(devices, batch_size=100) == [("A", "B"), ("C",)]
    assert group_devices([], batch_size=100) == []


def test_many_devices_go_by_the_hundred_in_groups_that_stay() -> None:
    devices = serials(250)
    groups = group_devices(devices, batch_size=100)
    assert [len(one) for one in groups] == [100, 100, 50]
    more = [("NEW", "L"), *devices]
    grown = group_devices(more, groups, batch_size=100)
    assert grown[:2] == groups[:2]
    assert grown[2] == (*groups[2], "NEW")
    # One that goes leaves a place for the next, and the others where they are.
    fewer = [device for device in more if device[0] != groups[0][0]]
    shrunk = group_devices([*fewer, ("NEXT", "M")], grown, batch_size=100)
    assert shrunk[1:] == grown[1:]
    assert shrunk[0] == (*groups[0][1:], "NEXT")


@given(
    st.lists(st.sets(st.integers(0, 300), min_size=BATCH_FROM), min_size=1, max_size=5)
)
def test_every_device_is_in_one_group(worlds: list[set[int]]) -> None:
    groups: list[tuple[str, ...]] = []
    for world in worlds:
        devices = [(f"S{number}", f"L{number % 7}") for number in world]
        groups = group_devices(devices, groups, batch_size=100)
        flat = list(itertools.chain.from_iterable(groups))
        assert sorted(flat) == sorted(serial for serial, _ in devices)
        assert all(0 < len(one) <= 100 for one in groups)


@pytest.mark.parametrize(("pages", "hours"), [(1, 6), (2, 6), (3, 9), (10, 30)])
def test_plant_lists_stay_inside_the_allowance(pages: int, hours: float) -> None:
    interval = plant_list_interval(pages)
    assert interval == timedelta(hours=hours)
    assert pages * timedelta(days=1) / interval <= 8


def test_what_an_interval_costs() -> None:
    def cost(minutes: int, sleeping: int = 1) -> int:
        return estimate_daily_calls(
            sleeping=sleeping,
            wakeful=1,
            plants=1,
            interval=timedelta(minutes=minutes),
            batch_size=100,
        )

    assert 700 < cost(5) < 900
    assert cost(5) > 2 * cost(15) > 4 * cost(60) / 2
    assert cost(5, sleeping=100) < 2 * cost(5)


def test_a_rhythm_is_remembered() -> None:
    poll = Poll(regular(300, 30, 12), (BATCH, SINGLES), 300.0)
    poll.run(1000.0, 4 * HOUR)
    assert UploadRhythm.load(poll.rhythm.dump()) == poll.rhythm
    assert poll.rhythm.least_present_lag - poll.rhythm.greatest_missing_lag < 10
    with pytest.raises((ValueError, KeyError, TypeError)):
        UploadRhythm.load({"newest": "x"})
