"""Outages, refusals and invalid replies: values stay until they are stale, and recover."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import encoding as wire
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.server import Server
from tests.helpers import (
    BATTERY,
    HOUSE,
    INVERTER,
    ROOF,
    Pass,
    alter_reply,
    logged_warnings,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


@pytest.mark.parametrize(
    "kind", [FaultKind.HTML, FaultKind.ERROR_500, FaultKind.BROKEN_JSON]
)
async def test_outage_keeps_values_until_they_are_stale(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
    kind: FaultKind,
) -> None:
    await let_pass(300)
    power = value(hass, f"sensor.{BATTERY}_grid_power")
    total = value(hass, f"sensor.{HOUSE}_export_energy_total")
    server.cloud.faults.append(Fault(kind))
    caplog.clear()
    await let_pass(15 * 60)
    assert value(hass, f"sensor.{BATTERY}_grid_power") == power
    await let_pass(10 * 60)
    assert value(hass, f"sensor.{BATTERY}_grid_power") == "unavailable"
    assert value(hass, f"sensor.{BATTERY}_status") == "unavailable"
    assert value(hass, f"sensor.{HOUSE}_power") == "unavailable"
    assert value(hass, f"binary_sensor.{BATTERY}_fault") == "unavailable"
    assert value(hass, f"sensor.{HOUSE}_export_energy_total") == total
    assert value(hass, f"sensor.{BATTERY}_charge_energy_today") != "unavailable"
    await let_pass(3600)
    (warning,) = logged_warnings(caplog)
    assert "does not answer" in warning
    assert value(hass, "sensor.growatt_account_cloud_status") == "down"
    server.cloud.faults.clear()
    await let_pass(330)
    assert value(hass, "sensor.growatt_account_cloud_status") == "ok"
    assert logged_warnings(caplog) == [warning]
    assert value(hass, f"sensor.{BATTERY}_grid_power") not in ("unavailable", "unknown")
    assert value(hass, f"sensor.{HOUSE}_power") not in ("unavailable", "unknown")


async def test_refusals_make_nothing_unavailable(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    server.cloud.faults.append(Fault(FaultKind.REFUSE, path="device/", count=2))
    server.cloud.faults.append(Fault(FaultKind.REFUSE, path="plant/", count=2))
    await let_pass(900)
    assert all(state.state != "unavailable" for state in hass.states.async_all())
    assert logged_warnings(caplog) == []


async def test_device_without_permission_is_polled_once_a_day(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    path = "device/storage/storage_last_data"
    server.cloud.faults.append(Fault(FaultKind.CODE, path=path, code=10011))
    await set_up(hass, entry)
    assert hass.states.get(f"sensor.{BATTERY}_grid_power") is None
    assert value(hass, f"binary_sensor.{BATTERY}_online") == "on"
    assert value(hass, f"sensor.{ROOF}_output_power") != "unavailable"
    await let_pass(3600, 300)
    assert [call.path for call in server.cloud.journal].count(path) == 1
    assert hass.config_entries.flow.async_progress() == []
    server.cloud.faults.clear()
    await let_pass(24 * 3600, 300)
    assert value(hass, f"sensor.{BATTERY}_grid_power") != "unavailable"


async def test_token_accepted_again_restores_all_values(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    """While the cloud blocks an IP address, every endpoint answers 10011."""
    server.cloud.tokens, tokens = set(), server.cloud.tokens
    await let_pass(2 * 3600, 300)
    assert value(hass, f"sensor.{BATTERY}_grid_power") == "unavailable"
    server.cloud.tokens = tokens
    await let_pass(20 * 60)
    assert value(hass, f"sensor.{BATTERY}_grid_power") != "unavailable"
    assert value(hass, f"sensor.{ROOF}_output_power") != "unavailable"
    assert value(hass, f"sensor.{HOUSE}_power") != "unavailable"
    assert hass.config_entries.flow.async_progress() == []


def garble_all_but_time(fields: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function that encodes readings so that every field but the time is garbage."""
    from simulator.hostile_values import garble

    def encode(*arguments: Any) -> Any:
        fields_before = fields(*arguments)
        garbled = garble(fields_before)
        assert isinstance(garbled, dict)
        return garbled | {"time": fields_before["time"]}

    return encode


async def test_unreadable_fields_are_unknown(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("encode_inverter_reading", "encode_storage_reading"):
        monkeypatch.setattr(wire, name, garble_all_but_time(getattr(wire, name)))
    await let_pass(900)
    readings = [
        state
        for state in hass.states.async_all("sensor")
        if state.entity_id.startswith((f"sensor.{ROOF}", f"sensor.{BATTERY}"))
        and not state.entity_id.endswith(("_data_age", "_last_update"))
    ]
    # Garbage of -1 is a possible power factor, and a possible temperature.
    assert {state.state for state in readings} <= {"unknown", "0", "other", "-1.0"}
    assert sum(state.state == "unknown" for state in readings) > 10
    # Each field is logged once, below the level of warnings.
    unreadable = [text for text in caplog.messages if text.startswith("Unreadable")]
    assert unreadable
    assert logged_warnings(caplog) == []
    count = len(unreadable)
    await let_pass(900)
    assert sum(text.startswith("Unreadable") for text in caplog.messages) == count


async def test_values_return_after_garbage_in_every_reply(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    server.cloud.faults.append(Fault(FaultKind.GARBAGE))
    await let_pass(2 * 3600, 300)
    server.cloud.faults.clear()
    await let_pass(3600, 300)
    assert value(hass, f"sensor.{BATTERY}_grid_power") not in ("unknown", "unavailable")
    assert value(hass, f"sensor.{ROOF}_output_power") not in ("unknown", "unavailable")


@pytest.mark.parametrize(
    ("times", "is_shown"),
    [
        # A clock that is years ahead.
        (["2031-01-01 10:00:00", "2031-01-01 10:05:00", "2031-01-01 10:10:00"], True),
        # A clock that was never set but runs.
        (["1970-01-01 00:00:00", "1970-01-01 00:05:00", "1970-01-01 00:10:00"], True),
        # A clock that stands still: the time of measurement is unknown.
        (["1970-01-01 00:00:00"], False),
        # A clock that is set back.
        (["2026-06-20 12:00:00", "2026-06-20 09:00:00", "2026-06-20 09:05:00"], True),
        (["", "", ""], True),
        (["11:187"], True),
    ],
)
async def test_readings_with_wrong_times_are_shown_while_their_clock_runs(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    times: list[str],
    is_shown: bool,
) -> None:
    remaining = iter(times)
    last = times[0]

    def change(data: dict[str, Any]) -> None:
        nonlocal last
        last = next(remaining, last)
        data["time"] = last

    with monkeypatch.context() as patch:
        alter_reply(patch, router, "device/storage/storage_last_data", change)
        await set_up(hass, entry)
        await let_pass(1000)
        state = value(hass, f"sensor.{BATTERY}_battery")
        assert (state != "unavailable") == is_shown
    # Right times are accepted again afterwards.
    await let_pass(1500)
    assert value(hass, f"sensor.{BATTERY}_battery") != "unavailable"


async def test_reading_of_another_device_is_ignored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    level = value(hass, f"sensor.{BATTERY}_battery")
    path = "device/storage/storage_last_data"
    route = router.routes[path]

    def handler(*arguments: Any) -> dict[str, Any]:
        reply = route.handler(*arguments)
        reply["data"]["capacity"] = 1
        return {**reply, "device_sn": "SOMEBODYELSE"}

    monkeypatch.setitem(router.routes, path, replace(route, handler=handler))
    await let_pass(700)
    assert value(hass, f"sensor.{BATTERY}_battery") == level


async def test_readings_that_were_not_requested_are_ignored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    def change(data: dict[str, Any]) -> None:
        (fields,) = data.values()
        data["STRANGER1"] = {"dataloggerSn": "X", "STRANGER1": fields}

    alter_reply(monkeypatch, router, "device/inverter/invs_data", change)
    await let_pass(1800)
    assert set(loaded.runtime_data.families["inverter"].data) == {INVERTER}
    assert value(hass, f"sensor.{ROOF}_output_power") != "unavailable"
