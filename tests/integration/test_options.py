"""The options flow and the reconfigure flow."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.growatt_openapi.api.regions import REGIONS, Region
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from simulator.scenarios.newer import hybrid_home, min_home
from simulator.server import Server
from tests.helpers import (
    INVERTER,
    PLANT,
    Pass,
    VirtualClock,
    add_plants,
    calls,
    go_on,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

MORE = {"writes": 30, "interval": 5, "detail": "standard", "history_days": 30}


def answers(**changes: object) -> dict[str, object]:
    """Return what the form submits: what few owners change is in a section of its own."""
    more = {key: changes.pop(key, value) for key, value in MORE.items()}
    return {"plants": [PLANT], "controls": True, **changes, "more": more}


async def choose(
    hass: HomeAssistant, entry: MockConfigEntry, **changes: object
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], answers(**changes)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)


def suggested(result: Any, key: str) -> object:
    """Return the value that the form suggests for an option of the section."""
    section = result["data_schema"].schema["more"]
    return get_schema_suggested_value(section.schema.schema, key)


async def test_options_of_the_section_are_stored_as_before(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    assert result["data_schema"] is not None
    assert result["data_schema"].schema["more"].options == {"collapsed": True}
    for key, default in MORE.items():
        assert suggested(result, key) == default
    await choose(hass, loaded, interval=15, writes=10, controls=False)
    assert loaded.options == {
        "plants": None,
        "controls": False,
        "interval": 15,
        "detail": "standard",
        "writes": 10,
        "history_days": 30,
    }
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    assert (suggested(result, "interval"), suggested(result, "writes")) == (15, 10)


async def test_form_of_an_entry_that_is_not_loaded_names_no_number_of_calls(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(loaded.entry_id)
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    assert result["step_id"] == "not_loaded"
    assert result["description_placeholders"] is None
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], answers(plants=[])
    )
    assert result["errors"] == {"plants": "no_plant_chosen"}
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], answers(interval=20)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded.options["interval"] == 20


async def test_form_shows_calls_a_day_of_each_interval(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    costs = [int(placeholders[f"calls_{minutes}"]) for minutes in (5, 15, 60)]
    assert costs == sorted(costs, reverse=True)
    assert 500 < costs[0] < 1000


async def test_devices_of_unchosen_plants_are_removed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    device_registry: dr.DeviceRegistry,
) -> None:
    add_plants(server.cloud, 9)
    await set_up(hass, entry)

    def present(identifier: str) -> bool:
        return any(
            (entry.domain, identifier) in device.identifiers
            for device in dr.async_entries_for_config_entry(
                device_registry, entry.entry_id
            )
        )

    assert present("plant_9")
    assert present("LOG9")
    assert present("INV9")
    await choose(hass, entry, plants=["9"])
    assert entry.options["plants"] == ["9"]
    assert not present(f"plant_{PLANT}")
    assert not present(INVERTER)
    assert present("INV9")
    # Choosing all plants includes future ones.
    await choose(hass, entry, plants=["9", PLANT])
    assert entry.options["plants"] is None
    assert present(INVERTER)
    assert entry.state is ConfigEntryState.LOADED


async def test_at_least_one_plant_must_be_chosen(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], answers(plants=[], interval=7)
    )
    assert result["errors"] == {"plants": "no_plant_chosen"}
    assert suggested(result, "interval") == 7
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], answers()
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("interval", [4, 61])
async def test_interval_out_of_range_is_rejected(
    hass: HomeAssistant, loaded: MockConfigEntry, interval: int
) -> None:
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            result["flow_id"], answers(interval=interval)
        )


async def test_longer_interval_polls_less_and_keeps_values_available(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await choose(hass, loaded, interval=30)
    before = calls(server.cloud, "device/storage/storage_last_data")
    for _ in range(12):
        await let_pass(600)
        assert value(hass, "sensor.storage_1054_grid_power") != "unavailable"
    assert 3 <= calls(server.cloud, "device/storage/storage_last_data") - before <= 5


async def test_essential_detail_registers_six_entities_per_device(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    await choose(hass, loaded, detail="essential")

    def keys(identifier: str) -> set[str]:
        return {
            entity.unique_id.removeprefix(f"{identifier}_")
            for entity in er.async_entries_for_config_entry(
                entity_registry, loaded.entry_id
            )
            if entity.unique_id.startswith(f"{identifier}_")
        }

    assert keys(INVERTER) == {
        "output_power",
        "energy_today",
        "energy_total",
        "online",
        "fault",
        "alarm",
    }
    assert len(keys("KHB2C21054")) == 6
    assert len(keys(f"plant_{PLANT}")) == 4
    await choose(hass, loaded, detail="standard")
    assert len(keys(INVERTER)) > 40


async def test_all_that_essential_detail_registers_is_enabled(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
    entity_registry: er.EntityRegistry,
) -> None:
    """Also of a MIN or SPH with a battery, whose page at the standard level leaves out what its plant shows."""
    server.cloud.plants += [*min_home(clock.now()), *hybrid_home(clock.now())]
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "plants": None, "detail": "essential"}
    )
    await set_up(hass, entry)
    for serial in ("MNK6D09077", "SPN4F11025"):
        registered = [
            one
            for one in er.async_entries_for_config_entry(
                entity_registry, entry.entry_id
            )
            if one.unique_id.startswith(serial)
        ]
        assert len(registered) == 6
        assert {one.disabled_by for one in registered} == {None}


async def test_fleet_starts_with_essential_detail(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.growatt_openapi import detail_level as detail

    monkeypatch.setattr(detail, "ESSENTIAL_FROM", 1)
    await set_up(hass, entry)
    assert entry.options["detail"] == "essential"


async def test_options_can_be_changed_during_an_outage(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await let_pass(600)
    server.cloud.faults.append(Fault(FaultKind.HTML))
    await choose(hass, loaded, interval=10)
    assert loaded.options["interval"] == 10
    assert loaded.state is ConfigEntryState.LOADED


async def test_reconfigure_shows_errors_and_moves_to_another_server(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, cloud: Cloud
) -> None:
    other = Server(
        Cloud(plants=cloud.plants, clock=cloud.clock, tokens={"f" * 32, TOKEN})
    )
    await other.start()
    try:
        result = await loaded.start_reconfigure_flow(hass)
        # Only the user's own server has an address to ask for.
        assert result["data_schema"] is not None
        assert {str(key) for key in result["data_schema"].schema} == {"region", "token"}
        result = await go_on(hass, result, region="custom", token="short")
        assert result["errors"] == {"token": "invalid_token"}
        result = await go_on(hass, result, region="custom", token="f" * 32)
        assert result["step_id"] == "server"
        assert result["data_schema"] is not None
        present = get_schema_suggested_value(result["data_schema"].schema, "url")
        assert present == server.url
        for url, errors in (
            ("not a server", {"url": "invalid_url"}),
            (server.url, {"base": "token_refused"}),
        ):
            result = await go_on(hass, result, url=url)
            assert result["errors"] == errors
            assert get_schema_suggested_value(result["data_schema"].schema, "url") == (  # type: ignore[union-attr]
                url
            )
        result = await go_on(hass, result, url=other.url)
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reconfigure_successful"
        await hass.async_block_till_done(wait_background_tasks=True)
        assert loaded.data == {
            "region": "custom",
            "url": other.url,
            "token": "f" * 32,
        }
        assert loaded.state is ConfigEntryState.LOADED
    finally:
        await hass.config_entries.async_unload(loaded.entry_id)
        await other.stop()


async def test_reconfigure_keeps_the_token_where_none_is_entered(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    before = dict(loaded.data)
    result = await loaded.start_reconfigure_flow(hass)
    result = await go_on(hass, result, region="custom")
    result = await go_on(hass, result, url=server.url)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert loaded.data == before


async def test_reconfigure_rejects_an_account_with_other_plants(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
) -> None:
    server.cloud.tokens.add("f" * 32)
    server.cloud.plants[0].plant_id = 5
    result = await loaded.start_reconfigure_flow(hass)
    result = await go_on(hass, result, region="custom", token="f" * 32)
    result = await go_on(hass, result, url=server.url)
    assert result["errors"] == {"base": "different_account"}
    server.cloud.plants[0].plant_id = int(PLANT)
    clock.advance(300)
    result = await go_on(hass, result, url=server.url)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_reconfigure_finds_the_region(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    regions = {"europe": Region(url=server.url, portal="http://x", official=True)}
    for module in ("flows.token_probe", "config_flow", "registry.devices"):
        monkeypatch.setattr(
            f"custom_components.growatt_openapi.{module}.REGIONS", regions
        )
    assert "europe" in REGIONS
    result = await loaded.start_reconfigure_flow(hass)
    # Every error leads back to the form.
    clock.advance(300)
    server.cloud.faults.append(Fault(FaultKind.CODE, code=10011, count=1))
    result = await go_on(hass, result, region="auto")
    assert result["errors"] == {"base": "token_refused"}
    clock.advance(1800)
    server.cloud.plants[0].plant_id = 5
    result = await go_on(hass, result, region="europe")
    assert result["errors"] == {"base": "different_account"}
    server.cloud.plants[0].plant_id = int(PLANT)
    clock.advance(300)
    result = await go_on(hass, result, region="auto")
    assert result["type"] is FlowResultType.ABORT
    assert loaded.data["region"] == "europe"
    await hass.async_block_till_done(wait_background_tasks=True)
