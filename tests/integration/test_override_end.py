"""Timed overrides whose entry ends before them: disabled, removed, unloaded, or made read-only."""

import asyncio
from typing import Any

from homeassistant.components.repairs import ConfirmRepairFlow
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.issues import LEFT_ON
from custom_components.growatt_openapi.repairs import async_create_fix_flow
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import (
    STORAGE,
    HeldReplies,
    Pass,
    act,
    ask,
    do,
    reload,
    sent,
    set_options,
    set_up,
    value,
)

AC_CHARGE = "switch.storage_1054_ac_charge"
WINDOW, SWITCH = "storage_ac_charge_hour_start", "storage_ac_charge_enable_disable"
RESTORED = [(SWITCH, "0", "", "", ""), (WINDOW, "2", "0", "5", "0")]


@pytest.fixture
async def running(
    hass: HomeAssistant, ids: dict[str, str], loaded: MockConfigEntry, cloud: Cloud
) -> MockConfigEntry:
    """The entry, with a storage that is charging for an hour and has a window to be restored."""
    await do(
        hass, "set_charge_window", device_id=ids[STORAGE], start="02:00", end="05:00"
    )
    await act(hass, AC_CHARGE, "turn_off")
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=60)
    assert cloud.plants[0].battery.ac_charge
    return loaded


def fail_writes(cloud: Cloud) -> None:
    """Make every write to the storage fail: it is offline."""
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003))


def left_on(hass: HomeAssistant) -> ir.IssueEntry | None:
    """Return the issue of a storage that was left charging."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{LEFT_ON}_{STORAGE}")


async def disable(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()


async def enable(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()


async def make_read_only(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    set_options(hass, entry, controls=False)
    await reload(hass, entry)


async def allow_controls(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    set_options(hass, entry, controls=True)
    await reload(hass, entry)


async def remove(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("end", [disable, make_read_only, remove])
async def test_former_settings_are_restored_when_the_entry_ends(
    hass: HomeAssistant, running: MockConfigEntry, cloud: Cloud, end: Any
) -> None:
    before = len(sent(cloud))
    await end(hass, running)
    assert sent(cloud)[before:] == RESTORED
    assert left_on(hass) is None


@pytest.mark.parametrize(
    ("end", "again"), [(disable, enable), (make_read_only, allow_controls)]
)
async def test_issue_remains_until_the_former_settings_are_restored(
    hass: HomeAssistant,
    running: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    end: Any,
    again: Any,
) -> None:
    fail_writes(cloud)
    await end(hass, running)
    assert cloud.plants[0].battery.ac_charge
    issue = left_on(hass)
    assert issue is not None
    assert (issue.translation_key, issue.is_persistent) == ("charge_left_on", True)
    assert issue.translation_placeholders == {
        "name": "Sunny Cottage",
        "device": "Storage 1054",
        "serial": STORAGE,
        "window": "02:00-05:00",
        "switch": "off",
    }
    tried = len(sent(cloud))
    await let_pass(900)
    assert len(sent(cloud)) == tried
    cloud.faults.clear()
    # The hour is not over: it is restored at once.
    await again(hass, running)
    await let_pass(5)
    assert sent(cloud)[tried:] == RESTORED
    assert left_on(hass) is None
    assert value(hass, AC_CHARGE) == "off"


async def test_issue_of_a_removed_entry_remains_until_it_is_confirmed(
    hass: HomeAssistant, running: MockConfigEntry, cloud: Cloud, storage: dict[str, Any]
) -> None:
    fail_writes(cloud)
    await remove(hass, running)
    issue = left_on(hass)
    assert issue is not None
    assert issue.translation_key == "charge_left_on_removed"
    assert (issue.is_persistent, issue.is_fixable) == (True, True)
    assert f"growatt_openapi.{running.entry_id}.controls" not in storage
    flow = await async_create_fix_flow(hass, issue.issue_id, dict(issue.data or {}))
    assert isinstance(flow, ConfirmRepairFlow)
    flow.hass, flow.handler, flow.context = hass, DOMAIN, {"issue_id": issue.issue_id}
    shown = await flow.async_step_init()
    assert (shown["description_placeholders"] or {})["serial"] == STORAGE
    assert (await flow.async_step_confirm({}))["type"] == "create_entry"


async def test_removing_a_disabled_entry_tries_again(
    hass: HomeAssistant, running: MockConfigEntry, cloud: Cloud
) -> None:
    fail_writes(cloud)
    await disable(hass, running)
    assert left_on(hass) is not None
    cloud.faults.clear()
    before = len(sent(cloud))
    await remove(hass, running)
    assert sent(cloud)[before:] == RESTORED
    assert left_on(hass) is None


async def test_unloaded_entry_has_an_issue_until_it_is_set_up_again(
    hass: HomeAssistant, running: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    before = len(sent(cloud))
    await hass.config_entries.async_unload(running.entry_id)
    issue = left_on(hass)
    assert issue is not None
    assert issue.translation_key == "charge_left_on"
    await set_up(hass, running)
    assert left_on(hass) is None
    await let_pass(600)
    assert len(sent(cloud)) == before  # the hour is not over
    await let_pass(3300)
    assert sent(cloud)[before:] == RESTORED


async def test_reload_is_no_end(
    hass: HomeAssistant, running: MockConfigEntry, cloud: Cloud
) -> None:
    before = len(sent(cloud))
    await reload(hass, running)
    assert len(sent(cloud)) == before
    assert left_on(hass) is None
    assert cloud.plants[0].battery.ac_charge


async def test_override_with_nothing_left_to_restore_has_no_issue(
    hass: HomeAssistant, running: MockConfigEntry, ids: dict[str, str], cloud: Cloud
) -> None:
    await act(hass, AC_CHARGE, "turn_off")
    await do(
        hass, "set_charge_window", device_id=ids[STORAGE], start="01:00", end="03:00"
    )
    fail_writes(cloud)
    before = len(sent(cloud))
    await disable(hass, running)
    assert len(sent(cloud)) == before
    assert left_on(hass) is None


async def test_former_settings_that_are_unknown_are_named_so(
    hass: HomeAssistant, ids: dict[str, str], loaded: MockConfigEntry, cloud: Cloud
) -> None:
    await do(hass, "discharge_now", device_id=ids[STORAGE], minutes=60)
    fail_writes(cloud)
    await disable(hass, loaded)
    issue = left_on(hass)
    assert issue is not None
    assert issue.translation_key == "discharge_left_on"
    placeholders = issue.translation_placeholders or {}
    assert (placeholders["window"], placeholders["switch"]) == ("?", "off")


@pytest.mark.parametrize("end", [disable, make_read_only, remove])
async def test_override_that_is_just_starting_is_restored_too(
    hass: HomeAssistant,
    ids: dict[str, str],
    loaded: MockConfigEntry,
    cloud: Cloud,
    held: HeldReplies,
    end: Any,
) -> None:
    held.are_held = False
    await act(hass, AC_CHARGE, "turn_off")
    held.are_held = True
    starting = hass.async_create_task(
        ask(hass, "charge_now", device_id=ids[STORAGE], minutes=60)
    )
    await held.on_the_way.wait()
    ending = hass.async_create_task(end(hass, loaded))
    await asyncio.sleep(0)
    held.delivered.set()
    await asyncio.gather(starting, ending, return_exceptions=True)
    assert not cloud.plants[0].battery.ac_charge
    assert left_on(hass) is None


async def test_override_stored_by_a_read_only_entry_is_restored_at_set_up(
    hass: HomeAssistant, running: MockConfigEntry, cloud: Cloud
) -> None:
    """Controls were turned off while the entry was not loaded, or by an earlier version."""
    await hass.config_entries.async_unload(running.entry_id)
    set_options(hass, running, controls=False)
    before = len(sent(cloud))
    await set_up(hass, running)
    assert sent(cloud)[before:] == RESTORED
    assert left_on(hass) is None


async def test_unloaded_entry_restores_nothing(
    hass: HomeAssistant, running: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """What could not be restored is tried again every five minutes, but not by an entry that is unloaded."""
    fail_writes(cloud)
    await let_pass(3700)
    tried = len(sent(cloud))
    assert tried > 4
    await hass.config_entries.async_unload(running.entry_id)
    await let_pass(1800)
    assert len(sent(cloud)) == tried
