"""The schedule of polls: limits that always hold, and the age of readings."""

import bisect
from datetime import timedelta
import itertools
import random
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
from custom_components.growatt_openapi.persistence import codec

BATCH, SINGLES = ReadMode.BATCH, ReadMode.SINGLES
FLOOR = 300.0
HOUR = 3600.0


class Polling:
    """A simulation of polls of a device that uploads at given instants."""

    def __init__(
        self,
        uploads: list[float],
        modes: tuple[ReadMode, ...],
        interval: float,
        *,
        floor: float = FLOOR,
        error_of_clock: float = 0.0,
        latency: float = 0.3,
    ) -> None:
        self.uploads = uploads
        self.modes = modes
        self.interval = interval
        self.error = error_of_clock
        self.latency = latency
        self.schedule = PollSchedule(floor)
        self.rhythm = UploadRhythm()
        self.polls: list[tuple[float, ReadMode]] = []
        self.ages: list[float] = []

    def run(self, begin: float, end: float, delay: float = 20.0) -> None:
        now, shown = begin, None
        while now < end:
            at, mode = self.schedule.next_poll(now, self.modes, self.rhythm)
            assert at >= now
            if shown is not None:
                # Sample the age every ten seconds.
                self.ages += [
                    now + 10 * step - shown for step in range(int((at - now) / 10))
                ]
            now = at
            self.polls.append((now, mode))
            position = bisect.bisect_right(self.uploads, now - delay) - 1
            now += self.latency
            if position >= 0:
                shown = self.uploads[position]
                self.rhythm.record_reading(int(shown + self.error), now)
            self.schedule.record_poll(now, mode, self.interval)


def regular(period: float, phase: float, hours: float) -> list[float]:
    return [phase + number * period for number in range(int(hours * HOUR / period) + 2)]


@pytest.mark.parametrize("phase", [30.0, 90.0, 150.0, 210.0, 270.0])
@pytest.mark.parametrize("error", [0.0, 3600.0, -1234.0])
@pytest.mark.parametrize(
    ("modes", "interval", "worst"),
    [
        ((BATCH, SINGLES), 300.0, 182),
        ((SINGLES,), 10.0, 182),
        # What is learned of a cloud that is stricter than its pages lets polls move a few seconds earlier each time.
        ((SINGLES,), 292.5, 182),
        # With one request only, polls are delayed until an upload is skipped.
        ((SINGLES,), 300.0, 200),
    ],
)
def test_readings_are_as_fresh_as_can_be(
    modes: tuple[ReadMode, ...],
    interval: float,
    worst: float,
    phase: float,
    error: float,
) -> None:
    """170 s is the optimum: 20 s of delay, and half a period."""
    polling = Polling(
        regular(300, phase, 12), modes, interval, error_of_clock=error, latency=0.3
    )
    polling.run(1000.0, 12 * HOUR)
    assert 165 < mean(polling.ages) < worst
    # Few more polls than periods.
    assert len(polling.polls) < 12 * 12 * 1.06


def test_a_datalogger_that_uploads_every_ten_minutes_is_polled_every_ten() -> None:
    polling = Polling(regular(600, 70, 12), (BATCH, SINGLES), 300.0)
    polling.run(1000.0, 12 * HOUR)
    assert len(polling.polls) < 12 * 6 * 1.2
    assert mean(polling.ages) < 340


def test_a_datalogger_that_uploads_every_minute_is_polled_every_five() -> None:
    polling = Polling(regular(60, 33, 12), (BATCH, SINGLES), 300.0)
    polling.run(1000.0, 12 * HOUR)
    assert len(polling.polls) < 12 * 12 * 1.1
    assert mean(polling.ages) < 210


@pytest.mark.parametrize("interval", [292.5, 300.0])
def test_one_request_in_five_minutes_waits_for_late_uploads(interval: float) -> None:
    """A poll just before a late upload cannot be made up for: it would be five minutes old."""
    noise = random.Random(1)  # noqa: S311
    uploads = [one + noise.uniform(-4, 4) for one in regular(300, 70, 24)]
    polling = Polling(uploads, (SINGLES,), interval)
    polling.run(1000.0, 24 * HOUR)
    assert mean(polling.ages) < 205


def test_reading_that_no_poll_saw_narrows_the_lag() -> None:
    """Where a poll in vain is followed by one a period later, the reading in between was seen by neither."""
    rhythm = UploadRhythm()
    for number in range(3):
        rhythm.record_reading(300.0 * number, 300.0 * number + 50)
    assert (rhythm.greatest_missing_lag, rhythm.least_present_lag) == (-250, 50)
    rhythm.record_reading(600.0, 900.0 + 15)
    rhythm.record_reading(1200.0, 1200.0 + 50)
    assert (rhythm.greatest_missing_lag, rhythm.least_present_lag) == (15, 50)
    # An upload that was left out contradicts nothing.
    rhythm.record_reading(1200.0, 1500.0 + 60)
    rhythm.record_reading(1800.0, 1800.0 + 50)
    assert (rhythm.greatest_missing_lag, rhythm.least_present_lag) == (15, 50)


def test_polls_follow_a_drifting_datalogger() -> None:
    polling = Polling(regular(301.5, 10, 24), (BATCH, SINGLES), 300.0)
    polling.run(1000.0, 24 * HOUR)
    assert mean(polling.ages) < 185


@pytest.mark.parametrize("modes", [(BATCH, SINGLES), (SINGLES,)])
@pytest.mark.parametrize("shift", [60.0, 159.0, 240.0])
def test_polls_follow_a_restarted_datalogger(
    modes: tuple[ReadMode, ...], shift: float
) -> None:
    """A restart changes a single step between uploads."""
    uploads = [one for one in regular(300, 10, 24) if one < 6 * HOUR]
    uploads += [uploads[-1] + shift + 300 * number for number in range(18 * 12)]
    polling = Polling(uploads, modes, 300.0)
    polling.run(1000.0, 8 * HOUR)
    polling.ages.clear()
    polling.run(8 * HOUR, 23 * HOUR)
    assert mean(polling.ages) < 200


def test_polls_follow_a_device_clock_that_is_set() -> None:
    polling = Polling(regular(300, 10, 24), (BATCH, SINGLES), 300.0)
    polling.run(1000.0, 8 * HOUR)
    polling.error = 3600.0
    polling.run(8 * HOUR, 16 * HOUR)
    polling.error = -3600.0
    polling.ages.clear()
    polling.run(16 * HOUR, 24 * HOUR)
    assert mean(polling.ages) < 190


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1, 2000), min_size=5, max_size=150),
    st.sampled_from(
        [((BATCH, SINGLES), 300.0), ((SINGLES,), 300.0), ((SINGLES,), 10.0)]
    ),
    st.sampled_from([300.0, 900.0, 3600.0]),
    st.floats(0, 5),
)
def test_polls_are_never_too_frequent(
    gaps: list[float],
    how: tuple[tuple[ReadMode, ...], float],
    floor: float,
    latency: float,
) -> None:
    modes, interval = how
    uploads = list(itertools.accumulate(gaps))
    polling = Polling(uploads, modes, interval, floor=floor, latency=latency)
    polling.run(500.0, 500.0 + 4 * HOUR)
    for mode in modes:
        times = [at for at, used in polling.polls if used is mode]
        for earlier, later in itertools.pairwise(times):
            assert later - earlier >= interval - 1e-6
    times = [at for at, _ in polling.polls]
    extra = MAX_EARLY_POLLS + 1 if floor == FLOOR else 0
    allowed = HOUR / (floor - 15) + 1 + extra
    for index, at in enumerate(times):
        assert bisect.bisect_left(times, at + HOUR) - index <= allowed


def test_the_users_interval_is_a_minimum() -> None:
    polling = Polling(regular(300, 30, 12), (BATCH, SINGLES), 300.0, floor=900.0)
    polling.run(1000.0, 12 * HOUR)
    gaps = [b - a for (a, _), (b, _) in itertools.pairwise(polling.polls)]
    assert min(gaps) >= 885
    assert max(gaps) <= 1260


def test_a_failed_poll_is_repeated_in_any_phase() -> None:
    polling = Polling(regular(300, 30, 12), (SINGLES,), 10.0)
    polling.run(1000.0, 4 * HOUR)
    now = 4 * HOUR
    polling.schedule.record_poll(now, SINGLES, 10.0, failed=True)
    assert polling.schedule.next_poll(now, (SINGLES,), polling.rhythm)[0] == now + 60
    polling.schedule.record_poll(now, SINGLES, 250.0, failed=True)
    assert polling.schedule.next_poll(now, (SINGLES,), polling.rhythm)[0] == now + 250


def test_sleeping_and_silent_devices_are_polled_less() -> None:
    assert silence_interval(600, dark=None) == 0
    assert silence_interval(2000, dark=None) == 600
    assert silence_interval(90_000, dark=None) == 900
    assert silence_interval(None, dark=None) == 0
    assert silence_interval(600, dark=9000) == 3600
    # Polls resume before sunrise.
    assert silence_interval(600, dark=200) == 200
    schedule = PollSchedule(FLOOR)
    schedule.record_poll(1000, SINGLES, 10)
    assert schedule.next_poll(1001, (SINGLES,), UploadRhythm(), 3600)[0] == 4600


def serials(count: int, datalogger: str = "L") -> list[tuple[str, str]]:
    return [(f"S{number:04d}", datalogger) for number in range(count)]


def test_few_devices_are_grouped_by_datalogger() -> None:
    devices = [("A", "1"), ("C", "2"), ("B", "1")]
    assert group_devices(devices, batch_size=100) == [("A", "B"), ("C",)]
    assert group_devices([], batch_size=100) == []


def test_many_devices_are_grouped_by_the_hundred_and_groups_stay() -> None:
    devices = serials(250)
    groups = group_devices(devices, batch_size=100)
    assert [len(one) for one in groups] == [100, 100, 50]
    more = [("NEW", "L"), *devices]
    grown = group_devices(more, groups, batch_size=100)
    assert grown[:2] == groups[:2]
    assert grown[2] == (*groups[2], "NEW")
    # A removed device leaves room for the next, and all others stay in their groups.
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


def test_estimated_daily_calls() -> None:
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


def test_a_rhythm_survives_a_restart() -> None:
    polling = Polling(regular(300, 30, 12), (BATCH, SINGLES), 300.0)
    polling.run(1000.0, 4 * HOUR)
    assert codec.load(UploadRhythm, codec.dump(polling.rhythm)) == polling.rhythm
    assert polling.rhythm.least_present_lag - polling.rhythm.greatest_missing_lag < 10
    with pytest.raises(ValueError, match="not a stored UploadRhythm"):
        codec.load(UploadRhythm, {"newest": "x"})


def test_refused_mode_is_replaced_by_the_other_at_once() -> None:
    schedule = PollSchedule(FLOOR)
    schedule.record_poll(0, BATCH, 300)
    schedule.record_poll(300, SINGLES, 300)
    at, mode = schedule.next_poll(600, (BATCH, SINGLES), None)
    assert (at, mode) == (600, BATCH)
    schedule.record_refusal(600, BATCH, 300)
    at, mode = schedule.next_poll(600.5, (BATCH, SINGLES), None)
    assert (at, mode) == (600.5, SINGLES)
    # Without another one, the refused one is used again when it may be.
    schedule.ready_at.pop(SINGLES)
    assert schedule.next_poll(601, (BATCH,), None) == (900, BATCH)
