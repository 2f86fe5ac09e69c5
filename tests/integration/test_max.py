"""MAX inverters in Home Assistant over the simulated cloud."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.scenarios.newer import commercial
from tests.helpers import Pass, act, is_assumed, value, written

SCENARIO = commercial
ROOF = "warehouse_1"
RATE = f"number.{ROOF}_output_power_limit"


async def test_power_limit_is_written_and_read_back(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(400)
    assert float(value(hass, RATE)) == 100
    await act(hass, RATE, "set_value", value=40)
    assert written(cloud) == [("pv_active_p_rate", "40", "0")]
    assert cloud.plants[0].inverter.active_rate == 40
    await let_pass(60)
    assert not is_assumed(hass, RATE)


async def test_inverter_is_asleep_and_online_at_night(
    hass: HomeAssistant, loaded: MockConfigEntry, let_pass: Pass
) -> None:
    await let_pass(12 * 3600, step=300)
    assert value(hass, f"sensor.{ROOF}_status") == "asleep"
    assert float(value(hass, f"sensor.{ROOF}_output_power")) == 0
    assert value(hass, f"binary_sensor.{ROOF}_online") == "on"
