"""Confirmation of settings by reading them back from the device."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import Pass, act, calls, get_state, is_assumed, sent, value

# Some look at windows, which are disabled at first.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

RATE = "number.south_roof_output_power_limit"
LIMIT = "number.storage_1054_ac_charge_stop_level"
CHARGE_START = "time.storage_1054_ac_charge_period_from"


async def test_value_read_back_is_no_longer_assumed(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await act(hass, RATE, "set_value", value=70)
    assert is_assumed(hass, RATE)
    await let_pass(15)
    assert calls(cloud, "readInverterParam") == 1
    state = get_state(hass, RATE)
    assert float(state.state) == 70
    assert "assumed_state" not in state.attributes
    # It is not read again later.
    await let_pass(4000)
    assert calls(cloud, "readInverterParam") == 1
    # Within ten minutes of the confirmation the same value is not written again.
    await act(hass, RATE, "set_value", value=70)
    assert len(sent(cloud)) == 2
    await let_pass(15)
    await act(hass, RATE, "set_value", value=70)
    assert len(sent(cloud)) == 2
    await let_pass(650)
    await act(hass, RATE, "set_value", value=70)
    assert len(sent(cloud)) == 3


async def test_unreadable_setting_stays_assumed_and_is_always_sent(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.CODE, "readStorageParam", code=10011))
    await act(hass, LIMIT, "set_value", value=50)
    await let_pass(15)
    await act(hass, "switch.storage_1054_ac_charge", "turn_on")
    await act(hass, LIMIT, "set_value", value=50)
    await let_pass(15)
    assert is_assumed(hass, LIMIT)
    assert len(sent(cloud)) == 3
    # Without permission for one setting, the others are not read either.
    assert calls(cloud, "readStorageParam") == 1


async def test_differing_value_is_read_twice_before_it_is_shown(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await act(hass, RATE, "set_value", value=70)
    cloud.plants[0].inverter.active_rate = 100
    await let_pass(15)
    assert float(value(hass, RATE)) == 70
    await let_pass(310)
    assert calls(cloud, "readInverterParam") == 2
    assert float(value(hass, RATE)) == 100
    assert "was set to 70" in caplog.text


async def test_device_that_applies_a_value_late_confirms_it(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await act(hass, RATE, "set_value", value=70)
    cloud.plants[0].inverter.active_rate = 100
    await let_pass(15)
    cloud.plants[0].inverter.active_rate = 70
    await let_pass(310)
    state = get_state(hass, RATE)
    assert float(state.state) == 70
    assert "assumed_state" not in state.attributes


async def test_write_with_unknown_outcome_is_read_back(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """A write can return an error although the device has applied it."""
    cloud.faults.append(Fault(FaultKind.CODE, "inverterSet", code=10001, count=1))
    with pytest.raises(HomeAssistantError):
        await act(hass, RATE, "set_value", value=30)
    assert value(hass, RATE) == "unknown"
    cloud.plants[0].inverter.active_rate = 30
    await let_pass(15)
    assert float(value(hass, RATE)) == 30


async def test_button_reads_all_settings(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.plants[0].battery.ac_charge = True
    await act(hass, "button.storage_1054_read_settings", "press")
    assert value(hass, "switch.storage_1054_ac_charge") == "on"
    assert value(hass, "switch.storage_1054_forced_discharge") == "off"
    assert float(value(hass, LIMIT)) == 80
    assert value(hass, "select.storage_1054_mode") == "standard"
    assert value(hass, CHARGE_START) == "unknown"
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "button.storage_1054_read_settings", "press")
    assert error.value.translation_key == "settings_were_just_read"
    await let_pass(310)
    await act(hass, "button.storage_1054_read_settings", "press")


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault(FaultKind.CODE, "readInverterParam", code=10011), "not_permitted"),
        (Fault(FaultKind.CODE, "readInverterParam", code=10006), "not_readable"),
        (Fault(FaultKind.CODE, "readInverterParam", code=10003), "device_offline"),
        (Fault(FaultKind.HTML, "readInverterParam"), "cloud_down_not_json"),
    ],
)
async def test_button_raises_when_settings_cannot_be_read(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, fault: Fault, key: str
) -> None:
    cloud.faults.append(fault)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "button.south_roof_read_settings", "press")
    assert error.value.translation_key == key
    assert value(hass, RATE) == "unknown"
