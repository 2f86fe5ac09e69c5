"""An SPA beside an inverter, in Home Assistant over the simulated cloud."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.scenarios.newer import spa_home
from tests.helpers import Pass, do, get_state, set_period, written

SCENARIO = spa_home
NAME, SPA = "orchard_storage", "SAN7G13041"
FIRST = f"{NAME}_load_first_period_1"
PERIOD = f"switch.{FIRST}"
OFF = ("0", "0", "0", "0", "0")


async def test_load_first_periods(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(400)
    await set_period(hass, FIRST, "01:30:00", "05:00:00")
    assert written(cloud) == [("spa_load_flast", "1", "30", "5", "0", "1", *OFF, *OFF)]
    await let_pass(700)
    state = get_state(hass, PERIOD)
    assert state.state == "on"
    assert "assumed_state" not in state.attributes


async def test_charge_periods_are_an_action_only(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    ids: dict[str, str],
    entity_registry: er.EntityRegistry,
) -> None:
    assert not [key for key in entity_registry.entities if "charge_period" in key]
    periods = [{"start": "01:00", "end": "05:00"}]
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "set_charge_periods", device_id=ids[SPA], periods=periods)
    # The device does not tell whether it charges from the grid.
    assert error.value.translation_placeholders == {"parts": "ac_charge"}
    await do(
        hass,
        "set_charge_periods",
        device_id=ids[SPA],
        periods=periods,
        ac_charge=True,
    )
    first = ("1", "0", "5", "0", "1")
    assert written(cloud) == [
        ("spa_ac_charge_time_period", "100", "100", "1", *first, *OFF, *OFF)
    ]
    assert cloud.plants[0].battery.ac_charge
    # Said once, it is remembered.
    await do(hass, "set_charge_periods", device_id=ids[SPA], periods=[], power=50)
    assert written(cloud)[-1][:4] == ("spa_ac_charge_time_period", "50", "100", "1")
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "set_discharge_periods", device_id=ids[SPA], periods=periods)
    assert error.value.translation_key == "wrong_family"


async def test_load_first_periods_by_action(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, ids: dict[str, str]
) -> None:
    await do(
        hass,
        "set_load_first_periods",
        device_id=ids[SPA],
        periods=[{"start": "06:00", "end": "08:00"}],
    )
    assert written(cloud) == [("spa_load_flast", "6", "0", "8", "0", "1", *OFF, *OFF)]
