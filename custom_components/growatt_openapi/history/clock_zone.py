"""The zone that a device's clock follows: the plant's, or Home Assistant's where that is the same place with summer time.

The cloud states a plant's zone as a fixed offset, and does not say whether clocks follow summer time. While it is summer, the device's
own clock shows it. In winter the readings around the last change do: an hour of autumn is there twice, or not.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from ..domain.device_clock import DeviceClock
from ..domain.wall_times import follows_summer_time

_DAY = timedelta(days=1)
# A clock that is further off than this from summer time does not follow it.
_TOLERANCE = timedelta(minutes=25)

# A zone, and by how much the device's clock is behind it.
type DeviceZone = tuple[tzinfo, timedelta]


class ClockZones:
    """Finds out which zone the clocks of a plant's devices follow."""

    def __init__(self, local_zone: tzinfo, now: datetime) -> None:
        """Initialize for an instant; local_zone: Home Assistant's."""
        self._local_zone = local_zone
        self._now = now

    def needs_past(self, clock: DeviceClock, first: date) -> date | None:
        """Return the day of a change of the clocks whose readings show which zone it is; None where they are not needed."""
        if not self._is_same_place(clock.zone) or self._is_summer:
            return None
        today = self._now.astimezone(self._local_zone).date()
        return _last_change(self._local_zone, first, today)

    def judge(self, clock: DeviceClock, times: Sequence[datetime]) -> bool | None:
        """Return whether a clock follows summer time, from its times on the day of a change; None where they do not show it."""
        return follows_summer_time(times, *self._followed(clock))

    def zone_of(self, clock: DeviceClock, *, follows: bool) -> DeviceZone:
        """Return the zone of a clock; ``follows``: whether it followed summer time at the last change, if that had to be asked."""
        if not self._is_same_place(clock.zone):
            return clock.zone, clock.offset
        followed = self._followed(clock)
        if self._is_summer:
            follows = abs(followed[1]) < _TOLERANCE
        return followed if follows else (clock.zone, clock.offset)

    @property
    def _is_summer(self) -> bool:
        return bool(self._now.astimezone(self._local_zone).dst())

    def _followed(self, clock: DeviceClock) -> DeviceZone:
        """Return the local zone, and how much the clock is behind it now."""
        shift = _wall(self._now, self._local_zone) - _wall(self._now, clock.zone)
        return self._local_zone, clock.offset + shift

    def _is_same_place(self, stated: tzinfo) -> bool:
        """Return whether a zone is a fixed offset that the local zone has in a part of the year, when the other part differs."""

        def offsets(zone: tzinfo) -> set[timedelta | None]:
            return {
                datetime(self._now.year, month, 1, tzinfo=zone).utcoffset()
                for month in (1, 4, 7, 10)
            }

        fixed, local = offsets(stated), offsets(self._local_zone)
        return len(fixed) == 1 and len(local) > 1 and fixed <= local


def _wall(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _last_change(zone: tzinfo, first: date, last: date) -> date | None:
    """Return the last day from ``first`` to ``last`` on which a zone's offset changed."""

    def offset_at_noon(day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset()

    def changes() -> Iterator[date]:
        day = last
        while day >= first:
            if offset_at_noon(day) != offset_at_noon(day - _DAY):
                yield day
            day -= _DAY

    return next(changes(), None)
