"""Filters that remove wrong values of counters.

- A lifetime total never decreases: the cloud sometimes gives a 0 or an older value for a single reading, and the Energy
  dashboard would count the difference twice. A lower value that persists is accepted, because the device was replaced then.
- A daily counter restarts at 0: the last value of yesterday under a time of today still belongs to yesterday.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, NamedTuple

# A total that stays lower for this long is that of a replaced device.
RESET_LASTS = timedelta(days=1)


@dataclass(slots=True)
class LifetimeTotals:
    """The highest value of each lifetime total. ``dips``: how often a lower one came."""

    STORED_AS: ClassVar = {"dips": "dips", "highest": "_highest", "lower": "_lower"}

    dips: int = 0
    _highest: dict[str, float] = field(default_factory=dict)
    # Totals that are lower than their highest value: since when, and the last value.
    _lower: dict[str, tuple[datetime, float]] = field(default_factory=dict)

    def clamp(self, key: str, value: float | None, now: datetime) -> float | None:
        """Return the highest value of a total so far, or the present one if it has been lower for long enough."""
        if value is None:
            return None
        highest = self._highest.get(key, value)
        if value < highest:
            if key not in self._lower:
                self.dips += 1
            since, last = self._lower.get(key, (now, value))
            if value < last:
                since = now  # it decreases again, as no restarted counter does
            if now - since < RESET_LASTS:
                self._lower[key] = (since, value)
                return highest
        self._lower.pop(key, None)
        self._highest[key] = value
        return value


class _Day(NamedTuple):
    """The day of a counter.

    value: the newest. previous: the last value of the day before. has_restarted: whether a value of the day itself was read.
    """

    date: date
    value: float
    previous: float | None = None
    has_restarted: bool = True


@dataclass(slots=True)
class DailyCounters:
    """The daily counters, without values of the day before.

    After midnight the cloud may show yesterday's last value under today's time until the counter is uploaded, and once more
    after it was 0: either would count a whole day twice.
    """

    STORED_AS: ClassVar = "_days"

    _days: dict[str, _Day] = field(default_factory=dict)

    def value_for_day(self, key: str, value: float | None, day: date) -> float | None:
        """Return a counter's value of this day: 0 while it still is the last one of the day before."""
        if value is None:
            return None
        known = self._days.get(key)
        if known is None:
            self._days[key] = _Day(day, value)
            return value
        if day > known.date:
            is_yesterdays = value > 0 and value == known.value
            known = _Day(day, 0.0, known.value, has_restarted=False)
        else:
            is_yesterdays = (
                value > 0
                and value == known.previous
                and (not known.has_restarted or known.value == 0)
            )
        if is_yesterdays:
            self._days[key] = known
            return 0.0
        self._days[key] = known._replace(value=value, has_restarted=True)
        return value
