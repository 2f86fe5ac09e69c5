"""What must be known of requests after a restart: when each may be made again, and what was counted.

Times are monotonic seconds while the program runs, and seconds before or after the moment of saving in the file: the clock of
the next run may have jumped, and a jump must never unlock anything early. How much time lies between two runs is therefore
the least that any clock says (``_elapsed``).
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import hashlib
from typing import Any, Protocol

from .clock import Clock
from .errors import NotPermittedError, OpenApiError, TokenRefusedError
from .transport import Envelope

DAY = 24 * 3600.0
# No rest is longer; what a damaged file says beyond it is no time at all.
LONGEST = DAY
_BUCKET = 900.0
# Columns of the tally.
CALLS, REFUSALS, FAILURES = 1, 2, 3

type Key = str


def key_of(path: str, parameters: Mapping[str, str]) -> Key:
    """Return what tells a request from others: no serial or plant can be read from it."""
    text = "&".join((path, *(f"{k}={v}" for k, v in sorted(parameters.items()))))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class LogKeeper(Protocol):
    """Where ledger and replies are kept between runs."""

    async def load(self) -> tuple[Any, Any]:
        """Return ledger and replies as last saved, ``None`` for what is not there or cannot be read."""
        ...

    async def save_log(self, ledger: Mapping[str, Any]) -> None:
        """Save the ledger before this returns."""
        ...

    def schedule_save(self, *, replies: bool) -> None:
        """Save within five minutes and at a clean stop: ask the gateway for what is to be saved then."""
        ...


@dataclass(slots=True)
class RequestRecord:
    """What is known of one request: its last attempt and its last success. Times are monotonic.

    was_open: it has succeeded with this token before. kept: its reply is worth keeping between runs.
    """

    ready_at: float = 0.0
    failures: int = 0
    error: OpenApiError | None = None
    was_open: bool = False
    attempts: deque[float] = field(default_factory=deque)
    envelope: Envelope | None = None
    received: datetime | None = None
    received_at: float = 0.0
    persisted: bool = False


@dataclass(slots=True)
class CallCounter:
    """Calls, refusals and failures of the last 24 hours, by quarters of an hour (monotonic)."""

    quarters: deque[list[float]] = field(default_factory=deque)

    def record_call(self, column: int, now: float) -> None:
        """Count one call (1), refusal (2) or failure (3)."""
        start = now // _BUCKET * _BUCKET
        if not self.quarters or self.quarters[-1][0] < start:
            self.quarters.append([start, 0, 0, 0])
        self.quarters[-1][column] += 1

    def total(self, column: int, now: float) -> int:
        """Return how many there were in the last 24 hours."""
        while self.quarters and self.quarters[0][0] <= now - DAY:
            self.quarters.popleft()
        return int(sum(quarter[column] for quarter in self.quarters))


@dataclass(slots=True)
class RequestLog:
    """All records, the tally, when the token was refused, and until when calls were announced.

    announced_until: in a file, the latest time at which anything may have been asked that the file does not know of.
    """

    records: dict[Key, RequestRecord] = field(default_factory=dict)
    counter: CallCounter = field(default_factory=CallCounter)
    token_refusals: list[float] = field(default_factory=list)
    announced_until: float = float("-inf")

    def dump(self, clock: Clock, *, announced: float | None) -> dict[str, Any]:
        """Return the ledger for saving; ``announced``: until when calls may follow that it does not hold."""
        now = clock.monotonic()
        if self.announced_until > now - DAY:
            # What an unclean stop left open stays open through a clean one.
            announced = max(announced or self.announced_until, self.announced_until)
        return {
            "at": clock.now().isoformat(),
            "monotonic": now,
            "announced": None if announced is None else round(announced - now, 3),
            "requests": {
                key: _dump_record(record, now)
                for key, record in self.records.items()
                if record.ready_at > now or record.attempts or record.was_open
            },
            "quarters": [[q[0] - now, *q[1:]] for q in self.counter.quarters],
            "token_refusals": [round(at - now, 3) for at in self.token_refusals],
        }

    @classmethod
    def load(cls, data: object, clock: Clock) -> RequestLog:
        """Return the ledger that was saved. Raises ValueError, KeyError or TypeError where it is none."""
        if not isinstance(data, dict):
            raise TypeError("no ledger")
        now = clock.monotonic()
        elapsed = _elapsed(data, clock)

        def there(relative: float) -> float:
            """Return the monotonic time of what was so many seconds after the saving."""
            return now + min(max(float(relative), -2 * DAY), LONGEST) - elapsed

        ledger = cls()
        for key, saved in data["requests"].items():
            error: OpenApiError | None = None
            if saved.get("error") == "not_permitted":
                error = NotPermittedError("not open to this token")
            elif saved.get("error") == "token_refused":
                error = TokenRefusedError("refused")
            ledger.records[str(key)] = RequestRecord(
                ready_at=there(saved["ready"]),
                failures=int(saved.get("failures", 0)),
                error=error,
                was_open=bool(saved.get("open")),
                attempts=deque(there(at) for at in saved.get("attempts", ())),
            )
        for start, *counts in data.get("quarters", ()):
            ledger.counter.quarters.append([there(start), *map(float, counts)][:4])
        ledger.token_refusals = [there(at) for at in data.get("token_refusals", ())]
        if data.get("announced") is not None:
            ledger.announced_until = there(data["announced"])
        return ledger

    def dump_replies(self) -> dict[str, Any]:
        """Return the replies worth keeping."""
        return {
            key: {"received": record.received.isoformat(), "envelope": record.envelope}
            for key, record in self.records.items()
            if record.persisted and record.envelope is not None and record.received
        }

    def load_replies(self, data: object, clock: Clock) -> None:
        """Take up the replies that were kept. Raises ValueError, KeyError or TypeError for what is none."""
        if not isinstance(data, dict):
            raise TypeError("no replies")
        now = clock.now()
        for key, saved in data.items():
            received = datetime.fromisoformat(saved["received"])
            if not isinstance(saved["envelope"], dict) or received.tzinfo is None:
                raise TypeError("no reply")
            record = self.records.setdefault(str(key), RequestRecord())
            record.envelope, record.received = saved["envelope"], received
            age = max(now - received, timedelta()).total_seconds()
            record.received_at = clock.monotonic() - age
            record.persisted = True


def _dump_record(record: RequestRecord, now: float) -> dict[str, Any]:
    saved: dict[str, Any] = {"ready": round(record.ready_at - now, 3)}
    if record.failures:
        saved["failures"] = record.failures
    if record.was_open:
        saved["open"] = True
    if isinstance(record.error, NotPermittedError):
        saved["error"] = "not_permitted"
    elif isinstance(record.error, TokenRefusedError):
        saved["error"] = "token_refused"
    if record.attempts:
        saved["attempts"] = [round(at - now, 3) for at in record.attempts]
    return saved


def _elapsed(data: Mapping[str, Any], clock: Clock) -> float:
    """Return the least time that can have passed since the saving.

    The wall clock may have been set forward since, or stood behind (a file from the future: nothing has passed). The monotonic
    clock goes on where the machine was not started anew, and is smaller than it was where it was.
    """
    elapsed = (clock.now() - datetime.fromisoformat(data["at"])).total_seconds()
    monotonic = clock.monotonic() - float(data["monotonic"])
    if monotonic >= 0:
        elapsed = min(elapsed, monotonic)
    return max(elapsed, 0.0)
