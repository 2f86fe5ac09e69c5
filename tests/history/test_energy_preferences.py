"""The plants in the Energy dashboard: real preferences, a real recorder, and the integration over the simulated cloud."""

from collections.abc import AsyncIterator, Iterable
from copy import deepcopy
import json
import logging
from typing import Any

from homeassistant.components.energy.data import (
    ENERGY_SOURCE_SCHEMA,
    EnergyManager,
    async_get_manager,
)
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_add_external_statistics
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    flush_store,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
    get_start_time,
)

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.history.energy_offer import (
    async_offer_energy_dashboard,
)
from custom_components.growatt_openapi.history.energy_preferences import (
    Outcome,
    async_add_sources,
    get_measured_parts,
)
from custom_components.growatt_openapi.history.statistic_ids import (
    CHANNELS,
    statistic_id,
)
from simulator.cloud import Cloud
from simulator.scenarios import home, min_without_battery
from simulator.scenarios.newer import min_home
from tests.helpers import (
    PLANT,
    VirtualClock,
    act,
    add_plants,
    ask,
    reload,
    set_options,
    set_up,
)
from tests.integration import conftest as integration

storage, clock, entry = integration.storage, integration.clock, integration.entry

ACTION = "set_up_energy_dashboard"
BUTTON = "button.growatt_account_set_up_energy_dashboard"
OFFER = "offer_energy_dashboard"
OTHER_SOLAR = "sensor.other_roof_energy"
# What a user has there: each kind of source, with costs, a name and a key of some later version.
WATER = {
    "type": "water",
    "stat_energy_from": "sensor.water",
    "stat_cost": None,
    "entity_energy_price": None,
    "number_energy_price": 2.5,
    "later": {"key": [1, 2.0]},
}
SOLAR = {
    "type": "solar",
    "stat_energy_from": OTHER_SOLAR,
    "config_entry_solar_forecast": ["0123"],
    "name": "Other roof",
}
GRID = {
    "type": "grid",
    "stat_energy_from": "sensor.meter_import",
    "stat_energy_to": None,
    "stat_cost": None,
    "entity_energy_price": None,
    "number_energy_price": 0.31,
    "stat_compensation": None,
    "entity_energy_price_export": None,
    "number_energy_price_export": None,
    "power_config": {"stat_rate_inverted": "sensor.meter_power"},
    "stat_rate": "sensor.meter_power_inverted",
    "cost_adjustment_day": 1.5,
}
BATTERY = {
    "type": "battery",
    "stat_energy_from": "other:battery_out",
    "stat_energy_to": "other:battery_in",
}
DEVICES = [{"stat_consumption": "sensor.fridge", "name": "Fridge"}]


@pytest.fixture
def mock_recorder_before_hass(clock: VirtualClock, async_test_recorder: Any) -> None:
    """Prepare the recorder before Home Assistant, and the frozen time before both."""


@pytest.fixture(autouse=True)
def quiet_database() -> None:
    """Do not log SQL statements, which takes most of a long test's time."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture(autouse=True)
async def settled(
    recorder_mock: Recorder, hass: HomeAssistant, loopback_only: None
) -> AsyncIterator[None]:
    """Wait for all background tasks of a test before its sockets are closed."""
    yield
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def manager(
    recorder_mock: Recorder, hass: HomeAssistant, storage: dict[str, Any]
) -> EnergyManager:
    """The manager of the preferences, with the Energy integration set up."""
    assert await async_setup_component(hass, "energy", {})
    await hass.async_block_till_done()
    return await async_get_manager(hass)


@pytest.fixture
async def loaded(
    hass: HomeAssistant, manager: EnergyManager, entry: MockConfigEntry
) -> MockConfigEntry:
    """The config entry, set up."""
    await set_up(hass, entry)
    return entry


async def import_statistics(
    hass: HomeAssistant, *ids: str, name: str | None = None
) -> None:
    """Add an hour of external statistics under each id, and write what was queued."""
    start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    for one in ids:
        metadata = StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=name,
            source=one.partition(":")[0],
            statistic_id=one,
            unit_class="energy",
            unit_of_measurement="kWh",
        )
        rows = [StatisticData(start=start, state=1.0, sum=1.0)]
        async_add_external_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)


async def import_plants(
    hass: HomeAssistant, *plant_ids: str, channels: Iterable[str] = CHANNELS
) -> None:
    """Import statistics of plants."""
    ids = [statistic_id(plant, channel) for plant in plant_ids for channel in channels]
    await import_statistics(hass, *ids)


async def compile_statistics(hass: HomeAssistant) -> None:
    """Compile the statistics of the present states of all sensors, as happens every five minutes."""
    await async_wait_recording_done(hass)
    do_adhoc_statistics(hass, start=get_start_time(dt_util.utcnow()))
    await async_wait_recording_done(hass)


async def use(manager: EnergyManager, *sources: dict[str, Any]) -> None:
    """Make these the user's sources."""
    update: Any = {
        "energy_sources": deepcopy(list(sources)),
        "device_consumption": deepcopy(DEVICES),
    }
    await manager.async_update(update)


def sources_of(manager: EnergyManager) -> list[dict[str, Any]]:
    data: Any = manager.data
    return [] if data is None else data["energy_sources"]


def rows_of(report: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return the kind and the plant's id of each row of a response; only of outcomes with rows."""
    return {
        outcome: [(row["kind"], row["plant_id"]) for row in rows]
        for outcome, rows in report.items()
        if rows
    }


async def assert_valid(hass: HomeAssistant, manager: EnergyManager) -> None:
    """Check that the dashboard finds nothing to complain about, and would save the same."""
    await compile_statistics(hass)
    found = (await async_validate(hass)).as_dict()
    assert found["energy_sources"] == [[] for _ in sources_of(manager)]
    assert ENERGY_SOURCE_SCHEMA(deepcopy(sources_of(manager))) == sources_of(manager)


def expected_sources(plant_id: str, slug: str, name: str) -> list[dict[str, Any]]:
    """Return the sources of a plant with a battery."""
    prefix = f"growatt_openapi:plant_{plant_id}"
    return [
        {
            "type": "solar",
            "config_entry_solar_forecast": None,
            "stat_energy_from": f"{prefix}_solar_energy",
            "stat_rate": f"sensor.{slug}_solar_power",
            "name": name,
        },
        {
            "type": "grid",
            "stat_energy_from": f"{prefix}_import_energy",
            "stat_energy_to": f"{prefix}_export_energy",
            "stat_cost": None,
            "entity_energy_price": None,
            "number_energy_price": None,
            "stat_compensation": None,
            "entity_energy_price_export": None,
            "number_energy_price_export": None,
            "cost_adjustment_day": 0.0,
            "stat_rate": f"sensor.{slug}_grid_power",
            "name": name,
        },
        {
            "type": "battery",
            "stat_energy_from": f"{prefix}_discharge_energy",
            "stat_energy_to": f"{prefix}_charge_energy",
            "stat_rate": f"sensor.{slug}_battery_power",
            "stat_soc": f"sensor.{slug}_battery",
            "name": name,
        },
    ]


# What is added


@pytest.mark.parametrize(
    ("make_plants", "slug", "name"),
    [
        (home, "sunny_cottage", "Sunny Cottage"),
        (min_home, "brook_house", "Brook House"),
    ],
)
async def test_a_plant_with_a_battery_is_added(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    manager: EnergyManager,
    cloud: Cloud,
    slug: str,
    name: str,
) -> None:
    plant_id = str(cloud.plants[0].plant_id)
    await import_plants(hass, plant_id)
    report = await ask(hass, ACTION)
    assert sources_of(manager) == expected_sources(plant_id, slug, name)
    kinds = [(kind, plant_id) for kind in ("solar", "grid", "battery")]
    assert rows_of(report) == {"added": kinds}
    assert set(report) == set(Outcome)
    assert report["added"][1] == {
        "kind": "grid",
        "plant": name,
        "plant_id": plant_id,
        "statistic_ids": [
            f"growatt_openapi:plant_{plant_id}_import_energy",
            f"growatt_openapi:plant_{plant_id}_export_energy",
        ],
        "reason": "Added.",
    }
    await assert_valid(hass, manager)


@pytest.mark.parametrize("make_plants", [min_without_battery])
async def test_panels_alone_are_added(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager, cloud: Cloud
) -> None:
    plant_id = str(cloud.plants[0].plant_id)
    await import_plants(hass, plant_id)
    assert rows_of(await ask(hass, ACTION)) == {"added": [("solar", plant_id)]}
    (source,) = sources_of(manager)
    assert source["stat_energy_from"] == statistic_id(plant_id, "solar")
    power = er.async_get(hass).async_get(source["stat_rate"])
    assert power is not None
    assert power.unique_id == f"plant_{plant_id}_power"
    await assert_valid(hass, manager)


@pytest.mark.parametrize("make_plants", [lambda now: [*home(now), *min_home(now)]])
async def test_two_plants_are_added_beside_each_other(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager, cloud: Cloud
) -> None:
    first, second = (str(plant.plant_id) for plant in cloud.plants)
    await import_plants(hass, first)
    kinds = ("solar", "grid", "battery")
    report = await ask(hass, ACTION)
    assert rows_of(report) == {
        "added": [(kind, first) for kind in kinds],
        "not_imported_yet": [(kind, second) for kind in kinds],
    }
    await import_plants(hass, second)
    assert rows_of(await ask(hass, ACTION)) == {
        "already_there": [(kind, first) for kind in kinds],
        "added": [(kind, second) for kind in kinds],
    }
    assert sources_of(manager) == [
        *expected_sources(first, "sunny_cottage", "Sunny Cottage"),
        *expected_sources(second, "brook_house", "Brook House"),
    ]
    await assert_valid(hass, manager)


async def test_a_second_run_adds_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT)
    await ask(hass, ACTION)
    before = deepcopy(manager.data)
    report = await ask(hass, ACTION)
    assert list(rows_of(report)) == ["already_there"]
    assert report["already_there"][0]["reason"] == "Already in the Energy dashboard."
    assert manager.data == before


async def test_what_the_user_removed_is_added_when_asked_again(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT)
    await ask(hass, ACTION)
    solar, _, battery = sources_of(manager)
    # The user has another idea of the solar source, too.
    solar = {**solar, "name": "My roof", "config_entry_solar_forecast": ["0123"]}
    await use(manager, solar, battery)
    await async_offer_energy_dashboard(hass, loaded)
    assert sources_of(manager) == [solar, battery]
    report = await ask(hass, ACTION)
    assert rows_of(report)["added"] == [("grid", PLANT)]
    assert sources_of(manager)[:2] == [solar, battery]


async def test_a_dry_run_changes_nothing(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    manager: EnergyManager,
    storage: dict[str, Any],
) -> None:
    await import_plants(hass, PLANT)
    report = await ask(hass, ACTION, dry_run=True)
    assert [kind for kind, _ in rows_of(report)["added"]] == [
        *("solar", "grid", "battery")
    ]
    assert {row["reason"] for row in report["added"]} == {"Would be added."}
    assert manager.data is None
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert "energy" not in storage


async def test_only_what_is_imported_is_added(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT, channels=("solar", "imported", "charge"))
    report = await ask(hass, ACTION)
    assert rows_of(report) == {
        "added": [("solar", PLANT)],
        "not_imported_yet": [("grid", PLANT), ("battery", PLANT)],
    }
    assert [row["statistic_ids"] for row in report["not_imported_yet"]] == [
        [statistic_id(PLANT, "exported")],
        [statistic_id(PLANT, "discharge")],
    ]
    assert statistic_id(PLANT, "exported") in report["not_imported_yet"][0]["reason"]
    await assert_valid(hass, manager)


async def test_only_what_is_measured_is_added(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    assert get_measured_parts(loaded) == {PLANT: frozenset(CHANNELS)}
    everything = {statistic_id(PLANT, channel) for channel in CHANNELS}
    for measured, expected in (
        (set[str](), []),
        ({"charge", "consumption"}, []),
        ({"imported"}, [("grid", (statistic_id(PLANT, "imported"),))]),
        ({"solar"}, [("solar", (statistic_id(PLANT, "solar"),))]),
    ):
        results = await async_add_sources(
            hass, loaded, {PLANT: measured}, everything, dry_run=True
        )
        assert [(one.kind, one.statistic_ids) for one in results] == expected
    (grid,) = await async_add_sources(hass, loaded, {PLANT: {"imported"}}, everything)
    assert grid.source is not None
    assert grid.source["stat_energy_to"] is None
    assert ENERGY_SOURCE_SCHEMA(deepcopy(sources_of(manager))) == sources_of(manager)


async def test_sensors_that_are_disabled_or_not_recorded_are_left_out(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    manager: EnergyManager,
    recorder_mock: Recorder,
    entity_registry: er.EntityRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entity_registry.async_update_entity(
        "sensor.sunny_cottage_battery",
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    entity_registry.async_update_entity(
        "sensor.sunny_cottage_solar_power", new_entity_id="sensor.my_roof_power"
    )
    monkeypatch.setattr(
        recorder_mock, "entity_filter", lambda entity_id: "grid" not in entity_id
    )
    await hass.async_block_till_done()
    await import_plants(hass, PLANT)
    await ask(hass, ACTION)
    solar, grid, battery = sources_of(manager)
    assert solar["stat_rate"] == "sensor.my_roof_power"
    assert "stat_rate" not in grid
    assert "stat_soc" not in battery
    await assert_valid(hass, manager)


# What is not touched


async def test_the_users_part_stays_as_it_is(
    hass: HomeAssistant,
    recorder_mock: Recorder,
    storage: dict[str, Any],
    entry: MockConfigEntry,
) -> None:
    data = {
        "energy_sources": [WATER, SOLAR],
        "device_consumption": DEVICES,
        "later": {"of": "another version"},
    }
    storage["energy"] = {
        "version": 1,
        "minor_version": 3,
        "key": "energy",
        "data": deepcopy(data),
    }
    assert await async_setup_component(hass, "energy", {})
    await set_up(hass, entry)
    await import_plants(hass, PLANT)
    report = await ask(hass, ACTION)
    assert rows_of(report) == {
        "added": [("grid", PLANT), ("battery", PLANT)],
        "left_to_you": [("solar", PLANT)],
    }
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    saved = deepcopy(storage["energy"]["data"])
    added = saved["energy_sources"][2:]
    assert added == expected_sources(PLANT, "sunny_cottage", "Sunny Cottage")[1:]
    del saved["energy_sources"][2:]
    # Byte by byte, with the order of the keys.
    assert json.dumps(saved) == json.dumps(data)


async def test_an_edit_at_the_same_time_is_kept(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    manager: EnergyManager,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user saves while names are looked up."""
    await import_plants(hass, PLANT)
    await use(manager, BATTERY)
    module = "custom_components.growatt_openapi.history.energy_preferences"

    async def save_meanwhile(*_: Any) -> dict[str, str]:
        await use(manager, BATTERY, WATER, SOLAR)
        return {}

    monkeypatch.setattr(f"{module}._async_get_external_names", save_meanwhile)
    report = await ask(hass, ACTION)
    assert rows_of(report) == {
        "added": [("grid", PLANT)],
        "left_to_you": [("solar", PLANT), ("battery", PLANT)],
    }
    assert sources_of(manager)[:-1] == [BATTERY, WATER, SOLAR]


async def test_what_others_count_is_left_to_the_user(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    hass.states.async_set(OTHER_SOLAR, "7", {"friendly_name": "Other roof energy"})
    await import_statistics(hass, "other:battery_out", name="Wall battery")
    await import_plants(hass, PLANT)
    await use(manager, SOLAR, GRID, BATTERY)
    report = await ask(hass, ACTION)
    assert list(rows_of(report)) == ["left_to_you"]
    solar, grid, battery = report["left_to_you"]
    assert solar["counted_by"] == [
        {"statistic_id": OTHER_SOLAR, "name": "Other roof energy"}
    ]
    assert f"Other roof energy ({OTHER_SOLAR})" in solar["reason"]
    assert grid["counted_by"] == [
        {"statistic_id": "sensor.meter_import", "name": "sensor.meter_import"}
    ]
    assert battery["counted_by"] == [
        {"statistic_id": "other:battery_out", "name": "Wall battery"},
        {"statistic_id": "other:battery_in", "name": "other:battery_in"},
    ]
    assert sources_of(manager) == [SOLAR, GRID, BATTERY]


async def test_a_grid_with_power_alone_is_left_to_the_user(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT)
    power = {**GRID, "stat_energy_from": None}
    await use(manager, power)
    report = await ask(hass, ACTION)
    assert rows_of(report)["left_to_you"] == [("grid", PLANT)]
    (grid,) = report["left_to_you"]
    assert [one["statistic_id"] for one in grid["counted_by"]] == [power["stat_rate"]]


async def test_sensors_of_the_same_plant_are_counted_once(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    """The plant's sensors, as the README says, or a device's counter."""
    await import_plants(hass, PLANT)
    solar = {**SOLAR, "stat_energy_from": "sensor.sunny_cottage_solar_energy_total"}
    grid = {
        **GRID,
        "stat_energy_from": "sensor.sunny_cottage_import_energy_total",
        "stat_energy_to": "sensor.sunny_cottage_export_energy_total",
    }
    battery = {
        "type": "battery",
        "stat_energy_from": "sensor.storage_1054_discharge_energy_total",
        "stat_energy_to": "sensor.storage_1054_charge_energy_total",
    }
    registry = er.async_get(hass)
    sources: list[dict[str, Any]] = [solar, grid, battery]
    for source in sources:
        assert registry.async_get(str(source["stat_energy_from"])) is not None
    await use(manager, *sources)
    report = await ask(hass, ACTION)
    assert list(rows_of(report)) == ["already_there"]
    reasons = [row["reason"] for row in report["already_there"]]
    for source, reason in zip(sources, reasons, strict=True):
        assert "already counted by" in reason
        assert source["stat_energy_from"] in reason
    assert sources_of(manager) == sources


async def test_sensors_of_another_plant_do_not_matter(
    hass: HomeAssistant,
    manager: EnergyManager,
    entry: MockConfigEntry,
    cloud: Cloud,
    entity_registry: er.EntityRegistry,
) -> None:
    """Those of the same account, of another account, and statistics of a plant that is gone."""
    add_plants(cloud, 700777)
    await set_up(hass, entry)
    other = MockConfigEntry(domain=DOMAIN, unique_id="1")
    other.add_to_hass(hass)
    elsewhere = entity_registry.async_get_or_create(
        "sensor", DOMAIN, "plant_1_energy_total", config_entry=other
    )
    await import_plants(hass, PLANT, "700777")
    used = [
        {**SOLAR, "stat_energy_from": "sensor.sunny_cottage_solar_energy_total"},
        {**SOLAR, "stat_energy_from": elsewhere.entity_id},
        {**SOLAR, "stat_energy_from": statistic_id("2", "solar")},
    ]
    await use(manager, *used)
    report = await ask(hass, ACTION, config_entry_id=entry.entry_id)
    assert rows_of(report)["already_there"] == [("solar", PLANT)]
    assert ("solar", "700777") in rows_of(report)["added"]
    assert "left_to_you" not in rows_of(report)
    assert sources_of(manager)[:3] == used


async def test_counters_of_a_device_that_is_gone_are_left_to_the_user(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT)
    gone = er.async_get(hass).async_get_or_create(
        "sensor", DOMAIN, "GONE_energy_total", config_entry=loaded
    )
    await use(manager, {**SOLAR, "stat_energy_from": gone.entity_id})
    assert rows_of(await ask(hass, ACTION))["left_to_you"] == [("solar", PLANT)]


# Who may, and when


async def test_only_administrators_set_it_up(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    manager: EnergyManager,
    hass_admin_user: MockUser,
    hass_read_only_user: MockUser,
) -> None:
    await import_plants(hass, PLANT)
    user = MockUser().add_to_hass(hass)  # one who may control every entity
    user.mock_policy({"entities": True})

    async def press(user_id: str) -> None:
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": BUTTON},
            blocking=True,
            context=Context(user_id=user_id),
        )

    async def call(user_id: str) -> None:
        await hass.services.async_call(
            DOMAIN, ACTION, {}, blocking=True, context=Context(user_id=user_id)
        )

    for run in (press, call):
        for one in (user, hass_read_only_user):
            with pytest.raises(Unauthorized):
                await run(one.id)
        with pytest.raises(UnknownUser):
            await run("nobody")
        assert manager.data is None
    await press(hass_admin_user.id)
    assert len(sources_of(manager)) == 3
    await call(hass_admin_user.id)


async def test_the_button_notifies_of_what_was_added_and_what_was_not(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT, channels=("solar", "imported", "exported"))
    await use(manager, SOLAR)
    await act(hass, BUTTON, "press")
    await act(hass, BUTTON, "press")  # the second replaces the first
    (shown,) = hass.data["persistent_notification"].values()
    assert shown["title"] == "Energy dashboard: Sunny Cottage"
    lines = shown["message"].split("\n")
    assert [line.partition(":")[0] for line in lines] == [
        "- **Sunny Cottage, grid**",
        "- **Sunny Cottage, solar panels**",
        "- **Sunny Cottage, battery**",
    ]
    assert OTHER_SOLAR in lines[1]
    assert statistic_id(PLANT, "charge") in lines[2]


async def test_without_the_energy_integration_it_says_what_to_do(
    hass: HomeAssistant, entry: MockConfigEntry, storage: dict[str, Any]
) -> None:
    await set_up(hass, entry)
    await import_plants(hass, PLANT)
    for attempt in (
        ask(hass, ACTION),
        ask(hass, ACTION, dry_run=True),
        act(hass, BUTTON, "press"),
        async_add_sources(hass, entry, {}, set()),
    ):
        with pytest.raises(HomeAssistantError) as error:
            await attempt
        assert error.value.translation_key == "energy_not_set_up"
    await async_offer_energy_dashboard(hass, entry)
    assert offers(hass, entry) == []
    assert "energy" not in storage


# The offer


def offers(hass: HomeAssistant, entry: MockConfigEntry) -> list[ir.IssueEntry]:
    """Return the offer that the user sees, if any."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{OFFER}_{entry.entry_id}")
    if issue is None or not issue.active or issue.dismissed_version is not None:
        return []
    return [issue]


async def stored_issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    """Return an issue as it is after a restart of Home Assistant."""
    await flush_store(ir.async_get(hass)._store)
    restarted = ir.IssueRegistry(hass)
    await restarted.async_load()
    return restarted.async_get_issue(DOMAIN, issue_id)


async def test_the_offer_is_made_once_and_does_it(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    manager: EnergyManager,
) -> None:
    await async_offer_energy_dashboard(hass, loaded)
    assert offers(hass, loaded) == []  # nothing is imported
    await import_plants(hass, PLANT)
    await async_offer_energy_dashboard(hass, loaded)
    (issue,) = offers(hass, loaded)
    assert issue.translation_placeholders == {"name": "Sunny Cottage"}
    assert sources_of(manager) == []

    stored = await stored_issue(hass, issue.issue_id)
    assert stored == issue
    await reload(hass, loaded)
    assert offers(hass, loaded) == [issue]
    assert await async_setup_component(hass, REPAIRS, {})
    flows = hass.data[REPAIRS]["flow_manager"]
    form = await flows.async_init(DOMAIN, context={"issue_id": issue.issue_id})
    assert form["step_id"] == "confirm"
    done = await flows.async_configure(form["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert len(sources_of(manager)) == 3
    assert len(hass.data["persistent_notification"]) == 1
    assert offers(hass, loaded) == []

    # The user removes them on purpose.
    await use(manager)
    for _ in range(2):
        await async_offer_energy_dashboard(hass, loaded)
        assert offers(hass, loaded) == []
        await reload(hass, loaded)
    assert sources_of(manager) == []


async def test_an_ignored_offer_stays_ignored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    manager: EnergyManager,
) -> None:
    await import_plants(hass, PLANT, channels=("solar",))
    await async_offer_energy_dashboard(hass, loaded)
    (issue,) = offers(hass, loaded)
    ir.async_ignore_issue(hass, DOMAIN, issue.issue_id, True)
    await import_plants(hass, PLANT)  # there is more to offer
    await async_offer_energy_dashboard(hass, loaded)
    assert offers(hass, loaded) == []
    stored = await stored_issue(hass, issue.issue_id)
    assert stored is not None
    assert stored.dismissed_version is not None
    await reload(hass, loaded)
    await act(hass, BUTTON, "press")
    await async_offer_energy_dashboard(hass, loaded)
    kept = ir.async_get(hass).async_get_issue(DOMAIN, issue.issue_id)
    assert kept is not None
    assert kept.dismissed_version is not None
    await hass.config_entries.async_remove(loaded.entry_id)
    await hass.async_block_till_done()
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue.issue_id) is None


async def test_the_offer_ends_when_it_is_done_otherwise(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT)
    await async_offer_energy_dashboard(hass, loaded)
    assert offers(hass, loaded)
    await ask(hass, ACTION, dry_run=True)
    assert offers(hass, loaded)
    await ask(hass, ACTION)
    assert offers(hass, loaded) == []
    await async_offer_energy_dashboard(hass, loaded)
    assert offers(hass, loaded) == []


async def test_nothing_is_offered_where_others_count(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT, channels=("solar",))
    await use(manager, SOLAR)
    await async_offer_energy_dashboard(hass, loaded)
    assert offers(hass, loaded) == []
    await use(manager)
    await async_offer_energy_dashboard(hass, loaded)
    assert offers(hass, loaded)


async def test_the_offer_of_an_account_that_is_not_loaded_or_gone(
    hass: HomeAssistant, loaded: MockConfigEntry, manager: EnergyManager
) -> None:
    await import_plants(hass, PLANT)
    await async_offer_energy_dashboard(hass, loaded)
    (issue,) = offers(hass, loaded)
    assert await async_setup_component(hass, REPAIRS, {})
    flows = hass.data[REPAIRS]["flow_manager"]
    form = await flows.async_init(DOMAIN, context={"issue_id": issue.issue_id})
    await hass.config_entries.async_unload(loaded.entry_id)
    form = await flows.async_configure(form["flow_id"], {})
    assert form["errors"] == {"base": "entry_not_loaded"}
    await hass.config_entries.async_setup(loaded.entry_id)
    hass.config.components.remove("energy")
    form = await flows.async_configure(form["flow_id"], {})
    assert form["errors"] == {"base": "energy_not_set_up"}
    await hass.config_entries.async_remove(loaded.entry_id)
    gone = await flows.async_configure(form["flow_id"], {})
    assert gone["reason"] == "entry_gone"
    assert sources_of(manager) == []


async def test_the_essential_detail_level_has_panels_alone(
    hass: HomeAssistant, manager: EnergyManager, entry: MockConfigEntry
) -> None:
    """The energy balance is not calculated there, and the plant's power may be more than that of its panels."""
    entry.add_to_hass(hass)
    set_options(hass, entry, detail="essential")
    await set_up(hass, entry)
    await import_plants(hass, PLANT)
    assert rows_of(await ask(hass, ACTION)) == {"added": [("solar", PLANT)]}
    assert "stat_rate" not in sources_of(manager)[0]
