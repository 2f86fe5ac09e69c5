"""The vendor's limits, kept by construction: every call to a server with a token goes through one gateway.

Invariants, and the failure each prevents:

- Never the same request twice inside its interval. A second asker is answered with the last reply and its age, two at
  once share one call. (The cloud answers 10012, and peers show "unavailable" for it.)
- A *scheduled* call that comes at most five seconds early waits and is made; it is never answered from the past. (Timers run
  up to a second short, and a poll that is served its own last reply shows nothing new for a whole period.)
- One call at a time, spaced, by priority. (Bursts are refused; a user's write must not queue behind a list of lists.)
- A refused request rests until its interval is over, longer each time, while its last reply keeps serving.
- An attempt counts before it is made: what then happens to it, or to its asker, cannot make room for a second one.
  Only an attempt that provably never left for the server counts for ten seconds.
- Sets have no interval: each is sent, none is answered from a reply, none shares a call.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
import heapq
import itertools
import logging
from typing import Protocol

from .clock import Clock
from .endpoints import Endpoint
from .errors import CloudDownError, OpenApiError, RefusedError, TokenRefusedError
from .transport import Envelope

_LOGGER = logging.getLogger(__name__)

SPACING = 1.0
SPACING_OF_FLEETS = 0.5
# A scheduled call this early waits for its interval instead of being answered from the past.
EARLY = 5.0
REST_WHEN_UNREACHED = 10.0
LONGEST_REST = 3600.0
# A refused token may be a matter of region or address and can come and go: ask again, ever less often.
REST_WHEN_TOKEN_REFUSED = 900.0
LONGEST_REST_WHEN_TOKEN_REFUSED = 3 * 3600.0
DAY = 24 * 3600.0
# Of ten calls a day, automatic ones leave these to the user.
RESERVED_FOR_USER = 2


class Priority(IntEnum):
    """Who goes first when several wait."""

    WRITE = 0
    USER = 1
    READING = 2
    LIST = 3
    ALARM = 4
    HISTORY = 5


class Exchanges(Protocol):
    """What the gateway needs of a transport."""

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        """Make one request."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """The envelope of a successful call, when it came, and how many seconds old it is."""

    envelope: Envelope
    received: datetime
    age: float


type _Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class _Record:
    """What is known of one request: its last attempt and its last success."""

    ready_at: float = 0.0
    failures: int = 0
    error: OpenApiError | None = None
    envelope: Envelope | None = None
    received: datetime | None = None
    received_at: float = 0.0
    attempts: deque[float] = field(default_factory=deque)


@dataclass(slots=True)
class Counters:
    """What the gateway has done since it was made."""

    calls: int = 0
    refusals: int = 0
    failures: int = 0


class _Turnstile:
    """Lets one caller through at a time, the lowest priority number first, in order of arrival among equals."""

    def __init__(self) -> None:
        self._busy = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._sequence = itertools.count()

    async def enter(self, priority: Priority) -> None:
        if not self._busy:
            self._busy = True
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._sequence), future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.leave()  # the turn came with the cancellation: pass it on
            raise

    def leave(self) -> None:
        while self._waiting:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)
                return
        self._busy = False


class Gateway:
    """The one way to a server with a token. See the module's text for what it promises."""

    def __init__(
        self, transport: Exchanges, clock: Clock, *, spacing: float = SPACING
    ) -> None:
        """Guard ``transport``; ``spacing`` is the least number of seconds between two calls."""
        self.clock = clock
        self.spacing = spacing
        self.counters = Counters()
        # When plant/list has refused the token, since it last accepted it (monotonic).
        self.token_refusals: list[float] = []
        self._transport = transport
        self._records: dict[_Key, _Record] = {}
        self._calls: dict[_Key, tuple[asyncio.Task[Envelope], int]] = {}
        self._turnstile = _Turnstile()
        self._last_call = -SPACING

    async def read(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        *,
        priority: Priority,
        scheduled: bool = False,
    ) -> Reply:
        """Return the reply to a request: a new one where the limits allow it, else the last one with its age.

        ``scheduled``: asked by a timer for news; waits up to five seconds rather than be answered from the past.

        Raises RefusedError (with ``retry_in``) where there is neither permission nor a last reply, the error of the last
        attempt while it rests after anything but a refusal, and every error of the transport.
        """
        key = (endpoint.path, tuple(sorted(parameters.items())))
        if key not in self._calls:
            record = self._record(key)
            wait = self._wait(endpoint, record, priority)
            if wait > (EARLY if scheduled else 0):
                return self._last_reply(record, wait)
            task = asyncio.create_task(
                self._call(endpoint, parameters, record, priority, wait)
            )
            self._calls[key] = (task, 0)
            task.add_done_callback(lambda done: self._forget_call(key, done))
        await self._share(key)
        return self._last_reply(self._records[key], 0)

    async def write(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        """Send a set, ahead of everything that waits. Each call is sent once, and never again by itself."""
        await self._turnstile.enter(Priority.WRITE)
        try:
            await self._space()
            return await self._exchange(endpoint, parameters)
        finally:
            self._turnstile.leave()

    def _record(self, key: _Key) -> _Record:
        """Return what is known of a request; with a new one, what is of no more use is dropped.

        A power curve is a request of its own every day: kept for ever, they would fill the memory.
        """
        if key not in self._records:
            horizon = self.clock.monotonic() - DAY - LONGEST_REST_WHEN_TOKEN_REFUSED
            self._records = {
                other: record
                for other, record in self._records.items()
                if record.ready_at > horizon or other in self._calls
            }
            self._records[key] = _Record()
        return self._records[key]

    def _wait(self, endpoint: Endpoint, record: _Record, priority: Priority) -> float:
        """Return for how many seconds this request must not be made."""
        now = self.clock.monotonic()
        wait = record.ready_at - now
        if endpoint.per_day is not None:
            while record.attempts and record.attempts[0] <= now - DAY:
                record.attempts.popleft()
            allowance = endpoint.per_day
            if priority > Priority.USER:
                allowance -= RESERVED_FOR_USER
            if len(record.attempts) >= allowance:
                wait = max(wait, record.attempts[-allowance] + DAY - now)
        return max(wait, 0.0)

    def _last_reply(self, record: _Record, wait: float) -> Reply:
        """Return the last reply, unless the last attempt failed in a way that the asker must know."""
        if record.error is not None and not isinstance(record.error, RefusedError):
            # Raised anew each time: its traceback would grow for as long as the cloud is down.
            raise record.error.with_traceback(None)
        if record.envelope is None or record.received is None:
            raise RefusedError(
                wait or max(record.ready_at - self.clock.monotonic(), 0.0)
            )
        return Reply(
            record.envelope,
            record.received,
            self.clock.monotonic() - record.received_at,
        )

    async def _share(self, key: _Key) -> None:
        """Wait for the call under way; the last asker to give up takes it along."""
        task, askers = self._calls[key]
        self._calls[key] = (task, askers + 1)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            shared, askers = self._calls.get(key, (task, 1))
            if shared is task and askers > 1:
                self._calls[key] = (task, askers - 1)
            else:
                # Out of the way at once: who asks now must not share the end of it.
                self._forget_call(key, task)
                task.cancel()
            raise
        except OpenApiError:
            pass  # kept in the record, from where every asker is told

    def _forget_call(self, key: _Key, task: asyncio.Task[Envelope]) -> None:
        if key in self._calls and self._calls[key][0] is task:
            del self._calls[key]

    async def _call(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        record: _Record,
        priority: Priority,
        wait: float,
    ) -> Envelope:
        if wait:
            await self.clock.sleep(wait)
        await self._turnstile.enter(priority)
        try:
            await self._space()
            now = self.clock.monotonic()
            record.ready_at = now + endpoint.interval
            if endpoint.per_day is not None:
                record.attempts.append(now)
            try:
                envelope = await self._exchange(endpoint, parameters)
            except OpenApiError as err:
                self._remember_failure(endpoint, record, err)
                raise
            record.envelope = envelope
            record.received = self.clock.now()
            record.received_at = self.clock.monotonic()
            # From the reply and not from the asking: the server counts from the arrival, which lies between the two.
            record.ready_at = record.received_at + endpoint.interval
            record.error = None
            record.failures = 0
            if endpoint.tells_token:
                self.token_refusals.clear()
            return envelope
        finally:
            self._turnstile.leave()

    async def _exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        self.counters.calls += 1
        try:
            return await self._transport.exchange(endpoint, parameters)
        except RefusedError:
            self.counters.refusals += 1
            raise
        except CloudDownError:
            self.counters.failures += 1
            raise
        finally:
            self._last_call = self.clock.monotonic()

    async def _space(self) -> None:
        pause = self._last_call + self.spacing - self.clock.monotonic()
        if pause > 0:
            await self.clock.sleep(pause)

    def _remember_failure(
        self,
        endpoint: Endpoint,
        record: _Record,
        error: OpenApiError,
    ) -> None:
        now = self.clock.monotonic()
        record.error = error
        record.failures += 1
        growth = 2 ** min(record.failures - 1, 10)
        rest = endpoint.interval
        if isinstance(error, RefusedError):
            rest = min(endpoint.interval * growth, LONGEST_REST)
        elif isinstance(error, TokenRefusedError):
            rest = min(
                REST_WHEN_TOKEN_REFUSED * growth, LONGEST_REST_WHEN_TOKEN_REFUSED
            )
            self.token_refusals.append(now)
        elif isinstance(error, CloudDownError) and not error.reached:
            rest = min(REST_WHEN_UNREACHED, endpoint.interval)
            if record.attempts:
                record.attempts.pop()
        record.ready_at = now + rest
        _LOGGER.debug("%s rests %.0f s: %s", endpoint.path, rest, error)
