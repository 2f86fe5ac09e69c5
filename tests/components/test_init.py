"""Setting up, following the account, giving up, coming back."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi import clients
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.devices import async_register_devices
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN, home
from simulator.server import Server
from tests.components.conftest import (
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    alter_reply,
    set_up,
    value,
)
from tests.conftest import FrozenClock


def calls(cloud: Cloud, path: str) -> int:
    return [call.path for call in cloud.journal].count(path)


async def test_unload(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.NOT_LOADED
    asked = len(server.cloud.journal)
    await let_pass(900)
    assert len(server.cloud.journal) == asked


async def test_a_reload_asks_nothing_twice(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    asked = len(server.cloud.journal)
    for _ in range(3):
        await hass.config_entries.async_reload(loaded.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert len(server.cloud.journal) == asked
    assert loaded.state is ConfigEntryState.LOADED
    assert float(value(hass, "sensor.south_roof_output_power")) > 1000


async def test_a_restart_inside_five_minutes_says_when_it_is_ready(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: FrozenClock,
    let_pass: Pass,
) -> None:
    clock.advance(60)
    await hass.config_entries.async_unload(loaded.entry_id)
    hass.data.pop(clients._CLIENTS)  # what a new process does not have
    asked = len(server.cloud.journal)
    await hass.config_entries.async_setup(loaded.entry_id)
    assert (loaded.state, loaded.error_reason_translation_key) == (
        ConfigEntryState.SETUP_RETRY,
        "refused",
    )
    assert loaded.error_reason_translation_placeholders is not None
    assert set(loaded.error_reason_translation_placeholders) == {"time"}
    assert len(server.cloud.journal) == asked + 1
    # Retries ask nothing before that time.
    await let_pass(295, 5)
    assert len(server.cloud.journal) == asked + 1
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
        (Fault(FaultKind.CODE, code=10001, count=1), "request_failed"),
        (
            Fault(FaultKind.ERROR_500, path="device/list", count=1),
            "cloud_down_http_error",
        ),
    ],
)
async def test_set_up_is_tried_again(
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


async def test_no_plant_of_ours(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server
) -> None:
    server.cloud.sites[0].plant_id = 5
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={"plants": [PLANT], "controls": True}
    )
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "no_plants"


async def test_only_a_lasting_refusal_asks_for_another_token(
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
    # At set-up, and refused three times: after 6, 9 and 12 hours.
    assert calls(server.cloud, "plant/list") == 4


async def test_a_refused_list_keeps_what_is_known(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path="plant/list"))
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path="device/"))
    await let_pass(13 * 3600, 300)
    assert loaded.state is ConfigEntryState.LOADED
    assert set(loaded.runtime_data.account.data) == {PLANT}
    server.cloud.faults.clear()
    # Another plant in place of ours: ours is not gone for that.
    other = home(server.cloud.clock.now())
    other.plant_id = 9
    server.cloud.sites, sites = [other], server.cloud.sites
    await let_pass(7 * 3600, 300)
    assert set(loaded.runtime_data.account.data) == {PLANT, "9"}
    assert value(hass, "sensor.sunny_cottage_energy_total") != "unavailable"
    server.cloud.sites = sites
    await let_pass(3600, 300)
    assert value(hass, "sensor.storage_1054_grid_power") != "unavailable"


async def test_new_plants_and_devices_appear(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: FrozenClock,
    let_pass: Pass,
) -> None:
    site = home(clock.now())
    site.plant_id, site.name = 9, "Barn"
    site.inverter_serial, site.storage_serial = "INVERTER9", "STORAGE9"
    site.logger = replace(site.logger, serial="LOGGER9")
    site.uploads = {
        serial.replace("TPJ4A18033", "INVERTER9").replace(
            "KHB2C21054", "STORAGE9"
        ): uploads
        for serial, uploads in site.uploads.items()
    }
    server.cloud.sites.append(site)
    await let_pass(6.5 * 3600, 300)
    assert float(value(hass, "sensor.barn_energy_today")) > 0
    assert value(hass, "sensor.storage_age9_grid_power") != "unavailable"


async def test_unknown_device_types_are_named_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def more(data: dict[str, Any]) -> None:
        rows = data["devices"]
        rows += [
            {**rows[0], "device_sn": "NEW1", "type": 42, "model": "Hyper"},
            {**rows[0], "device_sn": "NEW2", "type": 42, "model": "Hyper"},
        ]
        data["count"] = len(rows)

    alter_reply(monkeypatch, "device/list", more)
    await set_up(hass, entry)
    await let_pass(3 * 3600, 300)
    named = [text for text in caplog.messages if "not supported" in text]
    assert named == [
        "Devices of type 42 (model Hyper) are not supported yet and are ignored"
    ]
    assert entry.state is ConfigEntryState.LOADED


async def test_a_plant_without_a_zone_uses_home_assistants_and_says_so_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.cloud.sites[0].zone_text = ""
    server.cloud.sites[0].latitude = server.cloud.sites[0].longitude = 0
    caplog.set_level("INFO", "custom_components")
    await set_up(hass, entry)
    await let_pass(2 * 3600, 300)
    said = [text for text in caplog.messages if "gives no time zone" in text]
    assert len(said) == 1
    (info,) = entry.runtime_data.account.data.values()
    assert str(info.zone) == "Europe/Berlin"
    # Home Assistant's home, since the zones agree.
    assert info.place == (hass.config.latitude, hass.config.longitude)


async def test_a_plant_far_away_without_a_place_has_none(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server
) -> None:
    (site,) = server.cloud.sites
    site.latitude = site.longitude = 0
    site.zone, site.zone_text = timezone(timedelta(hours=8)), "GMT+8"
    await set_up(hass, entry)
    (info,) = entry.runtime_data.account.data.values()
    assert info.place is None
    assert float(value(hass, "sensor.south_roof_output_power")) > 1000


@pytest.mark.parametrize(
    "path",
    ["plant/details", "device/datalogger/list", "device/inverter/inv_data_info"],
)
async def test_what_is_not_open_is_done_without(
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
async def test_a_plant_whose_devices_are_not_open_still_has_its_figures(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, code: int
) -> None:
    server.cloud.faults.append(Fault(FaultKind.CODE, path="device/list", code=code))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert float(value(hass, "sensor.sunny_cottage_power")) > 1000


async def test_details_of_devices_wait_for_the_cloud(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    path = "device/inverter/inv_data_info"
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path=path, count=1))
    await set_up(hass, entry)
    registry = dr.async_get(hass)

    def firmware() -> str | None:
        device = registry.async_get_device_by_identifier(
            (DOMAIN, INVERTER), entry.entry_id
        )
        assert device is not None
        return device.sw_version

    assert firmware() is None
    await let_pass(3700, 300)
    assert firmware() == "GH1.0"


async def test_the_portal_of_a_region(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server
) -> None:
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "region": "north_america"}
    )
    await set_up(hass, entry)
    async_register_devices(hass, entry)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, INVERTER), entry.entry_id
    )
    assert device is not None
    assert device.configuration_url == "https://server-us.growatt.com"


async def test_many_inverters_are_read_in_batches(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
) -> None:
    from custom_components.growatt_openapi import schedule

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
    # A token that may not ask for batches asks for each.
    server.cloud.faults.append(
        Fault(FaultKind.CODE, path="device/inverter/invs", code=10011)
    )
    await let_pass(3600)
    assert value(hass, "sensor.south_roof_output_power") != "unavailable"
    assert 10 < calls(server.cloud, "device/inverter/last_new_data") < 14


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-06-20T11:00:00Z", "2026-06-20T11:00:00+00:00"),
        # the plant's wall clock, an hour ahead of UTC
        ("2026-06-20 12:00:00", "2026-06-20T11:00:00+00:00"),
        ("", "unknown"),
    ],
)
async def test_lists_as_in_the_examples_of_2016(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    instant: str,
) -> None:
    """Without "lost" and "status", and with models that have names."""

    def plain_loggers(data: dict[str, Any]) -> None:
        (row,) = data["dataloggers"]
        row |= {"model": "", "last_update_time": written}
        del row["lost"]

    def plain_devices(data: dict[str, Any]) -> None:
        rows = data["devices"]
        for row in rows:
            row.pop("status", None)
        del rows[1]["lost"]
        rows[1]["model"] = "SP2000"

    alter_reply(monkeypatch, "device/datalogger/list", plain_loggers)
    alter_reply(monkeypatch, "device/list", plain_devices)
    await set_up(hass, entry)
    # Its devices are not all lost, so it is not either.
    assert value(hass, "binary_sensor.datalogger_0117_online") == "on"
    assert value(hass, "sensor.datalogger_0117_last_update") == instant
    assert value(hass, "binary_sensor.sp2000_1054_online") == "on"
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, STORAGE), entry.entry_id
    )
    assert device is not None
    assert (device.model, device.name) == ("SP2000", "SP2000 1054")


async def test_a_fleet_is_asked_faster(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.growatt_openapi import schedule

    monkeypatch.setattr(schedule, "FLEET_FROM", 2)
    await set_up(hass, entry)
    assert entry.runtime_data.client.gateway.spacing == 0.5


async def test_the_token_is_in_no_log(
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
    ours = [
        record.getMessage()
        for record in caplog.records
        if "growatt" in record.name or "growatt" in record.getMessage()
    ]
    assert ours
    assert not any(TOKEN in text for text in ours)
