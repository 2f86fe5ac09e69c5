"""Limits on how often an identical request may be made, as the vendor's pages state them.

Two requests are identical when token, path and parameters are; an empty parameter counts as its default.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

DAY = 24 * 3600.0
DEFAULTS = {"page": "1", "perpage": "20", "search_type": "", "search_keyword": ""}

type Key = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Limits:
    """Times of the answered requests.

    refusals_renew: a refused request restarts its interval. least_interval: seconds between identical requests, where the
    vendor's pages allow less; 0 to keep to the pages.
    """

    refusals_renew: bool = False
    enforced: bool = True
    least_interval: float = 0.0
    _last: dict[Key, float] = field(default_factory=dict)
    _day: dict[Key, deque[float]] = field(default_factory=dict)

    @staticmethod
    def make_key(token: str, path: str, parameters: Mapping[str, str]) -> Key:
        """Return a key that identical requests share."""
        given = {
            name: value
            for name, value in parameters.items()
            if value != "" and DEFAULTS.get(name) != value
        }
        return token, path, tuple(sorted(given.items()))

    def is_within_interval(self, key: Key, now: float, interval: float) -> bool:
        """Return whether a request comes before its interval is over. Exactly one interval later is allowed."""
        last = self._last.get(key)
        interval = max(interval, self.least_interval)
        return self.enforced and last is not None and round(now - last, 3) < interval

    def is_allowance_used(self, key: Key, now: float, per_day: int | None) -> bool:
        """Return whether the calls allowed in 24 hours have been made."""
        if not self.enforced or per_day is None:
            return False
        recent = [time for time in self._day.get(key, ()) if time > now - DAY]
        return len(recent) >= per_day

    def record_refusal(self, key: Key, now: float) -> None:
        """Restart the interval of a refused request, if refusals do so."""
        if self.refusals_renew:
            self._last[key] = now

    def record_answer(self, key: Key, now: float) -> None:
        """Count an answered request."""
        self._last[key] = now
        self._day.setdefault(key, deque(maxlen=64)).append(now)

    def clear(self) -> None:
        """Forget all requests."""
        self._last.clear()
        self._day.clear()
