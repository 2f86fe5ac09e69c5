"""Coordinators under replies that nobody expects: no storm of calls, rounds or log lines."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.coordinator import FamilyCoordinator
from custom_components.growatt_openapi.diagnostics import (
    async_get_config_entry_diagnostics,
)
from simulator.faults import Fault, FaultKind
from simulator.routes import ROUTES
from simulator.server import Server
from tests.helpers import BATTERY, ROOF, Pass, calls, logged_warnings, value

READS = (
    "device/inverter/last_new_data",
    "device/inverter/invs_data",
    "device/storage/storage_last_data",
    "plant/data",
    "plant/power",
    "plant/details",
    "device/list",
    "device/datalogger/list",
    "device/inverter/inv_data_info",
)


@pytest.mark.parametrize("path", READS)
async def test_wrong_server_code_of_one_endpoint_causes_no_storm(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    assert path in ROUTES
    await let_pass(900)
    caplog.clear()
    server.cloud.faults.append(Fault(FaultKind.CODE, path=path, code=-1))
    requests = calls(server.cloud, path)
    await let_pass(3600)
    assert calls(server.cloud, path) - requests <= 12
    assert not loaded.runtime_data.client.gateway.connection.wrong_server
    assert logged_warnings(caplog) == []
    # The other endpoints go on.
    assert value(hass, "sensor.growatt_account_cloud_status") == "ok"
    assert float(value(hass, f"sensor.{ROOF}_output_power")) > 100


async def test_unexpected_error_is_logged_once_and_polled_ever_more_seldom(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rounds = 0

    async def fail(*_: Any) -> None:
        nonlocal rounds
        rounds += 1
        raise TypeError("unhashable type: 'list'")

    await let_pass(900)
    caplog.clear()
    monkeypatch.setattr(FamilyCoordinator, "_read", fail)
    await let_pass(4 * 3600)
    families = [
        family for family in loaded.runtime_data.families.values() if family.data
    ]
    # After 1, 2, 4, … minutes, then once an hour.
    assert 6 * len(families) <= rounds <= 10 * len(families)
    assert len(logged_warnings(caplog)) == len(families)
    assert caplog.text.count("Traceback") == len(families)
    diagnostics = await async_get_config_entry_diagnostics(hass, loaded)
    assert diagnostics["unexpected_errors"] == {"TypeError in fail": rounds}
    monkeypatch.undo()
    await let_pass(3700)
    assert float(value(hass, f"sensor.{ROOF}_output_power")) > 100


@pytest.mark.parametrize(
    "path", ["", "device/inverter/last_new_data", "device/inverter/invs_data"]
)
@pytest.mark.parametrize("lead", [0, 60, 120, 180, 240])
async def test_outage_of_ten_minutes_and_a_refusal_leave_everything_available(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    path: str,
    lead: float,
) -> None:
    await let_pass(1800 + lead)
    end = server.cloud.now() + 600
    server.cloud.faults += [
        Fault(FaultKind.HTML, until=end),
        Fault(FaultKind.REFUSE, path=path, count=1, begin=end),
    ]
    for _ in range(40):
        await let_pass(60)
        assert value(hass, f"sensor.{ROOF}_output_power") != "unavailable"
        assert value(hass, f"sensor.{BATTERY}_battery") != "unavailable"
    assert value(hass, "sensor.growatt_account_cloud_status") == "ok"
