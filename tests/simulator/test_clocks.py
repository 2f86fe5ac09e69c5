"""Clocks of the cloud and of devices: rows, days and curves over a change of clocks and in unusual zones."""

from datetime import date, datetime, timedelta

import pytest

from simulator.physics.plant import Plant
from simulator.scenarios.clocks import AUTUMN, CLOCKS, SPRING
from simulator.scenarios.long_past import with_past
from tests.helpers import STORAGE


def make_plant(name: str, now: datetime) -> Plant:
    """Return a plant with a clock of this name and five recorded days."""
    (plant,) = with_past(CLOCKS[name], 5, recorded=True)(now)
    return plant


def read_walls(plant: Plant, day: date) -> list[datetime]:
    """Return the wall clock times of the storage's uploads of a day of its clock, in the order in which they were measured."""
    device = plant.find_device(STORAGE)
    assert device is not None
    walls = [device.get_wall_time(row.measured, plant.zone) for row in device.history]
    return [wall for wall in walls if wall.date() == day]


@pytest.mark.parametrize(
    ("name", "spring", "autumn"),
    [
        ("fixed", 288, 288),
        ("devices_on_summer_time", 276, 300),
        ("summer_time", 276, 300),
    ],
)
def test_a_change_of_clocks_makes_a_day_shorter_or_longer(
    name: str, spring: int, autumn: int
) -> None:
    for change, count in ((SPRING, spring), (AUTUMN, autumn)):
        plant = make_plant(name, change + timedelta(days=2))
        walls = read_walls(plant, change.date())
        assert len(walls) == count
        # The hour after two comes twice in autumn, and the clock goes back between the two.
        assert len(set(walls)) == min(count, 288)
        assert (walls == sorted(walls)) == (count <= 288)
        assert any(wall.hour == 2 for wall in walls) == (count >= 288)


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_only_the_clocks_of_the_plant_shift_its_days_and_curve(
    change: datetime,
) -> None:
    loads = {}
    for name in ("fixed", "devices_on_summer_time", "summer_time"):
        plant = make_plant(name, change + timedelta(days=2))
        assert plant.zone_text == "GMT+1"
        assert plant.record is not None
        days = plant.record.get_days(plant.zone)
        loads[name] = [days[change.date() + timedelta(days=i)].load for i in (-1, 0, 1)]
        for day, flows in days.items():
            assert plant.daily_energy[day] == pytest.approx(flows.solar)
        curve = [wall for wall in plant.power_curve if wall.date() == change.date()]
        is_short = name == "summer_time" and change == SPRING
        assert len(curve) == (276 if is_short else 288)
    assert loads["fixed"] == loads["devices_on_summer_time"]
    # The house is the same, and that day of it an hour shorter or longer.
    assert loads["fixed"][1] != pytest.approx(loads["summer_time"][1], abs=0.2)


@pytest.mark.parametrize("name", CLOCKS)
@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_counters_of_a_day_restart_with_the_clock_of_the_device(
    name: str, change: datetime
) -> None:
    plant = make_plant(name, change + timedelta(days=2))
    device = plant.find_device(STORAGE)
    assert device is not None
    assert plant.record is not None
    # A clock that is wrong has days that no zone has: those of the plant are almost the same.
    days = plant.record.get_days(device.zone or plant.zone)
    slack = 0.6 if device.skew else 0.2
    newest: dict[date, float] = {}
    for row in device.history:
        wall = device.get_wall_time(row.measured, plant.zone)
        newest[wall.date()] = row.values["load_today"]
    whole = sorted(set(days) & set(newest))[:-1]
    assert len(whole) >= 4
    for day in whole:
        assert newest[day] == pytest.approx(days[day].load, abs=slack), day


@pytest.mark.parametrize(
    ("name", "text"), [("half_hour", "GMT+5.5"), ("three_quarters", "GMT+5.75")]
)
def test_days_begin_at_midnight_of_zones_with_parts_of_hours(
    name: str, text: str
) -> None:
    plant = make_plant(name, SPRING)
    assert plant.zone_text == text
    assert plant.record is not None
    for day, flows in plant.record.get_days(plant.zone).items():
        assert plant.daily_energy[day] == pytest.approx(flows.solar)
