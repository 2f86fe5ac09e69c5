"""The energy that samples of a counter prove, with gaps, dips, spikes, restarts and midnights."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
import itertools
import math
import random
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.growatt_openapi.domain.counter_intervals import (
    CounterSample,
    intervals_of_counter,
)
from custom_components.growatt_openapi.domain.energy_intervals import EnergyInterval
from custom_components.growatt_openapi.domain.hourly_energy import sum_by_hour

ZONE = timezone(timedelta(hours=2))
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 6, 20, 12, tzinfo=ZONE)
MIDNIGHT = datetime(2026, 6, 21, tzinfo=ZONE)
MAX_POWER = 5_000.0


def sample(
    time: datetime, today: float | None = None, total: float | None = None
) -> CounterSample:
    return CounterSample(time, time.date(), today, total)


def every(
    step: timedelta,
    *,
    start: datetime = NOON,
    today: Iterable[float | None] = (),
    total: Iterable[float | None] = (),
) -> list[CounterSample]:
    """Samples at this distance, of the daily counter, the total, or both."""
    return [
        sample(start + index * step, *values)
        for index, values in enumerate(itertools.zip_longest(today, total))
    ]


def energies(intervals: Iterable[EnergyInterval]) -> list[float]:
    return [round(one.energy, 6) for one in intervals]


def energy_between(
    intervals: Iterable[EnergyInterval], start: datetime, end: datetime
) -> float:
    return sum(
        one.energy
        * (
            max(min(one.end, end) - max(one.start, start), timedelta())
            / (one.end - one.start)
        )
        for one in intervals
    )


def check(intervals: list[EnergyInterval]) -> None:
    """What holds for any samples."""
    assert all(one.energy >= 0 and one.start < one.end for one in intervals)
    assert all(a.end <= b.start for a, b in itertools.pairwise(intervals))


@pytest.mark.parametrize("counter", ["today", "total"])
@pytest.mark.parametrize("max_power", [None, MAX_POWER])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([100, 100.1, 100.1, 100.4], [0.1, 0.0, 0.3]),
        ([100, 99, 100.1], [0.1]),
        ([100, 0, 0, 0.0, 100.1, 100.2], [0.1, 0.1]),
        ([100, 50, 99.9, 100.1], [0.1]),
        ([100.1, 100, 100.1, 100, 100.1], [0]),
        ([1132, 7686, 1132], [0]),
        ([1132, 7686, 7686.1, 1132.2, 1132.3], [0.2, 0.1]),
        # A restart that lasts: what it shows at first is not taken as made just then.
        (
            [100, 100.1, 100.2, 100.3, 5, 5.1, 5.2],
            [0.1, 0.1, 0.1, 0.1, 0.1],
        ),
        ([3.0, 3.1, 0.0, *(n / 10 for n in range(1, 33))], [0.1] * 33),
        ([100, 100.1, None, 100.3], [0.1, 0.2]),
        ([None, 5.0, None], []),
        ([float("nan"), 5.0, -1.0, 5.1, float("inf")], [0.1]),
        ([], []),
    ],
)  # fmt: skip
def test_dips_spikes_and_restarts(
    counter: str,
    max_power: float | None,
    values: list[float | None],
    expected: list[float],
) -> None:
    found = intervals_of_counter(
        every(5 * MINUTE, today=values)
        if counter == "today"
        else every(5 * MINUTE, total=values),
        max_power=max_power,
    )
    check(found)
    assert energies(found) == expected


@pytest.mark.parametrize("max_power", [None, MAX_POWER])
def test_alternating_values_count_once(max_power: float | None) -> None:
    """Two caches answer in turn, one of them with nonsense."""
    samples = every(5 * MINUTE, total=[1132, 7686, 1132, 7686, 1132.1, 1132.2])
    found = intervals_of_counter(samples, max_power=max_power)
    assert sum(energies(found)) == pytest.approx(0.2)


def test_float_noise_is_no_energy() -> None:
    noisy = every(
        5 * MINUTE, total=[883.799987792969, 883.799987792969, 883.900024414062]
    )
    assert energies(intervals_of_counter(noisy)) == [0.0, 0.1]


def test_a_rise_that_no_power_explains() -> None:
    values = [1132, 1132.1, 7686, 7686.1]
    samples = every(5 * MINUTE, total=values)
    assert energies(intervals_of_counter(samples)) == [0.1, 6553.9, 0.1]
    assert energies(intervals_of_counter(samples, max_power=MAX_POWER)) == [0.1, 0.1]
    # In a gap of two months, it can have been made.
    late = [sample(one.time + 60 * 24 * HOUR, None, one.total) for one in samples[2:]]
    found = intervals_of_counter(samples[:2] + late, max_power=MAX_POWER)
    assert energies(found) == [0.1, 6553.9, 0.1]
    # However long it lasts, what followed the first value was not made since then.
    steady = every(5 * MINUTE, total=[0.0] + [1132.0] * 1000)
    found = intervals_of_counter(steady, max_power=MAX_POWER)
    assert sum(energies(found)) == 0


def test_the_daily_counter_fills_what_the_total_lacks() -> None:
    # The device was replaced between the third and the fourth sample.
    samples = every(
        5 * MINUTE,
        today=[5.0, 5.1, 5.2, 5.5, 5.6],
        total=[100.0, 100.1, 100.2, 0.3, 0.4],
    )
    found = intervals_of_counter(samples)
    assert energies(found) == [0.1, 0.1, 0.3, 0.1]
    without = [sample(one.time, None, one.total) for one in samples]
    assert energies(intervals_of_counter(without)) == [0.1, 0.1, 0.1]
    mixed = every(
        5 * MINUTE, today=[5.0, 5.1, 5.2, 5.4], total=[None, None, 100.2, 100.5]
    )
    assert energies(intervals_of_counter(mixed)) == [0.1, 0.1, 0.3]


@dataclass
class Device:
    """A device's counters over four days, and what of them the cloud gives: in part lost, late, or wrong."""

    random: random.Random
    power_at: Callable[[float], float]
    samples: list[CounterSample] = field(default_factory=list)
    added: list[tuple[datetime, float]] = field(default_factory=list)

    def run(self, *, has_total: bool, has_gaps: bool) -> None:
        own_midnight = self.random.choice([0, 0, -7, 4, 12]) * MINUTE
        today, total = 5.0, self.random.choice([0.0, 500.0, 9000.0])
        lost_until = repeated_until = NOON
        repeated = 0.0
        for count in range(4 * 288):
            time = NOON + count * 5 * MINUTE
            if (time - own_midnight).date() > (time - own_midnight - 5 * MINUTE).date():
                repeated, today = floor(today), 0.0
                repeated_until = time + self.random.choice([0, 0, 10, 25]) * MINUTE
            power = self.power_at((time - MIDNIGHT) / HOUR % 24)
            energy = power * self.random.uniform(0.7, 1.1) / 12
            today, total = today + energy, total + energy
            self.added.append((time, energy))
            if has_gaps and self.random.random() < 0.003:
                lost_until = time + self.random.choice([20, 90, 400, 1500]) * MINUTE
            if time >= lost_until and count:
                shown = repeated if time < repeated_until else floor(today)
                values = (shown, floor(total))
                if self.samples:
                    values = self._falsify(*values)
                self.samples.append(
                    sample(time, values[0], values[1] if has_total else None)
                )

    def _falsify(self, today: float, total: float) -> tuple[float, float]:
        if self.random.random() < 0.01:
            return self.random.choice(
                [(0.0, 0.0), (max(today - 1, 0), max(total - 1, 0)), (0, total)]
            )
        if self.random.random() < 0.005:
            return self.random.choice([(today + 700, total), (today, total + 6000)])
        return today, total


def floor(energy: float) -> float:
    return math.floor(energy * 10) / 10


@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize(
    "power_at",
    [
        lambda hour: 5 * max(0.0, math.sin((hour - 6) / 14 * math.pi)),
        lambda _: 0.4,
        lambda hour: 5.0 if hour < 4 or hour > 18 else 0.0,
    ],
    ids=["panels", "import", "battery"],
)
def test_days_with_faults(power_at: Callable[[float], float], has_total: bool) -> None:
    """One reading in seventy is wrong, and what is measured stays the truth."""
    for seed in range(6):
        device = Device(random.Random(seed), power_at)  # noqa: S311
        device.run(has_total=has_total, has_gaps=has_total)
        found = intervals_of_counter(device.samples, max_power=MAX_POWER)
        check(found)
        first, last = device.samples[0].time, device.samples[-1].time
        truth = sum(energy for time, energy in device.added if first < time <= last)
        measured = sum(one.energy for one in found)
        # Without a total, the last minutes before each midnight are unknown.
        assert measured == pytest.approx(truth, abs=0.25 if has_total else 2.0)
        if has_total:
            # And in its hours.
            rows = sum_by_hour(found)
            for hour in (first + n * HOUR for n in range(1, 90)):
                energy = sum(
                    energy
                    for time, energy in device.added
                    if hour < time <= hour + HOUR
                )
                is_dense = (
                    sum(hour <= one.time <= hour + HOUR for one in device.samples) > 11
                )
                if is_dense:
                    start = hour.astimezone(UTC).replace(minute=0)
                    assert rows[start] == pytest.approx(energy, abs=0.6)


def test_a_gap_over_midnight_is_cut_where_the_daily_counter_proves_it() -> None:
    gap = [
        sample(MIDNIGHT - 4 * HOUR, 20.0, 500.0),
        sample(MIDNIGHT + 8 * HOUR, 3.0, 505.0),
    ]
    assert intervals_of_counter(gap) == [
        EnergyInterval(MIDNIGHT - 4 * HOUR, MIDNIGHT, 2.0),
        EnergyInterval(MIDNIGHT, MIDNIGHT + 8 * HOUR, 3.0),
    ]
    # The total is rounded at other instants than the daily counter.
    gap[1] = sample(MIDNIGHT + 8 * HOUR, 3.0, 502.9)
    assert energies(intervals_of_counter(gap)) == [0.0, 2.9]
    # Over several days, only the last is known.
    gap[1] = sample(MIDNIGHT + 56 * HOUR, 3.0, 545.0)
    assert intervals_of_counter(gap) == [
        EnergyInterval(MIDNIGHT - 4 * HOUR, MIDNIGHT + 48 * HOUR, 42.0),
        EnergyInterval(MIDNIGHT + 48 * HOUR, MIDNIGHT + 56 * HOUR, 3.0),
    ]


@pytest.mark.parametrize(
    ("today", "days"), [(3.0, 0), (25.0, 0), (20.0, 0), (3.0, 2), (25.0, 2)]
)
def test_without_a_total_only_the_new_day_is_known(today: float, days: int) -> None:
    midnight = MIDNIGHT + timedelta(days=days)
    found = intervals_of_counter(
        [
            sample(MIDNIGHT - 6 * HOUR, 20.0),
            sample(midnight + 12 * HOUR, today),
            sample(midnight + 13 * HOUR, today + 1),
        ]
    )
    assert found == [
        EnergyInterval(midnight, midnight + 12 * HOUR, today),
        EnergyInterval(midnight + 12 * HOUR, midnight + 13 * HOUR, 1.0),
    ]


def test_days_without_proof_have_no_interval() -> None:
    assert intervals_of_counter([sample(NOON, 5.0, 100.0)]) == []
    assert intervals_of_counter([sample(NOON, 5.0), sample(NOON + HOUR, None)]) == []
    # A counter that still stands where it stood yesterday may just not be new.
    stuck = [sample(MIDNIGHT - 6 * HOUR, 20.0), sample(MIDNIGHT + 9 * HOUR, 20.0)]
    assert intervals_of_counter(stuck) == []
    # A day without energy is known.
    idle = [sample(MIDNIGHT - 6 * HOUR, 0.0), sample(MIDNIGHT + 9 * HOUR, 0.0)]
    assert intervals_of_counter(idle) == [
        EnergyInterval(MIDNIGHT, MIDNIGHT + 9 * HOUR, 0.0)
    ]


@pytest.mark.parametrize(
    ("values", "after"),
    [
        # Of a device that sleeps, or whose counter goes on: it falls when it restarts.
        ([12.3, 12.3, 12.3, 12.3, 12.3, 0.0, 0.1], 0.1),
        ([12.1, 12.2, 12.3, 12.3, 12.3, 0.2, 0.3], 0.3),
        # Its midnight is ten minutes late: 12.5 is counted before.
        ([12.1, 12.2, 12.3, 12.4, 12.5, 0.1, 0.2], 0.4),
        # Yesterday's value once more, before and after the restart.
        ([12.2, 12.3, 12.3, 0.0, 12.3, 0.1, 0.2], 0.2),
        ([12.2, 12.3, 12.3, 0.0, 0.1, 12.3, 0.2], 0.2),
        # Its midnight is early.
        ([12.2, 12.3, 0.1, 0.2, 0.3, 0.4, 0.5], 0.3),
        # Readings gone wrong between.
        ([12.2, 12.3, 12.3, 700.0, 12.3, 0.1, 0.2], 0.2),
        ([12.2, 12.3, 12.3, 12.3, 0.1, 700.0, 0.2], 0.2),
        ([12.2, 12.3, 12.3, 700.0, 0.0, 0.1, 0.2], 0.2),
    ],
)
def test_yesterdays_value_after_midnight_is_not_counted_again(
    values: list[float], after: float
) -> None:
    start = MIDNIGHT - 12 * MINUTE
    samples = every(5 * MINUTE, start=start, today=values)
    for max_power in (None, MAX_POWER):
        found = intervals_of_counter(samples, max_power=max_power)
        check(found)
        late = energy_between(found, MIDNIGHT, MIDNIGHT + HOUR)
        assert late == pytest.approx(after, abs=0.12)
        early = energy_between(found, start, MIDNIGHT)
        assert early <= 0.25
        # The total proves the same sum, whatever the daily counter shows.
        both = every(
            5 * MINUTE, start=start, today=values, total=[50 + n / 10 for n in range(7)]
        )
        found = intervals_of_counter(both, max_power=max_power)
        check(found)
        assert sum(one.energy for one in found) == pytest.approx(0.6)
    # Until it falls, nothing is counted.
    for count in range(1, 6):
        part = intervals_of_counter(samples[:count], max_power=MAX_POWER)
        assert sum(one.energy for one in part) <= 0.41


def test_yesterdays_value_in_the_morning() -> None:
    """A sleeping inverter's first row is of dusk."""
    samples = [
        sample(MIDNIGHT - 4 * HOUR, 12.2),
        sample(MIDNIGHT - 3 * HOUR, 12.3),
        sample(MIDNIGHT + 5.5 * HOUR, 12.3),
        sample(MIDNIGHT + 5.6 * HOUR, 0.0),
        sample(MIDNIGHT + 6.0 * HOUR, 0.1),
    ]
    found = intervals_of_counter(samples)
    assert energies(found) == [0.1, 0.0, 0.0, 0.1]
    assert found[2].start == MIDNIGHT
    # Of a day of which nothing else is known.
    samples[0] = sample(MIDNIGHT - 28 * HOUR, 8.0)
    del samples[1]
    found = intervals_of_counter(samples)
    assert energies(found) == [0.0, 0.1]
    assert found[0].start == MIDNIGHT


@pytest.mark.parametrize("hours", [0, 7, -5])
def test_the_devices_midnight_is_found_in_any_zone(hours: int) -> None:
    """Times in UTC do not say where the device's midnight is; the days around do."""
    zone = timezone(timedelta(hours=hours))
    midnights = [datetime(2026, 6, day, tzinfo=zone) for day in (19, 20, 21)]
    samples = [
        CounterSample(time.astimezone(UTC), time.date(), today, None)
        for midnight in midnights[:2]
        for time, today in (
            (midnight + MINUTE, 0.0),
            (midnight + 24 * HOUR - MINUTE, 20.0),
        )
    ]
    last = midnights[2] + 8 * HOUR
    samples.append(CounterSample(last.astimezone(UTC), last.date(), 4.0, None))
    found = intervals_of_counter(samples)
    assert abs(found[-1].start - midnights[2]) <= MINUTE
    assert found[-1].energy == 4.0


def test_times_of_a_zone_that_changes() -> None:
    """Differences are of instants, not of wall clocks, and both passes of an hour are apart."""
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, tzinfo=UTC)
    samples = [
        sample((first + n * 30 * MINUTE).astimezone(zone), None, 10 + n / 10)
        for n in range(5)
    ]
    found = intervals_of_counter(samples)
    assert energies(found) == [0.1] * 4
    assert [one.end - one.start for one in found] == [30 * MINUTE] * 4


STEPS = st.lists(
    st.tuples(st.integers(1, 900), st.integers(0, 9)), min_size=2, max_size=60
)


def run_counter(steps: list[tuple[int, int]]) -> list[CounterSample]:
    """Clean counters of a device: minutes until each sample, and tenths of a kWh added until then."""
    time, today, total = NOON, 0, 5000
    samples = []
    for minutes, tenths in steps:
        before, time = time, time + minutes * MINUTE
        today = tenths if time.date() != before.date() else today + tenths
        total += tenths
        samples.append(sample(time, today / 10, total / 10))
    return samples


@given(STEPS, st.sampled_from([None, MAX_POWER]))
def test_energy_is_conserved(
    steps: list[tuple[int, int]], max_power: float | None
) -> None:
    samples = run_counter(steps)
    found = intervals_of_counter(samples, max_power=max_power)
    check(found)
    assert sum(one.energy for one in found) == pytest.approx(
        sum(tenths for _, tenths in steps[1:]) / 10, rel=1e-9
    )
    # The whole span is known.
    assert (found[0].start, found[-1].end) == (samples[0].time, samples[-1].time)
    assert all(a.end == b.start for a, b in itertools.pairwise(found))


@given(STEPS)
def test_a_daily_counter_alone_never_gives_more(steps: list[tuple[int, int]]) -> None:
    samples = [sample(one.time, one.today) for one in run_counter(steps)]
    found = intervals_of_counter(samples)
    check(found)
    most = sum(tenths for _, tenths in steps[1:]) / 10
    assert sum(one.energy for one in found) <= most + 1e-9


VALUES = st.one_of(
    st.none(),
    st.floats(allow_nan=True),
    st.integers(0, 300).map(lambda tenths: tenths / 10),
)
ANY_SAMPLES = st.lists(
    st.builds(
        lambda minutes, day, today, total: CounterSample(
            NOON + minutes * MINUTE,
            (NOON + minutes * MINUTE).date() + timedelta(days=day),
            today,
            total,
        ),
        st.integers(-3000, 3000),
        st.sampled_from([0, 0, 0, 0, 1, -1]),
        VALUES,
        VALUES,
    ),
    max_size=40,
)


@given(ANY_SAMPLES, st.sampled_from([None, 0.0, MAX_POWER]), st.randoms())
def test_any_samples_in_any_order(
    samples: list[CounterSample], max_power: float | None, order: random.Random
) -> None:
    found = intervals_of_counter(samples, max_power=max_power)
    check(found)
    again = samples + order.sample(samples, len(samples) // 2)
    order.shuffle(again)
    assert intervals_of_counter(again, max_power=max_power) == found
    known = [
        one.time for one in samples if one.today is not None or one.total is not None
    ]
    assert all(min(known) <= one.start and one.end <= max(known) for one in found)


@given(STEPS, st.data())
def test_single_wrong_values_change_nothing(
    steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    samples = [sample(one.time, None, one.total) for one in run_counter(steps)]
    wrong = list(samples)
    if len(samples) > 2:
        index = data.draw(st.integers(1, len(samples) - 2))
        value = data.draw(st.sampled_from([0.0, 100.0, 90_000.0]))
        wrong[index] = sample(samples[index].time, None, value)
    found = intervals_of_counter(wrong)
    check(found)
    assert sum(one.energy for one in found) == pytest.approx(
        sum(one.energy for one in intervals_of_counter(samples)), rel=1e-9
    )


@given(st.lists(st.integers(0, 3), min_size=577, max_size=577), st.integers(-20, 20))
def test_two_days_of_a_device_whose_midnight_is_off(
    tenths: list[int], minutes: int
) -> None:
    """The daily counter alone gives the energy of both days, but for the minutes around midnight."""
    start = MIDNIGHT - timedelta(days=1) + 2 * MINUTE
    own_midnight = MIDNIGHT + minutes * MINUTE
    samples, today, total = [], 0, 0
    for index, added in enumerate(tenths):
        time = start + index * 5 * MINUTE
        if time - 5 * MINUTE < own_midnight <= time:
            today = 0
            added = 0  # noqa: PLW2901
        today += added
        total += added if index else 0
        samples.append(sample(time, today / 10))
    found = intervals_of_counter(samples)
    check(found)
    assert sum(one.energy for one in found) == pytest.approx(total / 10, abs=0.31)
