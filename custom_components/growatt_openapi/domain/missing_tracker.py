"""A tracker of items that lists no longer contain.

The cloud's lists have been empty or incomplete during outages. So an item counts as gone only after it was missing from three
complete lists over about a day or more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

TIMES = 3
# A little less than a day, because lists may come early.
OVER = timedelta(hours=23, minutes=30)


@dataclass(slots=True)
class MissingTracker:
    """The instants of the lists from which items were missing."""

    STORED_AS: ClassVar = "_missing"

    _missing: dict[str, list[datetime]] = field(default_factory=dict)

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
