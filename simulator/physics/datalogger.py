"""A datalogger and the times of its uploads."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
import zlib


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without a connection to the cloud, end excluded.

    is_buffered: the datalogger keeps what it measures and uploads it at the end; else those rows are never in the cloud.
    """

    start: datetime
    end: datetime
    is_buffered: bool = False


@dataclass(slots=True)
class Datalogger:
    """A datalogger that uploads every ``period`` seconds; the cloud shows an upload ``delay`` seconds later.

    jitter: an upload is up to this many seconds early or late, at random but the same in every run. A drifting clock is
    simulated by a period slightly off 300 s.
    """

    serial: str
    phase: float = 0.0
    period: float = 300.0
    delay: float = 20.0
    jitter: float = 0.0
    outages: list[Outage] = field(default_factory=list)

    def get_next_upload(self, after: datetime) -> datetime:
        """Return the first upload later than ``after``."""
        count = int((after.timestamp() - self.phase - self.jitter) // self.period)
        while (upload := self._compute_upload_time(count)) <= after:
            count += 1
        return upload

    def find_outage(self, moment: datetime) -> Outage | None:
        """Return the outage at a moment, or None."""
        return next(
            (outage for outage in self.outages if outage.start <= moment < outage.end),
            None,
        )

    def _compute_upload_time(self, count: int) -> datetime:
        due = self.phase + count * self.period
        if self.jitter:
            noise = zlib.crc32(f"{self.serial} {count}".encode()) / 0xFFFFFFFF * 2 - 1
            due += noise * self.jitter
        return datetime.fromtimestamp(round(due, 3), UTC)
