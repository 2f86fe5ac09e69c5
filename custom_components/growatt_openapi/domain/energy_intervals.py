"""Energy between two instants, and how it is cut."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EnergyInterval:
    """Energy between two instants, kWh."""

    start: datetime
    end: datetime
    energy: float


def cut_interval(
    interval: EnergyInterval, instants: Iterable[datetime]
) -> list[EnergyInterval]:
    """Return the parts of an interval, which is in UTC, between these ascending instants. Its power is taken as constant."""
    borders = [one for one in instants if interval.start < one < interval.end]
    if not borders:
        return [interval]
    duration = interval.end - interval.start
    starts = [interval.start, *borders]
    return [
        EnergyInterval(start, end, interval.energy * ((end - start) / duration))
        for start, end in zip(starts, [*borders, interval.end], strict=True)
    ]
