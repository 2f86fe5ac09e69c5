"""Faults that last for a while: during set-up, while Home Assistant runs, and across its restart."""

from homeassistant.config_entries import ConfigEntryState
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.persistence import clients
from tests.helpers import restart

from .cases import Case, Phase, Scenario
from .catalog import Seen
from .checks import check_recovered, kinds_of_states
from .world import RECOVERY, World

# Lines in the log: one when the fault begins, one where set-up is retried; one when it is over.
_LINES_DURING = 2
_LINES_AFTER = 1
# Calls in addition to the usual ones: single calls where a batch fails, and lists that are read again.
_MORE_CALLS = 10

# A second plant has calls of its own.
_CALLS_OF_A_TWIN = 12

# Of each scenario without a fault: the kinds of states and the number of calls half an hour after set-up.
_undisturbed: dict[Scenario, tuple[dict[str, str], int]] = {}


async def _measure_undisturbed(
    world: World, scenario: Scenario
) -> tuple[dict[str, str], int]:
    """Set the house up without a fault, once in this process, and remove all traces of it."""
    if scenario not in _undisturbed:
        entry = world.make_entry()
        await world.set_up(entry)
        await world.pass_minutes(30)
        _undisturbed[scenario] = kinds_of_states(world.hass, entry), world.calls
        await world.hass.config_entries.async_remove(entry.entry_id)
        await world.hass.async_block_till_done(wait_background_tasks=True)
        world.hass.data.pop(clients._CLIENTS)
        world.cloud.limits.clear()
        world.cloud.journal.clear()
        world.log.take()
    return _undisturbed[scenario]


async def _recover(
    world: World, entry: MockConfigEntry, case: Case, before: dict[str, str]
) -> None:
    """End the fault, and check that everything is as before within an hour."""
    await world.end()
    # An endpoint that was never open to the token is tried again a day later. A device that is listed no more stays for a
    # day, and hides a datalogger of its serial.
    is_closed = case.fault.seen is Seen.CLOSED and case.phase is Phase.SET_UP
    is_hidden = case.fault.name == "serial datalogger's"
    start, since = world.clock.now(), world.calls

    def is_as_before() -> bool:
        now = kinds_of_states(world.hass, entry)
        return all(
            now.get(unique_id) in ("value", "disabled")
            for unique_id, kind in before.items()
            if kind == "value"
        )

    await world.wait_until(
        is_as_before, RECOVERY * (27 if is_closed or is_hidden else 1)
    )
    await world.check(entry, _LINES_AFTER, "after the fault")
    assert entry.state is ConfigEntryState.LOADED
    check_recovered(before, kinds_of_states(world.hass, entry))
    hours = (world.clock.now() - start).total_seconds() / 3600
    world.check_calls(since, 100 * hours, 40)
    await world.check_files(entry)


@pytest.mark.phases(Phase.SET_UP)
async def test_set_up(world: World, case: Case) -> None:
    before, usual = await _measure_undisturbed(world, case.scenario)
    entry = world.make_entry()
    await world.begin(case.fault, case.path)
    await world.set_up(entry)
    await world.pass_minutes(30)
    await world.check(entry, _LINES_DURING, "in the fault")
    more = _CALLS_OF_A_TWIN if case.fault.name == "twin plant" else 0
    world.check_calls(0, usual, _MORE_CALLS + more)
    await _recover(world, entry, case, before)


@pytest.mark.phases(Phase.RUNNING)
async def test_running(world: World, case: Case) -> None:
    entry = world.make_entry()
    await world.set_up(entry)
    await world.pass_minutes(20)
    since = world.calls
    await world.pass_minutes(40)
    before, usual = kinds_of_states(world.hass, entry), world.calls - since
    since = world.calls
    await world.begin(case.fault, case.path)
    await world.pass_minutes(40)
    await world.check(entry, _LINES_DURING, "in the fault")
    world.check_calls(since, usual, _MORE_CALLS)
    await _recover(world, entry, case, before)


@pytest.mark.phases(Phase.RESTART)
async def test_restart(world: World, case: Case) -> None:
    entry = world.make_entry()
    await world.set_up(entry)
    await world.pass_minutes(30)
    before, usual = kinds_of_states(world.hass, entry), world.calls
    since = world.calls
    await world.begin(case.fault, case.path)
    is_killed = len(case.fault.name) % 2 == 0
    await restart(world.hass, entry, world.storage, kill=is_killed)
    await world.pass_minutes(30)
    await world.check(entry, _LINES_DURING, "in the fault")
    world.check_calls(since, usual, _MORE_CALLS)
    await _recover(world, entry, case, before)
