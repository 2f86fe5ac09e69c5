"""Which figures of a counter can be believed.

Pure, like ``truth.py``, which says what a figure means now; here is whether it was one at all. Two rules:

- A lifetime total never goes down: the cloud serves a 0 or an older figure for one reading, which the Energy dashboard would
  count twice. A lower one is believed when it has lasted: then the device was replaced.
- A figure of yesterday under today's time is yesterday's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

# Lower totals for this long are a device that was replaced.
RESET_LASTS = timedelta(days=1)


@dataclass(slots=True)
class LifetimeTotals:
    """The highest figure of each lifetime total. ``dips``: how often one was lower for a while."""

    dips: int = 0
    _highest: dict[str, float] = field(default_factory=dict)
    # Since when a total has been lower, and its last figure since then.
    _lower: dict[str, tuple[datetime, float]] = field(default_factory=dict)

    def clamp(self, key: str, value: float | None, now: datetime) -> float | None:
        """Return a total that does not go down, out of one as read now."""
        if value is None:
            return None
        highest = self._highest.get(key, value)
        if value < highest:
            if key not in self._lower:
                self.dips += 1
            since, last = self._lower.get(key, (now, value))
            if value < last:
                since = now  # lower still: no counter that has started anew
            if now - since < RESET_LASTS:
                self._lower[key] = (since, value)
                return highest
        self._lower.pop(key, None)
        self._highest[key] = value
        return value

    def dump(self) -> dict[str, Any]:
        """Return what is to be remembered."""
        return {
            "dips": self.dips,
            "highest": dict(self._highest),
            "lower": {
                key: [since.isoformat(), last]
                for key, (since, last) in self._lower.items()
            },
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> LifetimeTotals:
        """Return what was remembered; raise ValueError, KeyError or TypeError where it cannot be read."""
        return cls(
            int(data["dips"]),
            {key: float(value) for key, value in data["highest"].items()},
            {
                key: (datetime.fromisoformat(since), float(last))
                for key, (since, last) in data["lower"].items()
            },
        )


@dataclass(slots=True)
class _Day:
    """A counter's day: its newest figure, the day before's last, and whether the new day's own has been seen."""

    date: date
    figure: float
    before: float | None = None
    begun: bool = True


@dataclass(slots=True)
class DailyCounters:
    """Tells yesterday's figures from today's where a reading of today still carries them.

    After midnight the cloud may show yesterday's last figure under today's time until the counter is sent anew, and again
    once after it was 0: either would count a whole day twice.
    """

    _days: dict[str, _Day] = field(default_factory=dict)

    def value_for_day(self, key: str, figure: float | None, day: date) -> float | None:
        """Return a counter's figure of this day: 0 while it is still that of the day before."""
        if figure is None:
            return None
        known = self._days.get(key)
        if known is None:
            self._days[key] = _Day(day, figure)
            return figure
        if day > known.date:
            is_yesterdays = figure > 0 and figure == known.figure
            self._days[key] = _Day(day, 0.0, known.figure, begun=False)
            known = self._days[key]
        else:
            is_yesterdays = (
                figure > 0
                and figure == known.before
                and (not known.begun or known.figure == 0)
            )
        if is_yesterdays:
            return 0.0
        known.begun = True
        known.figure = figure
        return figure

    def dump(self) -> dict[str, Any]:
        """Return what is to be remembered."""
        return {
            key: [day.date.isoformat(), day.figure, day.before, day.begun]
            for key, day in self._days.items()
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> DailyCounters:
        """Return what was remembered; raise ValueError, KeyError or TypeError where it cannot be read."""
        return cls(
            {
                key: _Day(
                    date.fromisoformat(day),
                    float(figure),
                    None if before is None else float(before),
                    bool(begun),
                )
                for key, (day, figure, before, begun) in data.items()
            }
        )
