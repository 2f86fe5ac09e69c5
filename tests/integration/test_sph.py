"""An SPH in Home Assistant over the simulated cloud: three charge and three discharge periods, each block written as a whole."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.physics.power_models import Storage
from simulator.router import Router
from simulator.scenarios.newer import hybrid_home
from tests.helpers import (
    Pass,
    act,
    alter_reply,
    calls,
    drop_stop_levels,
    get_state,
    is_assumed,
    set_period,
    set_up,
    value,
    written,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

SCENARIO = hybrid_home
NAME = "mill_storage"
FIRST = f"{NAME}_charge_period_1"
START, END = f"time.{FIRST}_from", f"time.{FIRST}_to"
PERIOD = f"switch.{FIRST}"
OFF = ("0", "0", "0", "0", "0")


@pytest.fixture
def battery(cloud: Cloud) -> Storage:
    """The battery of the simulated plant."""
    return cloud.plants[0].battery


async def test_changed_period_is_written_with_the_unchanged_ones(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    battery: Storage,
    let_pass: Pass,
) -> None:
    third = battery.periods["charge"][2]
    third.start, third.end = third.start.replace(hour=13), third.end.replace(hour=15)
    third.enabled = True
    battery.charge_rate, battery.charge_stop, battery.ac_charge = 0.7, 0.95, True
    await let_pass(1000)
    assert float(value(hass, f"number.{NAME}_charge_power_limit")) == 70
    assert value(hass, f"switch.{NAME}_ac_charge") == "on"
    await set_period(hass, FIRST, "01:30:00", "05:00:00")
    third_sent = ("13", "0", "15", "0", "1")
    first_sent = ("1", "30", "5", "0", "1")
    assert written(cloud) == [
        ("mix_ac_charge_time_period", "70", "95", "1", *first_sent, *OFF, *third_sent)
    ]
    assert value(hass, START) == "01:30:00"
    await act(hass, f"number.{NAME}_charge_stop_level", "set_value", value=80)
    assert written(cloud)[-1][:4] == ("mix_ac_charge_time_period", "70", "80", "1")
    assert written(cloud)[-1][4:] == (*first_sent, *OFF, *third_sent)
    # The settings endpoint confirms it.
    await let_pass(700)
    assert not is_assumed(hass, START)
    assert battery.charge_stop == 0.8


async def test_discharge_block_has_no_ac_charge(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(400)
    await act(hass, f"number.{NAME}_discharge_power_limit", "set_value", value=60)
    assert written(cloud) == [
        ("mix_ac_discharge_time_period", "60", "10", *OFF, *OFF, *OFF)
    ]


async def test_enabled_empty_periods_stay_empty(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    battery: Storage,
    let_pass: Pass,
) -> None:
    """A real device has all three enabled from midnight to midnight; they must not become the whole day."""
    for period in battery.periods["discharge"]:
        period.enabled = True
    await let_pass(1000)
    await act(hass, f"number.{NAME}_discharge_power_limit", "set_value", value=60)
    empty = ("0", "0", "0", "0", "1")
    assert written(cloud) == [("mix_ac_discharge_time_period", "60", "10", *empty * 3)]


async def test_overlapping_periods_are_rejected(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    battery: Storage,
    let_pass: Pass,
) -> None:
    third = battery.periods["charge"][2]
    third.start, third.end = third.start.replace(hour=3), third.end.replace(hour=4)
    third.enabled = True
    await let_pass(1000)
    await set_period(hass, FIRST, "01:30:00", "05:00:00", error="periods_overlap")
    assert written(cloud) == []


async def test_block_without_stop_level_is_written_once_it_is_set(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    let_pass: Pass,
) -> None:
    """A real device does not return the stop level; it is not guessed, and the error names it."""

    drop_stop_levels(monkeypatch, router)
    await set_up(hass, entry)
    await let_pass(400)
    assert value(hass, f"number.{NAME}_charge_stop_level") == "unknown"
    assert value(hass, START) == "00:00:00"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, f"switch.{NAME}_ac_charge", "turn_on")
    assert error.value.translation_key == "parts_missing"
    assert error.value.translation_placeholders == {"parts": "stop_level"}
    await act(hass, f"number.{NAME}_charge_stop_level", "set_value", value=90)
    assert written(cloud)[-1][:4] == ("mix_ac_charge_time_period", "100", "90", "1")
    # It is stored, although the settings endpoint does not return it.
    await let_pass(2000)
    assert float(value(hass, f"number.{NAME}_charge_stop_level")) == 90


async def test_unreadable_setting_does_not_increase_polls(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    let_pass: Pass,
) -> None:
    def spoil(data: dict[str, object]) -> None:
        for key in ("exportLimit", "backflowSetting"):
            data.pop(key, None)

    alter_reply(monkeypatch, router, "device/mix/mix_data_info", spoil)
    limitation = f"select.{NAME}_export_limitation"
    await act(hass, limitation, "select_option", option="meter")
    before = calls(cloud, "device/mix/mix_data_info")
    await let_pass(4 * 3600, step=300)
    # One poll every quarter of an hour, and a few for the write.
    assert calls(cloud, "device/mix/mix_data_info") - before <= 16 + 5
    state = get_state(hass, limitation)
    assert (state.state, state.attributes["assumed_state"]) == ("meter", True)
