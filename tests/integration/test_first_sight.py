"""What an owner finds at first sight: of every device of every scenario, few entities that are enabled."""

from collections import Counter
import re

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import SCENARIOS, home, min_without_battery
from simulator.scenarios.newer import commercial, min_home
from simulator.server import Server
from tests.helpers import Pass, VirtualClock, add_plants, set_up, value

# So long that every device was read, and what the second round brings is there.
SETTLED = 12 * 60
# The most entities of a device that are enabled by default.
BOUNDS = {None: 15, EntityCategory.CONFIG: 8, EntityCategory.DIAGNOSTIC: 3}
FACTORIES = SCENARIOS | {"min_without_battery": min_without_battery}
# Of an account with several plants.
OF_ALL_PLANTS = {
    "devices_in_fault",
    "energy_today",
    "energy_total",
    "plants_offline",
    "power",
}


@pytest.fixture
def make_plants(request: pytest.FixtureRequest) -> object:
    """The factory of the plants of the scenario of the test's parameter; one house without it."""
    if "scenario" not in request.fixturenames:
        return home
    return FACTORIES[request.getfixturevalue("scenario")]


def entities_by_device(
    hass: HomeAssistant, entry: MockConfigEntry
) -> dict[str, list[er.RegistryEntry]]:
    """Return the enabled entities of each device, by its name."""
    devices = dr.async_get(hass)
    registry = er.async_get(hass)
    return {
        str(device.name): er.async_entries_for_device(registry, device.id)
        for device in dr.async_entries_for_config_entry(devices, entry.entry_id)
    }


@pytest.mark.parametrize("scenario", FACTORIES)
async def test_few_entities_of_each_device_are_enabled(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    scenario: str,
) -> None:
    await set_up(hass, entry)
    await let_pass(SETTLED)
    devices = entities_by_device(hass, entry)
    assert len(devices) > len(cloud.plants)
    too_many = {
        (name, category): count
        for name, entities in devices.items()
        for category, count in Counter(one.entity_category for one in entities).items()
        if count > BOUNDS[category]
    }
    assert not too_many


# What one sets from day to day, by the words in the unique ids: voice assistants and actions for an area leave out configuration.
DAILY = re.compile(
    r"_(ac_charge|forced_discharge|mode|export_limitation|end_override|(charge|discharge)_now(_level)?"
    r"|override_\w+|\w*_window_(start|end)|\w*period_\d\w*|segment_\d\w*"
    r"|(ac_charge|low)_limit|\w*stop_level|(charge|discharge)_power_rate)$"
)
CONTROLS = ("button.", "number.", "select.", "switch.", "time.")


async def test_daily_controls_are_no_configuration(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    cloud.plants[:] = SCENARIOS["everything"](clock.now())
    await set_up(hass, entry)
    await let_pass(SETTLED)
    main: set[str] = set()
    configuration: set[str] = set()
    for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if one.entity_id.startswith(CONTROLS):
            key = one.unique_id.removeprefix("account_").partition("_")[2]
            category = one.entity_category
            (main if category is None else configuration).add(key)
    assert {key for key in main if not DAILY.search(f"_{key}")} == {"refresh"}
    assert {key for key in configuration if DAILY.search(f"_{key}")} == set()
    assert len(main) > 70
    assert configuration >= {"active_power_rate", "on_off", "grid_voltage_high"}


async def test_a_plant_shows_what_its_devices_measure(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, clock: VirtualClock
) -> None:
    """Of the cloud's own figures of a plant, and those of its devices, one is enabled; also where one device measures everything."""
    cloud.plants += [*min_home(clock.now()), *commercial(clock.now())]
    await set_up(hass, entry)
    registry = er.async_get(hass)

    def enabled(plant_id: int) -> set[str]:
        prefix = f"plant_{plant_id}_"
        return {
            one.unique_id.removeprefix(prefix)
            for one in er.async_entries_for_config_entry(registry, entry.entry_id)
            if one.unique_id.startswith(prefix) and one.disabled_by is None
        }

    both = ("solar_energy", "import_energy", "export_energy")
    measured = {f"{name}_{span}" for name in both for span in ("today", "total")}
    measured |= {"charge_energy_total", "discharge_energy_total", "consumption_today"}
    measured |= {"solar_power", "battery_power", "grid_power", "house_power"}
    measured |= {"battery_level", "self_sufficiency_today", "last_update"}
    assert enabled(700101) == enabled(700302) == measured
    # With panels alone the overview already holds everything.
    overview = {"power", "energy_today", "energy_total", "last_update"}
    assert enabled(700305) == overview


async def test_a_plant_whose_devices_cannot_be_read_shows_the_clouds_figures(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """They are not waited for long."""
    cloud.faults.append(Fault(FaultKind.CODE, path="device/storage", code=10001))
    cloud.faults.append(Fault(FaultKind.CODE, path="device/inverter", code=10001))
    await set_up(hass, entry)
    assert hass.states.get("sensor.sunny_cottage_power") is None
    await let_pass(360)
    for key in ("power", "energy_today", "energy_total"):
        assert float(value(hass, f"sensor.sunny_cottage_{key}")) > 0


def account_keys(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    """Return the keys of the account's enabled entities."""
    prefix = f"account_{entry.unique_id}_"
    return {
        one.unique_id.removeprefix(prefix)
        for one in entities_by_device(hass, entry)["Growatt account"]
    }


async def test_sums_over_plants_appear_with_the_second_plant(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await set_up(hass, entry)
    assert account_keys(hass, entry) == {
        "cloud_status",
        "refresh",
        "set_up_energy_dashboard",
    }
    registry = er.async_get(hass)
    sums = {f"account_{entry.unique_id}_{key}" for key in OF_ALL_PLANTS}
    registered = er.async_entries_for_config_entry(registry, entry.entry_id)
    assert not sums & {one.unique_id for one in registered}
    add_plants(server.cloud, 9)
    await let_pass(7 * 3600)  # plants are listed every six hours
    assert account_keys(hass, entry) == OF_ALL_PLANTS | {
        "cloud_status",
        "refresh",
        "set_up_energy_dashboard",
    }


async def test_sums_over_plants_stay_as_they_were_registered(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """An account of one plant that had them before keeps them."""
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    for key, disabled_by in (
        ("power", er.RegistryEntryDisabler.INTEGRATION),
        ("plants_offline", None),
    ):
        registry.async_get_or_create(
            "sensor",
            DOMAIN,
            f"account_{entry.unique_id}_{key}",
            config_entry=entry,
            disabled_by=disabled_by,
        )
    await set_up(hass, entry)
    assert account_keys(hass, entry) == {
        "cloud_status",
        "plants_offline",
        "refresh",
        "set_up_energy_dashboard",
    }
