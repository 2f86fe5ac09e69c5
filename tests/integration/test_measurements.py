"""Sensors of the newer families beside what the simulated plant produces and consumes."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.scenarios.newer import commercial, hybrid_home, min_home, spa_home
from tests.helpers import value

ENERGIES = ("import", "export", "charge", "discharge")


@pytest.mark.parametrize(
    ("make_plants", "name", "supplies", "losses"),
    [
        (min_home, "brook_roof", ("brook_roof_output", "brook_roof_grid"), 0),
        (
            hybrid_home,
            "mill_storage",
            ("mill_storage_solar", "mill_storage_battery", "mill_storage_grid"),
            # Panels are measured before the inverter's losses.
            0.1,
        ),
        (
            spa_home,
            "orchard_storage",
            ("orchard_roof_output", "orchard_storage_battery", "orchard_storage_grid"),
            0,
        ),
        (commercial, "warehouse_1", (), 0),
    ],
)
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_sensors_show_what_the_plant_measures(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    name: str,
    supplies: tuple[str, ...],
    losses: float,
) -> None:
    def number(key: str) -> float:
        return float(value(hass, f"sensor.{key}"))

    (plant,) = cloud.plants
    assert value(hass, f"sensor.{name}_status") == "normal"
    if not supplies:  # a MAX has panels alone
        power = number(f"{name}_output_power")
        assert power == pytest.approx(plant.inverter.power, rel=0.1)
        assert number(f"{name}_solar_power") >= power
        # The vendor documents this total under two names, of which the cloud fills one.
        total = number(f"{name}_energy_total")
        assert total == pytest.approx(plant.inverter.energy.total, abs=5)
        return
    level = number(f"{name}_battery")
    assert level == pytest.approx(plant.battery.level * 100, abs=3)
    assert number(f"{name}_battery_power") <= 0  # at noon in June it charges or is full
    load = number(f"{name}_house_power")
    supplied = sum(number(f"{supply}_power") for supply in supplies)
    assert supplied == pytest.approx(load, abs=1, rel=losses)
    assert all(number(f"{name}_{energy}_energy_total") > 0 for energy in ENERGIES)
