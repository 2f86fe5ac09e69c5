"""Meters, environment sensors and devices of unknown types, in Home Assistant over the simulated cloud."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios.newer import commercial
from tests.helpers import Pass, ask, calls, reload, set_up, value

SCENARIO = commercial
LOGGER, PCS = "XGD8H00919", "PCK9K35042"
METER, SENSOR = "smart_meter_1", "environment_sensor_2"


async def test_meter_and_environment_sensor_show_their_readings(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, ids: dict[str, str]
) -> None:
    (plant,) = cloud.plants
    power = sum(inverter.power for _, inverter in plant.iterate_inverters())
    grid = float(value(hass, f"sensor.{METER}_active_power"))
    assert grid == pytest.approx(plant.load_power - power, rel=0.1)
    for name in ("forward", "reverse"):
        assert float(value(hass, f"sensor.{METER}_{name}_energy_total")) > 0
    assert float(value(hass, f"sensor.{SENSOR}_irradiance")) > 100
    assert float(value(hass, f"sensor.{SENSOR}_panel_temperature")) > 12
    assert value(hass, f"binary_sensor.{METER}_online") == "on"
    # Meters report neither faults nor alarms.
    assert hass.states.get(f"binary_sensor.{METER}_fault") is None
    assert hass.states.get(f"event.{METER}_alarm") is None
    registry = dr.async_get(hass)
    meter = registry.async_get(ids[f"{LOGGER}_1"])
    assert isinstance(meter, dr.DeviceEntry)
    assert (meter.model, meter.via_device_id) == ("Smart meter", ids[LOGGER])
    today = plant.get_local_time(cloud.clock.now()).date().isoformat()
    found = await ask(
        hass,
        "get_device_history",
        device_id=ids[f"{LOGGER}_1"],
        start_date=today,
        end_date=today,
    )
    assert len(found["readings"]) > 100
    assert "active_power" in found["readings"][0]
    with pytest.raises(ServiceValidationError) as error:
        await ask(hass, "get_alarms", device_id=ids[f"{LOGGER}_1"])
    assert error.value.translation_key == "no_alarms"


async def test_meters_and_sensors_are_listed_once_a_day(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(6 * 3600, step=300)
    assert calls(cloud, "device/ammeter/meter_list") == 1
    assert calls(cloud, "device/env/env_list") == 1
    # They stay although the next list is not permitted.
    cloud.faults.append(Fault(FaultKind.CODE, "device/ammeter/meter_list", code=10011))
    await let_pass(20 * 3600, step=300)
    assert float(value(hass, f"sensor.{METER}_active_power")) != 0
    await reload(hass, loaded)
    assert value(hass, f"sensor.{METER}_active_power") != "unavailable"


async def test_lists_refused_as_wrong_for_a_while_are_read_within_an_hour(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    for path in ("device/ammeter/meter_list", "device/env/env_list"):
        cloud.faults.append(Fault(FaultKind.CODE, path, code=10002))
    await set_up(hass, entry)
    await let_pass(1800, step=60)
    assert hass.states.get(f"sensor.{METER}_active_power") is None
    cloud.faults.clear()
    await let_pass(3600, step=60)
    assert float(value(hass, f"sensor.{METER}_active_power")) != 0
    assert calls(cloud, "device/ammeter/meter_list") <= 6


async def test_missing_permission_for_meters_leaves_other_devices_working(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud
) -> None:
    for path in ("device/ammeter", "device/env"):
        cloud.faults.append(Fault(FaultKind.CODE, path, code=10011))
    await set_up(hass, entry)
    assert hass.states.get(f"sensor.{METER}_active_power") is None
    assert float(value(hass, "sensor.warehouse_1_output_power")) > 0


async def test_device_of_unknown_type_is_shown_and_in_diagnostics(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    ids: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = "pcs_100_5042"
    assert value(hass, f"binary_sensor.{name}_online") == "on"
    assert value(hass, f"sensor.{name}_device_type_number") == "8"
    assert value(hass, f"sensor.{name}_last_update").startswith("2026-06-20T10:58")
    messages = [record.getMessage() for record in caplog.get_records("setup")]
    assert sum("Devices of type 8 (model PCS 100)" in text for text in messages) == 1
    device = dr.async_get(hass).async_get(ids[PCS])
    assert isinstance(device, dr.DeviceEntry)
    found = await async_get_device_diagnostics(hass, loaded, device)
    assert (found["type"], found["row"]["model"]) == (8, "PCS 100")
    assert found["row"]["device_sn"] == found["row"]["datalogger_sn"] == "**REDACTED**"
    account = await async_get_config_entry_diagnostics(hass, loaded)
    assert account["unknown_devices"] == [found]
