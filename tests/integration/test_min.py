"""A MIN with battery and meter, in Home Assistant over the simulated cloud."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios import min_without_battery
from simulator.scenarios.newer import min_home
from tests.helpers import (
    Pass,
    VirtualClock,
    act,
    alter_reply,
    calls,
    get_state,
    is_assumed,
    set_period,
    set_time,
    set_up,
    value,
    written,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

SCENARIO = min_home
ROOF = "brook_roof"
FIRST = f"{ROOF}_time_segment_1"
START, END = f"time.{FIRST}_from", f"time.{FIRST}_to"
MODE, SEGMENT = f"select.{FIRST}_work_mode", f"switch.{FIRST}"
AC_CHARGE = f"switch.{ROOF}_ac_charge"
CHARGE_STOP = f"number.{ROOF}_charge_stop_level"


async def test_inverter_without_battery_has_no_battery_entities(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    entity_registry: er.EntityRegistry,
) -> None:
    cloud.plants = min_without_battery(clock.now())
    await set_up(hass, entry)
    assert value(hass, "sensor.garden_roof_output_power") != "unknown"
    keys = {
        one.unique_id.removeprefix("MNK5D09042_")
        for one in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    }
    assert {"energy_total", "pv1_power", "active_power_rate"} <= keys
    for key in ("charge_level", "import_energy_total", "ac_charge", "segment_1"):
        assert key not in keys


async def test_settings_are_read_from_the_device(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """Changes made in the vendor's app are read too, within about 20 minutes."""
    battery = cloud.plants[0].battery
    await let_pass(400)
    assert value(hass, AC_CHARGE) == "off"
    assert float(value(hass, CHARGE_STOP)) == 100
    assert (value(hass, START), value(hass, MODE)) == ("00:00:00", "load_first")
    assert value(hass, SEGMENT) == "off"
    assert not is_assumed(hass, AC_CHARGE)
    battery.ac_charge = True
    battery.charge_stop = 0.8
    await let_pass(1300)
    assert value(hass, AC_CHARGE) == "on"
    assert float(value(hass, CHARGE_STOP)) == 80
    hourly = calls(cloud, "device/tlx/tlx_set_info")
    await let_pass(3600)
    assert calls(cloud, "device/tlx/tlx_set_info") - hourly <= 4


async def test_parts_of_a_segment_are_one_write(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(400)
    await asyncio.gather(
        set_time(hass, START, "02:00:00"),
        set_time(hass, END, "05:30:00"),
        act(hass, MODE, "select_option", option="battery_first"),
        act(hass, SEGMENT, "turn_on"),
    )
    assert written(cloud) == [("time_segment1", "1", "2", "0", "5", "30", "1")]
    (period,) = [
        one for one in cloud.plants[0].battery.periods["segments"] if one.enabled
    ]
    assert (period.mode, period.start.hour) == ("battery", 2)
    assert value(hass, END) == "05:30:00"
    # A change of one part is written with the others.
    await act(hass, SEGMENT, "turn_off")
    assert written(cloud)[-1] == ("time_segment1", "1", "2", "0", "5", "30", "0")
    await let_pass(700)
    state = get_state(hass, SEGMENT)
    assert state.state == "off"
    assert "assumed_state" not in state.attributes


async def test_changed_part_is_merged_into_the_devices_segment(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """A change made elsewhere in between is kept."""
    await let_pass(400)
    period = cloud.plants[0].battery.periods["segments"][0]
    period.start, period.end = period.start.replace(hour=1), period.end.replace(hour=4)
    await let_pass(310, step=310)
    await act(hass, SEGMENT, "turn_on")
    assert written(cloud) == [("time_segment1", "0", "1", "0", "4", "0", "1")]


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [
        ("05:00:00", "05:00:00", "period_empty"),
        ("22:00:00", "06:00:00", "half_over_midnight"),
        ("03:00:00", "07:00:00", "periods_overlap"),
        ("02:00:00", "04:00:00", "periods_overlap"),  # the same period as another
    ],
)
async def test_invalid_segments_are_rejected(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    start: str,
    end: str,
    key: str,
) -> None:
    other = cloud.plants[0].battery.periods["segments"][4]
    other.start, other.end = other.start.replace(hour=2), other.end.replace(hour=4)
    other.enabled = True
    await let_pass(400)
    await set_period(hass, FIRST, start, end, error=key)
    assert written(cloud) == []


async def test_midnight_as_an_end_is_written_as_the_last_minute(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(400)
    await set_period(hass, FIRST, "22:00:00", "00:00:00")
    assert written(cloud) == [("time_segment1", "0", "22", "0", "23", "59", "1")]


async def test_unreadable_settings_are_unknown_and_block_partial_writes(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    def spoil(data: dict[str, object]) -> None:
        data |= {"forcedTimeStart1": "11:187", "time1Mode": None, "acChargeEnable": ""}
        del data["wchargeSOCLowLimit"]

    alter_reply(monkeypatch, router, "device/tlx/tlx_set_info", spoil)
    await set_up(hass, entry)
    await let_pass(400)
    for entity in (START, MODE, AC_CHARGE, CHARGE_STOP):
        assert value(hass, entity) == "unknown"
    assert value(hass, END) == "00:00:00"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, SEGMENT, "turn_on")
    assert error.value.translation_key == "parts_missing"
    assert written(cloud) == []
    # Setting the missing parts completes the segment.
    await asyncio.gather(
        set_time(hass, START, "01:00:00"),
        set_time(hass, END, "02:00:00"),
        act(hass, MODE, "select_option", option="grid_first"),
    )
    assert written(cloud) == [("time_segment1", "2", "1", "0", "2", "0", "1")]


async def test_device_works_with_permission_for_readings_alone(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """Details and batches are not permitted, single readings are."""
    for path in (
        "device/tlx/tlx_data_info",
        "device/tlx/tlxs_data",
        "device/tlx/tlx_set_info",
    ):
        cloud.faults.append(Fault(FaultKind.CODE, path, code=10011))
    await set_up(hass, entry)
    roof = "min_5000tl_x_9077"
    await let_pass(3600)
    assert float(value(hass, f"sensor.{roof}_output_power")) > 0
    assert value(hass, f"switch.{roof}_ac_charge") == "unknown"
    assert calls(cloud, "device/tlx/tlxs_data") <= 1
    assert calls(cloud, "device/tlx/tlx_set_info") <= 1
    await act(hass, f"switch.{roof}_ac_charge", "turn_on")
    assert written(cloud) == [("ac_charge", "1")]
    await let_pass(60)
    # Reading the single parameter confirms it.
    assert not is_assumed(hass, f"switch.{roof}_ac_charge")


async def test_powers_add_up_at_night(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(13 * 3600, step=300)
    assert cloud.plants[0].get_local_time(cloud.clock.now()).hour == 1
    assert not cloud.plants[0].inverter.awake
    grid = float(value(hass, f"sensor.{ROOF}_grid_power"))
    battery = float(value(hass, f"sensor.{ROOF}_battery_power"))
    load = float(value(hass, f"sensor.{ROOF}_house_power"))
    assert load > 0
    assert grid + battery == pytest.approx(load, abs=1)
    assert float(value(hass, f"sensor.{ROOF}_pv1_power")) == 0
