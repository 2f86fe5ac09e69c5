"""Chains of a counter's past values that follow from each other: what is left without dips, spikes and restarts.

The live counters (``counters.py``) can only wait whether a doubted value lasts. Of the past, what came next is known:

- A fall that comes back is a dip, and a rise that comes back is a spike. Both are left out.
- They come back by a jump. A counter that restarted rises step by step, and so passes the value it had before.
- All else that does not follow from the value before it starts a new chain. Nothing is known about what lies between two chains.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
import itertools
from typing import NamedTuple

from .counters import REPLACED_AFTER, most_energy
from .energy_intervals import EnergyInterval

# Where samples are rare, this many are taken into account, even if they are further away than ``REPLACED_AFTER``.
_LEAST_SAMPLES = 12
# Decimals of counters, kWh: they have one or two, and float32 noise of the cloud (883.799987792969) begins after this one.
DECIMALS = 3


class CounterPoint(NamedTuple):
    """A counter's value, kWh, at an instant."""

    time: datetime
    value: float


def limit_energy(max_power: float | None, duration: timedelta) -> float:
    """Return the most energy, kWh, that may be counted in this time. max_power: see ``most_energy``; None: no limit."""
    return float("inf") if max_power is None else most_energy(max_power, duration)


def find_chains(
    points: Sequence[CounterPoint], max_power: float | None
) -> list[list[CounterPoint]]:
    """Return the chains of a counter's points, in ascending order. max_power: see ``limit_energy``."""
    chains: list[list[CounterPoint]] = []
    chain: list[CounterPoint] = []
    index = 0
    while index < len(points):
        point = points[index]
        if not chain or _follows(chain[-1], point, max_power):
            chain.append(point)
            index += 1
            continue
        back = find_return(points, index, chain[-1], max_power)
        kept = _count_before_spike(chain, point, max_power)
        # Where both explain a fall, the explanation that leaves out less of what was measured.
        if back is not None and (kept is None or back - index <= len(chain) - kept):
            index = back
        elif kept is not None:
            del chain[kept:]
        else:
            chains.append(chain)
            chain = []
    return [*chains, chain] if chain else chains


def find_return(
    points: Sequence[CounterPoint],
    index: int,
    known: CounterPoint,
    max_power: float | None,
) -> int | None:
    """Return the index of the point that continues a known one, if those from ``index`` up to it are a dip or a spike."""
    doubted = points[index]
    is_dip = doubted.value < known.value
    for found in range(index + 1, len(points)):
        point = points[found]
        if (
            point.time - doubted.time > REPLACED_AFTER
            and found - index > _LEAST_SAMPLES
        ):
            return None
        # After a long time, any high value can have been made since. Only one below a doubted rise shows that the rise was wrong.
        if not _follows(known, point, max_power) or (
            not is_dip and point.value >= doubted.value
        ):
            continue
        limit = known.value if is_dip else doubted.value
        following = points[found + 1 : found + 2]
        if following and (following[0].value < limit) is is_dip:
            continue  # this one is wrong itself
        return found if not is_dip or _is_jump(points[index : found + 1]) else None
    return None


def _follows(known: CounterPoint, point: CounterPoint, max_power: float | None) -> bool:
    most = known.value + limit_energy(max_power, point.time - known.time)
    return known.value <= point.value <= most


def _count_before_spike(
    chain: Sequence[CounterPoint], point: CounterPoint, max_power: float | None
) -> int | None:
    """Return how many points of a chain precede the spike that ends with this point; None without a spike."""
    kept = len(chain)
    while kept and chain[kept - 1].value > point.value:
        kept -= 1
        if point.time - chain[kept].time > REPLACED_AFTER:
            return None
    if kept in (0, len(chain)) or not _follows(chain[kept - 1], point, max_power):
        return None
    return kept if _is_jump(chain[kept - 1 :]) else None


def _is_jump(points: Sequence[CounterPoint]) -> bool:
    """Whether the values between the first and the last leave out at least half of the rise.

    Not whether one step is that high: the step after a dip would be, within a rise that is steady else.
    """
    lowest, highest = points[0].value, points[-1].value
    values = sorted(one.value for one in points if lowest <= one.value <= highest)
    largest = max(last - first for first, last in itertools.pairwise(values))
    # Values of one decimal are not exact.
    return round(2 * largest, DECIMALS) >= round(highest - lowest, DECIMALS)


def measure_chain(chain: Sequence[CounterPoint]) -> list[EnergyInterval]:
    """Return the energy between each two points of a chain."""
    return [
        EnergyInterval(first.time, last.time, round(last.value - first.value, DECIMALS))
        for first, last in itertools.pairwise(chain)
    ]
