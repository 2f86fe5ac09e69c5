"""Every entity and device of the scenario "home" at noon."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

from custom_components.growatt_openapi.const import DOMAIN
from simulator.server import Server
from tests.helpers import (
    DATALOGGER,
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    get_state,
    reload,
    set_up,
)

PLATFORMS = (
    "binary_sensor",
    "button",
    "event",
    "number",
    "select",
    "sensor",
    "switch",
    "time",
)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_entities_match_their_snapshots(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entity_registry_enabled_by_default: None,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    platform: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.growatt_openapi.PLATFORMS", (platform,))
    await set_up(hass, entry)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_entities_enabled_by_default(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    enabled = sorted(
        entity.unique_id
        for entity in er.async_entries_for_config_entry(
            entity_registry, loaded.entry_id
        )
        if entity.disabled_by is None
    )
    plant, inverter, storage = f"plant_{PLANT}_", f"{INVERTER}_", f"{STORAGE}_"
    assert enabled == sorted(
        [
            *(
                f"account_{PLANT}_{key}"
                for key in (
                    "cloud_status",
                    "refresh",
                    "set_up_energy_dashboard",
                )
            ),
            f"{DATALOGGER}_last_update",
            f"{DATALOGGER}_online",
            *(
                inverter + key
                for key in (
                    "active_power_rate",
                    "alarm",
                    "energy_today",
                    "energy_total",
                    "fault",
                    "online",
                    "output_power",
                    "pv1_power",
                    "pv2_power",
                    "read_settings",
                    "status",
                    "synchronise_clock",
                )
            ),
            *(
                storage + key
                for key in (
                    "ac_charge",
                    "ac_charge_limit",
                    "alarm",
                    "battery_power",
                    "charge_level",
                    "charge_now",
                    "charge_now_level",
                    "discharge_now",
                    "discharge_now_level",
                    "end_override",
                    "fault",
                    "forced_discharge",
                    "low_limit",
                    "mode",
                    "online",
                    "override",
                    "override_minutes",
                    "read_settings",
                    "status",
                    "synchronise_clock",
                )
            ),
            *(
                plant + key
                for key in (
                    "battery_level",
                    "battery_power",
                    "charge_energy_total",
                    "consumption_today",
                    "discharge_energy_total",
                    "export_energy_today",
                    "export_energy_total",
                    "grid_power",
                    "house_power",
                    "import_energy_today",
                    "import_energy_total",
                    "last_update",
                    "self_sufficiency_today",
                    "solar_energy_today",
                    "solar_energy_total",
                    "solar_power",
                )
            ),
        ]
    )


async def test_devices_are_registered_below_plant_and_datalogger(
    hass: HomeAssistant, loaded: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    def device(identifier: str) -> dr.DeviceEntry:
        found = device_registry.async_get_device_by_identifier(
            (DOMAIN, identifier), loaded.entry_id
        )
        assert found is not None
        return found

    account = device(f"account_{PLANT}")
    plant = device(f"plant_{PLANT}")
    logger, inverter, storage = device(DATALOGGER), device(INVERTER), device(STORAGE)
    assert account.name == "Growatt account"
    assert plant.via_device_id == account.id
    assert logger.via_device_id == plant.id
    assert inverter.via_device_id == storage.via_device_id == logger.id
    assert (inverter.name, inverter.model, inverter.model_id) == (
        "South roof",
        "Inverter 5 kW",
        "A0B0D0T0PFU1M3S4",
    )
    assert (inverter.serial_number, inverter.sw_version, inverter.manufacturer) == (
        INVERTER,
        "GH1.0",
        "Growatt",
    )
    assert storage.name == "Storage 1054"
    assert (logger.name, logger.serial_number) == ("ShineWiFi-X 0117", DATALOGGER)
    for each in (account, plant, logger, inverter, storage):
        assert each.configuration_url is not None
        assert each.configuration_url.startswith("http://127.0.0.1:")


async def test_sensor_of_second_channel_is_added_when_it_is_used(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    entity_registry: er.EntityRegistry,
    entity_registry_enabled_by_default: None,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_up(hass, entry)

    def registered(key: str) -> str | None:
        return entity_registry.async_get_entity_id("sensor", DOMAIN, f"{STORAGE}_{key}")

    assert registered("pv2_power") is None
    from simulator import encoding as wire

    plain = wire.encode_storage_reading

    def with_panels(*arguments: object) -> dict[str, object]:
        return plain(*arguments) | {"ppv2": 991.7, "epvToday2": 0}  # type: ignore[arg-type]

    monkeypatch.setattr(wire, "encode_storage_reading", with_panels)
    await let_pass(600)
    entity_id = registered("pv2_power")
    assert entity_id is not None
    state = get_state(hass, entity_id)
    assert state.state == "991.7"
    # Other sensors of the channel are still unused.
    assert registered("pv2_energy_today") is None
    # It stays when its value is 0 again, and after a reload.
    monkeypatch.setattr(wire, "encode_storage_reading", plain)
    await let_pass(600)
    await reload(hass, entry)
    state = get_state(hass, entity_id)
    assert float(state.state) == 0


async def test_panel_sensors_of_a_storage_with_panels_are_enabled(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from simulator import encoding as wire

    plain = wire.encode_storage_reading
    monkeypatch.setattr(
        wire,
        "encode_storage_reading",
        lambda *arguments: plain(*arguments) | {"epvTotal": 12.5, "ppv": 100},
    )
    await set_up(hass, entry)

    def disabled(key: str) -> bool:
        entity_id = entity_registry.async_get_entity_id(
            "sensor", DOMAIN, f"{STORAGE}_{key}"
        )
        assert entity_id is not None
        found = entity_registry.async_get(entity_id)
        assert found is not None
        return found.disabled

    assert not disabled("pv_power")
    # The plant has the energy.
    assert disabled("pv1_energy_total")


async def test_undocumented_status_is_other_with_its_number(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator import encoding as wire

    plain = wire.encode_inverter_reading
    monkeypatch.setattr(
        wire,
        "encode_inverter_reading",
        lambda *arguments: plain(*arguments) | {"status": "100"},
    )
    await set_up(hass, entry)
    state = get_state(hass, "sensor.south_roof_status")
    assert state.state == "other"
    assert state.attributes["number"] == 100
