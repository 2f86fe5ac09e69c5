"""The line to the server: one exchange after another, spaced, counted, and judged for what it says of the cloud."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from .circuit_breaker import CircuitBreaker
from .clock import Clock
from .endpoints.endpoint import Endpoint
from .errors import (
    CloudDownError,
    OpenApiError,
    RefusedError,
    TokenRefusedError,
    WrongServerError,
)
from .request_log import CALLS, FAILURES, REFUSALS, CallCounter
from .transport import Envelope, RequestSender


class CloudStatus(StrEnum):
    """How the cloud responds to this account's calls."""

    OK = "ok"
    SLOWED = "slowed"
    DOWN = "down"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a state and no secret


class Connection:
    """Makes the exchanges of a gateway, which sees to it that there is one at a time."""

    def __init__(self, transport: RequestSender, clock: Clock, spacing: float) -> None:
        """Speak through ``transport``; ``spacing`` is the least number of seconds between two exchanges."""
        self.spacing = spacing
        self.circuit_breaker = CircuitBreaker()
        # The server says so, or was found not to be the token's.
        self.wrong_server = False
        self.last_refusal = float("-inf")
        self._transport = transport
        self._clock = clock
        self._last_call = float("-inf")
        self._listeners: list[Callable[[], None]] = []

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when the cloud may have begun to treat us otherwise; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def notify_listeners(self) -> None:
        """Tell the listeners."""
        for listener in tuple(self._listeners):
            listener()

    async def wait_for_spacing(self) -> None:
        """Wait until the next exchange may follow the last one."""
        pause = self._last_call + self.spacing - self._clock.monotonic()
        if pause > 0:
            await self._clock.sleep(pause)

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str], tally: CallCounter
    ) -> Envelope:
        """Make one exchange and count it."""
        tally.record_call(CALLS, self._clock.monotonic())
        error: OpenApiError | None = None
        try:
            return await self._transport.exchange(endpoint, parameters)
        except OpenApiError as err:
            error = err
            raise
        finally:
            now = self._last_call = self._clock.monotonic()
            if isinstance(error, RefusedError):
                tally.record_call(REFUSALS, now)
                self.last_refusal = now
            elif isinstance(error, CloudDownError):
                tally.record_call(FAILURES, now)
            self._update_circuit(endpoint, error, now)

    def _update_circuit(
        self, endpoint: Endpoint, error: OpenApiError | None, now: float
    ) -> None:
        before = self.circuit_breaker.is_open
        if error is None:
            self.circuit_breaker.record_success()
            self.wrong_server = False
        else:
            self.circuit_breaker.record_failure(endpoint.path, error, now)
            self.wrong_server |= isinstance(error, WrongServerError)
        if before != self.circuit_breaker.is_open or isinstance(
            error, RefusedError | TokenRefusedError | WrongServerError
        ):
            self.notify_listeners()
