"""The plan of an import: the days that are still to be read from the cloud, and in which requests."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar, NamedTuple

_DAY = timedelta(days=1)


class Chunk(NamedTuple):
    """Days to read at once: those from ``first`` to ``last`` are to be written, those from ``read_from`` to ``read_until`` are read.

    A device that slept over midnight shows the energy of its night between its last reading of the day before and its first one;
    and only the first reading of the day after shows the last minutes' energy.
    """

    read_from: date
    first: date
    last: date
    read_until: date

    @property
    def is_continued(self) -> bool:
        """True if the days before were the last ones to be read."""
        return self.read_from == self.first


@dataclass(slots=True)
class ImportPlan:
    """The days of a plant, by its own clock, whose energy is still to be imported.

    days: in order. requested: how many there were since the plan was last empty.
    """

    STORED_AS: ClassVar = {"days": "days", "requested": "requested"}

    days: list[date] = field(default_factory=list)
    requested: int = 0

    def add(self, days: Iterable[date]) -> None:
        """Add days; those that are planned already count once."""
        known = set(self.days)
        new = set(days) - known
        if not known:
            self.requested = 0
        self.requested += len(new)
        self.days = sorted(known | new)

    def complete(self, chunk: Chunk) -> None:
        """Remove the days of a chunk that was imported."""
        self.days = [day for day in self.days if not chunk.first <= day <= chunk.last]

    def next_chunk(
        self, today: date, oldest: date, longest: int, continued: date | None = None
    ) -> Chunk | None:
        """Return the next days to read: the earliest from ``oldest`` on, in a row, ``longest`` at most with the days around them.

        continued: the day before which the last ones ended. Days that have not begun are left for later.
        """
        days = [day for day in self.days if oldest <= day <= today]
        if not days:
            return None
        planned, first = set(days), days[0]
        read_from = first if first == continued else first - _DAY
        last = first
        while last + _DAY in planned and (last - read_from).days + 1 < longest:
            last += _DAY
        if last == today or last + _DAY in planned:
            return Chunk(read_from, first, last, last)
        if (last - read_from).days + 1 == longest:
            last -= _DAY  # it is read as the day after, and again with the next chunk
        return Chunk(read_from, first, last, last + _DAY)

    def next_old_chunk(self, before: date, longest: int) -> Chunk | None:
        """Return the latest days before ``before``, in a row, ``longest`` at most: the newest are looked at first."""
        days = [day for day in self.days if day < before]
        if not days:
            return None
        planned, last = set(days), days[-1]
        first = last
        while first - _DAY in planned and (last - first).days + 1 < longest:
            first -= _DAY
        return Chunk(first, first, last, last)
