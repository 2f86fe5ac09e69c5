"""Restarts, reloads, refusals, outages: what they cost, and what the user sees of them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
import random
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.coordinator import FamilyCoordinator
from custom_components.growatt_openapi.domain.freshness import ValueKind, stale_after
from custom_components.growatt_openapi.sensor.device import ReadingSensor
from simulator.faults import Fault, FaultKind
from simulator.physics.plant import Plant
from simulator.scenarios import home
from simulator.scenarios.newer import hybrid_home, min_home

from .harness import DAY, HOUR, World, refusals, run, set_up

MINUTE = 60.0
# Nothing is measured in the first hour: both integrations begin with it.
QUIET = HOUR


SCENARIOS: dict[str, Callable[[datetime], list[Plant]]] = {
    "home": home,
    "min": min_home,
    "sph": hybrid_home,
}


def _jittery(scenario: Callable[[datetime], list[Plant]], now: datetime) -> list[Plant]:
    plants = scenario(now)
    for plant in plants:
        for datalogger in plant.dataloggers:
            datalogger.jitter = 20.0
    return plants


async def _restarts(days: float, count: int, world: World) -> dict[str, Any]:
    """Restart at random instants, every second time by a kill."""
    chance = random.Random(1)  # noqa: S311 - repeatable on purpose
    end = world.now() + days * DAY
    instants = sorted(chance.uniform(0, days * DAY) for _ in range(count))
    begin = world.now()
    at_once = 0
    for number, instant in enumerate([*instants, days * DAY]):
        async with world.home_assistant(kill=number % 2 == 1) as hass:
            before = len(world.cloud.journal)
            await set_up(hass, world.ours())
            # What is asked because of the restart, before any of its time has come.
            at_once += number and _early(world, before)
            await world.pass_time(hass, begin + instant - world.now())
    return {
        "refusals": refusals(world),
        "calls": round(len(world.cloud.journal) / days),
        "days": round((world.now() - end + days * DAY) / DAY, 1),
        "at_once": at_once,
    }


def _early(world: World, since: int) -> int:
    """Return how many calls repeat one inside the interval that the cloud wants between them."""
    last: dict[str, float] = {}
    early = 0
    for number, call in enumerate(world.cloud.journal):
        key = f"{call.path} {sorted(call.parameters.items())}"
        at = call.time.timestamp()
        interval = world.server.router.routes[call.path].interval
        if number >= since and at - last.get(key, 0.0) < interval:
            early += 1
        last[key] = at
    return early


async def _core_restart(world: World) -> dict[str, Any]:
    """Restart Home Assistant's own once, a minute after a poll."""
    async with world.home_assistant() as hass:
        await set_up(hass, world.core())
        await world.pass_time(hass, HOUR)
    before = len(world.cloud.journal)
    async with world.home_assistant() as hass:
        entry = world.core()
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
    return {"at_once": _early(world, before)}


class Watch:
    """What the enabled sensors of awake devices show, minute by minute."""

    def __init__(self, plant: Plant) -> None:
        """Watch a plant's devices."""
        self._plant = plant
        self.unavailable = 0
        self.unknown = 0
        self.too_old = 0
        # When each device's reading was last seen to advance.
        self._advanced: dict[str, tuple[object, float]] = {}
        self._known: set[str] = set()

    def look(
        self, now: float, states: Iterable[tuple[str, str, str, bool]], newest: Any
    ) -> None:
        """Take note of (device, entity, state, measured) of all sensors; ``newest`` gives the time of a device's reading."""
        self._plant.advance_to(datetime.fromtimestamp(now, self._plant.zone))
        bad = unknown = old = False
        for serial, entity, state, measured in states:
            device = self._plant.find_device(serial)
            if device is None or not device.awake:
                continue
            seen, since = self._advanced.get(serial, (None, now))
            if newest(serial) != seen:
                seen, since = newest(serial), now
            self._advanced[serial] = seen, since
            # What has never had a value says nothing of troubles.
            if state not in ("unknown", "unavailable"):
                self._known.add(entity)
            elif entity in self._known:
                bad |= state == "unavailable"
                unknown |= state == "unknown"
            limit = stale_after().total_seconds() + MINUTE
            old |= measured and state != "unavailable" and now - since > limit
        self.unavailable += bad
        self.unknown += unknown
        self.too_old += old


def _enabled(
    hass: HomeAssistant, entry: MockConfigEntry, plant: Plant
) -> list[tuple[str, str]]:
    """Return (device, entity) of all enabled sensors of a plant's devices."""
    registry = er.async_get(hass)
    return [
        (device.serial, entity.entity_id)
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if entity.domain == "sensor" and entity.disabled_by is None
        for device in plant.devices
        if entity.unique_id.startswith(device.serial)
        and not entity.unique_id.endswith("last_update")
    ]


def _is_measured(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity of ours shows a measurement: a value that must not outlive its reading."""
    entity = hass.data["entity_components"]["sensor"].get_entity(entity_id)
    return isinstance(entity, ReadingSensor) and entity.entity_description.kind in (
        ValueKind.MEASURED,
        ValueKind.FLOW,
        ValueKind.STATE,
    )


async def _watch(
    world: World, hass: HomeAssistant, entry: MockConfigEntry, seconds: float
) -> Watch:
    plant = world.cloud.plants[0]
    watch = Watch(plant)

    def newest(serial: str) -> object:
        runtime = entry.runtime_data
        if entry.domain == "growatt_server":
            return (runtime.devices[serial].data or {}).get("time")
        families: dict[int, FamilyCoordinator] = runtime.families
        for family in families.values():
            if serial in family.data:
                return family.data[serial].clock.newest
        return None

    end = world.now() + seconds
    while world.now() < end:
        await world.pass_time(hass, MINUTE)
        watch.look(
            world.now(),
            (
                (
                    serial,
                    entity_id,
                    state.state if (state := hass.states.get(entity_id)) else "unknown",
                    entry.domain == "growatt_openapi" and _is_measured(hass, entity_id),
                )
                for serial, entity_id in _enabled(hass, entry, plant)
            ),
            newest,
        )
    return watch


async def _reloads(who: str, world: World) -> dict[str, Any]:
    """Reload every hour of a day."""
    async with world.home_assistant() as hass:
        entry = world.ours() if who == "ours" else world.core()
        await set_up(hass, entry)
        await world.pass_time(hass, QUIET)
        since = len(world.cloud.journal)
        unavailable = 0
        for _ in range(24):
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done(wait_background_tasks=True)
            if entry.state.value == "loaded":
                watch = await _watch(world, hass, entry, HOUR)
                unavailable += watch.unavailable
            else:
                # Not loaded: nothing is available until Home Assistant has tried again.
                for _ in range(60):
                    await world.pass_time(hass, MINUTE)
                    unavailable += entry.state.value != "loaded"
    return {
        "refusals": refusals(world, since),
        "unavailable": unavailable,
    }


def _plan_faults(start: float) -> list[Fault]:
    """Return 20 refusals and 5 outages of ten minutes, each half an hour or more from the next, none in the first hour."""
    chance = random.Random(7)  # noqa: S311 - repeatable on purpose
    slots = [QUIET + 2000.0 * number for number in range(41)]
    chosen = sorted(chance.sample(slots, 25))
    outages = set(chance.sample(chosen, 5))
    kinds = (FaultKind.ERROR_500, FaultKind.HTML, FaultKind.BROKEN_JSON)
    return [
        Fault(chance.choice(kinds), until=start + at + 600, begin=start + at)
        if at in outages
        else Fault(FaultKind.REFUSE, count=1, begin=start + at)
        for at in chosen
    ]


async def _faults(who: str, world: World) -> dict[str, Any]:
    """Live through a bad day."""
    async with world.home_assistant() as hass:
        entry = world.ours() if who == "ours" else world.core()
        await set_up(hass, entry)
        world.cloud.faults += _plan_faults(world.now())
        watch = await _watch(world, hass, entry, DAY)
    return {
        "unavailable": watch.unavailable,
        "unknown": watch.unknown,
        "too_old": watch.too_old,
    }


def restarts(
    scenario: str, start: str, days: float = 30, count: int = 60
) -> dict[str, Any]:
    """Measure restarts over many days, with jitter."""
    return _run(
        start, partial(_jittery, SCENARIOS[scenario]), partial(_restarts, days, count)
    )


def core_restart(scenario: str, start: str) -> dict[str, Any]:
    """Measure one restart of Home Assistant's own."""
    return _run(start, SCENARIOS[scenario], _core_restart)


def reloads(who: str, scenario: str, start: str) -> dict[str, Any]:
    """Measure hourly reloads."""
    return _run(start, SCENARIOS[scenario], partial(_reloads, who))


def faults(who: str, scenario: str, start: str) -> dict[str, Any]:
    """Measure a day of refusals and outages."""
    return _run(start, SCENARIOS[scenario], partial(_faults, who))


def _run(start: str, scenario: Any, measure: Any) -> dict[str, Any]:
    return run(  # type: ignore[no-any-return]
        datetime.fromisoformat(start) + timedelta(seconds=2.5), scenario, measure
    )
