"""How old the power is that an entity shows, over a day, and what the day costs in calls."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant

from simulator.faults import Fault, FaultKind
from simulator.physics.device import Device
from simulator.physics.plant import Plant
from simulator.scenarios import home, min_without_battery
from simulator.scenarios.newer import hybrid_home, min_home

from .harness import DAY, World, run, set_up

SAMPLE = 10.0
# Uploads against polls: the middles of five parts of a period.
PHASES = (30.0, 90.0, 150.0, 210.0, 270.0)

type Scenario = Callable[[datetime], list[Plant]]


def at_phase(scenario: Scenario, phase: float, now: datetime) -> list[Plant]:
    """Return a scenario whose dataloggers upload so many seconds after the full five minutes."""
    plants = scenario(now)
    for plant in plants:
        for datalogger in plant.dataloggers:
            datalogger.phase = phase
    return plants


def roof(now: datetime) -> list[Plant]:
    """Return the house without its storage: one PV inverter."""
    (plant,) = home(now)
    plant.devices = plant.devices[:1]
    return [plant]


class Ages:
    """The mean age of what is shown of one device, sampled while it is awake."""

    def __init__(
        self, plant: Plant, device: Device, shown: Callable[[], datetime | None]
    ) -> None:
        """Compare ``shown``, the wall clock time of the reading shown, with the device."""
        self._plant = plant
        self._device = device
        self._shown = shown
        self._next = 0.0
        self._woke: float | None = float("-inf")
        self.total = 0.0
        self.count = 0

    def look(self, begin: float, end: float) -> None:
        """Sample a span in which nothing happened."""
        wall = self._shown()
        measured = None
        if wall is not None:
            zone = self._device.zone or self._plant.zone
            measured = (wall - self._device.skew).replace(tzinfo=zone).timestamp()
        self._next = max(self._next, begin // SAMPLE * SAMPLE)
        while self._next < end:
            if self._next >= begin:
                moment = datetime.fromtimestamp(self._next, self._plant.zone)
                self._plant.advance_to(moment)
                if not self._device.awake:
                    self._woke = None
                elif self._woke is None:
                    self._woke = self._next
                if self._woke is not None and measured is not None:
                    # What is shown of the evening before is as old as the morning: nothing newer was to be had.
                    self.total += self._next - max(measured, self._woke)
                    self.count += 1
            self._next += SAMPLE

    @property
    def mean(self) -> float:
        """The mean, seconds."""
        return self.total / self.count if self.count else float("nan")


async def _ours(
    days: float, batches: bool, least_interval: float, world: World
) -> dict[str, Any]:
    plant = world.cloud.plants[0]
    world.cloud.limits.least_interval = least_interval
    if not batches:
        world.cloud.faults += [
            Fault(FaultKind.CODE, path, code=10011)
            for path in ("device/tlx/tlxs_data", "device/mix/mixs_data")
        ]
    async with world.home_assistant() as hass:
        entry = world.ours()
        await set_up(hass, entry)
        families = entry.runtime_data.families.values()

        def shown(serial: str) -> datetime | None:
            for family in families:
                if serial in family.data:
                    newest: datetime | None = family.data[serial].clock.newest
                    return newest
            return None

        ages = {
            device.kind.value: Ages(plant, device, partial(shown, device.serial))
            for device in plant.devices
        }
        await _pass(world, hass, days, ages)
    return _result(world, days, ages)


async def _core(days: float, world: World) -> dict[str, Any]:
    plant = world.cloud.plants[0]
    (device,) = plant.devices
    async with world.home_assistant() as hass:
        entry = world.core()
        await set_up(hass, entry)
        coordinator = entry.runtime_data.devices[device.serial]

        def shown() -> datetime | None:
            time = (coordinator.data or {}).get("time")
            return datetime.fromisoformat(time) if time else None

        ages = {device.kind.value: Ages(plant, device, shown)}
        await _pass(world, hass, days, ages)
    return _result(world, days, ages)


async def _pass(
    world: World, hass: HomeAssistant, days: float, ages: dict[str, Ages]
) -> None:
    def look(begin: float, end: float) -> None:
        for one in ages.values():
            one.look(begin, end)

    await world.pass_time(hass, days * DAY, look)


def _result(world: World, days: float, ages: dict[str, Ages]) -> dict[str, Any]:
    begin = world.now() - days * DAY
    return {
        "ages": {kind: round(one.mean, 1) for kind, one in ages.items()},
        "calls": round(
            sum(call.time.timestamp() >= begin for call in world.cloud.journal) / days
        ),
        "refusals": sum(call.code == 10012 for call in world.cloud.journal),
    }


SCENARIOS: dict[str, Scenario] = {
    "home": home,
    "roof": roof,
    "min": min_home,
    "min without a battery": min_without_battery,
    "sph": hybrid_home,
}


def ours(
    scenario: str,
    start: str,
    phase: float,
    batches: bool = True,
    days: float = 1,
    least_interval: float = 0.0,
) -> dict[str, Any]:
    """Measure this integration.

    batches: whether the token may read many devices in one call. least_interval: as in the simulator's limits.
    """
    return run(  # type: ignore[no-any-return]
        datetime.fromisoformat(start) + timedelta(seconds=2.5),
        partial(at_phase, SCENARIOS[scenario], phase),
        partial(_ours, days, batches, least_interval),
    )


def core(scenario: str, start: str, phase: float, days: float = 1) -> dict[str, Any]:
    """Measure Home Assistant's own, on a MIN or an SPH."""
    return run(  # type: ignore[no-any-return]
        datetime.fromisoformat(start) + timedelta(seconds=2.5),
        partial(at_phase, SCENARIOS[scenario], phase),
        partial(_core, days),
    )
