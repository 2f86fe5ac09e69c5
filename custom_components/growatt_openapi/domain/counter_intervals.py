"""A device's energy over its past, from samples of a counter, kWh.

The rules, and the failure each prevents:

- The lifetime total proves what was added between two samples, over any gap. The daily counter is used where there is no total, or
  where the total restarted.
- What a daily counter shows on a new day was added after the device's midnight. It cuts what the total proves over a night, so that
  a long gap is not credited to the wrong day. Of the time before midnight, it proves nothing.
- Just after midnight, the daily counter can still show yesterday's energy. It is not counted again (``counter_days.py``).
- Dips and spikes are left out (``counter_chains.py``). After a restart, counting starts anew. A rise that is too high for the power
  and lasts counts as a restart too: a total that is right again after a long dip looks the same.
- What no counter proves has no interval, which is not the same as an interval without energy.
"""

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
import itertools
import math

from .counter_chains import DECIMALS, CounterPoint, find_chains, measure_chain
from .counter_days import DaySamples, measure_days
from .energy_intervals import EnergyInterval, cut_interval


@dataclass(frozen=True, slots=True)
class CounterSample:
    """A counter of a device at an instant: kWh today and in its lifetime, None where unknown.

    time: an aware instant, best in the plant's zone. day: the day of the device's own wall clock that ``today`` belongs to.
    """

    time: datetime
    day: date
    today: float | None
    total: float | None


def intervals_of_counter(
    samples: Iterable[CounterSample], *, max_power: float | None = None
) -> list[EnergyInterval]:
    """Return the energy that a counter's samples prove, kWh: in ascending order, in UTC, none overlapping another.

    samples: of one counter, in any order. Nothing is known of the time before the first, so the last one that is known already goes
    along with newer ones. max_power: of the device or plant, W; with it, a rise by more than ``most_energy`` is not believed. Without
    it, a wrong first or last value counts.
    """
    merged = _merge_samples(samples)
    totals = [
        CounterPoint(one.time.astimezone(UTC), one.total)
        for one in merged
        if one.total is not None
    ]
    return _combine(
        [
            interval
            for chain in find_chains(totals, max_power)
            for interval in measure_chain(chain)
        ],
        measure_days(_split_days(merged), max_power),
    )


def _merge_samples(samples: Iterable[CounterSample]) -> list[CounterSample]:
    """Return one sample for each instant: of different values the lowest, because a dip does no harm."""
    # The sort must not compare wall clocks, as it does for times of one zone.
    merged = []
    ordered = sorted(samples, key=lambda one: one.time.astimezone(UTC))
    for _, group in itertools.groupby(
        ordered, key=lambda one: one.time.astimezone(UTC)
    ):
        same = list(group)
        totals = [
            total for one in same if (total := _clean_value(one.total)) is not None
        ]
        todays = [
            (one.day, today)
            for one in same
            if (today := _clean_value(one.today)) is not None
        ]
        day, today = min(todays) if todays else (min(one.day for one in same), None)
        merged.append(
            CounterSample(same[0].time, day, today, min(totals, default=None))
        )
    return merged


def _clean_value(value: float | None) -> float | None:
    if value is None or not math.isfinite(value) or value < 0:
        return None
    return round(value, DECIMALS)


def _split_days(samples: Sequence[CounterSample]) -> list[DaySamples]:
    days: list[DaySamples] = []
    for day, group in itertools.groupby(samples, key=lambda one: one.day):
        if days and day <= days[-1].date:
            continue  # the device's clock was set back
        same = list(group)
        times = [one.time.astimezone(UTC) for one in same]
        midnight = datetime.combine(day, time(), same[0].time.tzinfo)
        points = [
            CounterPoint(instant, one.today)
            for instant, one in zip(times, same, strict=True)
            if one.today is not None
        ]
        days.append(
            DaySamples(day, times[0], times[-1], midnight.astimezone(UTC), points)
        )
    return days


def _combine(
    totals: Sequence[EnergyInterval], parts: Sequence[EnergyInterval]
) -> list[EnergyInterval]:
    """Return the intervals of the total, each divided as the daily counter proves, and those of the daily counter between them."""
    borders = sorted({one.start for one in totals} | {one.end for one in totals})
    pieces = [
        piece for part in parts for piece in cut_interval(part, _between(borders, part))
    ]
    combined: list[EnergyInterval] = []
    index = 0
    for total in totals:
        while index < len(pieces) and pieces[index].end <= total.start:
            combined.append(pieces[index])
            index += 1
        first = index
        while index < len(pieces) and pieces[index].end <= total.end:
            index += 1
        combined += _divide(total, pieces[first:index])
    return combined + pieces[index:]


def _between(borders: Sequence[datetime], part: EnergyInterval) -> Sequence[datetime]:
    return borders[
        bisect.bisect_right(borders, part.start) : bisect.bisect_left(borders, part.end)
    ]


def _divide(
    total: EnergyInterval, parts: Sequence[EnergyInterval]
) -> list[EnergyInterval]:
    """Return an interval divided into parts that the daily counter measured in it, and what is between them.

    Its energy stays the same: the counters are rounded at different instants.
    """
    gaps = _find_gaps(total, parts)
    if not parts or (len(parts) == 1 and not gaps):
        return [total]
    measured = sum(one.energy for one in parts)
    rest = total.energy - measured
    if gaps and rest >= 0:
        scale = 1.0
    elif measured > 0:
        scale, rest = total.energy / measured, 0.0
    else:
        return [total]
    duration = sum((end - start for start, end in gaps), timedelta())
    divided = [
        EnergyInterval(one.start, one.end, one.energy * scale) for one in parts
    ] + [
        EnergyInterval(start, end, rest * ((end - start) / duration))
        for start, end in gaps
    ]
    return sorted(divided, key=lambda one: one.start)


def _find_gaps(
    total: EnergyInterval, parts: Sequence[EnergyInterval]
) -> list[tuple[datetime, datetime]]:
    ends = [total.start, *(one.end for one in parts)]
    starts = [*(one.start for one in parts), total.end]
    return [
        (end, start) for end, start in zip(ends, starts, strict=True) if end < start
    ]
