"""How often a device is written to: its memory bears a limited number of writes."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
DEFAULT_WRITES_AN_HOUR = 30


class WriteLimit:
    """Writes of the last hour, by device."""

    def __init__(self, an_hour: int = DEFAULT_WRITES_AN_HOUR) -> None:
        """Allow so many an hour."""
        self.writes_per_hour = an_hour
        self._writes: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def allowed_at(self, serial: str, now: datetime) -> datetime | None:
        """Return when a device may be written to again; None: now."""
        writes = self._of_the_hour(serial, now)
        return (
            None
            if len(writes) < self.writes_per_hour
            else writes[-self.writes_per_hour] + HOUR
        )

    def record_write(self, serial: str, now: datetime) -> None:
        """Count a write."""
        self._of_the_hour(serial, now).append(now)

    def _of_the_hour(self, serial: str, now: datetime) -> deque[datetime]:
        writes = self._writes[serial]
        # One of the future was counted before the clock was set back.
        while writes and not now - HOUR < writes[0] <= now:
            writes.popleft()
        return writes

    def load(self, saved: object) -> None:
        """Take up what was saved; what cannot be read is not counted."""
        for serial, times in saved.items() if isinstance(saved, dict) else ():
            try:
                self._writes[str(serial)] = deque(map(datetime.fromisoformat, times))
            except TypeError, ValueError:
                continue

    def dump(self, now: datetime) -> dict[str, Any]:
        """Return what is to be saved."""
        return {
            serial: [time.isoformat() for time in writes]
            for serial in tuple(self._writes)
            if (writes := self._of_the_hour(serial, now))
        }
