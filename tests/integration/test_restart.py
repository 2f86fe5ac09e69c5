"""Restarts of Home Assistant: what is restored from files, whole and damaged."""

from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.persistence import clients
from simulator.faults import Fault, FaultKind
from simulator.server import Server
from tests.helpers import (
    BATTERY,
    HOUSE,
    INVERTER,
    PLANT,
    ROOF,
    Pass,
    copy_entry,
    refused,
    restart,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

ENTITIES = (
    f"sensor.{ROOF}_output_power",
    f"sensor.{ROOF}_energy_total",
    f"sensor.{BATTERY}_battery",
    f"sensor.{BATTERY}_grid_power",
    f"sensor.{HOUSE}_power",
    f"sensor.{HOUSE}_energy_today",
    f"binary_sensor.{ROOF}_online",
)


@pytest.mark.parametrize("kill", [False, True])
async def test_states_are_restored_without_a_request(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
    kill: bool,
) -> None:
    await let_pass(15 * 60)
    before = {entity: value(hass, entity) for entity in ENTITIES}
    requests = len(server.cloud.journal)
    await restart(hass, loaded, storage, kill=kill)
    # No request was needed.
    assert len(server.cloud.journal) == requests
    after = {entity: value(hass, entity) for entity in ENTITIES}
    if not kill:
        assert after == before
    assert not {"unknown", "unavailable"} & set(after.values())
    await let_pass(3600)
    assert not refused(server.cloud)
    assert float(value(hass, ENTITIES[0])) > 1000


async def test_stored_plants_are_used_while_the_list_is_refused(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    server.cloud.faults.append(Fault(FaultKind.REFUSE, path="plant/list"))
    await restart(hass, loaded, storage)
    assert loaded.state is ConfigEntryState.LOADED
    await let_pass(7 * 3600)
    assert value(hass, f"sensor.{HOUSE}_energy_today") != "unavailable"


async def test_stored_readings_are_shown_in_an_outage_until_stale(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    server.cloud.faults.append(Fault(FaultKind.ERROR_500))
    await restart(hass, loaded, storage)
    assert loaded.state is ConfigEntryState.LOADED
    await let_pass(600)
    assert float(value(hass, ENTITIES[0])) > 1000
    await let_pass(1200)
    assert value(hass, ENTITIES[0]) == "unavailable"
    assert value(hass, ENTITIES[1]) != "unavailable"


async def test_totals_and_device_clocks_are_restored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    # The clock is 40 minutes slow; its stored offset makes the readings fresh at once.
    server.cloud.plants[0].devices[0].skew = timedelta(minutes=-40)
    await let_pass(3600)
    total = float(value(hass, f"sensor.{ROOF}_energy_total"))
    await restart(hass, loaded, storage)
    assert float(value(hass, f"sensor.{ROOF}_output_power")) > 1000
    server.cloud.faults.append(Fault(FaultKind.TOTAL_DIPS))
    await let_pass(1800)
    assert float(value(hass, f"sensor.{ROOF}_energy_total")) >= total


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(data={}),
        lambda data: data.update(data=[]),
        lambda data: data.update(version=99),
        lambda data: data.update(
            data={name: {INVERTER: {"clock": 5}} for name in ("inverter", "account")}
        ),
        lambda data: data.update(
            data={
                name: {"plants": 5, "equipment": [], "absent": 7, "overview": None}
                for name in ("account", "plant_700101")
            }
        ),
    ],
)
async def test_damaged_files_are_replaced(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
    change: Any,
) -> None:
    await let_pass(600)
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(loaded.entry_id)
    names = [name for name in storage if name.endswith((".memory", ".replies"))]
    assert len(names) == 2
    for name in names:
        change(storage[name])
    hass.data.pop(clients._CLIENTS)
    await hass.config_entries.async_setup(loaded.entry_id)
    await let_pass(1200)
    assert loaded.state is ConfigEntryState.LOADED
    assert float(value(hass, ENTITIES[0])) > 1000
    assert not refused(server.cloud)


async def test_saved_plants_are_used_where_replies_are_lost_and_no_list_comes(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:

    def offsets() -> list[timedelta]:
        runtime = loaded.runtime_data
        return [
            runtime.families["inverter"].data[INVERTER].clock.offset,
            runtime.plants[PLANT].overview_clock.offset,
            runtime.plants[PLANT]._sample_clock.offset,
        ]

    server.cloud.plants[0].devices[0].skew = timedelta(minutes=-40)
    await let_pass(3600)
    stored = offsets()
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(loaded.entry_id)
    for name in [name for name in storage if name.endswith(".replies")]:
        del storage[name]
    hass.data.pop(clients._CLIENTS)
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path="plant/list"))
    assert await hass.config_entries.async_setup(loaded.entry_id)
    assert loaded.state is ConfigEntryState.LOADED
    await let_pass(1200)
    assert float(value(hass, ENTITIES[0])) > 1000
    assert value(hass, f"sensor.{HOUSE}_energy_today") != "unavailable"
    # Home Assistant's zone, the plant's until its details are read again, is another.
    assert all(
        abs(again - before) < timedelta(minutes=3)
        for again, before in zip(offsets(), stored, strict=True)
    )
    assert not refused(server.cloud)


async def test_files_hold_no_token(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    await let_pass(600)
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    saved = {name: str(data) for name, data in storage.items() if "growatt" in name}
    assert {name.rsplit(".", 1)[1] for name in saved} == {"memory", "ledger", "replies"}
    assert all(loaded.data["token"] not in text for text in saved.values())
    assert all(loaded.data["token"] not in name for name in saved)


async def test_files_are_removed_with_the_entry(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    await let_pass(600)
    await hass.config_entries.async_remove(loaded.entry_id)
    await hass.async_block_till_done()
    # What the cloud still counts outlives it.
    (name,) = [name for name in storage if name.startswith("growatt_openapi.")]
    assert name.endswith(".ledger")
    await let_pass(26 * 3600, 900)
    assert not [name for name in storage if name.startswith("growatt_openapi.")]


async def test_entry_added_again_is_not_refused(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    """An entry removed and added within five minutes repeats no request."""
    await set_up(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await set_up(hass, copy_entry(entry))
    await let_pass(600)
    assert float(value(hass, ENTITIES[0])) > 1000
    assert not refused(server.cloud)
