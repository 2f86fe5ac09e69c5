"""Scenarios whose plants have uploaded for weeks."""

from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from ..physics.datalogger import Outage
from ..physics.energy_record import QUARTER, EnergyRecord
from ..physics.plant import Plant

type Scenario = Callable[[datetime], list[Plant]]


def with_past(
    scenario: Scenario,
    days: int,
    *,
    recorded: bool = False,
    outages: Sequence[Outage] = (),
) -> Scenario:
    """Return a scenario whose plants have uploaded for at least ``days`` days, as if each had been built that much earlier.

    All that the cloud reports follows from one simulation: rows, daily energy, power curves and lifetime totals, which rise
    to their present values. What is older than 95 days the cloud does not show. With ``recorded``, ``plant.record`` has the
    energy that really flowed since ``days`` days before today, 0:00 UTC. outages: of all dataloggers, from that time on.
    """

    def make_plants(now: datetime) -> list[Plant]:
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        start = today - timedelta(days=days)
        plants = scenario(start)
        for plant in plants:
            if recorded:
                plant.record = EnergyRecord(start)
            for datalogger in plant.dataloggers:
                datalogger.outages.extend(outages)
            step = plant.step
            # Between two uploads nothing of the past is seen. A longer step would carry energy over midnight in some zones.
            plant.step = QUARTER
            plant.advance_to(max(start, today - timedelta(days=1)))
            plant.step = step
            plant.advance_to(now)
        return plants

    return make_plants


def build_once(scenario: Scenario) -> Scenario:
    """Return a scenario that simulates once for each time and hands out copies, which cost a fraction.

    For several tests with the same long past. The plants of the latest time are kept.
    """
    built: dict[datetime, list[Plant]] = {}

    def make_plants(now: datetime) -> list[Plant]:
        if now not in built:
            built.clear()
            built[now] = scenario(now)
        return [copy_plant(plant) for plant in built[now]]

    return make_plants


def copy_plant(plant: Plant) -> Plant:
    """Return a plant that lives on by itself. What was uploaded never changes, so that both share it."""
    shared: list[list[Any] | dict[Any, Any]] = [
        plant.power_curve,
        plant.daily_energy,
        plant.load_at_uploads,
        plant.visible_sums,
    ]
    for device in plant.devices:
        shared += [device.history, device.uploads]
    # Copied already: deepcopy takes these for its own copies, and does not copy what is in them.
    memo: dict[int, Any] = {id(container): copy(container) for container in shared}
    return deepcopy(plant, memo)
