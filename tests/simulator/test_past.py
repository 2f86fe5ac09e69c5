"""Tests that the figures of a plant agree with each other, with its age and with its place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from simulator.clock import SimulatorClock
from simulator.cloud import Cloud
from simulator.handlers.production import get_peak_power
from simulator.physics.plant import Plant
from simulator.physics.power_models import INVERTER_EFFICIENCY
from simulator.router import Router
from simulator.scenarios import TOKEN, fleet, home, installer, min_without_battery
from simulator.scenarios.newer import commercial, hybrid_home, min_home, spa_home

type Scenario = Callable[[datetime], list[Plant]]

HOMES = (home, min_without_battery, min_home, hybrid_home, spa_home)
# Afternoons in UTC; the plants' clocks are an hour ahead.
MOMENTS = (
    datetime(2026, 3, 1, 16, 2, tzinfo=UTC),
    datetime(2026, 6, 20, 11, 41, tzinfo=UTC),
    datetime(2026, 11, 24, 21, 13, tzinfo=UTC),
)
TOLERANCE = 0.02


@dataclass
class Energies:
    """Energies in a span, kWh; solar: on the AC side."""

    solar: float
    load: float
    imported: float = 0.0
    exported: float = 0.0
    charge: float = 0.0
    discharge: float = 0.0

    def __sub__(self, earlier: Energies) -> Energies:
        """Return the energies between two moments."""
        return Energies(
            **{name: vars(self)[name] - vars(earlier)[name] for name in vars(self)}
        )

    def check(self) -> None:
        """Assert that what comes into the house goes out of it."""
        comes = self.solar + self.imported + self.discharge
        goes = self.load + self.exported + self.charge
        assert comes == pytest.approx(goes, rel=TOLERANCE, abs=0.3)


def read_energies(router: Router, plant: Plant, span: str) -> Energies | None:
    """Return what a plant's devices uploaded in a span, "today" or "total"; None where nothing measures the grid."""
    moment = router.cloud.clock.now()
    uploads = [
        upload
        for device in plant.devices
        if (upload := device.get_newest_upload(moment))
    ]
    panels = [upload.values.get("pv", upload.values) for upload in uploads]
    solar = sum(values[span] for values in panels if "strings" in values)
    load = getattr(plant.load, span)
    for values in (upload.values.get("battery", upload.values) for upload in uploads):
        if f"charge_{span}" in values:
            return Energies(
                solar,
                values[f"load_{span}"],
                values[f"imported_{span}"],
                values[f"exported_{span}"],
                values[f"charge_{span}"],
                values[f"discharge_{span}"],
            )
        if f"imported_{span}" in values:
            return Energies(
                solar, load, values[f"imported_{span}"], values[f"exported_{span}"]
            )
    return None


def make_router(scenario: Scenario, moment: datetime) -> tuple[Router, Plant]:
    plants = scenario(moment)
    clock = SimulatorClock(source=lambda: moment)
    return Router(Cloud(plants=plants, clock=clock, tokens={TOKEN})), plants[0]


def ask(router: Router, path: str, plant: Plant, **parameters: str) -> dict[str, Any]:
    reply = router.dispatch(
        TOKEN, "GET", path, {"plant_id": str(plant.plant_id), **parameters}
    )
    data: dict[str, Any] = reply["data"]
    return data


def ask_energy(
    router: Router, plant: Plant, start: date, end: date, unit: str
) -> dict[str, float]:
    """Return the plant's energy by period."""
    router.cloud.limits.enforced = False
    rows = ask(
        router,
        "plant/energy",
        plant,
        start_date=start.isoformat(),
        end_date=end.isoformat(),
        time_unit=unit,
        perpage="100",
    )["energys"]
    return {row["date"]: float(row["energy"]) for row in rows}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("scenario", [*HOMES, commercial])
@pytest.mark.parametrize("span", ["today", "total"])
def test_energy_balances(scenario: Scenario, moment: datetime, span: str) -> None:
    router, plant = make_router(scenario, moment)
    energies = read_energies(router, plant, span)
    if energies is None:
        assert scenario is min_without_battery
    else:
        energies.check()
        assert energies.load == pytest.approx(
            getattr(plant.load, span), rel=TOLERANCE, abs=0.3
        )


@pytest.mark.parametrize("scenario", [*HOMES, commercial])
def test_energy_of_a_past_month_balances(scenario: Scenario) -> None:
    router, plant = make_router(
        scenario, datetime(2026, 6, 1, tzinfo=UTC) - timedelta(hours=1)
    )
    before = read_energies(router, plant, "total")
    router, plant = make_router(
        scenario, datetime(2026, 7, 1, tzinfo=UTC) - timedelta(hours=1)
    )
    after = read_energies(router, plant, "total")
    if before is None or after is None:
        assert scenario is min_without_battery
        return
    june = after - before
    june.check()
    assert june.load > 300
    reported = ask_energy(router, plant, date(2026, 6, 1), date(2026, 6, 30), "month")
    assert reported["2026-06"] == pytest.approx(june.solar, rel=TOLERANCE)


@pytest.mark.parametrize("scenario", HOMES)
def test_yield_fits_the_middle_of_europe(scenario: Scenario) -> None:
    """A roof makes 900 to 1,050 kWh a year out of each kWp: in June four times as much as in December."""
    router, plant = make_router(scenario, MOMENTS[1])
    peak = get_peak_power(plant)
    years = ask_energy(router, plant, date(2024, 1, 1), date(2025, 12, 31), "year")
    for energy in years.values():
        assert 900 < energy / peak < 1050
    months = ask_energy(router, plant, date(2025, 1, 1), date(2025, 12, 31), "month")
    assert 3 < months["2025-06"] / months["2025-12"] < 6
    age = (MOMENTS[1].date() - plant.created).days / 365.25
    total = float(ask(router, "plant/data", plant)["total_energy"])
    assert total / peak / age == pytest.approx(980, rel=0.1)
    assert 3500 < plant.load.total / age < 6000
    for _, inverter in plant.iterate_inverters():
        assert 4000 < inverter.hours / age < 4800


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("scenario", HOMES)
def test_overview_equals_the_days_before(scenario: Scenario, moment: datetime) -> None:
    router, plant = make_router(scenario, moment)
    overview = ask(router, "plant/data", plant)
    today = plant.get_local_time(moment).date()
    days: dict[str, float] = {}
    day = today.replace(day=1)
    while day <= today:
        end = min(day + timedelta(days=6), today)
        days |= ask_energy(router, plant, day, end, "day")
        day = end + timedelta(days=1)
    assert len(days) == today.day
    month = float(overview["monthly_energy"])
    # Each day is rounded down.
    assert month == pytest.approx(sum(days.values()), abs=0.1 * len(days) + 0.5)
    newest = days[today.isoformat()]
    # The overview is as old as the newest upload.
    assert float(overview["today_energy"]) == pytest.approx(newest, abs=0.5)
    months = ask_energy(router, plant, today.replace(month=1, day=1), today, "month")
    year = float(overview["yearly_energy"])
    assert year == pytest.approx(sum(months.values()), abs=0.1 * len(months) + 0.5)
    years = ask_energy(router, plant, plant.created, today, "year")
    total = float(overview["total_energy"])
    assert total == pytest.approx(sum(years.values()), rel=0.001)
    assert years[str(today.year)] == pytest.approx(year, abs=0.5)


@pytest.mark.parametrize("scenario", HOMES)
def test_energy_of_yesterday_is_the_area_under_its_power_curve(
    scenario: Scenario,
) -> None:
    router, plant = make_router(scenario, MOMENTS[1])
    day = plant.get_local_time(MOMENTS[1]).date() - timedelta(days=1)
    curve = ask(router, "plant/power", plant, date=day.isoformat())["powers"]
    area = sum(row["power"] or 0.0 for row in curve) / 12 / 1000
    assert plant.daily_energy[day] == pytest.approx(area, rel=TOLERANCE)


@pytest.mark.parametrize("scenario", HOMES)
def test_strings_make_what_the_inverter_gives(scenario: Scenario) -> None:
    _, plant = make_router(scenario, MOMENTS[1])
    for _, inverter in plant.iterate_inverters():
        panels = sum(string.energy.total for string in inverter.strings)
        assert inverter.energy.total == pytest.approx(panels * INVERTER_EFFICIENCY)


@pytest.mark.parametrize("make_plants", [home, commercial, installer])
def test_past_is_the_same_whenever_it_is_made(make_plants: Scenario) -> None:
    """Making a plant of another day first changes nothing, and nobody shares counters."""
    moment = MOMENTS[0]
    first = repr(
        [device.model for plant in make_plants(moment) for device in plant.devices]
    )
    make_plants(moment + timedelta(days=40))
    again = make_plants(moment)
    assert repr([device.model for plant in again for device in plant.devices]) == first
    for plant in again:
        plant.advance_to(moment + timedelta(days=1))
    later = make_plants(moment)
    assert repr([device.model for plant in later for device in plant.devices]) == first


def test_plants_in_their_first_days_have_no_past() -> None:
    moment = datetime(2021, 5, 4, 12, tzinfo=UTC)
    (plant,) = home(moment)
    assert min(plant.daily_energy) == date(2021, 5, 3)
    assert plant.inverter.energy.total == pytest.approx(
        sum(plant.daily_energy.values())
    )


def test_fleet_has_made_energy_today() -> None:
    """Its uploads begin an hour ago, its day at midnight."""
    moment = datetime(2026, 6, 20, 14, tzinfo=UTC)
    (plant,) = fleet(moment, plants=1, inverters=3)
    today = sum(inverter.energy.today for _, inverter in plant.iterate_inverters())
    assert today == pytest.approx(plant.daily_energy[date(2026, 6, 20)])
    assert today > 100
