"""What version 0.1.0 has stored is read, and kept, by the version of today."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
import hashlib
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.faults import Fault, FaultKind
from simulator.routes import ROUTES
from simulator.scenarios import SCENARIOS, TOKEN
from simulator.server import Server
from tests.helpers import INVERTER, PLANT, Pass, VirtualClock, act, set_up

FOLDER = Path(__file__).parents[1] / "fixtures" / "storage"
STORED = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
ENTRY = "stored"
MEMORY, CONTROLS = f"{DOMAIN}.{ENTRY}.memory", f"{DOMAIN}.{ENTRY}.controls"
LEDGER, REPLIES = f"{DOMAIN}.CLIENT.ledger", f"{DOMAIN}.CLIENT.replies"
LISTS = (
    "plant/list",
    "plant/details",
    "device/list",
    "device/datalogger/list",
    "device/ammeter/meter_list",
    "device/env/env_list",
)
# Sections that those files have not.
NEW_SECTIONS = {"energy_dashboard"}
RATE = "number.south_roof_output_power_limit"
# The entity ids under which the fixtures show what has another name by now; each line follows those above.
RENAMED = {
    r"_(segment_\d)": r"_time_\1",
    r"_(segment_\d)_mode$": r"_\1_work_mode",
    r"_(ac_charge|forced_discharge)_(start|end)$": r"_\1_period_\2",
    r"^(time\..+)_start$": r"\1_from",
    r"^(time\..+)_end$": r"\1_to",
    r"_ac_charge_limit$": "_ac_charge_stop_level",
    r"_discharge_limit$": "_discharge_stop_level",
    r"_(load_first)_stop_level$": r"_discharge_stop_level_\1",
    r"_(on_grid)_discharge_stop_level$": r"_discharge_stop_level_\1",
    r"_active_power_rate$": "_output_power_limit",
    r"charge_power_rate$": "charge_power_limit",
    r"_reactive_power_rate$": "_reactive_power_setpoint",
    r"^(number\..+_power_factor)$": r"\1_setpoint",
    r"^(select\..+_backup_(frequency|voltage))$": r"\1_setpoint",
    r"_(lower|upper)_grid_voltage_limit$": r"_grid_voltage_\1_limit",
    r"^(switch\..+)_on$": r"\1_inverter_output",
    r"_state_of_charge$": "_battery",
    r"_(battery_\d)_charge_level$": r"_\1",
    r"_load_power$": "_house_power",
    r"_load_energy_(\w+)$": r"_consumption_\1",
    r"_pv_(power|energy_\w+)$": r"_solar_\1",
    r"_ac_energy_(\w+)$": r"_output_energy_\1",
    r"_peak_power$": "_installed_power",
    r"_type_number$": "_device_type_number",
    r"_list_calls_left$": "_plant_list_calls_left",
}
# The sensors of an account that were there with one plant too.
OF_SEVERAL = (
    "devices_in_fault",
    "energy_today",
    "energy_total",
    "plants_offline",
    "power",
)
SETTINGS = ("number.", "select.", "switch.", "time.")
FIGURES = ("sensor.", "binary_sensor.")

# What is not the same a minute later, in an outage, with an almost empty entity registry.
MOVING = (
    "_data_age",  # a minute has passed
    "_calls_in_24_hours",  # calls that fail are counted
    "_plant_list_calls_left",  # likewise
    "_refusals_in_24_hours",  # likewise
    "_cloud_status",  # an outage is noticed
    "_next_poll",  # what could not be asked is asked later
    "event.south_roof_alarm",  # Home Assistant itself restores events, out of a file of its own
    "event.storage_1054_alarm",
    # 0 now: it appears when it is not, and stays since then in the registry.
    "sensor.orchard_storage_battery_current",
)

pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


@pytest.fixture(params=STORED)
def scenario(request: pytest.FixtureRequest) -> str:
    """The scenario whose files are read."""
    request.module.SCENARIO = SCENARIOS[request.param]
    return str(request.param)


@pytest.fixture
def fixture(scenario: str) -> dict[str, Any]:
    """What was saved, and when, and what was shown then."""
    found: dict[str, Any] = json.loads((FOLDER / f"{scenario}.json").read_text())
    found["states"] = {
        _present_id(entity_id): state for entity_id, state in found["states"].items()
    }
    return found


def _present_id(entity_id: str) -> str:
    for former, present in RENAMED.items():
        entity_id = re.sub(former, present, entity_id)
    return entity_id


@pytest.fixture
def names(server: Server) -> dict[str, str]:
    """How the files are called here, by their names in the fixture."""
    client = hashlib.sha256(f"{server.url} {TOKEN}".encode()).hexdigest()[:16]
    return {
        MEMORY: MEMORY,
        CONTROLS: CONTROLS,
        LEDGER: LEDGER.replace("CLIENT", client),
        REPLIES: REPLIES.replace("CLIENT", client),
    }


@pytest.fixture
def entry(
    fixture: dict[str, Any],
    server: Server,
    clock: VirtualClock,
    storage: dict[str, Any],
    names: dict[str, str],
) -> MockConfigEntry:
    """The entry whose files are there, a minute after they were saved."""
    saved_at = datetime.fromisoformat(fixture["saved_at"])
    clock.advance((saved_at - clock.now()).total_seconds() + 60)
    for name, file in fixture["files"].items():
        storage[names[name]] = deepcopy(file) | {"key": names[name]}
    return MockConfigEntry(
        domain=DOMAIN,
        title="Sunny Cottage",
        entry_id=ENTRY,
        unique_id=PLANT,
        data={"region": "custom", "url": server.url, "token": TOKEN},
        options={"plants": None, "controls": True},
    )


@pytest.fixture(autouse=True)
def registered(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What is kept only where it was registered before."""
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    for key in OF_SEVERAL:
        registry.async_get_or_create(
            "sensor",
            DOMAIN,
            f"account_{PLANT}_{key}",
            config_entry=entry,
            suggested_object_id=f"growatt_account_{key}",
        )


def differences(
    hass: HomeAssistant, fixture: dict[str, Any], domains: tuple[str, ...] = ("",)
) -> dict[str, tuple[str, str | None]]:
    """Return what is shown otherwise than when it was saved, of what should be the same."""
    shown = {
        entity_id: (before, state.state if state else None)
        for entity_id, before in fixture["states"].items()
        if entity_id.startswith(domains) and not entity_id.endswith(MOVING)
        for state in (hass.states.get(entity_id),)
    }
    assert len(shown) > 10
    return {
        entity_id: (before, now)
        for entity_id, (before, now) in shown.items()
        if now != before
    }


def lost(
    hass: HomeAssistant,
    fixture: dict[str, Any],
    domains: tuple[str, ...],
    *,
    listed_again: bool,
) -> dict[str, tuple[str, str | None]]:
    """Return what is shown otherwise than when it was saved.

    listed_again: lists are newer, and what hangs on a device's name or first reading is not there before it has been asked.
    """
    return {
        entity_id: (before, now)
        for entity_id, (before, now) in differences(hass, fixture, domains).items()
        if not listed_again
        or (now is not None and not entity_id.endswith("_last_update"))
    }


def refuse_all_but(server: Server, *answered: str) -> None:
    server.cloud.faults.extend(
        Fault(FaultKind.REFUSE, path) for path in ROUTES if path not in answered
    )


async def test_everything_stored_is_shown_again(
    hass: HomeAssistant, entry: MockConfigEntry, fixture: dict[str, Any], server: Server
) -> None:
    server.cloud.faults.append(Fault(FaultKind.ERROR_500))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert differences(hass, fixture) == {}
    # Limits are known again too: nothing is asked before its time.
    assert len(server.cloud.journal) < 5


async def test_everything_stored_is_saved_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    fixture: dict[str, Any],
    server: Server,
    storage: dict[str, Any],
) -> None:
    # No news but the same list of plants, and a setting that is written: both files are due to be saved.
    refuse_all_but(
        server, "plant/list", *(path for path in ROUTES if path.endswith("Set"))
    )
    await set_up(hass, entry)
    for name in (MEMORY, CONTROLS):
        del storage[name]
    await act(hass, "button.growatt_account_refresh", "press")
    await act(hass, RATE, "set_value", value=90)
    await hass.async_block_till_done(wait_background_tasks=True)
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done(wait_background_tasks=True)

    memory, controls = storage[MEMORY], storage[CONTROLS]
    assert (
        controls["data"]["settings"].pop(INVERTER)["active_power_rate"]["value"] == 90
    )
    assert len(controls["data"]["writes"].pop(INVERTER)) == 1
    assert memory["data"].keys() >= NEW_SECTIONS
    for section in NEW_SECTIONS:
        del memory["data"][section]
    assert _plain(memory) == _plain(fixture["files"][MEMORY])
    saved = deepcopy(fixture["files"][CONTROLS])
    saved["data"]["runs"] = {
        serial: _override_of_today(run) for serial, run in saved["data"]["runs"].items()
    }
    assert _plain(controls) == saved


def _override_of_today(run: dict[str, Any]) -> dict[str, Any]:
    """Return an override that charges a storage as it is stored now: with the former values of any settings."""
    former = {"ac_charge_window": run["window"], "ac_charge": run["switch"]}
    return {name: run[name] for name in ("family", "kind", "until")} | {
        "former": former
    }


def _plain(stored: dict[str, Any]) -> dict[str, Any]:
    """Return something as it comes back from a file, without what only version 0.1.0 stores, or does not store."""
    plain: dict[str, Any] = json.loads(json.dumps(stored))
    _drop_changed(plain)
    return plain


def _drop_changed(stored: object) -> None:
    for part in stored.values() if isinstance(stored, dict) else ():
        if isinstance(part, dict) and isinstance(totals := part.get("totals"), dict):
            for key in ("lower", "at"):
                totals.pop(key, None)
        _drop_changed(part)


def _list(file: dict[str, Any]) -> None:
    file["data"] = list(file["data"])


def _empty(file: dict[str, Any]) -> None:
    file["data"] = {}


def _truncated(file: dict[str, Any]) -> None:
    """Half of the sections are lost, and half of each of the others."""
    kept = tuple(file["data"].items())[::2]
    file["data"] = {
        name: dict(tuple(part.items())[::2]) if isinstance(part, dict) else None
        for name, part in kept
    }


def _newer(file: dict[str, Any]) -> None:
    file["version"] = 99


def _newer_in_part(file: dict[str, Any]) -> None:
    file["minor_version"] = 99


@pytest.mark.parametrize(
    "damage",
    [_list, _empty, _truncated, _newer, _newer_in_part],
    ids=lambda one: one.__name__,
)
@pytest.mark.parametrize("name", [MEMORY, CONTROLS, LEDGER, REPLIES])
async def test_a_damaged_file_harms_no_other(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    fixture: dict[str, Any],
    server: Server,
    storage: dict[str, Any],
    names: dict[str, str],
    let_pass: Pass,
    name: str,
    damage: Callable[[dict[str, Any]], None],
) -> None:
    damage(storage[names[name]])
    # What stands in a plant is in the replies: where they are lost, it is listed again. No device is asked.
    lists = LISTS if name in (LEDGER, REPLIES) else ()
    refuse_all_but(server, *lists)
    await set_up(hass, entry)
    if lists:
        await let_pass(60)
    assert entry.state is ConfigEntryState.LOADED
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done(wait_background_tasks=True)
    if name != MEMORY:
        assert lost(hass, fixture, FIGURES, listed_again=bool(lists)) == {}
        found = _plain(storage[MEMORY])["data"]
        stored = _plain(fixture["files"][MEMORY])["data"]
        # Of plants, what follows from their zone and from which devices they have; that was lost, and is asked again.
        kept = [
            section
            for section in stored
            if not lists or not section.startswith(("account", "plant_", "energy"))
        ]
        assert found.keys() - NEW_SECTIONS == stored.keys()
        assert {section: found[section] for section in kept} == {
            section: stored[section] for section in kept
        }
    if name != CONTROLS:
        assert lost(hass, fixture, SETTINGS, listed_again=True) == {}
        assert hass.states.is_state("switch.storage_1054_ac_charge", "on")
        assert _plain(storage[CONTROLS]) == fixture["files"][CONTROLS]
