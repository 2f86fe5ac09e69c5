"""The runs of a daily counter over its past: each from a restart to the next, and the energy that each proves.

A run mostly is a day of the device's wall clock. It differs where the counter restarts some minutes later or earlier, and where the
cloud gives yesterday's value for some time after midnight (see ``DailyCounters``, which does the same for live readings).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
import itertools

from .counter_chains import (
    CounterPoint,
    find_chains,
    find_return,
    limit_energy,
    measure_chain,
)
from .counters import LONG_GAP, REPEATED_UNTIL, TINY_DAY, most_energy
from .energy_intervals import EnergyInterval

_DAY = timedelta(days=1)
# Days up to this far apart can show where the device's midnight is. Further ones add nothing.
_NEAR_DAYS = 7
# How long before its first sample a day began, where that one was taken at midnight and is not 0.
_SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DaySamples:
    """The samples of one day of a device's wall clock.

    first, last: their instants, UTC. zone_midnight: when the day began by the zone of the samples. points: of the daily counter.
    """

    date: date
    first: datetime
    last: datetime
    zone_midnight: datetime
    points: list[CounterPoint]


@dataclass(slots=True)
class _Run:
    """A daily counter from a restart to the next. midnight: when its day began by the device's clock."""

    date: date
    midnight: datetime
    points: list[CounterPoint] = field(default_factory=list)


def measure_days(
    days: Sequence[DaySamples], max_power: float | None
) -> list[EnergyInterval]:
    """Return what a daily counter proves. days: in ascending order. max_power: see ``limit_energy``."""
    runs: list[_Run] = []
    for day, midnight in zip(days, _estimate_midnights(days), strict=True):
        if not day.points:
            continue
        if not runs:
            runs.append(_Run(day.date, midnight, list(day.points)))
            continue
        run = runs[-1]
        last = find_chains(run.points, max_power)[-1][-1]
        held = _count_held(last, day, day.date - run.date == _DAY, midnight, max_power)
        if held == len(day.points):
            # It was not seen to restart.
            run.points += day.points
            run.date, run.midnight = day.date, midnight
        elif held is not None:
            runs.append(_start_run(run, last, day, held, midnight, max_power))
    return [interval for run in runs for interval in _measure_run(run, max_power)]


def _count_held(
    last: CounterPoint,
    day: DaySamples,
    is_next: bool,
    midnight: datetime,
    max_power: float | None,
) -> int | None:
    """Return how many of a day's first points still show the day before; None if that cannot be told yet.

    last: the last point before. is_next: whether it is of the day just before.
    """
    points = day.points
    is_early = points[-1].time - midnight < REPEATED_UNTIL
    if last.value == 0:
        return 0
    if not is_next:
        # It can show the day before, of which nothing is known.
        return None if is_early and points[-1].value >= points[0].value > 0 else 0
    early = [
        one
        for one in points
        if one.time - points[0].time <= REPEATED_UNTIL
        and _can_continue(last, one, max_power)
    ]
    if early and early[0].value < last.value:
        return 0
    for index in range(len(early) - 1, 0, -1):
        before, point = early[index - 1 : index + 1]
        if (
            point.value < last.value <= before.value
            and point.value < max(last.value / 2, TINY_DAY)
            and find_return(early, index, before, max_power) is None
        ):
            return points.index(point)
    if points[0].time - last.time < LONG_GAP:
        return len(points)
    has_restarted = points[-1].value > last.value or last.value < TINY_DAY
    return 0 if has_restarted and not is_early else None


def _can_continue(
    last: CounterPoint, point: CounterPoint, max_power: float | None
) -> bool:
    """Whether a point after midnight can still show the day before. Without a known power, that of any house is the limit."""
    return point.value <= last.value + most_energy(
        max_power or 0.0, point.time - last.time
    )


def _start_run(
    run: _Run,
    last: CounterPoint,
    day: DaySamples,
    held: int,
    midnight: datetime,
    max_power: float | None,
) -> _Run:
    """Return the run that starts on a day, and end the one before. held: how many points of the day belong to that one."""
    start = midnight
    continued = [
        one for one in day.points[:held] if _can_continue(last, one, max_power)
    ]
    if continued:
        run.points += continued
        chain = find_chains(run.points, max_power)[-1]
        end = chain[-1]
        # The counter moved until then. The same value after that is only repeated, and proves nothing about the new day.
        moved = next(one.time for one in chain if one.value == end.value)
        start = max(start, moved)
        run.points = [one for one in run.points if one.time <= start]
        if run.points[-1].time < start:
            run.points.append(CounterPoint(start, end.value))
    points = [
        one
        for one in day.points[held:]
        if not 0 < one.value == last.value or one.time - midnight >= REPEATED_UNTIL
    ] or day.points[held:]
    first = points[0]
    if start >= first.time and first.value > 0:
        start = max(run.points[-1].time, first.time - _SHORTEST)
    if start < first.time:
        points = [CounterPoint(start, 0.0), *points]
    return _Run(day.date, midnight, points)


def _measure_run(run: _Run, max_power: float | None) -> list[EnergyInterval]:
    chains = find_chains(run.points, max_power)
    measured = measure_chain(chains[0])
    next_midnight = run.midnight + _DAY
    for chain, restarted in itertools.pairwise(chains):
        end, first = chain[-1], restarted[0]
        is_midnight = next_midnight - first.time <= LONG_GAP
        most = min(
            max(end.value / 2, TINY_DAY),
            limit_energy(max_power, first.time - end.time),
        )
        if is_midnight and first.value < min(most, end.value):
            # The device's midnight is before that of its clock.
            measured.append(EnergyInterval(end.time, first.time, first.value))
        measured += measure_chain(restarted)
    return measured


def _estimate_midnights(days: Sequence[DaySamples]) -> list[datetime]:
    """Return when each day began by the device's clock, UTC.

    That is between the last sample of the day before and its own first one, and at the same time of day as on the days around it.
    """
    midnights: list[datetime] = []
    for index, day in enumerate(days):
        earliest = days[index - 1].last if index else day.first - _DAY
        latest = day.first
        nearest = range(max(index - _NEAR_DAYS, 0), index + _NEAR_DAYS + 1)
        for other in sorted(nearest, key=lambda one: abs(one - index)):
            if other >= len(days):
                continue
            shift = day.date - days[other].date
            after, before = days[other].last - _DAY + shift, days[other].first + shift
            if max(after, earliest) < min(before, latest):
                earliest, latest = max(after, earliest), min(before, latest)
        midnights.append(min(max(day.zone_midnight, earliest), latest))
    return midnights
