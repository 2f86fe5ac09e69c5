"""The gateway: every call to a server with a token goes through it, and it keeps the vendor's limits.

Invariants, and the failure each prevents:

- The same request is never made twice within its interval. A second caller gets the last reply and its age; two callers at the
  same time share one call. (The cloud answers 10012 to a repeated request, and other clients show "unavailable" for it.)
- A *scheduled* request that comes at most five seconds early waits and is then made; it does not get the last reply. (Timers
  fire up to a second early, and a poll that gets its own last reply would show nothing new for a whole period.)
- One call is made at a time, spaced, in order of priority. (The cloud refuses bursts; a user's write must not wait for lists.)
- A refused request is retried after its interval, and later each time; meanwhile its last reply is returned. Where the cloud
  keeps refusing what the vendor's pages allow, the interval is learned (``learned_limits.py``).
- A request that fails, or whose reply is of no use, is retried after its interval, and later each time, up to an hour; the
  user's after its interval. (A broken page would be asked for without end by whoever needs it.)
- An attempt is recorded before it is made, in memory and in the request log on disk: no error, cancelled caller or crash can
  lead to a second attempt too early. Only an attempt that provably never left for the server may be repeated after ten seconds.
- While the cloud is down, one automatic call at a time probes it; all others raise CircuitOpenError at once.
- A request that changes something (a set, a new plant) is sent once per call of ``write``: never answered from a stored reply,
  never shared, never repeated. Sets have no interval; a write with an interval raises RefusedError within it and is not sent.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
import logging
from typing import Any

from .attempt import Attempt
from .call_outcomes import CallOutcomes
from .clock import Clock
from .connection import CloudStatus, Connection
from .endpoints.endpoint import FIVE_MINUTES, TEN_SECONDS, Endpoint
from .errors import (
    CircuitOpenError,
    CloudDownCause,
    OpenApiError,
    RefusedError,
)
from .in_flight import InFlightCalls
from .last_reply import last_reply, stored_reply
from .learned_limits import LearnedLimits
from .models import Reply
from .priority_lock import PriorityLock
from .rate_limits import (
    calls_left,
    is_worth_keeping,
    required_wait,
)
from .request_log import (
    CALLS,
    DAY,
    FAILURES,
    REFUSALS,
    REFUSALS_FOR_OTHERS,
    Key,
    LogKeeper,
    RequestLog,
    RequestRecord,
    request_key,
    restore_log,
)
from .request_options import Priority, RequestOptions
from .transport import Envelope, RequestSender

_LOGGER = logging.getLogger(__name__)

SPACING = 1.0
SPACING_OF_FLEETS = 0.5
# A scheduled request that comes this early waits for its interval instead of returning the last reply.
EARLY = 5.0
# One save of the request log announces all calls of this many seconds.
ANNOUNCED_FOR = 60.0
# The status is SLOWED for this many seconds after a refusal.
SLOWED_FOR = 900.0


class Gateway:
    """The only access to a server with a token. The module docstring lists the invariants."""

    def __init__(
        self,
        transport: RequestSender,
        clock: Clock,
        *,
        spacing: float = SPACING,
        keeper: LogKeeper | None = None,
    ) -> None:
        """Initialize; ``spacing`` is the least number of seconds between two calls."""
        self.clock = clock
        self.connection = Connection(transport, clock, spacing)
        self.call_outcomes = CallOutcomes(clock)
        self._keeper = keeper
        self._log = RequestLog()
        self._loading: asyncio.Task[None] | None = None
        self._calls = InFlightCalls[Key]()
        self._lock = PriorityLock()
        self._announced_until = float("-inf")

    @property
    def status(self) -> CloudStatus:
        """Return the status of the cloud for this account."""
        if self.connection.circuit_breaker.is_open:
            return CloudStatus.DOWN
        if self._log.token_refusals:
            return CloudStatus.TOKEN_REFUSED
        if self.clock.monotonic() - self.connection.last_refusal < SLOWED_FOR:
            return CloudStatus.SLOWED
        return CloudStatus.OK

    @property
    def token_refusals(self) -> list[float]:
        """Return the times at which plant/list refused the token since it last accepted it (monotonic)."""
        return self._log.token_refusals

    @property
    def learned_limits(self) -> LearnedLimits:
        """Return the limits that were learned from refusals."""
        return self._log.learned_limits

    @property
    def calls_last_day(self) -> int:
        """Return the number of calls in the last 24 hours."""
        return self._log.counter.total(CALLS, self.clock.monotonic())

    @property
    def refusals_last_day(self) -> int:
        """Return the number of calls in the last 24 hours that were refused for frequency."""
        return self._log.counter.total(REFUSALS, self.clock.monotonic())

    @property
    def refusals_for_others_last_day(self) -> int:
        """Return the number of those refusals that no earlier call of ours can explain."""
        return self._log.counter.total(REFUSALS_FOR_OTHERS, self.clock.monotonic())

    @property
    def failures_last_day(self) -> int:
        """Return the number of calls in the last 24 hours that the cloud did not answer."""
        return self._log.counter.total(FAILURES, self.clock.monotonic())

    def calls_left(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> int | None:
        """Return how often a request may still be made in these 24 hours; None without a daily limit."""
        record = self._log.records.get(
            request_key(endpoint.path, parameters), RequestRecord()
        )
        return calls_left(endpoint, record, self.clock.monotonic())

    async def end_of_waits(self) -> float:
        """Return the instant from which no limit forbids any request, if none is made until then (monotonic)."""
        await self._load()
        if self._calls:
            return self.clock.monotonic() + DAY
        return max(self._log.end_of_waits(), self._announced_until + FIVE_MINUTES)

    def dump_log(self) -> dict[str, Any]:
        """Return the request log for saving between two rounds of calls, and at a clean stop."""
        # A call may be under way that the records do not contain yet.
        announced = self._announced_until if self._calls else None
        return self._log.dump(self.clock, announced=announced)

    def dump_replies(self) -> dict[str, Any]:
        """Return the replies that are stored between runs."""
        return self._log.dump_replies()

    async def read(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        options: RequestOptions,
        check: Callable[[Envelope], object] | None = None,
    ) -> Reply[Envelope]:
        """Return the reply to a request: a new one where the limits allow it, otherwise the last one with its age.

        ``check`` raises an OpenApiError for a reply that is of no use: it counts as a failure, and the last reply is kept.
        Raises RefusedError where no call may be made and no reply is stored; the error of the last attempt, until the request may
        be made again, unless it was a refusal; and every error of the transport. Each has ``retry_after``.
        """
        await self._load()
        key = request_key(endpoint.path, parameters)
        if not options.may_call:
            return stored_reply(self._log.records.get(key), self.clock.monotonic())
        if key not in self._calls:
            record = self._record(key)
            wait = required_wait(
                self._with_learned_interval(endpoint),
                record,
                options.priority,
                self._log,
                self.clock.monotonic(),
            )
            if wait > (EARLY if options.scheduled else 0):
                return last_reply(record, wait, self.clock.monotonic())
            self._check_circuit(options.priority)
            self._calls.start(
                key,
                self._call(endpoint, parameters, record, options.priority, wait, check),
            )
        try:
            await self._calls.wait(key)
        except CircuitOpenError:
            raise
        except OpenApiError:
            pass  # kept in the record, from which it is raised to every caller
        record = self._log.records[key]
        reply = last_reply(record, 0, self.clock.monotonic(), is_new=True)
        if options.priority is Priority.HISTORY:
            # Weeks of history are thousands of rows, and are read once.
            record.envelope = None
        return reply

    async def write(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str] | Callable[[], Mapping[str, str]],
    ) -> Envelope:
        """Send a request that changes something, once and ahead of all that wait.

        ``parameters`` that are a function are called at the instant of sending, so that a waiting write can still change.
        Raises RefusedError, without sending, within the interval or beyond the daily allowance of the same request.
        """
        await self._load()
        await self._lock.acquire(Priority.WRITE)
        try:
            await self.connection.wait_for_spacing()
            sent = parameters() if callable(parameters) else parameters
            if not endpoint.interval and endpoint.per_day is None:
                return await self._exchange(endpoint, sent)
            return await self._write_limited(endpoint, sent)
        finally:
            self._lock.release()

    async def _write_limited(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        record = self._record(request_key(endpoint.path, parameters))
        wait = required_wait(
            endpoint, record, Priority.WRITE, self._log, self.clock.monotonic()
        )
        if wait > 0:
            raise RefusedError(wait)
        await self._announce(endpoint, record)
        attempt = Attempt(endpoint, record, self._log, self.clock)
        try:
            return await self._exchange(endpoint, parameters)
        except OpenApiError as err:
            attempt.record_failed_write(err)
            raise
        finally:
            self._schedule_save(replies=False)

    def _with_learned_interval(self, endpoint: Endpoint) -> Endpoint:
        now = self.clock.monotonic()
        interval = self._log.learned_limits.interval_of(endpoint, now)
        return replace(endpoint, interval=interval)

    def _schedule_save(self, *, replies: bool) -> None:
        if self._keeper is not None:
            self._keeper.schedule_save(replies=replies)

    async def _load(self) -> None:
        """Load the stored request log and replies before the first call."""
        if self._keeper is None:
            return
        if self._loading is None:
            self._loading = asyncio.create_task(self._restore(self._keeper))
        await asyncio.shield(self._loading)

    async def _restore(self, keeper: LogKeeper) -> None:
        self._log = restore_log(*await keeper.load(), self.clock)

    def _check_circuit(self, priority: Priority) -> None:
        """Raise CircuitOpenError for an automatic call while the cloud is down, unless a probe is due."""
        breaker, now = self.connection.circuit_breaker, self.clock.monotonic()
        if priority > Priority.USER and breaker.blocks(now):
            raise CircuitOpenError(
                breaker.error.cause if breaker.error else CloudDownCause.CONNECTION,
                retry_after=breaker.probe_at - now,
            )

    def _record(self, key: Key) -> RequestRecord:
        """Return the record of a request; creating one removes all that are out of date.

        Each day's power curve is a separate request: their records would grow without end.
        """
        records = self._log.records
        if key not in records:
            now = self.clock.monotonic()
            self._log.records = records = {
                other: record
                for other, record in records.items()
                if other in self._calls or is_worth_keeping(record, now)
            }
            records[key] = RequestRecord()
        return records[key]

    async def _call(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        record: RequestRecord,
        priority: Priority,
        wait: float,
        check: Callable[[Envelope], object] | None,
    ) -> Envelope:
        if wait:
            await self.clock.sleep(wait)
        await self._lock.acquire(priority)
        try:
            # The cloud may have gone down while this call waited for the lock.
            self._check_circuit(priority)
            await self.connection.wait_for_spacing()
            await self._announce(self._with_learned_interval(endpoint), record)
            # There is no wait between this and the sending: a call that is cancelled earlier does not count.
            attempt = Attempt(endpoint, record, self._log, self.clock)
            try:
                envelope = await self._exchange(endpoint, parameters, check)
            except OpenApiError as err:
                attempt.record_failure(
                    err, is_outage=self.connection.circuit_breaker.is_open
                )
                self._schedule_save(replies=False)
                raise
            attempt.record_success(envelope)
            if endpoint.checks_token and self._log.token_refusals:
                self._log.token_refusals.clear()
                self.connection.notify_listeners()
            self._schedule_save(replies=endpoint.persisted)
            return envelope
        finally:
            self._lock.release()

    async def _announce(self, endpoint: Endpoint, record: RequestRecord) -> None:
        """Save to disk that calls are made from now on, before the first of them is sent.

        One save announces all calls of the next minute, so that a round of calls costs one; each call with a daily
        allowance is saved separately.
        """
        now = self.clock.monotonic()
        if endpoint.per_day is not None:
            record.attempts.append(now)
        elif now <= self._announced_until or endpoint.interval <= TEN_SECONDS:
            return
        if self._keeper is None:
            return
        self._announced_until = now + ANNOUNCED_FOR
        try:
            await self._keeper.save_log(
                self._log.dump(self.clock, announced=self._announced_until)
            )
        except asyncio.CancelledError:
            if endpoint.per_day is not None:
                record.attempts.pop()
            raise

    async def _exchange(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        check: Callable[[Envelope], object] | None = None,
    ) -> Envelope:
        with self.call_outcomes.recording(endpoint):
            envelope = await self.connection.exchange(
                endpoint, parameters, self._log.counter
            )
            if check is not None:
                check(envelope)
            return envelope
