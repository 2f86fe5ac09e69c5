"""The inventory: plants, dataloggers and devices with their names, time zones and locations."""

from datetime import timedelta, timezone
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi import async_remove_config_entry_device
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.registry.devices import async_register_devices
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios import home
from simulator.server import Server
from tests.helpers import (
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    VirtualClock,
    add_plants,
    alter_reply,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


async def test_failing_lists_keep_known_plants_and_devices(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path="plant/list"))
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path="device/"))
    await let_pass(13 * 3600, 300)
    assert loaded.state is ConfigEntryState.LOADED
    assert set(loaded.runtime_data.inventory.data) == {PLANT}
    server.cloud.faults.clear()
    # A list with only another plant does not remove the known one.
    (other,) = home(server.cloud.clock.now())
    other.plant_id = 9
    server.cloud.plants, plants = [other], server.cloud.plants
    await let_pass(7 * 3600, 300)
    assert set(loaded.runtime_data.inventory.data) == {PLANT, "9"}
    assert value(hass, "sensor.sunny_cottage_energy_total") != "unavailable"
    server.cloud.plants = plants
    await let_pass(3600, 300)
    assert value(hass, "sensor.storage_1054_grid_power") != "unavailable"


async def test_new_plants_and_devices_are_added(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    (plant,) = home(clock.now())
    plant.plant_id, plant.name = 9, "Barn"
    plant.datalogger.serial = "LOGGER9"
    for device in plant.devices:
        device.serial = f"{device.kind.name}9"
    server.cloud.plants.append(plant)
    await let_pass(6.5 * 3600, 300)
    assert float(value(hass, "sensor.barn_energy_today")) > 0
    assert value(hass, "sensor.storage_age9_grid_power") != "unavailable"


async def test_unknown_device_type_is_logged_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def more(data: dict[str, Any]) -> None:
        rows = data["devices"]
        rows += [
            {**rows[0], "device_sn": "NEW1", "type": 42, "model": "Hyper"},
            {**rows[0], "device_sn": "NEW2", "type": 42, "model": "Hyper"},
        ]
        data["count"] = len(rows)

    alter_reply(monkeypatch, router, "device/list", more)
    await set_up(hass, entry)
    await let_pass(3 * 3600, 300)
    (named,) = [text for text in caplog.messages if "nothing more is known" in text]
    assert named.startswith("Devices of type 42 (model Hyper) are shown with what")
    assert entry.state is ConfigEntryState.LOADED


async def test_plant_without_time_zone_uses_that_of_home_assistant(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.cloud.plants[0].zone_text = ""
    server.cloud.plants[0].latitude = server.cloud.plants[0].longitude = 0
    caplog.set_level("INFO", "custom_components")
    await set_up(hass, entry)
    await let_pass(2 * 3600, 300)
    messages = [text for text in caplog.messages if "gives no time zone" in text]
    assert len(messages) == 1
    (info,) = entry.runtime_data.inventory.data.values()
    assert str(info.zone) == "Europe/Berlin"
    # The location of Home Assistant, since the time zones agree.
    assert info.location == (hass.config.latitude, hass.config.longitude)


async def test_plant_in_another_zone_without_coordinates_has_no_location(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server
) -> None:
    (plant,) = server.cloud.plants
    plant.latitude = plant.longitude = 0
    plant.zone, plant.zone_text = timezone(timedelta(hours=8)), "GMT+8"
    await set_up(hass, entry)
    (info,) = entry.runtime_data.inventory.data.values()
    assert info.location is None
    assert float(value(hass, "sensor.south_roof_output_power")) > 1000


async def test_failed_details_of_a_device_are_read_later(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    path = "device/inverter/inv_data_info"
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path=path, count=1))
    await set_up(hass, entry)
    registry = dr.async_get(hass)

    def firmware() -> str | None:
        device = registry.async_get_device_by_identifier(
            (DOMAIN, INVERTER), entry.entry_id
        )
        assert device is not None
        return device.sw_version

    assert firmware() is None
    await let_pass(3700, 300)
    assert firmware() == "GH1.0"


async def test_devices_link_to_the_portal_of_their_region(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server
) -> None:
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "region": "north_america"}
    )
    await set_up(hass, entry)
    async_register_devices(hass, entry)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, INVERTER), entry.entry_id
    )
    assert device is not None
    assert device.configuration_url == "https://server-us.growatt.com"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-06-20T11:00:00Z", "2026-06-20T11:00:00+00:00"),
        # The plant's wall clock, an hour ahead of UTC.
        ("2026-06-20 12:00:00", "2026-06-20T11:00:00+00:00"),
        ("", "unknown"),
    ],
)
async def test_lists_as_in_the_vendors_examples_are_read(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    written: str,
    instant: str,
) -> None:
    """The examples of 2016 have no "lost" and "status", and models with names."""

    def plain_loggers(data: dict[str, Any]) -> None:
        (row,) = data["dataloggers"]
        row |= {"model": "", "last_update_time": written}
        del row["lost"]

    def plain_devices(data: dict[str, Any]) -> None:
        rows = data["devices"]
        for row in rows:
            row.pop("status", None)
        del rows[1]["lost"]
        rows[1]["model"] = "SP2000"

    alter_reply(monkeypatch, router, "device/datalogger/list", plain_loggers)
    alter_reply(monkeypatch, router, "device/list", plain_devices)
    await set_up(hass, entry)
    # It counts as online because one of its devices does.
    assert value(hass, "binary_sensor.datalogger_0117_online") == "on"
    assert value(hass, "sensor.datalogger_0117_last_update") == instant
    assert value(hass, "binary_sensor.sp2000_1054_online") == "on"
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, STORAGE), entry.entry_id
    )
    assert device is not None
    assert (device.model, device.name) == ("SP2000", "SP2000 1054")


async def test_unlisted_device_is_removed_after_a_day_and_added_again(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    device_registry: dr.DeviceRegistry,
) -> None:
    plant = server.cloud.plants[0]

    def registered(serial: str) -> dr.DeviceEntry | None:
        devices = dr.async_entries_for_config_entry(device_registry, loaded.entry_id)
        return next(
            (one for one in devices if (DOMAIN, serial) in one.identifiers), None
        )

    storage = plant.devices.pop()
    await let_pass(3 * 3600)
    device = registered(STORAGE)
    assert device is not None
    # The user may delete a device that the newest list lacks, but no listed one.
    assert await async_remove_config_entry_device(hass, loaded, device)
    inverter = registered(INVERTER)
    assert inverter is not None
    assert not await async_remove_config_entry_device(hass, loaded, inverter)
    # The time since it was last listed survives a reload.
    await hass.config_entries.async_reload(loaded.entry_id)
    await let_pass(18 * 3600)
    assert registered(STORAGE) is not None
    await let_pass(6 * 3600)
    assert registered(STORAGE) is None
    assert hass.states.get("sensor.storage_1054_grid_power") is None
    plant.devices.append(storage)
    await let_pass(3 * 3600)
    assert registered(STORAGE) is not None
    assert value(hass, "sensor.storage_1054_grid_power") != "unavailable"


@pytest.mark.parametrize("is_reversed", [False, True])
async def test_ids_of_devices_with_the_same_name_do_not_depend_on_the_lists_order(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    clock: VirtualClock,
    entity_registry: er.EntityRegistry,
    is_reversed: bool,
) -> None:
    add_plants(server.cloud, 8, 9)

    def change(data: dict[str, Any]) -> None:
        for rows in data.values():
            if isinstance(rows, list) and is_reversed:
                rows.reverse()

    for path in ("plant/list", "device/list"):
        alter_reply(monkeypatch, router, path, change)
    clock.advance(600)  # the copies upload
    await set_up(hass, entry)
    found = [
        entity_registry.async_get_entity_id("binary_sensor", DOMAIN, f"{serial}_online")
        for serial in (INVERTER, "INV8", "INV9")
    ]
    roof = "binary_sensor.south_roof_online"
    assert found == [roof, f"{roof}_2", f"{roof}_3"]
