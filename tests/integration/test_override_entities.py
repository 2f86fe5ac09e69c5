"""The entities that charge and discharge now: numbers that say how, buttons, and what shows that it runs."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import (
    STORAGE,
    Pass,
    act,
    do,
    get_state,
    reload,
    restart,
    sent,
    set_options,
    value,
)

NAME = "storage_1054"
CHARGE, DISCHARGE = f"button.{NAME}_charge_now", f"button.{NAME}_discharge_now"
STOP = f"button.{NAME}_stop_charging_or_discharging"
MINUTES = f"number.{NAME}_charge_or_discharge_now_for"
UP_TO, DOWN_TO = (
    f"number.{NAME}_charge_now_up_to",
    f"number.{NAME}_discharge_now_down_to",
)
RUNNING = f"binary_sensor.{NAME}_charging_or_discharging_on_command"
WINDOW, SWITCH = "storage_ac_charge_hour_start", "storage_ac_charge_enable_disable"


async def test_button_charges_for_as_long_as_the_number_says(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.plants[0].battery.level = 0.3
    await let_pass(400)
    assert (value(hass, MINUTES), value(hass, UP_TO)) == ("60.0", "100.0")
    assert (value(hass, RUNNING), value(hass, DOWN_TO)) == ("off", "10.0")
    await act(hass, MINUTES, "set_value", value=45)
    await act(hass, UP_TO, "set_value", value=90)
    # Numbers are sent to nobody.
    assert sent(cloud) == []
    await act(hass, CHARGE, "press")
    assert sent(cloud) == [
        (WINDOW, "12", "9", "12", "55"),
        (SWITCH, "1", "", "", ""),
    ]
    state = get_state(hass, RUNNING)
    assert state.state == "on"
    assert {
        key: state.attributes[key] for key in ("kind", "until", "charge_level")
    } == {
        "kind": "charge",
        "until": "2026-06-20T13:55:00+02:00",
        "charge_level": 90,
    }
    await let_pass(2760)
    assert value(hass, RUNNING) == "off"
    assert "until" not in get_state(hass, RUNNING).attributes
    assert not cloud.plants[0].battery.ac_charge


async def test_button_stops_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await act(hass, STOP, "press")
    assert sent(cloud) == []  # nothing runs
    await act(hass, DISCHARGE, "press")
    assert get_state(hass, RUNNING).attributes["kind"] == "discharge"
    assert cloud.plants[0].battery.forced_discharge
    await act(hass, STOP, "press")
    assert value(hass, RUNNING) == "off"
    assert not cloud.plants[0].battery.forced_discharge
    written = len(sent(cloud))
    await let_pass(4000)
    assert len(sent(cloud)) == written


async def test_stop_that_fails_is_tried_again(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await act(hass, DISCHARGE, "press")
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003, count=1))
    with pytest.raises(Exception, match="offline"):
        await act(hass, STOP, "press")
    assert value(hass, RUNNING) == "on"
    await let_pass(330)
    assert value(hass, RUNNING) == "off"
    assert not cloud.plants[0].battery.forced_discharge


async def test_level_that_is_reached_already_is_an_error_at_the_button(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.plants[0].battery.level = 0.6
    await let_pass(400)
    await act(hass, UP_TO, "set_value", value=30)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, CHARGE, "press")
    assert error.value.translation_key == "level_reached"
    assert sent(cloud) == []


async def test_storage_ends_at_the_charge_level(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud, let_pass: Pass
) -> None:
    battery = cloud.plants[0].battery
    battery.level = 0.5
    await let_pass(400)
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=300, charge_level=60)
    await let_pass(300)
    assert battery.ac_charge
    await let_pass(1800)
    assert not battery.ac_charge
    assert value(hass, RUNNING) == "off"


@pytest.mark.parametrize("kill", [False, True])
async def test_numbers_and_what_runs_outlast_a_restart(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    storage: dict[str, Any],
    let_pass: Pass,
    kill: bool,
) -> None:
    await let_pass(700)
    await act(hass, MINUTES, "set_value", value=30)
    await act(hass, DOWN_TO, "set_value", value=20)
    await act(hass, DISCHARGE, "press")
    attributes = get_state(hass, RUNNING).attributes
    await restart(hass, loaded, storage, kill=kill)
    await hass.async_block_till_done()
    assert (value(hass, MINUTES), value(hass, DOWN_TO)) == ("30.0", "20.0")
    assert (value(hass, RUNNING), value(hass, UP_TO)) == ("on", "100.0")
    assert get_state(hass, RUNNING).attributes == attributes
    await let_pass(1900)
    assert value(hass, RUNNING) == "off"


async def test_damaged_numbers_are_the_defaults(
    hass: HomeAssistant, loaded: MockConfigEntry, storage: dict[str, Any]
) -> None:
    await act(hass, MINUTES, "set_value", value=30)
    await hass.config_entries.async_unload(loaded.entry_id)
    data = storage[f"growatt_openapi.{loaded.entry_id}.controls"]["data"]
    data["preferences"][STORAGE]["minutes"] = "long"
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert value(hass, MINUTES) == "60.0"


async def test_read_only_account_has_none_of_them(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    set_options(hass, loaded, controls=False)
    await reload(hass, loaded)
    registry = er.async_get(hass)
    for entity_id in (CHARGE, DISCHARGE, STOP, MINUTES, UP_TO, DOWN_TO, RUNNING):
        assert registry.async_get(entity_id) is None


OLD_RUN = {
    "family": "storage",
    "kind": "charge",
    "until": "2026-06-20T11:30:00+00:00",
    "window": "02:00-05:00",
    "switch": False,
    "window_done": False,
    "switch_done": False,
}


@pytest.mark.parametrize(
    ("changes", "restored"),
    [
        ({}, [(SWITCH, "0", "", "", ""), (WINDOW, "2", "0", "5", "0")]),
        ({"switch_done": True}, [(WINDOW, "2", "0", "5", "0")]),
        ({"switch": True, "window_done": True}, [(SWITCH, "1", "", "", "")]),
        ({"window": None, "switch": True}, [(SWITCH, "0", "", "", "")]),
        ({"window": "abc"}, []),
        ({"kind": "melt"}, []),
    ],
)
async def test_override_stored_by_an_earlier_version_is_restored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    storage: dict[str, Any],
    let_pass: Pass,
    changes: dict[str, Any],
    restored: list[tuple[str, ...]],
) -> None:
    """With one window and one switch; what cannot be read is ignored."""
    await do_nothing_but_save(hass)
    await hass.config_entries.async_unload(loaded.entry_id)
    file = storage[f"growatt_openapi.{loaded.entry_id}.controls"]
    file["data"]["runs"] = {STORAGE: OLD_RUN | changes}
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert value(hass, RUNNING) == ("on" if restored else "off")
    await let_pass(1700)
    assert sent(cloud) == restored


async def do_nothing_but_save(hass: HomeAssistant) -> None:
    """Make the controls write their file."""
    await act(hass, MINUTES, "set_value", value=60)
