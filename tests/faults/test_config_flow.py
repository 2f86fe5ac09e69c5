"""Faults while a token is entered, renewed, or moved to another server."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import orjson
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.persistence import clients
from simulator.scenarios import TOKEN
from tests.helpers import go_on

from .cases import Case, Phase
from .checks import check_log
from .world import World

_HOUR = 3600


async def _submit(
    hass: HomeAssistant, flow: ConfigFlowResult, url: str
) -> ConfigFlowResult:
    """Submit what each form asks for, up to the choice of plants."""
    answers: dict[str, dict[str, Any]] = {
        "user": {"token": TOKEN, "region": "custom"},
        "server": {"url": url},
        "reauth_confirm": {"token": TOKEN},
        "reconfigure": {"region": "custom", "token": TOKEN},
    }
    result = flow
    seen = set()
    while result["type"] is FlowResultType.FORM:
        step = result["step_id"]
        if step not in answers or step in seen:
            break
        seen.add(step)
        result = await go_on(hass, result, **answers[step])
    return result


def _check_form(result: ConfigFlowResult) -> None:
    """Check that a form with an error says what is wrong, and nothing secret."""
    errors: dict[str, str] = result.get("errors") or {}
    assert "unknown" not in errors.values()
    placeholders = dict(result.get("description_placeholders") or {})
    orjson.dumps([errors, placeholders])
    assert TOKEN not in str(placeholders)


async def _start(world: World, kind: str) -> tuple[ConfigFlowResult, MockConfigEntry]:
    """Start a flow of a kind: for a new entry, or of one that exists."""
    entry = world.make_entry()
    if kind == SOURCE_USER:
        flow = await world.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        return flow, entry
    entry.add_to_hass(world.hass)
    flow = await (
        entry.start_reauth_flow(world.hass)
        if kind == "reauth"
        else entry.start_reconfigure_flow(world.hass)
    )
    return flow, entry


async def _check_flow(world: World, case: Case, kind: str) -> None:
    hass = world.hass
    flow, entry = await _start(world, kind)
    since = world.calls
    await world.begin(case.fault, case.path)
    result = await _submit(hass, flow, world.url)
    _check_form(result)
    # A list of plants has pages.
    assert world.calls - since <= 12, f"{world.calls - since} calls"
    check_log(world.log.take(), 1, "in the fault")
    await world.end()
    if result["type"] is FlowResultType.FORM:
        world.clock.advance(_HOUR)
        result = await _submit(hass, result, world.url)
    if kind == SOURCE_USER:
        assert result.get("step_id") == "plants", result
        schema = result["data_schema"]
        assert schema is not None
        assert str(next(iter(schema.schema))) == "plants"
        hass.config_entries.flow.async_abort(result["flow_id"])
    else:
        assert result["type"] is FlowResultType.ABORT, result
        assert result["reason"].endswith("successful"), result["reason"]
    await hass.async_block_till_done(wait_background_tasks=True)
    check_log(world.log.take(), 1, "after the fault")
    if hass.config_entries.async_get_entry(entry.entry_id) is not None:
        assert entry.state is ConfigEntryState.LOADED
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.phases(Phase.CONFIG_FLOW)
@pytest.mark.parametrize("kind", [SOURCE_USER, "reauth", "reconfigure"])
async def test_config_flow(
    world: World, cases: list[Case], kind: str, subtests: pytest.Subtests
) -> None:
    for case in cases:
        # Each case has a cloud and a client that remember nothing.
        for _, files in world.hass.data.pop(clients._CLIENTS, {}).values():
            # Also cancels a save that is due.
            await files.log.remove()
            await files.replies.remove()
        world.storage.clear()
        world.cloud.limits.clear()
        for flow in world.hass.config_entries.flow.async_progress():
            world.hass.config_entries.flow.async_abort(flow["flow_id"])
        world.log.take()
        with subtests.test(f"{case.name} ({kind})"):
            await _check_flow(world, case, kind)
        await world.end()
        for entry in world.hass.config_entries.async_entries(DOMAIN):
            await world.hass.config_entries.async_remove(entry.entry_id)
