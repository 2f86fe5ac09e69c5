"""A day in Home Assistant's Energy dashboard, set up as the README says, compared with the simulated day, for every scenario."""

from functools import partial
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.physics.plant import Plant
from simulator.scenarios import SCENARIOS, fleet
from tests.helpers import Pass, VirtualClock, set_up, value

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
EN = json.loads(
    (ROOT / "custom_components" / DOMAIN / "translations/en.json").read_text()
)["entity"]["sensor"]
POWER_KEYS = ("solar_power", "grid_power", "battery_power", "battery_level", "power")
# The plant's sensors by what they are chosen for, as the README names them: with a battery or a meter, and with panels alone.
MEASURED = {
    "solar": "Solar energy total",
    "imported": "Import energy total",
    "exported": "Export energy total",
    "charge": "Charge energy total",
    "discharge": "Discharge energy total",
}
PANELS = {"solar": "Energy total"}
# Of the devices' counters, which are rounded down to this.
STEP = 0.1
# A fleet of the scenario's size takes too long for a day.
FACTORIES = SCENARIOS | {"fleet": partial(fleet, plants=2, inverters=3)}


@pytest.fixture
def make_plants(request: pytest.FixtureRequest) -> object:
    """The factory of the plants of the scenario of the test's parameter."""
    return FACTORIES[request.getfixturevalue("scenario")]


def true_energy(plant: Plant) -> dict[str, float]:
    """Return the true lifetime energies of a plant, kWh."""
    devices = [device.model for device in plant.devices]
    inverters = [inverter for _, inverter in plant.iterate_inverters()]
    found = {
        # Inverters count what they feed in, hybrids what their panels produce.
        "solar": sum(
            inverter.energy.total
            if inverter in devices
            else sum(string.energy.total for string in inverter.strings)
            for inverter in inverters
        ),
        "losses": sum(
            sum(string.energy.total for string in inverter.strings)
            - inverter.energy.total
            for inverter in inverters
            if inverter not in devices
        ),
        "home": plant.load.total,
    }
    if plant.storage is not None:
        for name in ("imported", "exported", "charge", "discharge"):
            found[name] = getattr(plant.storage, name).total
    return found


def production(plant: Plant) -> float:
    """Return what the panels produce in ten minutes, kWh: the newest reading may be as old."""
    return sum(one.power for _, one in plant.iterate_inverters()) / 6000


def counters(
    hass: HomeAssistant, registry: er.EntityRegistry, plant: Plant
) -> dict[str, float]:
    """Return what the chosen sensors of a plant show; without choosing anything else, they are enabled."""
    found = {}
    for part, name in (PANELS if plant.storage is None else MEASURED).items():
        key = name.lower().replace(" ", "_")
        entity_id = registry.async_get_entity_id(
            "sensor", DOMAIN, f"plant_{plant.plant_id}_{key}"
        )
        assert entity_id is not None
        found[part] = float(value(hass, entity_id))
    if plant.storage is not None:
        slug = plant.name.lower().replace(" ", "_")
        found["home"] = float(value(hass, f"sensor.{slug}_consumption_total"))
    return found


@pytest.mark.parametrize("scenario", FACTORIES)
async def test_a_day_is_the_simulated_one(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
    entity_registry: er.EntityRegistry,
    scenario: str,
) -> None:
    clock.advance(12 * 3600)  # past midnight, when the counters change least
    await set_up(hass, entry)
    for plant in cloud.plants:
        # Not one to choose, and the only one that is not enabled.
        consumption = entity_registry.async_get_entity_id(
            "sensor", DOMAIN, f"plant_{plant.plant_id}_consumption_total"
        )
        if consumption is not None:
            entity_registry.async_update_entity(consumption, disabled_by=None)
    await let_pass(900)
    before = [
        (
            true_energy(plant),
            counters(hass, entity_registry, plant),
            production(plant),
        )
        for plant in cloud.plants
    ]
    await let_pass(24 * 3600, step=300)
    for plant, (true_then, then, lag) in zip(cloud.plants, before, strict=True):
        true_now, now = true_energy(plant), counters(hass, entity_registry, plant)
        truth = {name: true_now[name] - true_then[name] for name in true_now}
        day = {name: now[name] - then[name] for name in now}
        for name, energy in day.items():
            # Somewhere on Earth it was day when this day began.
            late = lag + production(plant) if name == "solar" else 0.0
            # Where the house is a sum of many devices' counters, more of them are rounded.
            step = STEP if len(plant.devices) <= 2 else 2 * STEP
            expected = pytest.approx(truth[name], rel=0.01, abs=step + 0.01 + late)
            assert energy == expected, (plant.name, name)
        if plant.storage is not None:
            # As the dashboard calculates the house; the losses of a hybrid's inverter are part of it.
            house = day["solar"] + day["imported"] - day["exported"]
            house += day["discharge"] - day["charge"]
            assert house == pytest.approx(truth["home"] + truth["losses"], abs=5 * STEP)


def test_the_readme_names_the_chosen_sensors() -> None:
    _, _, section = README.partition("**For the Energy dashboard**")
    section, _, _ = section.partition("\n## ")
    names = {
        *MEASURED.values(),
        *PANELS.values(),
        *(EN[key]["name"] for key in POWER_KEYS),
    }
    for name in names:
        assert f"*{name}*" in section
    assert {one.lower().replace(" ", "_") for one in MEASURED.values()} <= EN.keys()
