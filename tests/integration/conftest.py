"""Home Assistant with the integration, over the simulated cloud."""

from collections.abc import Awaitable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant, ServiceResponse
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.persistence import clients
from simulator.cloud import Cloud
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.conftest import NOON, FrozenClock

PLANT = "700101"
INVERTER = "TPJ4A18033"
STORAGE = "KHB2C21054"
DATALOGGER = "XGD1A00117"
# As their entities are called.
ROOF, BATTERY, HOUSE = "south_roof", "storage_1054", "sunny_cottage"


class Pass(Protocol):
    """Lets time pass."""

    def __call__(self, seconds: float, step: float = 60.0) -> Awaitable[None]: ...


@pytest.fixture(autouse=True)
def storage(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Files that last for a test and no longer."""
    return hass_storage


@pytest.fixture
def clock(
    freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> FrozenClock:
    """One time for Home Assistant, the integration and the cloud."""
    freezer.move_to(NOON)
    clock = FrozenClock(freezer)
    monkeypatch.setattr(clients, "SystemClock", lambda: clock)
    return clock


@pytest.fixture
def entry(server: Server) -> MockConfigEntry:
    """An entry of the simulated cloud, not yet set up."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Sunny Cottage",
        unique_id=PLANT,
        data={"region": "custom", "url": server.url, "token": TOKEN},
        options={"plants": None, "controls": True},
    )


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """That entry, set up."""
    await set_up(hass, entry)
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    if hass.config_entries.async_get_entry(entry.entry_id) is None:
        entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
def let_pass(hass: HomeAssistant, clock: FrozenClock) -> Pass:
    """A function that lets seconds pass, from one timer to the next, and at most a minute at a time."""

    async def let_pass(seconds: float, step: float = 60.0) -> None:
        end = clock.now() + timedelta(seconds=seconds)
        while clock.now() < end:
            left = (end - clock.now()).total_seconds()
            clock.advance(min(step, left, max(_next_timer(hass), 0.01)))
            async_fire_time_changed(hass, dt_util.utcnow())
            await hass.async_block_till_done(wait_background_tasks=True)

    return let_pass


def _next_timer(hass: HomeAssistant) -> float:
    """Return in how many seconds the next timer fires."""
    timers = hass.loop._scheduled  # type: ignore[attr-defined]
    due = (timer.when() for timer in timers if not timer.cancelled())
    return float(min(due, default=hass.loop.time() + 60) - hass.loop.time())


def value(hass: HomeAssistant, entity_id: str) -> str:
    """Return an entity's state."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


@pytest.fixture
def entity_registry_enabled_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable every entity when it is registered."""
    monkeypatch.setattr(
        Entity, "entity_registry_enabled_default", property(lambda _: True)
    )


async def go_on(
    hass: HomeAssistant, result: ConfigFlowResult, **answers: Any
) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_configure(result["flow_id"], answers)


def add_plants(cloud: Cloud, *ids: int) -> None:
    for number in ids:
        first = cloud.plants[0]
        datalogger = replace(first.datalogger, serial=f"LOG{number}")
        cloud.plants.append(
            replace(
                first,
                plant_id=number,
                name=f"Plant {number}",
                devices=[
                    replace(
                        device,
                        serial=f"{device.kind.name[:3]}{number}",
                        datalogger=datalogger,
                        model=deepcopy(device.model),
                        uploads=[],
                    )
                    for device in first.devices
                ],
            )
        )


def calls(cloud: Cloud, path: str) -> int:
    return [call.path for call in cloud.journal].count(path)


@pytest.fixture
def ids(hass: HomeAssistant, loaded: MockConfigEntry) -> dict[str, str]:
    """The registry's ids of all devices, by what we call them."""
    registry = dr.async_get(hass)
    return {
        identifier: device.id
        for device in dr.async_entries_for_config_entry(registry, loaded.entry_id)
        for domain, identifier in device.identifiers
        if domain == DOMAIN
    }


async def ask(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action and return what it answers."""
    response: ServiceResponse = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    return response


async def do(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


def sent(cloud: Cloud) -> list[tuple[str, ...]]:
    """Return what was set: the parameter, and its values in their order."""
    return [
        tuple(
            text for name, text in call.parameters.items() if not name.endswith("_sn")
        )
        for call in cloud.journal
        if call.path.endswith("Set")
    ]


def written(cloud: Cloud) -> list[tuple[str, ...]]:
    """Return the same without the unused values, which later devices want as empty text."""
    return [tuple(text for text in one if text) for one in sent(cloud)]


async def act(hass: HomeAssistant, entity_id: str, action: str, **data: Any) -> None:
    domain = entity_id.partition(".")[0]
    await hass.services.async_call(
        domain, action, {"entity_id": entity_id, **data}, blocking=True
    )


async def set_time(hass: HomeAssistant, entity_id: str, time: str) -> None:
    await act(hass, entity_id, "set_value", time=time)
