"""One attempt at a request: what its outcome changes in the request log."""

from dataclasses import dataclass, field
import logging

from .clock import Clock
from .endpoints.endpoint import Endpoint
from .errors import CloudDownError, OpenApiError, RefusedError, TokenRefusedError
from .learned_limits import is_refusal_our_own
from .rate_limits import UNREACHED_DELAY, retry_delay
from .request_log import REFUSALS_FOR_OTHERS, RequestLog, RequestRecord
from .transport import Envelope, drop_private_fields

# Seconds by which a learned interval must grow for the waiting to begin anew.
LARGE_STEP = 60.0

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Attempt:
    """An attempt that begins now: it counts from before it is made.

    endpoint: as the vendor's pages describe it. interval: the least seconds between two attempts as far as known.
    last_asked_at: the attempt before it (monotonic).
    """

    endpoint: Endpoint
    record: RequestRecord
    log: RequestLog
    clock: Clock
    interval: float = field(init=False)
    last_asked_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Record that the request is made."""
        self.last_asked_at = self.record.asked_at
        self.record.asked_at = self.clock.monotonic()
        self.interval = self._learned_interval()
        self.record.ready_at = self.record.asked_at + self.interval

    def _learned_interval(self) -> float:
        now = self.clock.monotonic()
        return self.log.learned_limits.interval_of(self.endpoint, now)

    @property
    def _since_last(self) -> float:
        return self.record.asked_at - self.last_asked_at

    def record_success(self, envelope: Envelope) -> None:
        """Keep the reply."""
        record = self.record
        self.log.learned_limits.record_answer(self.endpoint, self._since_last)
        record.envelope = drop_private_fields(self.endpoint, envelope)
        record.received = self.clock.now()
        # Counted from the reply: the server counts from the arrival of the request, which is earlier.
        record.received_at = record.asked_at = self.clock.monotonic()
        record.ready_at = record.received_at + self.interval
        record.error = None
        record.failures = record.refusals = 0
        record.was_open = True
        record.persisted = self.endpoint.persisted

    def record_failure(self, error: OpenApiError, *, is_outage: bool) -> None:
        """Keep the error, and when the request may be repeated.

        is_outage: the cloud as a whole is down. The circuit breaker then spaces the calls, and requests must be ready when it
        closes.
        """
        record, now = self.record, self.clock.monotonic()
        record.error = error
        if isinstance(error, RefusedError):
            self._record_refusal(now)
        elif not (is_outage and isinstance(error, CloudDownError)):
            record.failures += 1
        delay = retry_delay(self.interval, record, error)
        record.asked_at, record.ready_at = now, now + delay
        if isinstance(error, TokenRefusedError):
            self.log.token_refusals.append(now)
        if isinstance(error, CloudDownError) and not error.reached:
            self._retract()
        _LOGGER.debug(
            "%s: next attempt in %.0f s: %s", self.endpoint.path, delay, error
        )

    def record_failed_write(self, error: OpenApiError) -> None:
        """Let the user repeat a write at once that never left; otherwise its interval goes on."""
        if isinstance(error, CloudDownError) and not error.reached:
            self.record.ready_at = self.clock.monotonic() + min(
                UNREACHED_DELAY, self.interval
            )
            self._retract()

    def _record_refusal(self, now: float) -> None:
        learned_limits = self.log.learned_limits
        if not is_refusal_our_own(self._since_last):
            self.log.counter.record_call(REFUSALS_FOR_OTHERS, now)
        learned_limits.record_refusal(self.endpoint, self._since_last, now)
        before, self.interval = self.interval, self._learned_interval()
        # With an interval that has just grown much, the next request should be answered; else each waits longer than the last.
        has_grown = self.interval > before + LARGE_STEP
        self.record.refusals = 1 if has_grown else self.record.refusals + 1

    def _retract(self) -> None:
        """Take back the attempt, which never left."""
        self.record.asked_at = self.last_asked_at
        if self.record.attempts:
            self.record.attempts.pop()
