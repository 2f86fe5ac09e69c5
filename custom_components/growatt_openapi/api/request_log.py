"""The request log: when each request may be made again, the counts of calls, and the stored replies.

The log outlives a restart. Times are monotonic seconds while the program runs, and relative to the moment of saving in the
file: the clock may jump between two runs, and a jump must never allow a request too early. The time between two runs is
therefore the least that can have passed (``_elapsed``).
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import hashlib
import logging
from typing import Any, Protocol

from .clock import Clock
from .endpoints.endpoint import FIVE_MINUTES
from .errors import NotPermittedError, OpenApiError, TokenRefusedError
from .learned_limits import LearnedLimits
from .safe_json import make_safe
from .transport import Envelope

_LOGGER = logging.getLogger(__name__)

DAY = 24 * 3600.0
# The longest wait; later times in a damaged file are cut to it.
LONGEST_WAIT = DAY
_BUCKET = 900.0
# Columns of the counter.
CALLS, REFUSALS, FAILURES, REFUSALS_FOR_OTHERS = 1, 2, 3, 4

type Key = str


def request_key(path: str, parameters: Mapping[str, str]) -> Key:
    """Return the key of a request: a hash, so that the stored file contains no serial and no plant."""
    text = "&".join((path, *(f"{k}={v}" for k, v in sorted(parameters.items()))))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class LogKeeper(Protocol):
    """The storage of the request log and the replies between runs."""

    async def load(self) -> tuple[Any, Any]:
        """Return the request log and the replies as last saved, ``None`` for what is missing or cannot be read."""
        ...

    async def save_log(self, log: Mapping[str, Any]) -> None:
        """Save the request log before this returns."""
        ...

    def schedule_save(self, *, replies: bool) -> None:
        """Schedule a save within five minutes and at a clean stop, of what the gateway's ``dump_…`` return then."""
        ...


@dataclass(slots=True)
class RequestRecord:
    """The last attempt and the last success of one request. Times are monotonic.

    asked_at: the last attempt, its end where it has ended. failures, refusals: those in a row, apart.
    was_open: it has succeeded with this token before. persisted: its reply is stored between runs.
    """

    ready_at: float = 0.0
    asked_at: float = float("-inf")
    failures: int = 0
    refusals: int = 0
    error: OpenApiError | None = None
    was_open: bool = False
    attempts: deque[float] = field(default_factory=deque)
    envelope: Envelope | None = None
    received: datetime | None = None
    received_at: float = 0.0
    persisted: bool = False


@dataclass(slots=True)
class CallCounter:
    """Calls, refusals and failures of the last 24 hours, and the refusals that are due to others, in quarters of an hour (monotonic)."""

    quarters: deque[list[float]] = field(default_factory=deque)

    def record_call(self, column: int, now: float) -> None:
        """Count one call (1), refusal (2), failure (3) or refusal due to others (4)."""
        start = now // _BUCKET * _BUCKET
        if not self.quarters or self.quarters[-1][0] < start:
            self.quarters.append([start, 0, 0, 0, 0])
        self.quarters[-1][column] += 1

    def total(self, column: int, now: float) -> int:
        """Return the count of the last 24 hours."""
        while self.quarters and self.quarters[0][0] <= now - DAY:
            self.quarters.popleft()
        return int(sum(quarter[column] for quarter in self.quarters))


@dataclass(slots=True)
class RequestLog:
    """The records of all requests, the counter, and the times at which the token was refused.

    announced_until: loaded from a file, the latest time at which a request may have been made that the file does not contain.
    """

    records: dict[Key, RequestRecord] = field(default_factory=dict)
    counter: CallCounter = field(default_factory=CallCounter)
    token_refusals: list[float] = field(default_factory=list)
    announced_until: float = float("-inf")
    learned_limits: LearnedLimits = field(default_factory=LearnedLimits)

    def dump(self, clock: Clock, *, announced: float | None) -> dict[str, Any]:
        """Return the log for saving; ``announced``: until when calls may be made that it does not contain."""
        now = clock.monotonic()
        if self.announced_until > now - DAY:
            # Calls that an unclean stop left unknown remain unknown after a clean stop.
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
            "learned": self.learned_limits.dump(now),
        }

    @classmethod
    def load(cls, data: object, clock: Clock) -> RequestLog:
        """Return the log that was saved. Raises ValueError, KeyError or TypeError where the data is invalid."""
        if not isinstance(data, dict):
            raise TypeError("no request log")
        now = clock.monotonic()
        elapsed = _elapsed(data, clock)

        def to_monotonic(relative: float) -> float:
            """Return the monotonic time of the instant ``relative`` seconds after the saving."""
            return now + min(max(float(relative), -2 * DAY), LONGEST_WAIT) - elapsed

        log = cls()
        for key, saved in data["requests"].items():
            error: OpenApiError | None = None
            if saved.get("error") == "not_permitted":
                error = NotPermittedError("not open to this token")
            elif saved.get("error") == "token_refused":
                error = TokenRefusedError("refused")
            log.records[str(key)] = RequestRecord(
                ready_at=to_monotonic(saved["ready"]),
                # Earlier versions did not save it: long before the saving if the interval was over by then, else before it.
                asked_at=to_monotonic(
                    saved.get("asked", 0.0 if saved["ready"] > 0 else -DAY)
                ),
                failures=int(saved.get("failures", 0)),
                refusals=int(saved.get("refusals", 0)),
                error=error,
                was_open=bool(saved.get("open")),
                attempts=deque(to_monotonic(at) for at in saved.get("attempts", ())),
            )
        for start, *counts in data.get("quarters", ()):
            counted = [*map(float, counts)]
            if len(counted) == FAILURES:
                # Earlier versions counted all refusals as due to others.
                counted.append(counted[REFUSALS - 1])
            log.counter.quarters.append([to_monotonic(start), *counted][:5])
        log.token_refusals = [to_monotonic(at) for at in data.get("token_refusals", ())]
        if data.get("announced") is not None:
            log.announced_until = to_monotonic(data["announced"])
        log.learned_limits.load(data.get("learned", {}), now - elapsed)
        return log

    def end_of_waits(self) -> float:
        """Return the instant from which the log forbids no request any more (monotonic)."""
        ends = [self.announced_until + FIVE_MINUTES]
        for record in self.records.values():
            ends.append(record.ready_at)
            if record.attempts:
                ends.append(record.attempts[-1] + DAY)
        return max(ends)

    def dump_replies(self) -> dict[str, Any]:
        """Return the replies that are stored between runs."""
        return {
            key: {"received": record.received.isoformat(), "envelope": record.envelope}
            for key, record in self.records.items()
            if record.persisted and record.envelope is not None and record.received
        }

    def load_replies(self, data: object, clock: Clock) -> None:
        """Load the stored replies. Raises ValueError, KeyError or TypeError where the data is invalid."""
        if not isinstance(data, dict):
            raise TypeError("no replies")
        now = clock.now()
        for key, saved in data.items():
            received = datetime.fromisoformat(saved["received"])
            if not isinstance(saved["envelope"], dict) or received.tzinfo is None:
                raise TypeError("no reply")
            record = self.records.setdefault(str(key), RequestRecord())
            # An earlier version may have stored it as it came.
            record.envelope = make_safe(saved["envelope"])
            record.received = received
            age = max(now - received, timedelta()).total_seconds()
            record.received_at = clock.monotonic() - age
            record.persisted = True


def restore_log(saved_log: object, saved_replies: object, clock: Clock) -> RequestLog:
    """Return the request log with its replies as saved, None for what was not; one that is damaged does not cost the other."""
    log = RequestLog()
    with _starting_empty("log of earlier calls"):
        if saved_log is not None:
            log = RequestLog.load(saved_log, clock)
    with _starting_empty("replies"):
        if saved_replies is not None:
            log.load_replies(saved_replies, clock)
    return log


@contextmanager
def _starting_empty(name: str) -> Iterator[None]:
    """Log a saved part that cannot be read, and start with an empty one."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        _LOGGER.warning(
            "The saved %s cannot be used (%s): starting with an empty one",
            name,
            type(err).__name__,
        )


def _dump_record(record: RequestRecord, now: float) -> dict[str, Any]:
    saved: dict[str, Any] = {
        "ready": round(record.ready_at - now, 3),
        "asked": round(max(record.asked_at - now, -2 * DAY), 3),
    }
    if record.failures:
        saved["failures"] = record.failures
    if record.refusals:
        saved["refusals"] = record.refusals
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

    The wall clock may have been set since, forward or back; one that shows an instant before the saving is wrong. The monotonic
    clock continues unless the machine was restarted. It is smaller than before if it was, and counts from the restart: no more
    than that is certain, since a machine without a battery can start with any time.
    """
    elapsed = (clock.now() - datetime.fromisoformat(data["at"])).total_seconds()
    monotonic = clock.monotonic() - float(data["monotonic"])
    if monotonic < 0:
        monotonic = clock.monotonic()
    return max(min(elapsed, monotonic) if elapsed >= 0 else monotonic, 0.0)
