"""The actions, entities and options of the import."""

from datetime import date, timedelta

from homeassistant.components.recorder.statistics import async_add_external_statistics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import CONF_HISTORY_DAYS, DOMAIN
from custom_components.growatt_openapi.domain.energy_samples import start_of_hour
from custom_components.growatt_openapi.history.statistic_ids import statistic_id
from simulator.cloud import Cloud
from simulator.scenarios import home
from simulator.scenarios.long_past import build_once, with_past
from tests.helpers import (
    NOON,
    PLANT,
    Pass,
    act,
    ask,
    calls,
    get_state,
    reload,
    set_options,
    set_up,
    value,
)

from .recorder import make_metadata, read_statistics

pytestmark = pytest.mark.usefixtures("recorder_mock")

DAYS = 4
SCENARIO = build_once(with_past(home, DAYS + 6, recorded=True))
HISTORY = "device/storage/storage_data"
YESTERDAY = NOON.date() - timedelta(days=1)


@pytest.fixture(name="plant_device")
async def plant_device_fixture(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    device_registry: dr.DeviceRegistry,
) -> str:
    """The registered plant, after its past was imported."""
    entry.add_to_hass(hass)
    set_options(hass, entry, **{CONF_HISTORY_DAYS: DAYS})
    await set_up(hass, entry)
    await let_pass(1800, step=30)
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, f"plant_{PLANT}"), entry.entry_id
    )
    assert device is not None
    return device.id


def period(first: date, last: date) -> dict[str, str]:
    return {"start_date": first.isoformat(), "end_date": last.isoformat()}


async def test_a_dry_run_only_says_what_it_would_cost(
    hass: HomeAssistant,
    plant_device: str,
    cloud: Cloud,
    let_pass: Pass,
    entry: MockConfigEntry,
) -> None:
    made = calls(cloud, HISTORY)
    days = period(YESTERDAY - timedelta(days=6), YESTERDAY)
    answer = await ask(
        hass, "import_history", device_id=plant_device, dry_run=True, **days
    )
    # Two devices, of which each has 288 rows a day on pages of a hundred.
    assert answer["calls"] == 2 * 21
    assert (answer["days"], answer["is_planned"]) == (7, False)
    assert answer["expected_minutes"] <= 5
    # As many days are imported, and the hours of the last of the days asked for.
    assert answer["held_hours"]["exported"] == 24 * DAYS
    assert answer["held_energy"]["exported"] > 10
    await let_pass(600, step=30)
    assert calls(cloud, HISTORY) == made


async def test_days_before_are_added_on_request(
    hass: HomeAssistant,
    plant_device: str,
    cloud: Cloud,
    let_pass: Pass,
    entry: MockConfigEntry,
) -> None:
    days = period(YESTERDAY - timedelta(days=6), YESTERDAY)
    answer = await ask(hass, "import_history", device_id=plant_device, **days)
    assert answer["is_planned"]
    await let_pass(900, step=30)
    again = await ask(
        hass, "import_history", device_id=plant_device, dry_run=True, **days
    )
    assert again["held_hours"]["exported"] == 24 * 7


async def test_a_spoiled_statistic_is_found_and_mended(
    hass: HomeAssistant,
    plant_device: str,
    cloud: Cloud,
    let_pass: Pass,
    entry: MockConfigEntry,
) -> None:
    days = period(YESTERDAY - timedelta(days=3), YESTERDAY)
    answer = await ask(hass, "check_energy", device_id=plant_device, **days)
    assert (answer["compared"], answer["differences"]) == (4, [])
    statistic = statistic_id(PLANT, "solar")
    noon = NOON - timedelta(days=1)
    hour = start_of_hour(noon)
    found = await read_statistics(hass, statistic, start=hour)
    row = found[statistic][0]
    spoiled = row["sum"] + 5.0
    async_add_external_statistics(
        hass,
        make_metadata(statistic),
        [{"start": hour, "state": spoiled, "sum": spoiled}],
    )
    await read_statistics(hass, statistic, start=hour)
    await let_pass(301, step=301)
    answer = await ask(hass, "check_energy", device_id=plant_device, **days)
    (difference,) = answer["differences"] or [{"period": None}]
    # An hour gained what the next one lost: within the same day, no difference.
    if difference["period"] is not None:
        assert difference["period"] == YESTERDAY.isoformat()
    await ask(hass, "import_history", device_id=plant_device, **days)
    await let_pass(900, step=30)
    after = await read_statistics(hass, statistic, start=hour)
    assert after[statistic][0]["sum"] == pytest.approx(row["sum"], abs=1e-4)


async def test_entities_show_the_progress_and_pause_it(
    hass: HomeAssistant,
    plant_device: str,
    let_pass: Pass,
    entity_registry: er.EntityRegistry,
) -> None:
    account = f"account_{PLANT}"
    sensor, switch = (
        entity_registry.async_get_entity_id(platform, DOMAIN, f"{account}_{key}")
        for platform, key in (
            ("sensor", "history_imported_until"),
            ("switch", "history_pause"),
        )
    )
    assert sensor is not None
    assert switch is not None
    state = get_state(hass, sensor)
    assert state.attributes["percent"] == 100
    assert state.attributes["waiting_for"] is None
    assert state.state.startswith("2026-06-20T")
    assert value(hass, switch) == "off"
    await act(hass, switch, "turn_on")
    await ask(
        hass,
        "import_history",
        device_id=plant_device,
        **period(YESTERDAY, YESTERDAY),
    )
    await let_pass(600, step=30)
    state = get_state(hass, sensor)
    assert (state.attributes["days_left"], state.attributes["waiting_for"]) == (
        1,
        "pause",
    )
    assert state.attributes["expected_end"] is None
    await act(hass, switch, "turn_off")
    soon = get_state(hass, sensor).attributes["expected_end"]
    assert timedelta() < soon - dt_util.utcnow() < timedelta(minutes=10)
    await let_pass(600, step=30)
    assert get_state(hass, sensor).attributes["days_left"] == 0


async def test_more_days_in_the_options_are_imported(
    hass: HomeAssistant,
    plant_device: str,
    cloud: Cloud,
    let_pass: Pass,
    entry: MockConfigEntry,
) -> None:
    set_options(hass, entry, **{CONF_HISTORY_DAYS: DAYS + 2})
    await reload(hass, entry)
    await let_pass(900, step=30)
    answer = await ask(
        hass,
        "import_history",
        device_id=plant_device,
        dry_run=True,
        **period(NOON.date() - timedelta(days=DAYS + 2), YESTERDAY),
    )
    assert answer["held_hours"]["exported"] == 24 * (DAYS + 2)


async def test_days_that_cannot_be_are_refused(
    hass: HomeAssistant, plant_device: str
) -> None:
    for first, last, key in (
        (YESTERDAY, YESTERDAY - timedelta(days=1), "reversed"),
        (YESTERDAY, NOON.date() + timedelta(days=2), "in_the_future"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await ask(
                hass, "import_history", device_id=plant_device, **period(first, last)
            )
        assert caught.value.translation_key == key
