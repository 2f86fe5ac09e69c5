"""Options and reconfigure."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.api.regions import REGIONS, Region
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import (
    INVERTER,
    PLANT,
    Pass,
    add_plants,
    calls,
    set_up,
    value,
)

OPTIONS = {
    "plants": [PLANT],
    "controls": True,
    "writes": 30,
    "interval": 5,
    "detail": "standard",
}


async def choose(
    hass: HomeAssistant, entry: MockConfigEntry, **changes: object
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {**OPTIONS, **changes}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_the_form_says_what_it_costs(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    costs = [int(placeholders[f"calls_{minutes}"]) for minutes in (5, 15, 60)]
    assert costs == sorted(costs, reverse=True)
    assert 500 < costs[0] < 1000


async def test_plants_left_out_lose_their_devices(
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
    # All of them are all to come, too.
    await choose(hass, entry, plants=["9", PLANT])
    assert entry.options["plants"] is None
    assert present(INVERTER)
    assert entry.state is ConfigEntryState.LOADED


async def test_no_plant_is_no_choice(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {**OPTIONS, "plants": []}
    )
    assert result["errors"] == {"plants": "no_plant_chosen"}
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], OPTIONS
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("interval", [4, 61])
async def test_an_interval_out_of_range(
    hass: HomeAssistant, loaded: MockConfigEntry, interval: int
) -> None:
    result = await hass.config_entries.options.async_init(loaded.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            result["flow_id"], {**OPTIONS, "interval": interval}
        )


async def test_a_longer_interval_asks_less_and_is_not_stale(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await choose(hass, loaded, interval=30)
    before = calls(server.cloud, "device/storage/storage_last_data")
    for _ in range(12):
        await let_pass(600)
        assert value(hass, "sensor.storage_1054_grid_power") != "unavailable"
    assert 3 <= calls(server.cloud, "device/storage/storage_last_data") - before <= 5


async def test_the_essential(
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


async def test_a_fleet_begins_with_the_essential(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.growatt_openapi import detail_level as detail

    monkeypatch.setattr(detail, "ESSENTIAL_FROM", 1)
    await set_up(hass, entry)
    assert entry.options["detail"] == "essential"


async def test_the_options_of_an_entry_whose_cloud_is_down(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await let_pass(600)
    server.cloud.faults.append(Fault(FaultKind.HTML))
    await choose(hass, loaded, interval=10)
    assert loaded.options["interval"] == 10
    assert loaded.state is ConfigEntryState.LOADED


async def test_reconfigure_moves_to_another_server(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, cloud: Cloud
) -> None:
    other = Server(
        Cloud(plants=cloud.plants, clock=cloud.clock, tokens={"f" * 32, TOKEN})
    )
    await other.start()
    try:
        result = await loaded.start_reconfigure_flow(hass)
        for answer, errors in (
            ({"region": "custom", "url": "not a server"}, {"url": "invalid_url"}),
            ({"region": "custom"}, {"url": "invalid_url"}),
            (
                {"region": "custom", "url": other.url, "token": "short"},
                {"token": "invalid_token"},
            ),
            (
                {"region": "custom", "url": other.url, "token": "e" * 32},
                {"base": "token_refused"},
            ),
        ):
            result = await hass.config_entries.flow.async_configure(
                result["flow_id"], answer
            )
            assert result["errors"] == errors
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"],
            {"region": "custom", "url": other.url, "token": "f" * 32},
        )
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


async def test_reconfigure_to_an_account_with_other_plants(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
) -> None:
    server.cloud.tokens.add("f" * 32)
    server.cloud.plants[0].plant_id = 5
    result = await loaded.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"],
        {"region": "custom", "url": server.url, "token": "f" * 32},
    )
    assert result["errors"] == {"base": "different_account"}


async def test_reconfigure_with_the_region_left_open(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    regions = {"europe": Region(url=server.url, portal="http://x", official=True)}
    for module in ("flows.token_probe", "config_flow", "registry.devices"):
        monkeypatch.setattr(
            f"custom_components.growatt_openapi.{module}.REGIONS", regions
        )
    assert "europe" in REGIONS
    result = await loaded.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"region": "auto"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert loaded.data["region"] == "europe"
    await hass.async_block_till_done(wait_background_tasks=True)
