"""A tracker of items that lists no longer contain.

The cloud's lists have been empty or incomplete during outages. So an item counts as gone only after it was missing from three
complete lists over about a day or more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

TIMES = 3
# A little less than a day, because lists may come early.
OVER = timedelta(hours=23, minutes=30)


class MissingTracker:
    """The instants of the lists from which items were missing."""

    def __init__(self, saved: object = None) -> None:
        """Initialize from stored data; invalid items count as never missing."""
        self._missing: dict[str, list[datetime]] = {}
        for key, instants in saved.items() if isinstance(saved, dict) else ():
            if isinstance(instants, list):
                try:
                    self._missing[key] = [
                        datetime.fromisoformat(instant) for instant in instants
                    ]
                except ValueError, TypeError:
                    continue

    def record_list(
        self, listed: Iterable[str], known: Iterable[str], now: datetime
    ) -> set[str]:
        """Record a complete list; return which known items are gone."""
        present = set(listed)
        for key in present:
            self._missing.pop(key, None)
        gone = set()
        for key in set(known) - present:
            missing = self._missing.setdefault(key, [])
            # The clock was set back.
            if missing and now < missing[-1]:
                missing.clear()
            missing.append(now)
            # Only the first instants and the newest one matter.
            del missing[TIMES - 1 : -1]
            if len(missing) >= TIMES and now - missing[0] >= OVER:
                gone.add(key)
                del self._missing[key]
        return gone

    def __contains__(self, key: str) -> bool:
        """Return whether an item was missing from the newest complete list."""
        return key in self._missing

    def dump(self) -> dict[str, list[str]]:
        """Return the data to store."""
        return {
            key: [instant.isoformat() for instant in instants]
            for key, instants in self._missing.items()
        }
