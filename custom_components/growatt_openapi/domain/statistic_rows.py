"""Rows of a cumulative statistic: each hour's row holds the sum of all energy up to its end.

A changed hour changes the sums of all later rows. Rows are only returned where something differs, so that the same import twice
writes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

# kWh. Finer than any counter, and coarser than the errors of adding up years of hours.
PRECISION = 5
_SAME = 2 * 10.0**-PRECISION


class HourRow(NamedTuple):
    """A row: the start of its hour, and the sum at the hour's end, kWh."""

    start: datetime
    sum: float


def merge_hours(
    existing: Iterable[tuple[datetime, float]],
    base: float,
    hours: Mapping[datetime, float],
) -> list[HourRow]:
    """Return the rows to write so that a statistic holds these hours' energy, kWh, among what it holds already.

    existing: the start and the energy of each row from the first of ``hours`` on, in any order. base: the sum before them.
    """
    held = dict(existing)
    rows = []
    old_sum = new_sum = base
    for start in sorted(held.keys() | hours.keys()):
        old_sum += held.get(start, 0.0)
        new_sum += hours.get(start, held.get(start, 0.0))
        if start not in held or abs(new_sum - old_sum) > _SAME:
            rows.append(HourRow(start, round(new_sum, PRECISION)))
    return rows
