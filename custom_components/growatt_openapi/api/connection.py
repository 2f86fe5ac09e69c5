"""The connection to the server: makes single exchanges, spaced and counted, and derives the state of the cloud from them."""

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
    """The cloud's responses to this account's calls, summarized."""

    OK = "ok"
    SLOWED = "slowed"
    DOWN = "down"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a state and no secret


class Connection:
    """Makes the exchanges of a gateway. The gateway ensures that there is one at a time."""

    def __init__(self, transport: RequestSender, clock: Clock, spacing: float) -> None:
        """Initialize; ``spacing`` is the least number of seconds between two exchanges."""
        self.spacing = spacing
        self.circuit_breaker = CircuitBreaker()
        # The server answered that the account is on another one, or does not know the token.
        self.wrong_server = False
        self.last_refusal = float("-inf")
        # The exchanges begun so far.
        self.calls_made = 0
        self._transport = transport
        self._clock = clock
        self._last_call = float("-inf")
        self._listeners: list[Callable[[], None]] = []

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever the status may have changed; return the function that removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def notify_listeners(self) -> None:
        """Call all listeners."""
        for listener in tuple(self._listeners):
            listener()

    async def wait_for_spacing(self) -> None:
        """Wait until the least time since the last exchange has passed."""
        pause = self._last_call + self.spacing - self._clock.monotonic()
        if pause > 0:
            await self._clock.sleep(pause)

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str], counter: CallCounter
    ) -> Envelope:
        """Make one exchange and count it, and its failure, in ``counter``."""
        counter.record_call(CALLS, self._clock.monotonic())
        self.calls_made += 1
        try:
            envelope = await self._transport.exchange(endpoint, parameters)
        except OpenApiError as err:
            now = self._clock.monotonic()
            if isinstance(err, RefusedError):
                counter.record_call(REFUSALS, now)
                self.last_refusal = now
            elif isinstance(err, CloudDownError):
                counter.record_call(FAILURES, now)
            self._update_circuit(endpoint, err, now)
            raise
        else:
            self._update_circuit(endpoint, None, self._clock.monotonic())
            return envelope
        finally:
            # A call that was cancelled also counts, but shows nothing of the cloud.
            self._last_call = self._clock.monotonic()

    def _update_circuit(
        self, endpoint: Endpoint, error: OpenApiError | None, now: float
    ) -> None:
        was_open = self.circuit_breaker.is_open
        if error is None:
            self.circuit_breaker.record_success(endpoint.path)
            self.wrong_server = False
        else:
            self.circuit_breaker.record_failure(endpoint.path, error, now)
            # One endpoint alone that answers like this says nothing of the server.
            self.wrong_server |= self.circuit_breaker.is_open and isinstance(
                error, WrongServerError
            )
        if was_open != self.circuit_breaker.is_open or isinstance(
            error, RefusedError | TokenRefusedError | WrongServerError
        ):
            self.notify_listeners()
