"""The instants of wall clock times that a device's history gives, where a clock is put forward and back.

The cloud gives times without a zone, and does not say whether they follow summer time. In autumn an hour is shown twice; in spring one
is not shown at all. That tells which it is, if the device was awake then.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
import itertools
from typing import NamedTuple

# Times this close to a change can be on its other side, because of the latency of readings and drifting clocks. Smaller jumps
# back are corrections of a clock.
_TOLERANCE = timedelta(minutes=10)
# Fewer samples than this in the time before and after a change show nothing.
_LEAST_SAMPLES = 4
# An hour was passed twice with at least this many times the usual samples, and once with at most that many.
_TWICE = 1.5
_ONCE = 1.25
# No two changes of a zone are closer together than this.
_STEP = timedelta(hours=12)
_DAY = timedelta(days=1)


class _Change(NamedTuple):
    """The wall clock times that a change of a zone's offset skips (spring) or repeats (autumn)."""

    start: datetime
    end: datetime
    is_spring: bool


def resolve_wall_times(
    times: Sequence[datetime], zone: tzinfo, offset: timedelta
) -> list[datetime]:
    """Return the instants of a device's wall clock times, aware, in the plant's zone, in the same order.

    times: naive, ascending or descending, as in a history reply; a time may be repeated. offset: by which the device's clock is
    behind the plant's (see ``DeviceClock.offset``).

    In the hour that autumn repeats, a jump back divides the first pass from the second. Without one, or where the times are not in
    order elsewhere, they count as of the first pass. A time that spring skips is from a clock that does not follow summer time: its
    instant is that of standard time. Whoever sees one asks ``follows_summer_time``, and passes a fixed offset as the zone.
    """
    walls = [time + offset for time in times]
    is_backward = _is_descending(walls)
    if is_backward:
        walls.reverse()
    second_passes = _find_second_passes(walls, zone)
    resolved: list[datetime] = []
    fold = 0
    for index, wall in enumerate(walls):
        if index in second_passes:
            fold = 1
        elif not _is_repeated(wall, zone):
            fold = 0
        resolved.append(wall.replace(tzinfo=zone, fold=fold))
    if is_backward:
        resolved.reverse()
    return resolved


def follows_summer_time(
    times: Sequence[datetime], zone: tzinfo, offset: timedelta = timedelta()
) -> bool | None:
    """Return whether a device's clock follows the zone's summer time, by the latest change that shows it; None where none does.

    times, offset: as for ``resolve_wall_times``. Each change is judged by the samples around it, which must be dense on both sides:

    - Spring: samples in the time that is skipped show that the clock does not follow. None there show that it does.
    - Autumn: a jump back, or many more samples than usual in the time that is repeated, show that the clock follows; as many as
      usual, that it does not.
    """
    if not times:
        return None
    walls = [time + offset for time in times]
    if _is_descending(walls):
        walls.reverse()
    jumps = {walls[index].date() for index in _find_second_passes(walls, zone)}
    # A row that is given twice counts once.
    walls = [wall for wall, _ in itertools.groupby(walls)]
    for change in reversed(list(_find_changes(min(walls), max(walls), zone))):
        if change.start.date() in jumps:
            return True
        if (follows := _judge_change(walls, change)) is not None:
            return follows
    return None


def _is_descending(walls: Sequence[datetime]) -> bool:
    pairs = list(itertools.pairwise(walls))
    return sum(last < first for first, last in pairs) > sum(
        first < last for first, last in pairs
    )


def _find_second_passes(walls: Sequence[datetime], zone: tzinfo) -> set[int]:
    """Return the indices at which a repeated hour begins again: jumps back of otherwise ascending times."""
    jumps = [
        index
        for index, (first, last) in enumerate(itertools.pairwise(walls), start=1)
        if first - last > _TOLERANCE
    ]
    are_repeats = all(
        _is_repeated(walls[index - 1], zone) and _is_repeated(walls[index], zone)
        for index in jumps
    )
    days = {walls[index].date() for index in jumps}
    return set(jumps) if are_repeats and len(days) == len(jumps) else set()


def _is_repeated(wall: datetime, zone: tzinfo) -> bool:
    first, second = (
        wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()
        for fold in (0, 1)
    )
    return first > second


def _find_changes(first: datetime, last: datetime, zone: tzinfo) -> Iterator[_Change]:
    """Yield the changes of a zone's offset between two wall clock times, in ascending order."""
    instant = first.replace(tzinfo=UTC) - _DAY
    while instant < last.replace(tzinfo=UTC) + _DAY:
        later = instant + _STEP
        if _offset_at(instant, zone) != _offset_at(later, zone):
            yield _locate_change(instant, later, zone)
        instant = later


def _locate_change(before: datetime, after: datetime, zone: tzinfo) -> _Change:
    old, new = _offset_at(before, zone), _offset_at(after, zone)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset_at(middle, zone) == old:
            before = middle
        else:
            after = middle
    wall = after.replace(tzinfo=None)
    return _Change(wall + min(old, new), wall + max(old, new), is_spring=new > old)


def _offset_at(instant: datetime, zone: tzinfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _judge_change(walls: Sequence[datetime], change: _Change) -> bool | None:
    length = change.end - change.start
    tolerance = min(_TOLERANCE, length / 4)

    def count(start: datetime, end: datetime) -> int:
        return sum(start <= wall < end for wall in walls)

    around = (
        count(change.start - length, change.start),
        count(change.end, change.end + length),
    )
    is_dense = min(around) >= _LEAST_SAMPLES
    if change.is_spring:
        inside = count(change.start + tolerance, change.end - tolerance)
        if inside:
            return False
        return True if is_dense else None
    ratio = count(change.start, change.end) / max(sum(around) / 2, 1)
    if not is_dense or _ONCE < ratio < _TWICE:
        return None
    return ratio >= _TWICE if ratio >= 1 / _ONCE else None
