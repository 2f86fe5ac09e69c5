"""Hourly energy of a plant's past, kWh, from what the cloud keeps: counters and powers every few minutes, and totals of days.

Energy comes as intervals between two instants. It is taken as constant in time within one. An interval exists only where its energy
was measured; one of 0 kWh was measured too. Hours are those of UTC, because Home Assistant's statistics are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta, tzinfo
import itertools
import math

from .counter_intervals import CounterSample, intervals_of_counter
from .energy_balance import EnergyChannels, EnergySource, calculate_balance
from .energy_intervals import EnergyInterval, cut_interval

__all__ = [
    "CounterSample",
    "EnergyInterval",
    "HourlyEnergy",
    "balance_by_hour",
    "fit_to_days",
    "intervals_of_counter",
    "intervals_of_power",
    "sum_by_hour",
]

# The start of each hour, UTC, with its energy, kWh.
type HourlyEnergy = dict[datetime, float]
# A device's channels and the hours of each of its counters, by the counter's key.
type HourlySource = tuple[EnergyChannels, Mapping[str, HourlyEnergy]]
# The energy of each device's counters in some hours, by serial and key, mWh.
type _Terms = dict[tuple[str, str], float]

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# ``calculate_balance`` rounds to a thousandth. In mWh, that loses nothing, not even of the many hours of a standby.
_MWH = 1_000_000.0


def intervals_of_power(
    samples: Iterable[tuple[datetime, float | None]],
    *,
    longest_gap: timedelta = timedelta(minutes=15),
) -> list[EnergyInterval]:
    """Return the energy under a power curve, W, between samples that are no further apart than this, as trapezoids, in UTC.

    samples: in any order; None, negative and infinite powers are unknown. Of two at one instant, the lower counts.
    """
    powers: dict[datetime, float] = {}
    for instant, power in samples:
        if power is not None and math.isfinite(power) and power >= 0:
            at = instant.astimezone(UTC)
            powers[at] = min(power, powers.get(at, power))
    return [
        EnergyInterval(
            start,
            end,
            (powers[start] + powers[end]) / 2 / 1000 * ((end - start) / _HOUR),
        )
        for start, end in itertools.pairwise(sorted(powers))
        if end - start <= longest_gap
    ]


def fit_to_days(
    intervals: Iterable[EnergyInterval],
    day_totals: Mapping[date, float],
    zone: tzinfo,
) -> list[EnergyInterval]:
    """Return the intervals, in UTC, cut at the plant's midnights and scaled so that those of each day sum to its total, kWh.

    A day without energy in its intervals but with a total is left out: nothing says at which hours it was. Days without a
    total stay as they are. However few intervals a day has, they get its whole total.
    """
    days: dict[date, list[EnergyInterval]] = {}
    for interval in intervals:
        # Durations within another zone would be those of its wall clock.
        exact = EnergyInterval(
            interval.start.astimezone(UTC),
            interval.end.astimezone(UTC),
            interval.energy,
        )
        for part in cut_interval(exact, _find_midnights(exact, zone)):
            day = part.start.astimezone(zone).date()
            days.setdefault(day, []).append(part)
    fitted: list[EnergyInterval] = []
    for day, parts in days.items():
        total = day_totals.get(day)
        measured = math.fsum(one.energy for one in parts)
        if total is None or total < 0 or measured == total:
            fitted += parts
        elif measured > 0:
            fitted += (
                EnergyInterval(one.start, one.end, one.energy / measured * total)
                for one in parts
            )
    return sorted(fitted, key=lambda one: one.start)


def _find_midnights(interval: EnergyInterval, zone: tzinfo) -> list[datetime]:
    day = interval.start.astimezone(zone).date()
    last = interval.end.astimezone(zone).date()
    midnights = []
    while day < last:
        day += _DAY
        midnights.append(datetime.combine(day, time(), zone).astimezone(UTC))
    return midnights


def sum_by_hour(intervals: Iterable[EnergyInterval]) -> HourlyEnergy:
    """Return the energy of each hour that an interval reaches into. Hours that are covered in part have what is known of them."""
    parts: dict[datetime, list[float]] = {}
    for interval in intervals:
        start, end = interval.start.astimezone(UTC), interval.end.astimezone(UTC)
        hour = start.replace(minute=0, second=0, microsecond=0)
        if end <= hour + _HOUR:
            parts.setdefault(hour, []).append(interval.energy)
            continue
        duration = end - start
        while hour < end:
            inside = min(end, hour + _HOUR) - max(start, hour)
            parts.setdefault(hour, []).append(interval.energy * (inside / duration))
            hour += _HOUR
    return {hour: math.fsum(parts[hour]) for hour in sorted(parts)}


def balance_by_hour(
    sources: Mapping[str, HourlySource], grid_device: str | None
) -> dict[str, HourlyEnergy]:
    """Return the hourly energy of each channel of a plant, by the fields of ``EnergyBalance``; empty where nothing is known.

    sources: by serial; the keys of counters are those of the channels, without a span. An hour is in a channel only if every term
    of it is known in that hour.

    Consumption is a difference of counters that move in steps of 0.1 kWh, so that in an hour it can seem negative. It then is 0,
    and what is missing is subtracted from the next hours that are known, or from those before if there are none. So its sum is
    that of all hours together, and no hour is negative.
    """
    if grid_device not in sources:
        grid_device = None
    hours = sorted(
        {
            hour
            for _, keys in sources.values()
            for each in keys.values()
            for hour in each
        }
    )
    terms = {hour: _read_terms(sources, hour) for hour in hours}
    channels: dict[str, HourlyEnergy] = {}
    for hour in hours:
        balance = calculate_balance(_as_sources(sources, terms[hour]), grid_device)
        for name, energy in asdict(balance).items():
            if energy is not None and name != "consumption":
                channels.setdefault(name, {})[hour] = energy / _MWH
    if grid_device is not None:
        consumption = _consume_by_hour(sources, grid_device, terms)
        if consumption:
            channels["consumption"] = consumption
    return channels


def _read_terms(sources: Mapping[str, HourlySource], hour: datetime) -> _Terms:
    return {
        (serial, key): energy[hour] * _MWH
        for serial, (_, keys) in sources.items()
        for key, energy in keys.items()
        if hour in energy
    }


def _as_sources(
    sources: Mapping[str, HourlySource], terms: _Terms
) -> dict[str, EnergySource]:
    def read_terms_of(serial: str) -> Callable[[str], float | None]:
        return lambda key: terms.get((serial, key))

    return {
        serial: EnergySource(channels, read_terms_of(serial))
        for serial, (channels, _) in sources.items()
    }


def _consume_by_hour(
    sources: Mapping[str, HourlySource],
    grid_device: str,
    terms: Mapping[datetime, _Terms],
) -> HourlyEnergy:
    """Return the hourly consumption: see ``balance_by_hour``. terms: in ascending order."""
    # A load includes the others' energy at night too, although no solar energy is observed then.
    observed = (grid_device, sources[grid_device][0].observed_solar or "")
    has_observed = any(one.get(observed) for one in terms.values())
    consumption: HourlyEnergy = {}
    # The terms from which an hour's energy was calculated, of the hours with some.
    positive: list[tuple[datetime, _Terms]] = []
    missing: _Terms | None = None

    def calculate(joined: _Terms) -> float | None:
        if has_observed:
            joined = {**joined, observed: 1.0}
        return calculate_balance(_as_sources(sources, joined), grid_device).consumption

    for hour, own in terms.items():
        if calculate(own) is None:
            continue
        joined = _add_terms(missing, own)
        energy = calculate(joined) or 0.0
        consumption[hour] = energy / _MWH
        missing = None if energy else joined
        if energy:
            positive.append((hour, joined))
    while missing and positive:
        hour, joined = positive.pop()
        missing = _add_terms(missing, joined)
        energy = calculate(missing) or 0.0
        consumption[hour] = energy / _MWH
        if energy:
            break
    return consumption


def _add_terms(first: _Terms | None, second: _Terms) -> _Terms:
    if first is None:
        return second
    return {key: first[key] + second[key] for key in first.keys() & second.keys()}
