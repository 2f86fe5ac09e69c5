"""Values that no cloud should send: impossible times, halves of characters, numbers without end, and endless nesting.

Each once reached the states, the registries or the files under ``.storage``, which could then not be written any more.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
import json
from typing import Any

from aiohttp import web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import prepare_save_json
import orjson
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator import server as simulator_server
from simulator.envelope import Envelope
from simulator.router import Router
from tests.helpers import (
    BATTERY,
    HOUSE,
    INVERTER,
    NOON,
    ROOF,
    Pass,
    alter_reply,
    logged_warnings,
    reload,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

LISTS = ("plant/list", "plant/details", "device/list", "device/datalogger/list")
READINGS = (
    "device/storage/storage_last_data",
    "device/inverter/last_new_data",
    "device/inverter/invs_data",
    "plant/data",
    "plant/power",
)
CODES = ("status", "faultCode", "errorCode", "warnCode", "faultType", "lost")
DETAILS = ("device/inverter/inv_data_info", "device/storage/storage_data_info")
SHOWN = (
    f"sensor.{BATTERY}_battery",
    f"sensor.{ROOF}_output_power",
    f"sensor.{HOUSE}_power",
    f"sensor.{HOUSE}_energy_today",
)


@pytest.fixture(autouse=True)
def send_any_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the simulated cloud send lone surrogates, which UTF-8 cannot hold: escaped, as JSON allows."""

    def make_response(envelope: Envelope, _: int = 0) -> web.Response:
        return web.Response(text=json.dumps(envelope), content_type="text/html")

    monkeypatch.setattr(simulator_server, "make_response", make_response)


def change_members(
    data: Any, is_chosen: Callable[[str, Any], bool], new: object
) -> None:
    """Replace the chosen members of all objects in a reply."""
    if isinstance(data, dict):
        for key, member in data.items():
            if is_chosen(key, member):
                data[key] = new
            else:
                change_members(member, is_chosen, new)
    elif isinstance(data, list):
        for member in data:
            change_members(member, is_chosen, new)


def is_time(key: str, _: object) -> bool:
    return key in ("time", "last_update_time", "lastUpdateTime", "create_date")


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the log of all failures, whoever has logged them."""
    return [
        record.getMessage() for record in caplog.records if record.levelname == "ERROR"
    ]


def check_home_assistant_can_save(hass: HomeAssistant, storage: dict[str, Any]) -> None:
    """Write the states, the registries and the files as Home Assistant does."""
    for state in hass.states.async_all():
        assert orjson.loads(state.as_dict_json)
    for registry in (dr.async_get(hass), er.async_get(hass)):
        prepare_save_json(registry._data_to_save(), encoder=None)
    for name, file in storage.items():
        if name.startswith(DOMAIN):
            prepare_save_json(file, encoder=None)


async def save(hass: HomeAssistant) -> None:
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    "time",
    [
        "9999-12-31 23:59:59",
        "0001-01-01 00:00:00",
        {"time": 253402300799000},
        {
            **dict.fromkeys(("hours", "minutes", "seconds"), 0),
            "year": 8099,
            "month": 11,
            "date": 31,
        },
    ],
    ids=["last", "first", "milliseconds", "java"],
)
async def test_impossible_times_are_unknown(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    caplog: pytest.LogCaptureFixture,
    time: object,
) -> None:
    with monkeypatch.context() as patch:
        for path in (*LISTS, *READINGS):
            alter_reply(
                patch, router, path, lambda data: change_members(data, is_time, time)
            )
        await set_up(hass, entry)
        await let_pass(900)
        await reload(hass, entry)
        assert entry.state is ConfigEntryState.LOADED
        await let_pass(300)
    assert errors(caplog) == []
    # Right times are accepted as soon as they come.
    await let_pass(1200)
    assert entry.state is ConfigEntryState.LOADED
    for entity_id in SHOWN:
        assert value(hass, entity_id) not in ("unknown", "unavailable")
    assert errors(caplog) == []


async def test_impossible_times_in_a_file_do_not_prevent_set_up(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An earlier version has stored such times."""
    await let_pass(900)
    await save(hass)
    await hass.config_entries.async_unload(loaded.entry_id)
    name = f"{DOMAIN}.{loaded.entry_id}.memory"
    last = "9999-12-31T23:59:59"
    ahead = datetime.fromisoformat(last) - NOON.replace(tzinfo=None)
    clock = {"newest": last, "lags": [-ahead.total_seconds()]}
    damaged = 0
    for section in storage[name]["data"].values():
        if "overview_clock" in section:
            section["overview_clock"] |= clock
            section["sample"][0] = last
            damaged += 1
        for device in section.values():
            if isinstance(device, dict) and "clock" in device:
                device["clock"] |= clock
                damaged += 1
    assert damaged >= 3
    await set_up(hass, loaded)
    assert loaded.state is ConfigEntryState.LOADED
    await let_pass(900)
    for entity_id in SHOWN:
        assert value(hass, entity_id) not in ("unknown", "unavailable")
    assert errors(caplog) == []


HALF = "Garage \ud83d"  # an emoji that was cut


async def test_halves_of_characters_reach_no_state_and_no_registry(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    entity_registry_enabled_by_default: None,
) -> None:
    names = ("name", "alias", "model", "modelText", "fwVersion", "city", "manufacturer")

    def spoil(data: Any) -> None:
        change_members(data, lambda key, _: key in names, HALF)
        for rows in data.values():
            if isinstance(rows, list):
                rows.append(
                    deepcopy(rows[0]) | {"device_sn": "ABC\udc00", "x\ud800": 1}
                )

    for path in (*LISTS, *DETAILS):
        alter_reply(monkeypatch, router, path, spoil)
    await set_up(hass, entry)
    await let_pass(600)
    await save(hass)
    check_home_assistant_can_save(hass, storage)
    registered = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    (device,) = (one for one in registered if (DOMAIN, INVERTER) in one.identifiers)
    assert device.name == "Garage"


def nest(depth: int) -> Any:
    nested: Any = []
    for _ in range(depth):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    "unsafe", [10**30, -(2**64), 1e300, nest(900), "9" * 100_000], ids=lambda _: ""
)
async def test_files_are_written_whatever_a_reply_contains(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    caplog: pytest.LogCaptureFixture,
    unsafe: object,
) -> None:
    def spoil(data: Any) -> None:
        change_members(data, lambda key, _: key in CODES, unsafe)
        data["unheard_of"] = unsafe

    with monkeypatch.context() as patch:
        for path in (*LISTS, *DETAILS, *READINGS):
            alter_reply(patch, router, path, spoil)
        await set_up(hass, entry)
        await let_pass(900)
    power = value(hass, f"sensor.{ROOF}_output_power")
    assert power not in ("unknown", "unavailable")
    await save(hass)
    check_home_assistant_can_save(hass, storage)
    await reload(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert value(hass, f"sensor.{ROOF}_output_power") == power
    assert errors(caplog) == []
    assert logged_warnings(caplog) == []


async def test_a_reply_that_was_stored_as_it_came_is_made_safe(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    await let_pass(600)
    await save(hass)
    await hass.config_entries.async_unload(loaded.entry_id)
    (replies,) = (
        file["data"] for name, file in storage.items() if name.endswith(".replies")
    )
    for reply in replies.values():
        reply["envelope"]["data"] |= {"unheard_of": 1e300, "name": "A\x00B"}
    from custom_components.growatt_openapi.persistence import clients

    hass.data.pop(clients._CLIENTS)
    await set_up(hass, loaded)
    client = loaded.runtime_data.client
    records = client.gateway._log.records.values()
    envelopes = [record.envelope for record in records if record.envelope]
    assert len(envelopes) >= len(LISTS)
    for envelope in envelopes:
        assert envelope["data"].get("unheard_of") is None
        assert envelope["data"].get("name") in (None, "A B")
