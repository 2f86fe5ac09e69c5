"""The outcomes of calls: how many of each endpoint succeeded and failed in 24 hours, and the last that failed. For bug reports.

They are kept in memory only: the request log on disk is written ahead of the calls and must stay small.
"""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .clock import Clock
from .endpoints.endpoint import Endpoint
from .errors import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from .request_log import DAY

_HOUR = 3600.0
# So many of the last refusals are kept, and as many of the other calls without success.
KEPT = 15


class Outcome(StrEnum):
    """The outcomes that are counted apart: errors are the cloud's answers with an error code, failures have no proper answer."""

    SUCCESS = "successes"
    REFUSAL = "refusals"
    FAILURE = "failures"
    ERROR = "errors"


@dataclass(frozen=True, slots=True)
class FailedCall:
    """A call without success, without its parameters and the vendor's message, which name devices and people.

    error: the name of the error's class. cause: that of a CloudDownError. code: the vendor's, None where there was no answer.
    """

    at: datetime
    path: str
    error: str
    cause: CloudDownCause | None
    code: int | None


class CallOutcomes:
    """Counts of the last 24 hours by endpoint, in whole hours, and the last calls without success.

    since: when counting began. refusals, failures: the last ones, oldest first.
    """

    def __init__(self, clock: Clock) -> None:
        """Initialize without calls."""
        self.since = clock.now()
        self.refusals: deque[FailedCall] = deque(maxlen=KEPT)
        self.failures: deque[FailedCall] = deque(maxlen=KEPT)
        self._clock = clock
        # The start of each hour (monotonic), with its counts.
        self._hours: deque[tuple[float, Counter[tuple[str, Outcome]]]] = deque()

    @contextmanager
    def recording(self, endpoint: Endpoint) -> Iterator[None]:
        """Record the outcome of the call made within; one that is cancelled has none."""
        try:
            yield
        except OpenApiError as err:
            self._count(endpoint.path, _outcome_of(err))
            failed = FailedCall(
                self._clock.now(),
                endpoint.path,
                type(err).__name__,
                err.cause if isinstance(err, CloudDownError) else None,
                _vendor_code(err),
            )
            is_refusal = isinstance(err, RefusedError)
            (self.refusals if is_refusal else self.failures).append(failed)
            raise
        self._count(endpoint.path, Outcome.SUCCESS)

    def totals(self) -> dict[str, dict[str, int]]:
        """Return the counts of the last 24 hours of all outcomes, by the paths that were called."""
        self._drop_old_hours()
        found: Counter[tuple[str, Outcome]] = Counter()
        for _, counts in self._hours:
            found.update(counts)
        return {
            path: {outcome.value: found[path, outcome] for outcome in Outcome}
            for path in sorted({path for path, _ in found})
        }

    def _count(self, path: str, outcome: Outcome) -> None:
        self._drop_old_hours()
        start = self._clock.monotonic() // _HOUR * _HOUR
        if not self._hours or self._hours[-1][0] < start:
            self._hours.append((start, Counter()))
        self._hours[-1][1][path, outcome] += 1

    def _drop_old_hours(self) -> None:
        oldest = self._clock.monotonic() - DAY
        while self._hours and self._hours[0][0] <= oldest:
            self._hours.popleft()


def _outcome_of(error: OpenApiError) -> Outcome:
    match error:
        case RefusedError():
            return Outcome.REFUSAL
        case CloudDownError():
            return Outcome.FAILURE
    return Outcome.ERROR


def _vendor_code(error: OpenApiError) -> int | None:
    """Return the code that the vendor sent, None where there was none."""
    match error:
        case RequestError():
            return error.code
        case RefusedError():
            return 10012
        case NotPermittedError() | TokenRefusedError():
            return 10011
        case WrongServerError():
            return -1
    return None
