"""The limit of writes per hour: a device's memory wears out with every write."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
DEFAULT_WRITES_AN_HOUR = 30


class WriteLimit:
    """The writes of the last hour by device, and how many are allowed."""

    def __init__(self, an_hour: int = DEFAULT_WRITES_AN_HOUR) -> None:
        """Initialize without writes."""
        self.writes_per_hour = an_hour
        self._writes: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def allowed_at(self, serial: str, now: datetime) -> datetime | None:
        """Return when a device may be written to again; None where it may now."""
        writes = self._of_the_hour(serial, now)
        return (
            None
            if len(writes) < self.writes_per_hour
            else writes[-self.writes_per_hour] + HOUR
        )

    def record_write(self, serial: str, now: datetime) -> None:
        """Record a write."""
        self._of_the_hour(serial, now).append(now)

    def _of_the_hour(self, serial: str, now: datetime) -> deque[datetime]:
        writes = self._writes[serial]
        # A write in the future was recorded before the system clock was set back.
        while writes and not now - HOUR < writes[0] <= now:
            writes.popleft()
        return writes

    def load(self, saved: object) -> None:
        """Load saved writes; those that cannot be read do not count."""
        for serial, times in saved.items() if isinstance(saved, dict) else ():
            try:
                self._writes[str(serial)] = deque(map(datetime.fromisoformat, times))
            except TypeError, ValueError:
                continue

    def dump(self, now: datetime) -> dict[str, Any]:
        """Return the writes of the last hour as JSON."""
        return {
            serial: [time.isoformat() for time in writes]
            for serial in tuple(self._writes)
            if (writes := self._of_the_hour(serial, now))
        }
