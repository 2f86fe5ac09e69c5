"""Fixtures: Home Assistant with the integration, over the simulated cloud."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.growatt_openapi.api import Transport
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.transport import Envelope
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.persistence import clients
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import NOON, PLANT, HeldReplies, Pass, VirtualClock, set_up


@pytest.fixture(autouse=True)
def storage(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """The files of .storage, which are kept in memory for one test."""
    return hass_storage


@pytest.fixture
def clock(
    freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> VirtualClock:
    """One clock for Home Assistant, the integration and the cloud."""
    freezer.move_to(NOON)
    clock = VirtualClock(freezer)
    monkeypatch.setattr(clients, "SystemClock", lambda: clock)
    return clock


@pytest.fixture
def entry(server: Server) -> MockConfigEntry:
    """A config entry of the simulated cloud, not yet set up."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Sunny Cottage",
        unique_id=PLANT,
        data={"region": "custom", "url": server.url, "token": TOKEN},
        options={"plants": None, "controls": True},
    )


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """The config entry, set up."""
    await set_up(hass, entry)
    return entry


@pytest.fixture
def let_pass(hass: HomeAssistant, clock: VirtualClock) -> Pass:
    """A function that advances the clock from one timer to the next, by at most a minute at a time."""

    async def let_pass(seconds: float, step: float = 60.0) -> None:
        end = clock.now() + timedelta(seconds=seconds)
        while clock.now() < end:
            left = (end - clock.now()).total_seconds()
            clock.advance(min(step, left, max(_next_timer(hass), 0.01)))
            async_fire_time_changed(hass, dt_util.utcnow())
            await hass.async_block_till_done(wait_background_tasks=True)

    return let_pass


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldReplies:
    """Replies to writes that arrive when a test delivers them."""
    held = HeldReplies()
    exchange = Transport.exchange

    async def exchange_slowly(
        self: Transport, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        try:
            return await exchange(self, endpoint, parameters)
        finally:
            if endpoint.write and held.are_held:
                held.on_the_way.set()
                await held.delivered.wait()

    monkeypatch.setattr(Transport, "exchange", exchange_slowly)
    return held


def _next_timer(hass: HomeAssistant) -> float:
    """Return in how many seconds the next timer fires."""
    timers = hass.loop._scheduled  # type: ignore[attr-defined]
    due = (timer.when() for timer in timers if not timer.cancelled())
    return float(min(due, default=hass.loop.time() + 60) - hass.loop.time())


@pytest.fixture
def entity_registry_enabled_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable every entity when it is registered."""
    monkeypatch.setattr(
        Entity, "entity_registry_enabled_default", property(lambda _: True)
    )


@pytest.fixture
def ids(hass: HomeAssistant, loaded: MockConfigEntry) -> dict[str, str]:
    """The ids of all devices in the device registry, by their identifiers."""
    registry = dr.async_get(hass)
    return {
        identifier: device.id
        for device in dr.async_entries_for_config_entry(registry, loaded.entry_id)
        for domain, identifier in device.identifiers
        if domain == DOMAIN
    }
