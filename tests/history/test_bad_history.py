"""Histories that are not as they should be: what is imported stays the energy that flowed, and the import goes on."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import async_add_external_statistics
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import CONF_HISTORY_DAYS
from custom_components.growatt_openapi.history import statistics
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios import home
from simulator.scenarios.long_past import build_once, with_past
from tests.helpers import NOON, PLANT, Pass, alter_reply, reload, set_options, set_up

from .recorder import read_statistics
from .truth import check_days, energies_by_hour, statistics_of

pytestmark = pytest.mark.usefixtures("recorder_mock")

DAYS = 4
SCENARIO = build_once(with_past(home, DAYS + 3, recorded=True))
STORAGE_HISTORY = "device/storage/storage_data"
CHANNELS = ("imported", "exported", "charge", "discharge")


@pytest.fixture(name="entry")
def entry_fixture(entry: MockConfigEntry, hass: HomeAssistant) -> MockConfigEntry:
    """The entry, with some days of history."""
    entry.add_to_hass(hass)
    set_options(hass, entry, **{CONF_HISTORY_DAYS: DAYS})
    return entry


async def check_past(hass: HomeAssistant, cloud: Cloud, step: float = 1) -> None:
    """Check the imported days."""
    plant = cloud.plants[0]
    found = await read_statistics(
        hass, *statistics_of(plant), start=NOON - timedelta(days=60)
    )
    hours = energies_by_hour(plant, found)
    first, last = (
        (NOON - timedelta(days=DAYS)).date(),
        NOON.date() - timedelta(days=1),
    )
    for channel in CHANNELS:
        check_days(plant, channel, hours[channel], first, last, devices=int(step))


def repeat_rows(data: dict[str, Any]) -> None:
    data["datas"] = [row for row in data["datas"] for _ in range(2)][:100]


def mix_rows(data: dict[str, Any]) -> None:
    data["datas"] = data["datas"][::2] + data["datas"][1::2]


def drop_rows(data: dict[str, Any]) -> None:
    data["datas"] = [row for index, row in enumerate(data["datas"]) if index % 5]


def drop_page(data: dict[str, Any]) -> None:
    """An empty page before the last: the counters prove what was made meanwhile."""
    if sum(map(ord, data["datas"][0]["time"])) % 4 == 0:
        data["datas"] = []


def add_future_row(data: dict[str, Any]) -> None:
    data["datas"].append({**data["datas"][0], "time": "2027-01-01 00:00:00"})


def add_junk(data: dict[str, Any]) -> None:
    data["datas"] += [
        None,
        "x",
        {},
        {"time": "nonsense"},
        {"time": "9999-12-31 23:59:59", "eToUserTotal": 1e300},
    ]


def add_zeros(data: dict[str, Any]) -> None:
    """Counters of 0 for one row in ten, as the cloud gives now and then."""
    for row in data["datas"][::10]:
        for key, value in row.items():
            if "otal" in key and isinstance(value, int | float):
                row[key] = 0


@pytest.mark.parametrize(
    "change", [mix_rows, drop_rows, drop_page, add_future_row, add_junk, add_zeros]
)
async def test_disordered_rows(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    change: Callable[[dict[str, Any]], None],
) -> None:
    def alter(data: dict[str, Any]) -> None:
        data["datas"] = deepcopy(data["datas"])
        if data["datas"]:
            change(data)

    alter_reply(monkeypatch, router, STORAGE_HISTORY, alter)
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    history = entry.runtime_data.history
    assert history.data.days_left == 0
    assert not history.unexpected_errors
    await check_past(hass, cloud, step=2)


@pytest.mark.parametrize(
    "kind", [FaultKind.ERROR_500, FaultKind.HTML, FaultKind.REFUSE, FaultKind.CUT_BODY]
)
async def test_failures_in_the_middle(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    kind: FaultKind,
) -> None:
    for path in (STORAGE_HISTORY, "device/inverter/data"):
        cloud.faults.append(Fault(kind, path, count=3))
    await set_up(hass, entry)
    await let_pass(3 * 3600, step=60)
    assert entry.runtime_data.history.data.days_left == 0
    await check_past(hass, cloud)


async def test_history_that_the_token_may_not_read(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.CODE, STORAGE_HISTORY, code=10011))
    await set_up(hass, entry)
    await let_pass(3600, step=60)
    history = entry.runtime_data.history
    assert history.data.waiting_for == "permission"
    assert history.data.days_left == DAYS + 1
    # Not asked again for a day, and what is measured from now on is there all the same.
    made = sum(call.path == STORAGE_HISTORY for call in cloud.journal)
    await let_pass(3600, step=60)
    assert sum(call.path == STORAGE_HISTORY for call in cloud.journal) == made
    plant = cloud.plants[0]
    found = await read_statistics(
        hass, *statistics_of(plant), start=NOON - timedelta(days=60)
    )
    assert energies_by_hour(plant, found)["exported"]


async def test_statistics_that_the_user_deleted_are_imported_again(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    await hass.config_entries.async_unload(entry.entry_id)
    get_instance(hass).async_clear_statistics(statistics_of(cloud.plants[0]))
    await get_instance(hass).async_block_till_done()
    await hass.config_entries.async_setup(entry.entry_id)
    await let_pass(1800, step=30)
    await check_past(hass, cloud)


async def test_what_the_recorder_could_not_write_is_written_later(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A full disk: the recorder logs it, and tells nobody."""
    is_full = True

    def write(hass: HomeAssistant, metadata: Any, rows: list[Any]) -> None:
        if not is_full:
            async_add_external_statistics(hass, metadata, rows)

    monkeypatch.setattr(statistics, "async_add_external_statistics", write)
    await set_up(hass, entry)
    await let_pass(900, step=30)
    assert entry.runtime_data.history.data.waiting_for is not None
    assert entry.runtime_data.history.data.days_left == DAYS + 1
    is_full = False
    await let_pass(3600, step=30)
    assert entry.runtime_data.history.data.days_left == 0
    await check_past(hass, cloud)


async def test_a_plant_that_leaves_in_between(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.ERROR_500, STORAGE_HISTORY))
    await set_up(hass, entry)
    await let_pass(120, step=30)
    assert entry.runtime_data.history.data.days_left == DAYS + 1
    plants = list(cloud.plants)
    cloud.plants.clear()
    await let_pass(26 * 3600, step=600)
    cloud.faults.clear()
    cloud.plants.extend(plants)
    await reload(hass, entry)
    await let_pass(2 * 3600, step=60)
    assert entry.runtime_data.history.plant(PLANT).plan.days == []
