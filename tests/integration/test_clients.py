"""What is stored for a server and a token outlives their entry as long as the cloud counts, and no longer."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.persistence import clients
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import (
    ROOF,
    Pass,
    calls,
    copy_entry,
    go_on,
    refused,
    reload,
    set_up,
    value,
)

OTHER_TOKEN = "z" * 32


def stored(storage: dict[str, Any]) -> set[str]:
    """Return the kinds of the files of all servers and tokens."""
    return {
        name
        for name in storage
        if name.startswith(f"{DOMAIN}.") and name.endswith((".ledger", ".replies"))
    }


async def stop(hass: HomeAssistant) -> None:
    """Stop Home Assistant cleanly, as far as the files are concerned, with a new process to follow."""
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done(wait_background_tasks=True)
    hass.data.pop(clients._CLIENTS)


async def start_flow(hass: HomeAssistant, server: Server, token: str = TOKEN) -> Any:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    result = await go_on(hass, result, token=token, region="custom")
    return await go_on(hass, result, url=server.url)


@pytest.mark.parametrize("pause", [0, 60, 200])
async def test_entry_added_again_after_a_restart_is_not_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    pause: float,
) -> None:
    await set_up(hass, entry)
    await let_pass(400)
    await hass.config_entries.async_remove(entry.entry_id)
    await stop(hass)
    await let_pass(pause)
    await set_up(hass, copy_entry(entry))
    await let_pass(900)
    assert float(value(hass, f"sensor.{ROOF}_output_power")) > 100
    assert not refused(server.cloud)


async def test_abandoned_flow_leaves_no_reply_and_soon_nothing(
    hass: HomeAssistant, server: Server, let_pass: Pass, storage: dict[str, Any]
) -> None:
    result = await start_flow(hass, server)
    assert result["step_id"] == "plants"
    hass.config_entries.flow.async_abort(result["flow_id"])
    await let_pass(600)
    (name,) = stored(storage)
    assert name.endswith(".ledger")
    await let_pass(26 * 3600, 900)
    assert stored(storage) == set()


async def test_renewed_token_leaves_no_reply_and_soon_nothing(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    await let_pass(600)
    before = stored(storage)
    assert len(before) == 2
    server.cloud.tokens.add(OTHER_TOKEN)
    hass.config_entries.async_update_entry(
        loaded, data={**loaded.data, "token": OTHER_TOKEN}
    )
    await reload(hass, loaded)
    assert {name.rpartition(".")[2] for name in before & stored(storage)} == {"ledger"}
    await let_pass(26 * 3600, 900)
    assert not before & stored(storage)
    assert len(stored(storage)) == 2


async def test_files_left_by_an_earlier_run_are_removed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await start_flow(hass, server)
    await stop(hass)
    (log,) = stored(storage)
    storage[log.replace("ledger", "replies")] = {"version": 1, "data": {}}
    name = log.split(".")[1]
    monkeypatch.setattr(clients, "_list_names", lambda _: {name})
    hass.data.pop(clients._CLEANUP)
    other = MockConfigEntry(
        domain=DOMAIN,
        data={**entry.data, "token": OTHER_TOKEN},
        options=dict(entry.options),
        unique_id=entry.unique_id,
    )
    server.cloud.tokens.add(OTHER_TOKEN)
    await set_up(hass, other)
    assert {one for one in stored(storage) if name in one} == {log}
    await let_pass(26 * 3600, 900)
    assert not {one for one in stored(storage) if name in one}


def test_stored_files_are_found(tmp_path: Any) -> None:
    name = "0123456789abcdef"
    for file in (f"{name}.ledger", f"{name}.replies", "01ABC.memory", f"{name}.x"):
        (tmp_path / f"{DOMAIN}.{file}").touch()
    (tmp_path / f"other.{name}.ledger").touch()
    assert clients._list_names(str(tmp_path)) == {name}


async def test_flow_tries_a_refused_token_again_after_the_interval(
    hass: HomeAssistant, server: Server, let_pass: Pass
) -> None:
    for _ in range(2):
        server.cloud.faults.append(Fault(FaultKind.WRONG_REGION, count=1))
        result = await start_flow(hass, server)
        assert result["errors"] == {"base": "token_refused"}
        await let_pass(301)
    result = await start_flow(hass, server)
    assert result["step_id"] == "plants"
    assert calls(server.cloud, "plant/list") == 3
