"""The cloud's past and present as external statistics, compared with the energy that really flowed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from homeassistant.components.recorder.statistics import async_add_external_statistics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import CONF_HISTORY_DAYS
from custom_components.growatt_openapi.domain.energy_samples import start_of_hour
from custom_components.growatt_openapi.history import statistics
from custom_components.growatt_openapi.history.status import Wait
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.physics.plant import Plant
from simulator.scenarios import SCENARIOS
from simulator.scenarios.long_past import with_past
from tests.helpers import (
    NOON,
    Pass,
    VirtualClock,
    calls,
    refused,
    reload,
    restart,
    set_options,
    set_up,
)

from .recorder import read_statistics
from .truth import (
    HOUR,
    check_days,
    check_hours,
    energies_by_hour,
    statistics_of,
    true_energy,
)

pytestmark = pytest.mark.usefixtures("recorder_mock")

DAYS = 9
HOME = ("imported", "exported", "charge", "discharge", "consumption")


@pytest.fixture
def make_plants(request: pytest.FixtureRequest) -> Callable[[datetime], list[Plant]]:
    """A home, or the scenario of the test's parameter, with some days of past."""
    name = (
        request.getfixturevalue("scenario")
        if "scenario" in request.fixturenames
        else "home"
    )
    return with_past(SCENARIOS[name], DAYS + 3, recorded=True)


@pytest.fixture(name="entry")
def entry_fixture(entry: MockConfigEntry, hass: HomeAssistant) -> MockConfigEntry:
    """The entry, with some days of history."""
    entry.add_to_hass(hass)
    set_options(hass, entry, **{CONF_HISTORY_DAYS: DAYS})
    return entry


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of rows that were handed to the recorder at once."""
    found: list[int] = []
    add = async_add_external_statistics

    def count(hass: HomeAssistant, metadata: Any, rows: list[Any]) -> None:
        found.append(len(rows))
        add(hass, metadata, rows)

    monkeypatch.setattr(statistics, "async_add_external_statistics", count)
    return found


async def read_hours(hass: HomeAssistant, plant: Plant) -> dict[str, Any]:
    """Return all statistics of a plant by channel and hour."""
    found = await read_statistics(
        hass, *statistics_of(plant), start=NOON - timedelta(days=60)
    )
    return energies_by_hour(plant, found)


def check_home(
    plant: Plant, hours: dict[str, Any], first: date, last: date, **more: Any
) -> None:
    """Check all channels of a home; its panels are counted on the AC side, as the record has them."""
    for channel in HOME:
        check_days(plant, channel, hours[channel], first, last, **more)


@pytest.mark.parametrize("scenario", ["home", "min", "hybrid"])
async def test_the_past_of_a_home_is_the_energy_that_flowed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    scenario: str,
) -> None:
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    assert entry.runtime_data.history.data.percent == 100
    for plant in cloud.plants:
        hours = await read_hours(hass, plant)
        first, last = (
            (NOON - timedelta(days=DAYS)).date(),
            NOON.date() - timedelta(days=1),
        )
        check_home(plant, hours, first, last)
    assert not refused(cloud)


async def test_a_second_import_changes_no_row(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    written: list[int],
) -> None:
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    (plant,) = cloud.plants
    before = await read_hours(hass, plant)
    history = entry.runtime_data.history
    made = calls(cloud, "device/storage/storage_data")
    # The running hour changes with each reading; only the past is looked at.
    last = NOON.date() - timedelta(days=1)
    history.request_days(str(plant.plant_id), last - timedelta(days=4), last)
    del written[:]
    await let_pass(600, step=30)
    assert calls(cloud, "device/storage/storage_data") > made
    assert history.data.days_left == 0
    after = await read_hours(hass, plant)
    until = start_of_hour(NOON) - HOUR
    for channel, hours in before.items():
        kept = {hour: energy for hour, energy in hours.items() if hour < until}
        assert kept == pytest.approx(
            {hour: after[channel][hour] for hour in kept}, abs=1e-9
        ), channel
    assert max(written, default=0) <= 2  # the hour that is running, and the one before


async def test_the_running_hour_follows_the_readings(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    await set_up(hass, entry)
    await let_pass(3600, step=30)
    (plant,) = cloud.plants
    assert plant.record is not None
    made = len(cloud.journal)
    start = start_of_hour(clock.now())
    for _ in range(6):
        await let_pass(600, step=30)
        hours = await read_hours(hass, plant)
        # Six minutes behind the newest reading, which is up to six minutes old.
        late = plant.record.sum_between(start, clock.now() - timedelta(minutes=15))
        now = plant.record.sum_between(start, clock.now() + timedelta(minutes=15))
        for channel in ("exported", "imported", "charge", "discharge"):
            held = sum(
                energy for hour, energy in hours[channel].items() if hour >= start
            )
            assert true_energy(channel, late) - 0.2 <= held, channel
            assert held <= true_energy(channel, now) + 0.2, channel
    # Not one call more than for the readings.
    assert not [c for c in cloud.journal[made:] if "start_date" in c.parameters]


@pytest.mark.parametrize("hours_off", [6, 60])
async def test_an_outage_of_home_assistant_leaves_no_hole(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
    hours_off: int,
) -> None:
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    (plant,) = cloud.plants
    await hass.config_entries.async_unload(entry.entry_id)
    start = start_of_hour(clock.now())
    for _ in range(hours_off):
        clock.advance(3600)
    await hass.config_entries.async_setup(entry.entry_id)
    await let_pass(3600, step=30)
    hours = await read_hours(hass, plant)
    for channel in HOME:
        check_hours(
            plant, channel, hours[channel], start, start_of_hour(clock.now()) - HOUR
        )
    assert entry.runtime_data.history.data.days_left == 0


async def test_an_outage_of_the_cloud_leaves_no_hole(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    (plant,) = cloud.plants
    start = start_of_hour(clock.now())
    cloud.faults.append(Fault(FaultKind.ERROR_500))
    await let_pass(5 * 3600, step=120)
    cloud.faults.clear()
    await let_pass(2 * 3600, step=60)
    hours = await read_hours(hass, plant)
    for channel in HOME:
        check_hours(
            plant, channel, hours[channel], start, start_of_hour(clock.now()) - HOUR
        )


@pytest.mark.parametrize("writes", [1, 3, 5, 8])
async def test_a_kill_between_two_writes_loses_and_doubles_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    storage: dict[str, Any],
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    writes: int,
) -> None:
    add = async_add_external_statistics
    left = writes

    def add_some(hass: HomeAssistant, metadata: Any, rows: list[Any]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise HomeAssistantError("killed")
        add(hass, metadata, rows)

    monkeypatch.setattr(statistics, "async_add_external_statistics", add_some)
    await set_up(hass, entry)
    for _ in range(60):
        if left >= 0:
            await let_pass(10, step=5)
    assert left < 0
    monkeypatch.setattr(statistics, "async_add_external_statistics", add)
    await restart(hass, entry, storage, kill=True)
    await let_pass(3600, step=30)
    assert entry.runtime_data.history.data.percent == 100
    (plant,) = cloud.plants
    hours = await read_hours(hass, plant)
    first, last = (NOON - timedelta(days=DAYS)).date(), NOON.date() - timedelta(days=1)
    check_home(plant, hours, first, last)
    assert not refused(cloud)


async def test_the_import_waits_for_the_recorder(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_migrating = True
    monkeypatch.setattr(
        statistics, "async_migration_in_progress", lambda _: is_migrating
    )
    await set_up(hass, entry)
    await let_pass(600, step=30)
    history = entry.runtime_data.history
    assert history.data.waiting_for is Wait.RECORDER
    assert history.data.days_left == 0 or history.data.percent < 100
    is_migrating = False
    await let_pass(1800, step=30)
    assert history.data.percent == 100
    assert entry.runtime_data.history.data.waiting_for is None
    (plant,) = cloud.plants
    hours = await read_hours(hass, plant)
    check_home(
        plant,
        hours,
        (NOON - timedelta(days=DAYS)).date(),
        NOON.date() - timedelta(days=1),
    )


async def test_a_pause_lasts_over_a_reload_and_stops_the_past_only(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    cloud.faults.append(Fault(FaultKind.ERROR_500, "device/storage/storage_data"))
    await set_up(hass, entry)
    await let_pass(60, step=10)
    history = entry.runtime_data.history
    assert history.data.waiting_for is Wait.CLOUD
    history.set_paused(True)
    cloud.faults.clear()
    assert entry.runtime_data.history.data.waiting_for is Wait.PAUSE
    await reload(hass, entry)
    assert entry.runtime_data.history.data.days_left == DAYS + 1
    made = calls(cloud, "device/storage/storage_data")
    await let_pass(1800, step=60)
    history = entry.runtime_data.history
    assert calls(cloud, "device/storage/storage_data") == made
    assert history.is_paused
    (plant,) = cloud.plants
    assert (await read_hours(hass, plant))["exported"]
    history.set_paused(False)
    await let_pass(1800, step=30)
    assert history.data.days_left == 0


async def test_every_database_holds_the_same(
    recorder_url: str,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    written: list[int],
) -> None:
    assert recorder_url
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    (plant,) = cloud.plants
    hours = await read_hours(hass, plant)
    first, last = (NOON - timedelta(days=DAYS)).date(), NOON.date() - timedelta(days=1)
    check_home(plant, hours, first, last)
    entry.runtime_data.history.request_days(str(plant.plant_id), first, last)
    del written[:]
    await let_pass(900, step=30)
    assert max(written, default=0) <= 2
