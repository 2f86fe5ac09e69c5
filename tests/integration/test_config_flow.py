"""The config flow: every path to an entry, and every error with its recovery."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
import json
from pathlib import Path
import re
import socket
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from probatio.markers import resolve_key
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.growatt_openapi import config_flow
from custom_components.growatt_openapi.api import RefusedError
from custom_components.growatt_openapi.api.regions import REGIONS
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.flows import token_probe as probing
from custom_components.growatt_openapi.flows.token_probe import find_token
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import PLANT, VirtualClock, add_plants, go_on

NEW_TOKEN = "fedcba9876543210fedcba9876543210"
COMPONENT = Path(config_flow.__file__).parent
TEXTS: Any = json.loads((COMPONENT / "translations/en.json").read_text())
OFFICIAL = [name for name, region in REGIONS.items() if region.official]

type World = dict[str, Server]


@pytest.fixture
async def world(
    make_cloud: Callable[..., Cloud],
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[World]:
    """The four official servers, none of which knows the token."""
    servers = {name: Server(make_cloud(tokens=set())) for name in OFFICIAL}
    for server in servers.values():
        await server.start()
    regions = {
        name: replace(region, url=servers[name].url) if name in servers else region
        for name, region in REGIONS.items()
    }
    monkeypatch.setattr(probing, "REGIONS", regions)
    monkeypatch.setattr(config_flow, "REGIONS", regions)
    yield servers
    for server in servers.values():
        await server.stop()


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    return result


async def to_plants(hass: HomeAssistant, url: str) -> ConfigFlowResult:
    result = await start(hass)
    result = await go_on(hass, result, token=TOKEN, region="custom")
    assert result["step_id"] == "server"
    return await go_on(hass, result, url=url)


async def finish(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Submit the plants step with its suggested values."""
    assert result["step_id"] == "plants"
    result = await go_on(hass, result, plants=[PLANT], controls=True)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f"  {TOKEN}\n",
        f"API Token: {TOKEN} (copied)",
        f"token={TOKEN}&x=1",
        f"{TOKEN} {TOKEN}",
    ],
)
def test_token_is_found_in_pasted_text(pasted: str) -> None:
    assert find_token(pasted) == TOKEN


@pytest.mark.parametrize(
    "pasted", ["", "abc", TOKEN[:-1], TOKEN + "0", f"{TOKEN} {NEW_TOKEN}"]
)
def test_pasted_text_without_exactly_one_token_has_none(pasted: str) -> None:
    assert find_token(pasted) is None


@pytest.mark.parametrize("kind", ["user", "reauth", "reconfigure", "options"])
async def test_form_has_a_value_for_each_placeholder_of_its_texts(
    hass: HomeAssistant, loaded: MockConfigEntry, kind: str
) -> None:
    """Those on tokens link to the page that explains where to find them, and show none."""
    flow: Any = {
        "user": lambda: start(hass),
        "reauth": lambda: loaded.start_reauth_flow(hass),
        "reconfigure": lambda: loaded.start_reconfigure_flow(hass),
        "options": lambda: hass.config_entries.options.async_init(loaded.entry_id),
    }[kind]
    result = await flow()
    section = "options" if kind == "options" else "config"
    step = TEXTS[section]["step"][result["step_id"]]
    used = set(re.findall(r"\{(\w+)\}", json.dumps(step)))
    given = result["description_placeholders"]
    assert used <= set(given)
    assert TOKEN not in str(result)
    if kind != "options":
        page, _, anchor = given["token_help"].partition("#")
        manifest = json.loads((COMPONENT / "manifest.json").read_text())
        assert page == manifest["documentation"]
        readme = (COMPONENT.parents[1] / "README.md").read_text()
        assert f"## {anchor.replace('-', ' ').capitalize()}\n" in readme
        token = next(key for key in result["data_schema"].schema if key == "token")
        assert resolve_key(token).secret
        field = result["data_schema"].schema[token]
        assert field.config["type"] == "password"


async def test_refusal_without_a_known_end_names_no_time(
    hass: HomeAssistant, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise RefusedError

    monkeypatch.setattr(probing, "_ask", refuse)
    result = await to_plants(hass, server.url)
    assert result["errors"] == {"base": "rate_limited_now"}
    assert "{" not in TEXTS["config"]["error"]["rate_limited_now"]
    monkeypatch.undo()


async def test_custom_server_creates_an_entry(
    hass: HomeAssistant, server: Server
) -> None:
    result = await to_plants(hass, server.url.removesuffix("v1/"))
    result = await finish(hass, result)
    entry = result["result"]
    assert entry.title == "Sunny Cottage"
    assert entry.unique_id == PLANT
    assert entry.data == {"region": "custom", "url": server.url, "token": TOKEN}
    assert entry.options == {"plants": None, "controls": True, "detail": "standard"}
    assert entry.state is ConfigEntryState.LOADED
    # The set-up reuses the plant list that the flow has read.
    paths = [call.path for call in server.cloud.journal]
    assert paths.count("plant/list") == 1
    assert {call.code for call in server.cloud.journal} == {0}


async def test_region_of_the_token_is_found(hass: HomeAssistant, world: World) -> None:
    world["australia_new_zealand"].cloud.tokens.add(TOKEN)
    result = await start(hass)
    result = await go_on(hass, result, token=f"token: {TOKEN}", region="auto")
    result = await finish(hass, result)
    assert result["data"]["region"] == "australia_new_zealand"
    assert result["data"]["url"] == world["australia_new_zealand"].url


async def test_region_with_plants_is_preferred(
    hass: HomeAssistant, world: World
) -> None:
    for name in ("europe", "china"):
        world[name].cloud.tokens.add(TOKEN)
    world["europe"].cloud.plants.clear()
    result = await start(hass)
    result = await go_on(hass, result, token=TOKEN, region="auto")
    result = await finish(hass, result)
    assert result["data"]["region"] == "china"


def no_plants(world: World) -> None:
    world["europe"].cloud.tokens.add(TOKEN)
    world["europe"].cloud.plants.clear()
    world["china"].cloud.faults.append(Fault(FaultKind.REFUSE))


def refused_once(world: World) -> None:
    world["china"].cloud.faults.append(Fault(FaultKind.REFUSE))
    world["europe"].cloud.faults.append(Fault(FaultKind.HTML))


def one_down(world: World) -> None:
    world["north_america"].cloud.faults.append(Fault(FaultKind.ERROR_500))


def one_moved(world: World) -> None:
    world["north_america"].cloud.old_host = True


def unknown_token(_: World) -> None:
    return


@pytest.mark.parametrize(
    ("prepare", "error", "placeholders"),
    [
        (no_plants, "no_plants", set()),
        (refused_once, "rate_limited", {"time"}),
        (one_down, "cannot_connect", {"server"}),
        (one_moved, "cannot_connect", {"server"}),
        (unknown_token, "token_refused", set()),
    ],
)
async def test_failed_region_search_shows_an_error_and_recovers(
    hass: HomeAssistant,
    world: World,
    clock: VirtualClock,
    prepare: Callable[[World], None],
    error: str,
    placeholders: set[str],
) -> None:
    prepare(world)
    result = await start(hass)
    result = await go_on(hass, result, token=TOKEN, region="auto")
    assert result["errors"] == {"base": error}
    found = result["description_placeholders"]
    assert found is not None
    assert set(found) == placeholders | {"token_help"}
    if error == "cannot_connect":
        assert found["server"] == f"127.0.0.1:{world['north_america'].port}"
    assert TOKEN not in str(result)
    clock.advance(3600)
    for server in world.values():
        server.cloud.faults.clear()
    world["north_america"].cloud.old_host = False
    world["north_america"].cloud.tokens.add(TOKEN)
    result = await go_on(hass, result, token=TOKEN, region="auto")
    await finish(hass, result)


async def test_invalid_token_shows_an_error_and_recovers(
    hass: HomeAssistant, server: Server
) -> None:
    result = await start(hass)
    result = await go_on(hass, result, token="hello", region="custom")
    assert result["errors"] == {"token": "invalid_token"}
    result = await go_on(hass, result, token=TOKEN, region="custom")
    result = await go_on(hass, result, url=server.url)
    await finish(hass, result)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.REFUSE), "rate_limited"),
        (Fault(FaultKind.ERROR_500), "cannot_connect"),
        (Fault(FaultKind.HTML), "cannot_connect"),
        (Fault(FaultKind.CODE, code=10011), "token_refused"),
        (Fault(FaultKind.CODE, code=10001), "cannot_connect"),
        (Fault(FaultKind.CODE, code=-1), "wrong_server"),
    ],
)
async def test_named_region_shows_its_error_and_recovers(
    hass: HomeAssistant, world: World, clock: VirtualClock, fault: Fault, error: str
) -> None:
    cloud = world["europe"].cloud
    cloud.tokens.add(TOKEN)
    cloud.faults.append(fault)
    result = await start(hass)
    result = await go_on(hass, result, token=TOKEN, region="europe")
    assert result["errors"] == {"base": error}
    assert [server.cloud.journal for server in list(world.values())[1:]] == [[], [], []]
    cloud.faults.clear()
    clock.advance(1800)
    result = await go_on(hass, result, token=TOKEN, region="europe")
    result = await finish(hass, result)
    assert result["data"]["region"] == "europe"


async def test_refusal_shows_when_to_retry(hass: HomeAssistant, server: Server) -> None:
    server.cloud.faults.append(Fault(FaultKind.REFUSE, count=1))
    result = await to_plants(hass, server.url)
    assert result["errors"] == {"base": "rate_limited"}
    # Five minutes after 04:02:30 in Home Assistant's default time zone.
    assert result["description_placeholders"] == {"time": "04:07:31"}


@pytest.mark.parametrize("typed", ["", "ftp://x", "http://user:pw@host"])
async def test_invalid_url_shows_an_error_and_recovers(
    hass: HomeAssistant, server: Server, typed: str
) -> None:
    result = await to_plants(hass, typed)
    assert result["errors"] == {"url": "invalid_url"}
    result = await go_on(hass, result, url=server.url)
    await finish(hass, result)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.HTML, count=1), "wrong_server"),
        (Fault(FaultKind.BROKEN_JSON, count=1), "wrong_server"),
        (Fault(FaultKind.CODE, code=-1, count=1), "wrong_server"),
        (Fault(FaultKind.ERROR_500, count=1), "cannot_connect"),
        (Fault(FaultKind.CODE, code=10011, count=1), "token_refused"),
    ],
)
async def test_custom_server_shows_its_error_and_recovers(
    hass: HomeAssistant, server: Server, clock: VirtualClock, fault: Fault, error: str
) -> None:
    server.cloud.faults.append(fault)
    result = await to_plants(hass, server.url)
    assert result["step_id"] == "server"
    assert result["errors"] == {"base": error}
    clock.advance(1800)
    result = await go_on(hass, result, url=server.url)
    await finish(hass, result)


async def test_unreachable_server_shows_an_error_and_recovers(
    hass: HomeAssistant, server: Server, clock: VirtualClock
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    result = await to_plants(hass, f"http://127.0.0.1:{port}")
    assert result["errors"] == {"base": "cannot_connect"}
    result = await go_on(hass, result, url=server.url)
    await finish(hass, result)


async def test_account_without_plants_shows_an_error_and_recovers(
    hass: HomeAssistant, server: Server, clock: VirtualClock
) -> None:
    plants = server.cloud.plants
    server.cloud.plants = []
    result = await to_plants(hass, server.url)
    assert result["errors"] == {"base": "no_plants"}
    server.cloud.plants = plants
    clock.advance(300)
    result = await go_on(hass, result, url=server.url)
    await finish(hass, result)


async def test_at_least_one_plant_must_be_chosen(
    hass: HomeAssistant, server: Server
) -> None:
    result = await to_plants(hass, server.url)
    result = await go_on(hass, result, plants=[], controls=False)
    assert result["errors"] == {"plants": "no_plant_chosen"}
    result = await go_on(hass, result, plants=[PLANT], controls=False)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["options"] == {"plants": None, "controls": False}
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.async_entity_ids("switch") == []
    assert hass.states.async_entity_ids("number") == []


async def test_flow_aborts_when_all_plants_are_set_up(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    result = await to_plants(hass, server.url)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_plants_of_an_unloaded_entry_count_as_set_up(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    await hass.config_entries.async_unload(loaded.entry_id)
    result = await to_plants(hass, server.url)
    assert result["reason"] == "already_configured"


async def test_remaining_plants_go_into_a_second_entry(
    hass: HomeAssistant, server: Server, clock: VirtualClock
) -> None:
    add_plants(server.cloud, 9, 12)
    result = await to_plants(hass, server.url)
    result = await go_on(hass, result, plants=["12", PLANT], controls=True)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    first = result["result"]
    assert first.unique_id == "12"
    assert first.options["plants"] == ["12", PLANT]
    assert first.title == "Sunny Cottage + 1"
    await hass.async_block_till_done(wait_background_tasks=True)

    result = await to_plants(hass, server.url)
    assert result["data_schema"] is not None
    result = await go_on(hass, result, plants=["9"], controls=True)
    second = result["result"]
    # It holds all that are left, so new plants are added to it.
    assert second.options["plants"] is None
    assert second.unique_id == "9"
    await hass.async_block_till_done(wait_background_tasks=True)
    registry = dr.async_get(hass)
    assert registry.async_get_device_by_identifier((DOMAIN, "plant_9"), second.entry_id)
    assert not registry.async_get_device_by_identifier(
        (DOMAIN, "plant_9"), first.entry_id
    )
    assert not registry.async_get_device_by_identifier(
        (DOMAIN, f"plant_{PLANT}"), second.entry_id
    )


async def test_flow_aborts_when_a_plant_was_set_up_meanwhile(
    hass: HomeAssistant, server: Server, entry: MockConfigEntry
) -> None:
    add_plants(server.cloud, 9)
    result = await to_plants(hass, server.url)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={"plants": [PLANT], "controls": True}
    )
    result = await go_on(hass, result, plants=["9", PLANT], controls=True)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize("kind", ["flow", "options/flow"])
async def test_form_is_sent_to_the_frontend(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    kind: str,
) -> None:
    """Tokens are marked as secret, and what few owners change is in a folded section with its present values."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    handler = DOMAIN if kind == "flow" else loaded.entry_id
    response = await client.post(
        f"/api/config/config_entries/{kind}", json={"handler": handler}
    )
    assert response.status == 200
    fields = {field["name"]: field for field in (await response.json())["data_schema"]}
    if kind == "flow":
        assert fields["token"]["secret"] is True
        assert fields["token"]["selector"]["text"]["type"] == "password"
        return
    section = fields["more"]
    assert (section["type"], section["expanded"]) == ("expandable", False)
    values = {
        field["name"]: field["description"]["suggested_value"]
        for field in section["schema"]
    }
    assert values == {
        "interval": 5,
        "detail": "standard",
        "writes": 30,
        "history_days": 30,
    }
