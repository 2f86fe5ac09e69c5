"""A plant's power flow in Home Assistant, compared with the simulated powers."""

from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.diagnostics import (
    async_get_config_entry_diagnostics,
)
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.physics.datalogger import Datalogger
from simulator.physics.device import Device, DeviceKind
from simulator.physics.plant import Plant
from simulator.physics.power_models import Storage
from simulator.router import Router
from simulator.scenarios import home, min_without_battery
from simulator.scenarios.newer import commercial, hybrid_home, min_home, spa_home
from tests.helpers import (
    STORAGE,
    Pass,
    VirtualClock,
    alter_reply,
    get_state,
    reload,
    restart,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

POWERS = ("solar", "battery", "grid", "house")
NAMES = (*(f"{name}_power" for name in POWERS), "battery")


def figures(hass: HomeAssistant, plant: str) -> list[float | str]:
    """Return what the sensors of a plant's power flow show."""
    states = [value(hass, f"sensor.{plant}_{name}") for name in NAMES]
    return [
        state if state in ("unknown", "unavailable") else float(state)
        for state in states
    ]


@pytest.fixture
def truth(monkeypatch: pytest.MonkeyPatch) -> list[list[float]]:
    """The true powers and battery level of the only plant at each upload, in the order of the sensors."""
    found: list[list[float]] = []
    record = Plant._record_uploads

    def record_uploads(plant: Plant, datalogger: Datalogger, moment: datetime) -> None:
        record(plant, datalogger, moment)
        battery = plant.battery
        devices = [device.model for device in plant.devices]
        solar = sum(
            # Inverters count what they feed in, hybrids what their panels produce.
            inverter.power
            if inverter in devices
            else sum(string.power for string in inverter.strings)
            for _, inverter in plant.iterate_inverters()
        )
        found.append(
            [
                solar,
                battery.discharge_power - battery.charge_power,
                battery.import_power - battery.export_power,
                plant.load_power,
                int(battery.level * 100),
            ]
        )

    monkeypatch.setattr(Plant, "_record_uploads", record_uploads)
    return found


@pytest.mark.parametrize(
    ("make_plants", "plant"),
    [
        (home, "sunny_cottage"),
        (min_home, "brook_house"),
        (hybrid_home, "mill_barn"),
        (spa_home, "orchard_farm"),
    ],
)
async def test_the_flow_is_the_simulated_one_by_day_and_night(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    truth: list[list[float]],
    plant: str,
) -> None:
    await set_up(hass, entry)
    await let_pass(600)
    for hours in (0, 4, 5, 3, 4, 5):
        await let_pass(hours * 3600, step=300)
        shown = figures(hass, plant)
        # The reading is that of the newest upload, or of one before that.
        assert any(
            shown == pytest.approx(one, abs=0.3) for one in reversed(truth[-3:])
        ), (shown, truth[-3:])
    # It was night, and then day again.
    assert 0.0 in [round(one[0]) for one in truth]


@pytest.mark.parametrize("make_plants", [home])
async def test_sensors_are_those_that_the_energy_dashboard_takes(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    for name in NAMES:
        entity = entity_registry.async_get(f"sensor.sunny_cottage_{name}")
        assert entity is not None
        is_level = name == "battery"
        key = "battery_level" if is_level else name
        assert entity.unique_id == f"plant_700101_{key}"
        assert entity.disabled_by is None
        attributes = get_state(hass, entity.entity_id).attributes
        assert attributes["device_class"] == ("battery" if is_level else "power")
        assert attributes["unit_of_measurement"] == ("%" if is_level else "W")
        assert attributes["state_class"] == "measurement"


@pytest.mark.parametrize("make_plants", [home])
async def test_a_stale_part_makes_its_sums_unavailable_and_no_others(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.ERROR_500, path="device/inverter"))
    await let_pass(50 * 60)
    solar, battery, grid, house, level = figures(hass, "sunny_cottage")
    assert solar == house == "unavailable"
    assert all(isinstance(one, float) for one in (battery, grid, level))
    cloud.faults.clear()
    cloud.faults.append(Fault(FaultKind.ERROR_500, path="device/storage"))
    await let_pass(50 * 60)
    solar, *others = figures(hass, "sunny_cottage")
    assert isinstance(solar, float)
    assert others == ["unavailable"] * 4
    cloud.faults.clear()
    await let_pass(70 * 60)  # what failed is asked seldom
    assert all(isinstance(one, float) for one in figures(hass, "sunny_cottage"))


@pytest.mark.parametrize("make_plants", [home])
async def test_a_restart_shows_the_last_flow_at_once(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    storage: dict[str, object],
) -> None:
    before = figures(hass, "sunny_cottage")
    cloud.faults.append(Fault(FaultKind.ERROR_500))
    await restart(hass, loaded, storage)
    assert figures(hass, "sunny_cottage") == before


@pytest.mark.parametrize("make_plants", [min_without_battery, commercial])
async def test_panels_alone_have_no_flow(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """All that is measured is the plant's power, which has a sensor already."""
    shown = {
        one.unique_id
        for one in er.async_entries_for_config_entry(entity_registry, loaded.entry_id)
    }
    assert not [one for one in shown if one.endswith(("house_power", "solar_power"))]


@pytest.mark.parametrize("make_plants", [home])
async def test_a_battery_without_a_meter_has_no_grid_and_house_power(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forget_grid(data: dict[str, Any]) -> None:
        for key in ("eToUserToday", "eToUserTotal", "eToGridToday", "eToGridTotal"):
            data[key] = 0

    alter_reply(monkeypatch, router, "device/storage/storage_last_data", forget_grid)
    await set_up(hass, entry)
    assert float(value(hass, "sensor.sunny_cottage_solar_power")) > 1000
    assert value(hass, "sensor.sunny_cottage_battery") == "100.0"
    assert float(value(hass, "sensor.sunny_cottage_battery_power")) == 0
    for name in ("grid", "house"):
        assert hass.states.get(f"sensor.sunny_cottage_{name}_power") is None


async def test_only_news_of_a_plant_writes_its_flow(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    cloud.plants += min_home(clock.now())
    await set_up(hass, entry)
    await let_pass(900)
    families = entry.runtime_data.families

    def readings(*names: str) -> list[object]:
        return [
            state.clock.newest
            for name in names
            for state in families[name].data.values()
        ]

    plants = {
        "sunny_cottage": ("inverter", "storage"),
        "brook_house": ("min",),
    }
    written = dict.fromkeys(plants, 0)
    for _ in range(40):
        before = {
            plant: (
                readings(*names),
                get_state(hass, f"sensor.{plant}_grid_power").last_reported,
            )
            for plant, names in plants.items()
        }
        await let_pass(20)
        for plant, names in plants.items():
            times, reported = before[plant]
            if get_state(hass, f"sensor.{plant}_grid_power").last_reported != reported:
                assert readings(*names) != times
                written[plant] += 1
    assert min(written.values()) >= 2
    assert max(written.values()) <= 8


def house_with_two_meters(now: datetime) -> list[Plant]:
    """A house with a MIN that measures the grid, and a storage that measures nothing there, and has another battery."""
    (plant,) = min_home(now)
    datalogger = plant.datalogger
    plant.devices.append(
        Device("KHB2C21054", DeviceKind.STORAGE, Storage(), datalogger)
    )
    # It has been there for longer than the MIN.
    battery = plant.battery
    battery.imported.total += 2000
    return [plant]


@pytest.mark.parametrize("make_plants", [house_with_two_meters])
async def test_one_of_two_meters_that_disagree_is_believed(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    """The other one's figures are in the diagnostics."""
    await let_pass(900)
    (plant,) = cloud.plants
    for _ in range(2):
        shown = figures(hass, "brook_house")
        assert shown[2] == float(value(hass, "sensor.brook_roof_grid_power")) != 0.0
        assert value(hass, "sensor.storage_1054_grid_power") == "0.0"
        # Two batteries: the mean of their levels.
        levels = [
            float(value(hass, f"sensor.{name}_battery"))
            for name in ("brook_roof", "storage_1054")
        ]
        assert shown[4] == sum(levels) / 2
        await reload(hass, loaded)
    found = await async_get_config_entry_diagnostics(hass, loaded)
    (shown_plant,) = found["plants"]
    flow = shown_plant["power_flow"]
    assert flow["grid"] == str(shown[2])
    devices = {device["family"]: device for device in flow["devices"]}
    assert devices["min"]["is_grid_device"] is True
    assert devices["storage"]["is_grid_device"] is False
    assert devices["storage"]["grid"] == "0.0"
    assert STORAGE not in str(flow)
    assert plant.find_device(STORAGE) is not None


@pytest.mark.parametrize(
    ("make_plants", "name"),
    [
        (home, "storage_1054"),
        (min_home, "brook_roof"),
        (hybrid_home, "mill_storage"),
        (spa_home, "orchard_storage"),
    ],
)
async def test_a_battery_is_charging_while_it_takes_power(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    name: str,
) -> None:
    await set_up(hass, entry)
    sensor = f"binary_sensor.{name}_charging"
    assert get_state(hass, sensor).attributes["device_class"] == "battery_charging"
    seen = set()
    for _ in range(11):
        await let_pass(2 * 3600, step=300)
        power = float(value(hass, f"sensor.{name}_battery_power"))
        assert value(hass, sensor) == ("on" if power < 0 else "off")
        seen.add(value(hass, sensor))
    assert seen == {"on", "off"}
    cloud.faults.append(Fault(FaultKind.ERROR_500))
    await let_pass(40 * 60)
    assert value(hass, sensor) == "unavailable"


@pytest.mark.parametrize("make_plants", [min_without_battery])
async def test_without_a_battery_nothing_is_charging(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert not [one for one in hass.states.async_entity_ids() if "charging" in one]
