"""Set-up, reload and unload of an entry, and permissions that a token lacks."""

from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.persistence import clients
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import PLANT, Pass, VirtualClock, calls, reload, set_up, value


async def test_unloaded_entry_makes_no_requests(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.NOT_LOADED
    requests = len(server.cloud.journal)
    await let_pass(900)
    assert len(server.cloud.journal) == requests


async def test_reload_makes_no_request(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await let_pass(3)  # until the first requests are done
    requests = len(server.cloud.journal)
    for _ in range(3):
        await reload(hass, loaded)
    assert len(server.cloud.journal) == requests
    assert loaded.state is ConfigEntryState.LOADED
    assert float(value(hass, "sensor.south_roof_output_power")) > 1000


async def test_set_up_without_stored_files_retries_after_the_interval(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    """Without the stored request log the first request is refused; the error names the time of the retry."""
    clock.advance(60)
    await hass.config_entries.async_unload(loaded.entry_id)
    hass.data.pop(clients._CLIENTS)  # as in a new process
    storage.clear()
    requests = len(server.cloud.journal)
    await hass.config_entries.async_setup(loaded.entry_id)
    assert (loaded.state, loaded.error_reason_translation_key) == (
        ConfigEntryState.SETUP_RETRY,
        "refused",
    )
    assert loaded.error_reason_translation_placeholders is not None
    assert set(loaded.error_reason_translation_placeholders) == {"time"}
    assert len(server.cloud.journal) == requests + 1
    # Retries make no request before that time.
    await let_pass(295, 5)
    assert len(server.cloud.journal) == requests + 1
    await let_pass(900, 30)
    assert loaded.state is ConfigEntryState.LOADED
    assert [call.code for call in server.cloud.journal].count(10012) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(FaultKind.ERROR_500, count=1), "cloud_down_http_error"),
        (Fault(FaultKind.HTML, count=1), "cloud_down_not_json"),
        (Fault(FaultKind.CODE, code=10011, count=1), "token_refused"),
        (Fault(FaultKind.CODE, code=-1, count=1), "wrong_server"),
        (Fault(FaultKind.CODE, code=10001, count=1), "system"),
    ],
)
async def test_failed_set_up_is_retried(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    fault: Fault,
    reason: str,
) -> None:
    server.cloud.faults.append(fault)
    await set_up(hass, entry)
    assert (entry.state, entry.error_reason_translation_key) == (
        ConfigEntryState.SETUP_RETRY,
        reason,
    )
    await let_pass(3600, 60)
    assert entry.state is ConfigEntryState.LOADED


async def test_set_up_without_a_chosen_plant_is_retried(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server
) -> None:
    server.cloud.plants[0].plant_id = 5
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={"plants": [PLANT], "controls": True}
    )
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "no_plants"


async def test_reauth_starts_after_twelve_hours_of_a_refused_token(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
) -> None:
    server.cloud.tokens.clear()
    await let_pass(11.5 * 3600, 300)
    assert hass.config_entries.flow.async_progress() == []
    await let_pass(2.5 * 3600, 300)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    # Once at set-up and three times refused: after 6, 9 and 12 hours.
    assert calls(server.cloud, "plant/list") == 4


@pytest.mark.parametrize(
    "path",
    ["plant/details", "device/datalogger/list", "device/inverter/inv_data_info"],
)
async def test_missing_permission_for_details_does_not_stop_set_up(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, path: str
) -> None:
    server.cloud.faults.append(Fault(FaultKind.CODE, path=path, code=10011))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert hass.config_entries.flow.async_progress() == []
    powers = [
        state
        for state in hass.states.async_all("sensor")
        if state.entity_id.endswith("output_power")
    ]
    assert len(powers) == 1
    assert float(powers[0].state) > 1000


@pytest.mark.parametrize("code", [10003, 10011])
async def test_plant_without_permission_for_devices_shows_its_power(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    code: int,
) -> None:
    server.cloud.faults.append(Fault(FaultKind.CODE, path="device/list", code=code))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    await let_pass(360)  # so long devices are waited for
    assert float(value(hass, "sensor.sunny_cottage_power")) > 1000


async def test_inverters_are_read_in_batches_while_permitted(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
) -> None:
    from custom_components.growatt_openapi.domain import poll_schedule as schedule

    monkeypatch.setattr(schedule, "BATCH_FROM", 1)
    await set_up(hass, entry)
    assert calls(server.cloud, "device/inverter/invs_data") == 1
    assert calls(server.cloud, "device/inverter/last_new_data") == 0
    assert float(value(hass, "sensor.south_roof_output_power")) > 1000
    server.cloud.faults.append(
        Fault(FaultKind.ERROR_500, path="device/inverter/invs", count=1)
    )
    server.cloud.faults.append(
        Fault(FaultKind.CODE, path="device/inverter/invs", code=10001, count=1)
    )
    await let_pass(900)
    assert value(hass, "sensor.south_roof_output_power") != "unavailable"
    # Without permission for batches, each inverter is read by itself.
    server.cloud.faults.append(
        Fault(FaultKind.CODE, path="device/inverter/invs", code=10011)
    )
    await let_pass(3600)
    assert value(hass, "sensor.south_roof_output_power") != "unavailable"
    assert 10 < calls(server.cloud, "device/inverter/last_new_data") < 16


async def test_fleet_has_a_shorter_spacing_of_requests(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.growatt_openapi.domain import poll_schedule as schedule

    monkeypatch.setattr(schedule, "FLEET_FROM", 1)
    await set_up(hass, entry)
    assert entry.runtime_data.client.gateway.connection.spacing == 0.5


async def test_token_is_never_logged(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    server.cloud.faults.append(Fault(FaultKind.HTML, count=3, path="plant/power"))
    await set_up(hass, entry)
    await let_pass(1200)
    messages = [
        record.getMessage()
        for record in caplog.records
        if "growatt" in record.name or "growatt" in record.getMessage()
    ]
    assert messages
    assert not any(TOKEN in text for text in messages)
