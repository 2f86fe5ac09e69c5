"""A new token where the old one is refused."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.server import Server
from tests.components.conftest import add_plants, go_on, set_up
from tests.conftest import FrozenClock

NEW_TOKEN = "fedcba9876543210fedcba9876543210"


async def test_reauth(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, clock: FrozenClock
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
    # Every entry that holds the old token has the new one.
    assert loaded.data["token"] == other.data["token"] == NEW_TOKEN
    assert loaded.state is other.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("token", "misfortune", "errors"),
    [
        ("nonsense", None, {"token": "invalid_token"}),
        ("a" * 32, None, {"base": "token_refused"}),
        (NEW_TOKEN, "other", {"base": "different_account"}),
        (NEW_TOKEN, "none", {"base": "no_plants"}),
    ],
)
async def test_reauth_errors_and_recovery(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: FrozenClock,
    token: str,
    misfortune: str | None,
    errors: dict[str, str],
) -> None:
    server.cloud.tokens = {NEW_TOKEN}
    sites = list(server.cloud.sites)
    if misfortune == "other":
        add_plants(server.cloud, 9)
        del server.cloud.sites[0]
    elif misfortune == "none":
        server.cloud.sites = []
    result = await loaded.start_reauth_flow(hass)
    result = await go_on(hass, result, token=token)
    assert result["errors"] == errors
    server.cloud.sites = sites
    clock.advance(300)
    result = await go_on(hass, result, token=NEW_TOKEN)
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
