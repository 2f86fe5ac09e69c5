"""Functions, constants and test doubles that several test modules share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
import logging
from typing import Any, Protocol

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, ServiceResponse, State
from homeassistant.exceptions import ServiceValidationError
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.api import OpenApiClient
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.endpoints.plants import PLANT_DATA
from custom_components.growatt_openapi.api.errors import OpenApiError
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.models import Reply
from custom_components.growatt_openapi.api.request_options import (
    Priority,
    RequestOptions,
)
from custom_components.growatt_openapi.api.transport import Envelope
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.persistence import clients
from simulator.cloud import Cloud
from simulator.router import Router

NOON = datetime(2026, 6, 20, 11, 2, 30, tzinfo=UTC)

# The plant and the devices of the scenario "home", by their identifiers …
PLANT = "700101"
INVERTER = "TPJ4A18033"
STORAGE = "KHB2C21054"
DATALOGGER = "XGD1A00117"
# … and as their entity ids begin.
ROOF, BATTERY, HOUSE = "south_roof", "storage_1054", "sunny_cottage"

# Everything that JSON can hold.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)

type Ask = Callable[..., dict[str, Any]]
type MakeClient = Callable[[str], OpenApiClient]


class Pass(Protocol):
    """The type of the fixture let_pass."""

    def __call__(self, seconds: float, step: float = 60.0) -> Awaitable[None]: ...


class VirtualClock:
    """A clock for the client and the cloud: time passes only when one of them sleeps or a test advances it.

    With a freezer it reads and moves the frozen time of Home Assistant's tests, without one a time of its own.
    """

    def __init__(self, freezer: FrozenDateTimeFactory | None = None) -> None:
        self._freezer = freezer
        self.time = NOON
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time if self._freezer is None else datetime.now(UTC)

    def monotonic(self) -> float:
        return self.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)  # other tasks run meanwhile, as during any sleep

    def advance(self, seconds: float) -> None:
        if self._freezer is None:
            self.time += timedelta(seconds=seconds)
        else:
            self._freezer.tick(timedelta(seconds=seconds))


class FakeTransport:
    """A transport that records its calls and raises the errors that a test has queued."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.calls: list[tuple[float, str, dict[str, str]]] = []
        self.errors: list[OpenApiError | None] = []
        self.latency = 0.0
        self.gate: asyncio.Event | None = None
        self.under_way = 0

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        self.calls.append((self.clock.monotonic(), endpoint.path, dict(parameters)))
        self.under_way += 1
        assert self.under_way == 1, "two calls at a time"
        try:
            if self.gate is not None:
                await self.gate.wait()
            self.clock.advance(self.latency)
            error = self.errors.pop(0) if self.errors else None
            if error is not None:
                raise error
            return {"data": len(self.calls), "error_code": 0}
        finally:
            self.under_way -= 1

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.calls]


@dataclass
class HeldReplies:
    """Holds the replies to writes back: the device has the value, and its confirmation is on the way."""

    are_held: bool = True
    on_the_way: asyncio.Event = field(default_factory=asyncio.Event)
    delivered: asyncio.Event = field(default_factory=asyncio.Event)


async def read(
    gateway: Gateway,
    endpoint: Endpoint = PLANT_DATA,
    parameters: Mapping[str, str] | None = None,
    *,
    priority: Priority = Priority.READING,
    scheduled: bool = False,
) -> Reply[Envelope]:
    """Read an endpoint, by default the overview of plant 1."""
    return await gateway.read(
        endpoint,
        {"plant_id": "1"} if parameters is None else parameters,
        RequestOptions(priority, scheduled),
    )


# The simulated cloud


def alter_reply(
    patch: pytest.MonkeyPatch,
    router: Router,
    path: str,
    change: Callable[[dict[str, Any]], object],
) -> None:
    """Apply ``change`` to the data of every reply of an endpoint."""
    route = router.routes[path]

    def handler(*arguments: Any) -> dict[str, Any]:
        reply = route.handler(*arguments)
        change(reply["data"])
        return reply

    patch.setitem(router.routes, path, replace(route, handler=handler))


def drop_stop_levels(patch: pytest.MonkeyPatch, router: Router) -> None:
    """Remove the stop levels from an SPH's settings, which a real device does not return."""

    def drop(data: dict[str, Any]) -> None:
        for key in [key for key in data if "SOCLowLimit" in key]:
            del data[key]

    alter_reply(patch, router, "device/mix/mix_data_info", drop)


def copy_entry(entry: ConfigEntry[Any]) -> MockConfigEntry:
    """Return an entry with the same data, as one that the user adds again."""
    return MockConfigEntry(
        domain=entry.domain,
        title=entry.title,
        unique_id=entry.unique_id,
        data=dict(entry.data),
        options=dict(entry.options),
    )


def add_plants(cloud: Cloud, *ids: int) -> None:
    """Add copies of the first plant under the given ids."""
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


def raise_alarm(
    cloud: Cloud, serial: str, code: str = "201", severity: str = "fault"
) -> None:
    """Start an alarm of a device of the first plant."""
    device = cloud.plants[0].find_device(serial)
    assert device is not None
    device.raise_alarm(code, "No utility", cloud.clock.now(), severity=severity)


def calls(cloud: Cloud, path: str) -> int:
    """Return how often an endpoint was called."""
    return [call.path for call in cloud.journal].count(path)


def refused(cloud: Cloud) -> list[Any]:
    """Return the calls that were answered with 10012."""
    return [call for call in cloud.journal if call.code == 10012]


def failed(cloud: Cloud) -> list[Any]:
    """Return the calls that were answered with any error code."""
    return [call for call in cloud.journal if call.code not in (0, "0")]


def sent(cloud: Cloud) -> list[tuple[str, ...]]:
    """Return the parameter and the values of every write, in their order."""
    return [
        tuple(
            text for name, text in call.parameters.items() if not name.endswith("_sn")
        )
        for call in cloud.journal
        if call.path.endswith("Set")
    ]


def written(cloud: Cloud) -> list[tuple[str, ...]]:
    """Return the same without the unused values, which newer devices take as empty text."""
    return [tuple(text for text in one if text) for one in sent(cloud)]


def fail_at(
    monkeypatch: pytest.MonkeyPatch, number: int, code: int, set_path: str
) -> None:
    """Make the given one of the next writes to an endpoint fail without reaching the journal."""
    written = 0
    dispatch: Any = Router.dispatch

    def fail(self: Router, token: str, method: str, path: str, parameters: Any) -> Any:
        nonlocal written
        if path == set_path:
            written += 1
            if written == number:
                return {"data": "", "error_code": code, "error_msg": "failed"}
        return dispatch(self, token, method, path, parameters)

    monkeypatch.setattr(Router, "dispatch", fail)


# Home Assistant


async def set_up(hass: HomeAssistant, entry: Any) -> None:
    """Add a config entry unless it is there, and set it up."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    if hass.config_entries.async_get_entry(entry.entry_id) is None:
        entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def reload(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Reload a config entry within the same Home Assistant."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def restart(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    storage: dict[str, Any],
    *,
    kill: bool = False,
) -> None:
    """Restart Home Assistant as far as the integration can see; killed, it saves nothing more."""
    if not kill:
        hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await hass.async_block_till_done()
    files = deepcopy(storage)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    hass.data.pop(clients._CLIENTS)
    if kill:
        storage.clear()
        storage.update(files)
    assert await hass.config_entries.async_setup(entry.entry_id)


def set_options(hass: HomeAssistant, entry: ConfigEntry[Any], **changes: Any) -> None:
    """Change some options of a config entry."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, **changes})


async def go_on(
    hass: HomeAssistant, result: ConfigFlowResult, **answers: Any
) -> ConfigFlowResult:
    """Submit the form that a config flow shows."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], answers)


def get_state(hass: HomeAssistant, entity_id: str) -> State:
    """Return an entity's state object."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


def value(hass: HomeAssistant, entity_id: str) -> str:
    """Return an entity's state."""
    return get_state(hass, entity_id).state


def is_assumed(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity's state is assumed."""
    return "assumed_state" in get_state(hass, entity_id).attributes


async def act(hass: HomeAssistant, entity_id: str, action: str, **data: Any) -> None:
    """Call an action of an entity's platform."""
    domain = entity_id.partition(".")[0]
    await hass.services.async_call(
        domain, action, {"entity_id": entity_id, **data}, blocking=True
    )


async def set_time(hass: HomeAssistant, entity_id: str, time: str) -> None:
    """Set a time entity."""
    await act(hass, entity_id, "set_value", time=time)


async def set_period(
    hass: HomeAssistant, name: str, start: str, end: str, error: str | None = None
) -> None:
    """Set both ends of a period and enable it, at once: all succeed, or raise the validation error of the given key."""
    results = await asyncio.gather(
        set_time(hass, f"time.{name}_from", start),
        set_time(hass, f"time.{name}_to", end),
        act(hass, f"switch.{name}", "turn_on"),
        return_exceptions=True,
    )
    expected = None if error is None else (ServiceValidationError, error)
    for result in results:
        found = result and (type(result), getattr(result, "translation_key", None))
        assert found == expected, result


async def ask(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action of the integration and return its response."""
    response: ServiceResponse = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    return response


async def do(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Call an action of the integration that has no response."""
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


def logged_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration has logged as a warning or worse."""
    return [
        record.message
        for record in caplog.records
        if record.name.startswith("custom_components")
        and record.levelno >= logging.WARNING
    ]
