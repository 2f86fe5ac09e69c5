"""What the coordinators share: asking when there is news, and being silent about what the gateway tells already."""

from abc import abstractmethod
import asyncio
from collections.abc import Callable
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from ..api import OpenApiClient
from ..const import LOGGER
from ..domain.steady_clock import SteadyClock

# What an outage held back is asked this long after the next probe is due, so that only one becomes that probe.
_AFTER_PROBE = 0.1
# Between two rounds at least, seconds.
_BREATH = 1.0


class PollingCoordinator[DataT](DataUpdateCoordinator[DataT]):
    """A coordinator with a timer of its own, set to the instant at which the next ask makes sense.

    A call that fails is no failure of the coordinator: its entities live by the age of what they know, and that the cloud does
    not answer is told once for all, by the account.
    """

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: OpenApiClient,
        name: str,
    ) -> None:
        """Poll for an entry."""
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
        self._is_asking = False
        self._ended = float("-inf")

    @callback
    def start(self) -> None:
        """Begin to ask, and go on until the entry is unloaded."""
        self.config_entry.async_on_unload(
            self.gateway.connection.add_listener(self.schedule_poll)
        )
        self.config_entry.async_on_unload(self.stop)
        self.schedule_poll()

    @callback
    def stop(self) -> None:
        """Ask no more."""
        self._is_stopped = True
        self._cancel()

    @callback
    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @abstractmethod
    def _next_poll_at(self, now: float) -> float | None:
        """Return the instant of the next ask; None where there is nothing to ask."""

    @callback
    def schedule_poll(self) -> None:
        """Set the timer anew: something has changed."""
        self._cancel()
        if self._is_stopped or self._is_asking:
            return
        now = self.steady_clock.now()
        self.next_poll_at = self._next_poll_at(now)
        if self.next_poll_at is None:
            return
        outage = self.gateway.connection.circuit_breaker
        if outage.is_open:
            probe = now + outage.probe_at - self.clock.monotonic() + _AFTER_PROBE
            self.next_poll_at = max(self.next_poll_at, probe)
        delay = max(self.next_poll_at, self._ended + _BREATH) - now
        if delay <= 0:
            self._wake()
        else:
            self._timer = self.hass.loop.call_at(
                self.hass.loop.time() + delay, self._wake
            )

    @callback
    def _wake(self) -> None:
        self._timer = None
        self._is_asking = True
        self.config_entry.async_create_background_task(
            self.hass, self._round(), self.name
        )

    async def _round(self) -> None:
        """Ask what is due, and set the timer for what comes next."""
        try:
            await self.async_refresh()
        finally:
            self._is_asking = False
            self._ended = self.steady_clock.now()
            self.schedule_poll()

    @callback
    @override
    def _schedule_refresh(self) -> None:
        """The timer is ours."""


class PerDeviceCoordinator[DataT](PollingCoordinator[DataT]):
    """A coordinator of many devices.

    Entities listen with their device's serial as context, and only those whose device has news (``changed``) are woken: cost
    grows with news and not with entities.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: OpenApiClient,
        name: str,
    ) -> None:
        """Begin with nothing to tell."""
        super().__init__(hass, entry, client, name)
        self.changed: set[str] = set()
        self._listening: dict[str | None, list[CALLBACK_TYPE]] = {}

    def has_listeners(self, context: str) -> bool:
        """Tell whether anybody listens to this device."""
        return bool(self._listening.get(context))

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Wake the entities of devices with news, and the listeners for all devices."""
        if not self.changed:
            return
        told = frozenset(self.changed)
        for context in (*told, None):
            for update_callback in tuple(self._listening.get(context, ())):
                try:
                    update_callback()
                # As in the base class: one entity's error must not keep news from the others.
                except Exception:
                    self.logger.exception("Unexpected error updating %s", self.name)
        self.changed -= told

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: str | None = None
    ) -> Callable[[], None]:
        """Listen to one device (by its serial as context), or to all of them."""
        remove = super().async_add_listener(update_callback, context)
        listeners = self._listening.setdefault(context, [])
        listeners.append(update_callback)

        @callback
        def stop() -> None:
            remove()
            listeners.remove(update_callback)

        return stop
