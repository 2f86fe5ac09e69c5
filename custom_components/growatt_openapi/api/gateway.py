"""The vendor's limits, kept by construction: every call to a server with a token goes through one gateway.

Invariants, and the failure each prevents:

- Never the same request twice inside its interval. A second asker is answered with the last reply and its age, two at
  once share one call. (The cloud answers 10012, and peers show "unavailable" for it.)
- A *scheduled* call that comes at most five seconds early waits and is made; it is never answered from the past. (Timers run
  up to a second short, and a poll that is served its own last reply shows nothing new for a whole period.)
- One call at a time, spaced, by priority. (Bursts are refused; a user's write must not queue behind a list of lists.)
- A refused request rests until its interval is over, longer each time, while its last reply keeps serving.
- An attempt counts before it is made, in memory and in the ledger on disk: what then happens to it, to its asker or to the
  program cannot make room for a second one. Only an attempt that provably never left for the server counts for ten seconds.
- While the cloud is down one automatic call at a time finds out whether it is back; the others are told at once.
- What changes something (a set, a new plant) is sent once for each time it is asked for: never answered from a reply, never
  shared, never repeated by itself. Sets have no interval; the few others that have one are refused inside it, and not sent.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
import logging
from typing import Any

from .clock import Clock
from .connection import CloudStatus, Connection
from .endpoints.endpoint import TEN_SECONDS, Endpoint
from .errors import (
    CircuitOpenError,
    CloudDownCause,
    CloudDownError,
    OpenApiError,
    RefusedError,
    TokenRefusedError,
)
from .in_flight import InFlightCalls
from .models import Reply
from .priority_lock import PriorityLock
from .rate_limits import (
    REST_WHEN_UNREACHED,
    calls_left,
    is_worth_keeping,
    required_wait,
    retry_delay,
)
from .request_log import (
    CALLS,
    FAILURES,
    REFUSALS,
    Key,
    LogKeeper,
    RequestLog,
    RequestRecord,
    key_of,
)
from .request_options import Priority, RequestOptions
from .transport import Envelope, RequestSender

_LOGGER = logging.getLogger(__name__)

SPACING = 1.0
SPACING_OF_FLEETS = 0.5
# A scheduled call this early waits for its interval instead of being answered from the past.
EARLY = 5.0
# One writing of the ledger announces all calls of this long.
ANNOUNCED_FOR = 60.0
# For so long after a refusal the cloud is said to slow us down.
SLOWED_FOR = 900.0


def drop_private_fields(endpoint: Endpoint, envelope: Envelope) -> Envelope:
    """Return an envelope without the personal data that must never be stored."""
    data = envelope.get("data")
    if not endpoint.private_suffixes or not isinstance(data, dict):
        return envelope
    kept = {
        key: value
        for key, value in data.items()
        if not key.endswith(endpoint.private_suffixes)
    }
    return {**envelope, "data": kept}


class Gateway:
    """The one way to a server with a token. See the module's text for what it promises."""

    def __init__(
        self,
        transport: RequestSender,
        clock: Clock,
        *,
        spacing: float = SPACING,
        keeper: LogKeeper | None = None,
    ) -> None:
        """Guard ``transport``; ``spacing`` is the least number of seconds between two calls."""
        self.clock = clock
        self.connection = Connection(transport, clock, spacing)
        self._keeper = keeper
        self._log = RequestLog()
        self._loading: asyncio.Task[None] | None = None
        self._calls = InFlightCalls[Key]()
        self._lock = PriorityLock()
        self._announced_until = float("-inf")

    @property
    def status(self) -> CloudStatus:
        """How the cloud treats us now."""
        if self.connection.circuit_breaker.is_open:
            return CloudStatus.DOWN
        if self._log.token_refusals:
            return CloudStatus.TOKEN_REFUSED
        if self.clock.monotonic() - self.connection.last_refusal < SLOWED_FOR:
            return CloudStatus.SLOWED
        return CloudStatus.OK

    @property
    def token_refusals(self) -> list[float]:
        """When plant/list has refused the token, since it last accepted it (monotonic)."""
        return self._log.token_refusals

    @property
    def calls_last_day(self) -> int:
        """How many calls were made in the last 24 hours."""
        return self._log.counter.total(CALLS, self.clock.monotonic())

    @property
    def refusals_last_day(self) -> int:
        """How many of them were refused for frequency."""
        return self._log.counter.total(REFUSALS, self.clock.monotonic())

    @property
    def failures_last_day(self) -> int:
        """How many of them the cloud did not answer."""
        return self._log.counter.total(FAILURES, self.clock.monotonic())

    def calls_left(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> int | None:
        """Return how often a request may still be made in these 24 hours; None where the vendor does not say."""
        record = self._log.records.get(
            key_of(endpoint.path, parameters), RequestRecord()
        )
        return calls_left(endpoint, record, self.clock.monotonic())

    def dump_log(self) -> dict[str, Any]:
        """Return the ledger as it is to be saved between two rounds, and at a clean stop."""
        # What was announced and is still to come counts: a call may be under way.
        under_way = self._announced_until if self._calls else None
        return self._log.dump(self.clock, announced=under_way)

    def dump_replies(self) -> dict[str, Any]:
        """Return the replies that are kept between runs."""
        return self._log.dump_replies()

    async def read(
        self, endpoint: Endpoint, parameters: Mapping[str, str], ask: RequestOptions
    ) -> Reply[Envelope]:
        """Return the reply to a request: a new one where the limits allow it, else the last one with its age.

        Raises RefusedError (with ``retry_after``) where there is neither permission nor a last reply, the error of the last
        attempt while it rests after anything but a refusal, and every error of the transport.
        """
        await self._load()
        key = key_of(endpoint.path, parameters)
        if not ask.may_call:
            return self._stored_reply(key)
        if key not in self._calls:
            record = self._record(key)
            wait = required_wait(
                endpoint, record, ask.priority, self._log, self.clock.monotonic()
            )
            if wait > (EARLY if ask.scheduled else 0):
                return self._last_reply(record, wait)
            self._check_circuit(ask.priority)
            self._calls.start(
                key, self._call(endpoint, parameters, record, ask.priority, wait)
            )
        try:
            await self._calls.wait(key)
        except CircuitOpenError:
            raise
        except OpenApiError:
            pass  # kept in the record, from where every asker is told
        return self._last_reply(self._log.records[key], 0, is_new=True)

    async def write(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str] | Callable[[], Mapping[str, str]],
    ) -> Envelope:
        """Send what changes something, ahead of everything that waits. Sent once, and never again by itself.

        ``parameters`` that are a function are made at the instant of sending: what waits its turn may still change.
        Raises RefusedError, and sends nothing, where the vendor's limit on the same request says so.
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
        record = self._record(key_of(endpoint.path, parameters))
        wait = required_wait(
            endpoint, record, Priority.WRITE, self._log, self.clock.monotonic()
        )
        if wait > 0:
            raise RefusedError(wait)
        await self._announce(endpoint, record)
        record.ready_at = self.clock.monotonic() + endpoint.interval
        try:
            return await self._exchange(endpoint, parameters)
        except CloudDownError as err:
            if not err.reached:
                record.ready_at = self.clock.monotonic() + min(
                    REST_WHEN_UNREACHED, endpoint.interval
                )
                if record.attempts:
                    record.attempts.pop()
            raise
        finally:
            if self._keeper is not None:
                self._keeper.schedule_save(replies=False)

    async def _load(self) -> None:
        """Take up what earlier runs have left, before the first call."""
        if self._keeper is None:
            return
        if self._loading is None:
            self._loading = asyncio.create_task(self._restore(self._keeper))
        await asyncio.shield(self._loading)

    async def _restore(self, keeper: LogKeeper) -> None:
        ledger, replies = await keeper.load()
        try:
            if ledger is not None:
                self._log = RequestLog.load(ledger, self.clock)
            if replies is not None:
                self._log.load_replies(replies, self.clock)
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            _LOGGER.warning(
                "What was saved of earlier calls cannot be used (%s): begun anew",
                type(err).__name__,
            )

    def _check_circuit(self, priority: Priority) -> None:
        """While the cloud is down, let automatic calls through only when a probe is due."""
        breaker, now = self.connection.circuit_breaker, self.clock.monotonic()
        if priority > Priority.USER and breaker.blocks(now):
            raise CircuitOpenError(
                breaker.error.cause
                if isinstance(breaker.error, CloudDownError)
                else CloudDownCause.CONNECTION,
                retry_after=breaker.probe_at - now,
            )

    def _record(self, key: Key) -> RequestRecord:
        """Return what is known of a request; with a new one, what is of no more use is dropped.

        A power curve is a request of its own every day: kept for ever, they would fill the memory.
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

    def _stored_reply(self, key: Key) -> Reply[Envelope]:
        """Return the last reply, however the last attempt ended."""
        record = self._log.records.get(key)
        if record is None or record.envelope is None or record.received is None:
            raise RefusedError(None if record is None else self._ready_in(record))
        return self._reply(record, record.envelope, record.received, 0)

    def _last_reply(
        self, record: RequestRecord, wait: float, *, is_new: bool = False
    ) -> Reply[Envelope]:
        """Return the last reply, unless the last attempt failed in a way that the asker must know."""
        retry_after = max(wait, self._ready_in(record))
        if record.error is not None and not isinstance(record.error, RefusedError):
            record.error.retry_after = retry_after
            # Without its old traceback, which would grow for as long as the cloud is down.
            raise record.error.with_traceback(None)
        if record.envelope is None or record.received is None:
            raise RefusedError(retry_after)
        return self._reply(
            record,
            record.envelope,
            record.received,
            wait,
            # Refused, it is answered with the last one.
            is_new=is_new and record.error is None,
        )

    def _reply(
        self,
        record: RequestRecord,
        envelope: Envelope,
        received: datetime,
        wait: float,
        *,
        is_new: bool = False,
    ) -> Reply[Envelope]:
        return Reply(
            envelope,
            received,
            self.clock.monotonic() - record.received_at,
            max(self._ready_in(record), wait),
            is_new,
        )

    def _ready_in(self, record: RequestRecord) -> float:
        return max(record.ready_at - self.clock.monotonic(), 0.0)

    async def _call(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        record: RequestRecord,
        priority: Priority,
        wait: float,
    ) -> Envelope:
        if wait:
            await self.clock.sleep(wait)
        await self._lock.acquire(priority)
        try:
            # The cloud may have gone down while this one waited for its turn.
            self._check_circuit(priority)
            await self.connection.wait_for_spacing()
            await self._announce(endpoint, record)
            # From here to the sending nothing waits: who is cancelled before has not used the call up.
            record.ready_at = self.clock.monotonic() + endpoint.interval
            try:
                envelope = await self._exchange(endpoint, parameters)
            except OpenApiError as err:
                self._remember_failure(endpoint, record, err)
                raise
            self._remember_success(endpoint, record, envelope)
            return envelope
        finally:
            self._lock.release()

    async def _announce(self, endpoint: Endpoint, record: RequestRecord) -> None:
        """Have it on disk that calls are made from now on, before the first of them leaves.

        One writing announces all calls of the next minute, so that a round costs one; each of the few that are counted by
        the day has one of its own.
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
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        return await self.connection.exchange(endpoint, parameters, self._log.counter)

    def _remember_success(
        self, endpoint: Endpoint, record: RequestRecord, envelope: Envelope
    ) -> None:
        record.envelope = drop_private_fields(endpoint, envelope)
        record.received = self.clock.now()
        record.received_at = self.clock.monotonic()
        # From the reply and not from the asking: the server counts from the arrival, which lies between the two.
        record.ready_at = record.received_at + endpoint.interval
        record.error = None
        record.failures = 0
        record.was_open = True
        record.persisted = endpoint.persisted
        if endpoint.checks_token and self._log.token_refusals:
            self._log.token_refusals.clear()
            self.connection.notify_listeners()
        if self._keeper is not None:
            self._keeper.schedule_save(replies=endpoint.persisted)

    def _remember_failure(
        self, endpoint: Endpoint, record: RequestRecord, error: OpenApiError
    ) -> None:
        now = self.clock.monotonic()
        record.error = error
        record.failures += 1
        rest = retry_delay(endpoint, record, error)
        if isinstance(error, TokenRefusedError):
            self._log.token_refusals.append(now)
        if isinstance(error, CloudDownError) and not error.reached and record.attempts:
            record.attempts.pop()  # it never left
        record.ready_at = now + rest
        if self._keeper is not None:
            self._keeper.schedule_save(replies=False)
        _LOGGER.debug("%s rests %.0f s: %s", endpoint.path, rest, error)
