"""System health: one account, several servers, and servers that cannot be reached."""

import socket

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from tests.helpers import PLANT, Pass, add_plants, set_up


@pytest.fixture(autouse=True)
async def system_health(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "system_health", {})


async def get_info(hass: HomeAssistant) -> dict[str, object]:
    """Return what the page shows in the end."""
    found: dict[str, object] = await get_system_health_info(hass, DOMAIN)
    for key, value in found.items():
        if key.startswith("reach_"):
            found[key] = await value  # type: ignore[misc]
    return found


async def test_account_is_shown_and_the_server_is_reached_without_a_call(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    before = len(cloud.journal)
    found = await get_info(hass)
    assert found == {
        "region": "custom",
        "entries": 1,
        "status": "ok",
        "calls": before,
        "refusals": 0,
        "reach_custom": "ok",
    }
    assert len(cloud.journal) == before
    text = str(found)
    for secret in (TOKEN, PLANT, "127.0.0.1", "Sunny"):
        assert secret not in text


async def test_refusals_and_outages_are_shown(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.REFUSE, count=2))
    await let_pass(600)
    found = await get_info(hass)
    assert (found["status"], found["refusals"]) == ("slowed", 2)
    cloud.faults.append(Fault(FaultKind.ERROR_500))
    await let_pass(1200)
    assert (await get_info(hass))["status"] == "down"


async def test_servers_of_several_regions_are_listed(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """One of them cannot be reached, and its account is not loaded; accounts of one token are counted once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    away = MockConfigEntry(
        domain=DOMAIN,
        unique_id="1",
        data={"region": "china", "url": f"http://127.0.0.1:{port}/v1/", "token": "x"},
    )
    away.add_to_hass(hass)
    before = len(cloud.journal)
    found = await get_info(hass)
    assert found == {
        "region": "china, custom",
        "entries": "1, 1",
        "status": "not_loaded, ok",
        "calls": f"0, {before}",
        "refusals": "0, 0",
        "reach_china": {"type": "failed", "error": "unreachable"},
        "reach_custom": "ok",
    }
    add_plants(cloud, 9)
    sibling = MockConfigEntry(
        domain=DOMAIN,
        unique_id="9",
        data=dict(loaded.data),
        options={"plants": ["9"], "controls": True},
    )
    await set_up(hass, sibling)
    await hass.config_entries.async_remove(away.entry_id)
    found = await get_info(hass)
    assert (found["entries"], found["calls"]) == (2, len(cloud.journal))


async def test_nothing_is_shown_without_an_account(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(loaded.entry_id)
    assert await get_info(hass) == {}
