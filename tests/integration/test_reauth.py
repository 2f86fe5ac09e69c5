"""The reauthentication flow, and when it starts."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.api.regions import Region
from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import Pass, VirtualClock, add_plants, go_on, set_up

NEW_TOKEN = "fedcba9876543210fedcba9876543210"


async def test_reauth_updates_every_entry_of_the_old_token(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, clock: VirtualClock
) -> None:
    add_plants(server.cloud, 9)
    other = MockConfigEntry(
        domain=DOMAIN,
        unique_id="9",
        data=dict(loaded.data),
        options={"plants": ["9"], "controls": True},
    )
    clock.advance(600)
    await set_up(hass, other)
    server.cloud.tokens = {NEW_TOKEN}
    result = await loaded.start_reauth_flow(hass)
    assert result["step_id"] == "reauth_confirm"
    assert result["description_placeholders"] is not None
    assert result["description_placeholders"]["name"] == "Sunny Cottage"
    result = await go_on(hass, result, token=f"my token {NEW_TOKEN}")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    # Every entry with the old token has the new one.
    assert loaded.data["token"] == other.data["token"] == NEW_TOKEN
    assert loaded.state is other.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("token", "account", "errors"),
    [
        ("nonsense", None, {"token": "invalid_token"}),
        ("a" * 32, None, {"base": "token_refused"}),
        (NEW_TOKEN, "other", {"base": "different_account"}),
        (NEW_TOKEN, "none", {"base": "no_plants"}),
    ],
)
async def test_reauth_shows_errors_and_recovers(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
    token: str,
    account: str | None,
    errors: dict[str, str],
) -> None:
    server.cloud.tokens = {NEW_TOKEN}
    plants = list(server.cloud.plants)
    if account == "other":
        add_plants(server.cloud, 9)
        del server.cloud.plants[0]
    elif account == "none":
        server.cloud.plants = []
    result = await loaded.start_reauth_flow(hass)
    result = await go_on(hass, result, token=token)
    assert result["errors"] == errors
    server.cloud.plants = plants
    clock.advance(300)
    result = await go_on(hass, result, token=NEW_TOKEN)
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    ("other_server", "starts_reauth", "has_issue"),
    [("known", False, True), ("refused", True, False), ("down", False, False)],
)
async def test_refused_token_is_tried_on_the_other_official_servers(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    cloud: Cloud,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    other_server: str,
    starts_reauth: bool,
    has_issue: bool,
) -> None:
    """Reauthentication starts only if no other official server knows the token, an issue only if one does."""
    tokens = {TOKEN} if other_server == "known" else set()
    other = Server(Cloud(plants=cloud.plants, clock=cloud.clock, tokens=tokens))
    await other.start()
    if other_server == "down":
        other.cloud.faults.append(Fault(FaultKind.HTML))
    regions = {
        "europe": Region(url=server.url, portal="http://x", official=True),
        "china": Region(url=other.url, portal="http://x", official=True),
        "smten": Region(url="http://127.0.0.1:9/v1/", portal="http://x"),
    }
    for module in (
        "flows.token_probe",
        "registry.devices",
        "coordinator.token_check",
    ):
        monkeypatch.setattr(
            f"custom_components.growatt_openapi.{module}.REGIONS", regions
        )
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "region": "europe"}
    )
    await set_up(hass, entry)
    server.cloud.tokens.clear()
    await let_pass(14 * 3600, 300)
    assert bool(hass.config_entries.flow.async_progress()) == starts_reauth
    issues = {
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }
    assert ("wrong_server" in issues) == has_issue
    await hass.config_entries.async_unload(entry.entry_id)
    await other.stop()
