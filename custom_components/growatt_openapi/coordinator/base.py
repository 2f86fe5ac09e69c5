"""The base classes of the coordinators: a timer set to the next useful poll, listeners by device, and the retry rule."""

from abc import abstractmethod
import asyncio
from collections import Counter
from collections.abc import Callable
import traceback
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from ..api import NotPermittedError, OpenApiClient, OpenApiError, RefusedError
from ..const import LOGGER
from ..domain.steady_clock import SteadyClock

# Seconds until a failed call is made again, where the error and the caller say nothing else.
RETRY_AFTER = 300.0
# Seconds until a call that the token may not make is tried again.
NOT_PERMITTED_FOR = 24 * 3600.0
# What an outage held back is read this many seconds after the next probe is due, so that only one call becomes that probe.
_AFTER_PROBE = 0.1
# The least seconds between two rounds, …
_ROUND_INTERVAL = 1.0
# … doubled, up to this many, with each round that made no call although something was due, …
_LONGEST_IDLE_PAUSE = 60.0
# … and after a round that ended with an unexpected error, from the first to the second number.
_ERROR_PAUSE = 60.0
_LONGEST_ERROR_PAUSE = 3600.0


def retry_after(
    error: OpenApiError, failed: float = RETRY_AFTER, at_least: float = 0.0
) -> float:
    """Return in how many seconds a failed call may be made again.

    failed: for a request that the cloud could not carry out. at_least: for a refusal (10012), whatever the gateway says.
    """
    match error:
        case NotPermittedError():
            return NOT_PERMITTED_FOR
        case RefusedError():
            return max(error.retry_after or RETRY_AFTER, at_least)
    return failed


class PollingCoordinator[DataT](DataUpdateCoordinator[DataT]):
    """A coordinator with a timer of its own, set to the instant at which the next poll makes sense.

    A failed call is no failure of the coordinator: the availability of its entities follows from the age of their values, and
    outages are logged once for all coordinators, by the account status.

    unexpected_errors: how many rounds ended with an error that nothing expects, by its kind.
    """

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: OpenApiClient,
        name: str,
    ) -> None:
        """Initialize the coordinator without polling."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} {name}",
            update_interval=None,
        )
        self.client = client
        self.gateway = client.gateway
        self.clock = client.gateway.clock
        self.steady_clock = SteadyClock.starting_now(self.clock)
        self.next_poll_at: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False
        self._is_polling = False
        self._round_ended_at = float("-inf")
        self._pause = _ROUND_INTERVAL
        self.unexpected_errors: Counter[str] = Counter()
        self._last_error = ""
        self._errors_in_a_row = 0

    @callback
    def start(self) -> None:
        """Start polling; stop when the entry is unloaded."""
        self.config_entry.async_on_unload(
            self.gateway.connection.add_listener(self.schedule_poll)
        )
        self.config_entry.async_on_unload(self.stop)
        self.schedule_poll()

    @callback
    def stop(self) -> None:
        """Stop polling."""
        self._is_stopped = True
        self._cancel_timer()

    @callback
    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @callback
    def follow_clock(self) -> None:
        """Shift the stored instants if the system's clock was set; called before instants are used or stored."""
        if jump := self.steady_clock.take_jump():
            self._shift_instants(jump)

    def _shift_instants(self, jump: float) -> None:
        """Shift the stored instants by a jump of the system's clock, seconds."""

    @abstractmethod
    def _plan_next_poll(self, now: float) -> float | None:
        """Plan the next poll and return its instant; None where there is nothing to poll."""

    @callback
    def schedule_poll(self) -> None:
        """Set the timer to the next poll again, after something changed."""
        self._cancel_timer()
        if self._is_stopped or self._is_polling:
            return
        now = self.steady_clock.now()
        self.next_poll_at = self._plan_next_poll(now)
        if self.next_poll_at is None:
            return
        outage = self.gateway.connection.circuit_breaker
        if outage.is_open:
            probe = now + outage.probe_at - self.clock.monotonic() + _AFTER_PROBE
            self.next_poll_at = max(self.next_poll_at, probe)
        delay = max(self.next_poll_at, self._round_ended_at + self._pause) - now
        if delay <= 0:
            self._start_round()
        else:
            self._timer = self.hass.loop.call_at(
                self.hass.loop.time() + delay, self._start_round
            )

    @callback
    def _start_round(self) -> None:
        self._timer = None
        self._is_polling = True
        self.config_entry.async_create_background_task(
            self.hass, self._async_poll(), self.name
        )

    async def _async_poll(self) -> None:
        """Poll what is due, then set the timer to the next poll."""
        connection = self.gateway.connection
        calls_before = connection.calls_made
        try:
            self.async_set_updated_data(await self._async_update_data())
        # Whatever a reply makes fail, polling must go on, and not as fast as it fails.
        except Exception as err:  # noqa: BLE001
            self._record_unexpected_error(err)
        else:
            self._errors_in_a_row = 0
            if (
                connection.calls_made > calls_before
                or connection.circuit_breaker.is_open
            ):
                self._pause = _ROUND_INTERVAL
            else:
                self._pause = min(self._pause * 2, _LONGEST_IDLE_PAUSE)
        finally:
            self._is_polling = False
            self._round_ended_at = self.steady_clock.now()
            self.schedule_poll()

    def _record_unexpected_error(self, error: Exception) -> None:
        """Count an error that ended a round, log it where the last one was of another kind, and put off the next round."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} in {place.name}"
        self.unexpected_errors[kind] += 1
        self.last_update_success = False
        self._pause = min(
            _ERROR_PAUSE * 2.0 ** min(self._errors_in_a_row, 10), _LONGEST_ERROR_PAUSE
        )
        self._errors_in_a_row += 1
        if kind != self._last_error:
            self._last_error = kind
            self.logger.error(
                "Unexpected error updating %s; further ones of this kind are counted only",
                self.name,
                exc_info=error,
            )

    @callback
    @override
    def _schedule_refresh(self) -> None:
        """Do nothing: the timer is set by ``schedule_poll``."""


class PerDeviceCoordinator[DataT](PollingCoordinator[DataT]):
    """A coordinator of many devices.

    Entities listen with their device's serial as context. Only the entities whose device changed (``changed``) are notified,
    so that the cost grows with the changes and not with the entities.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: OpenApiClient,
        name: str,
    ) -> None:
        """Initialize without changes or listeners."""
        super().__init__(hass, entry, client, name)
        self.changed: set[str] = set()
        self._listeners_by_device: dict[str | None, list[CALLBACK_TYPE]] = {}

    def has_listeners(self, context: str) -> bool:
        """Return whether any entity listens to this device."""
        return bool(self._listeners_by_device.get(context))

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Notify only the entities whose device changed, and the listeners for all devices."""
        if not self.changed:
            return
        notified = frozenset(self.changed)
        for context in (*notified, None):
            for update_callback in tuple(self._listeners_by_device.get(context, ())):
                try:
                    update_callback()
                # As in the base class: one entity's error must not keep the others from being notified.
                except Exception:
                    self.logger.exception("Unexpected error updating %s", self.name)
        self.changed -= notified

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: str | None = None
    ) -> Callable[[], None]:
        """Add a listener for one device (its serial as context) or, without a context, for all of them."""
        remove = super().async_add_listener(update_callback, context)
        listeners = self._listeners_by_device.setdefault(context, [])
        listeners.append(update_callback)

        @callback
        def stop() -> None:
            remove()
            listeners.remove(update_callback)

        return stop
