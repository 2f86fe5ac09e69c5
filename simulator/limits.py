"""How often the same request may be made: answers "too frequent" as the vendor's pages say.

A request is the same when token, path and parameters are; a parameter left empty is the same as its default.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

DAY = 24 * 3600.0
DEFAULTS = {"page": "1", "perpage": "20", "search_type": "", "search_keyword": ""}

type Key = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Limits:
    """Arrivals of answered requests. ``refusals_renew``: a refused one starts the interval anew."""

    refusals_renew: bool = False
    enforced: bool = True
    _last: dict[Key, float] = field(default_factory=dict)
    _day: dict[Key, deque[float]] = field(default_factory=dict)

    @staticmethod
    def key(token: str, path: str, parameters: Mapping[str, str]) -> Key:
        """Return what makes a request the same as another."""
        kept = {
            name: value
            for name, value in parameters.items()
            if value != "" and DEFAULTS.get(name) != value
        }
        return token, path, tuple(sorted(kept.items()))

    def refuses(
        self, key: Key, now: float, interval: float, per_day: int | None
    ) -> bool:
        """Tell whether a request that arrives now comes too early. Exactly one interval later is allowed."""
        if not self.enforced:
            return False
        last = self._last.get(key)
        if last is not None and round(now - last, 3) < interval:
            if self.refusals_renew:
                self._last[key] = now
            return True
        if per_day is not None:
            day = self._day.setdefault(key, deque())
            while day and day[0] <= now - DAY:
                day.popleft()
            return len(day) >= per_day
        return False

    def answered(self, key: Key, now: float) -> None:
        """Count a request that got an answer."""
        self._last[key] = now
        self._day.setdefault(key, deque(maxlen=64)).append(now)

    def forget(self) -> None:
        """Start anew."""
        self._last.clear()
        self._day.clear()
