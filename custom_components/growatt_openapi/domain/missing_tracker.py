"""When something that a list no longer shows is really gone. Pure.

Lists have been empty in outages, and incomplete. So silence is distrusted: gone is what three complete lists, over a day or more,
did not show.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

TIMES = 3
# Lists come a little early now and then.
OVER = timedelta(hours=23, minutes=30)


class MissingTracker:
    """How often, and over which time, things have been missing."""

    def __init__(self, saved: object = None) -> None:
        """Go on from what was saved; what cannot be read of it counts as never missed."""
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
        self, shown: Iterable[str], known: Iterable[str], now: datetime
    ) -> set[str]:
        """Take note of a complete list; return what of the known is gone."""
        present = set(shown)
        for key in present:
            self._missing.pop(key, None)
        gone = set()
        for key in set(known) - present:
            missing = self._missing.setdefault(key, [])
            # The first and the newest ones tell; a clock that was set back begins anew.
            if missing and now < missing[-1]:
                missing.clear()
            missing.append(now)
            del missing[TIMES - 1 : -1]
            if len(missing) >= TIMES and now - missing[0] >= OVER:
                gone.add(key)
                del self._missing[key]
        return gone

    def __contains__(self, key: str) -> bool:
        """Tell whether the newest complete list did not show it."""
        return key in self._missing

    def dump(self) -> dict[str, list[str]]:
        """Return what is to be saved."""
        return {
            key: [instant.isoformat() for instant in instants]
            for key, instants in self._missing.items()
        }
