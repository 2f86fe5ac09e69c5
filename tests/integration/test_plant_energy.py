"""A plant's energy balance in Home Assistant, compared with the simulated energy."""

from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios import home
from simulator.scenarios.newer import hybrid_home, min_home, spa_home
from tests.helpers import (
    STORAGE,
    Pass,
    VirtualClock,
    alter_reply,
    reload,
    restart,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


@pytest.mark.parametrize(
    ("make_plants", "plant"),
    [
        (home, "sunny_cottage"),
        (min_home, "brook_house"),
        (hybrid_home, "mill_barn"),
        (spa_home, "orchard_farm"),
    ],
)
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_energy_of_the_plant_equals_the_simulated_energy(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    plant: str,
) -> None:
    (house,) = cloud.plants
    await set_up(hass, entry)

    def energy(name: str) -> float:
        return float(value(hass, f"sensor.{plant}_{name}"))

    imported = energy("import_energy_today")
    for hours in (0, 6, 6, 8):
        await let_pass(hours * 3600, step=300)
        battery = house.battery
        solar = sum(
            sum(string.energy.today for string in inverter.strings)
            for _, inverter in house.iterate_inverters()
        )
        assert energy("solar_energy_today") == pytest.approx(solar, rel=0.1, abs=0.5)
        assert energy("import_energy_today") == pytest.approx(
            battery.imported.today, abs=0.4
        )
        assert energy("export_energy_total") == pytest.approx(
            battery.exported.total, abs=0.6
        )
        assert energy("charge_energy_total") == pytest.approx(
            battery.charge.total, abs=0.6
        )
        assert energy("consumption_today") == pytest.approx(house.load.today, abs=0.8)
        if house.load.today > 2:
            share = 100 * (1 - battery.imported.today / house.load.today)
            assert energy("self_sufficiency_today") == pytest.approx(share, abs=12)
    # Energy of today was reset at midnight.
    assert imported >= 0
    assert energy("consumption_today") < 10


@pytest.mark.parametrize("make_plants", [min_home])
async def test_a_meter_without_a_battery_has_no_energy_of_a_battery(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
) -> None:
    """The sensors are added once there is one."""
    absent = (
        *("bmsSoc", "bmsVbat", "bdc1ChargePower", "bdc1DischargePower"),
        *("echargeToday", "echargeTotal", "edischargeToday", "edischargeTotal"),
    )
    with monkeypatch.context() as patch:

        def remove_battery(data: Any) -> None:
            if isinstance(data, dict) and "bmsSoc" in data:
                data.update(dict.fromkeys(absent, 0))
            elif isinstance(data, dict):
                for inner in data.values():
                    remove_battery(inner)

        for endpoint in ("tlx_last_data", "tlxs_data"):
            alter_reply(patch, router, f"device/tlx/{endpoint}", remove_battery)
        await set_up(hass, entry)
        await let_pass(600)
        assert float(value(hass, "sensor.brook_house_export_energy_total")) > 0
        assert float(value(hass, "sensor.brook_house_solar_power")) > 0
        assert hass.states.get("sensor.brook_house_charge_energy_total") is None
        assert hass.states.get("sensor.brook_house_battery_power") is None
        assert hass.states.get("sensor.brook_house_battery") is None
    await let_pass(600)
    assert hass.states.get("sensor.brook_house_charge_energy_total") is not None
    assert value(hass, "sensor.brook_house_battery") == "100.0"
    # A device's own sensor is enabled then, and added when Home Assistant reloads the entry.
    await let_pass(60)
    assert float(value(hass, "sensor.brook_roof_solar_energy_total")) > 0


async def test_consumption_never_falls_and_is_restored_after_a_reload(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    await set_up(hass, entry)
    sensor = "sensor.sunny_cottage_consumption_total"
    before = float(value(hass, sensor))
    cloud.faults.append(Fault(FaultKind.TOTAL_DIPS))
    await let_pass(1800)
    assert float(value(hass, sensor)) >= before
    cloud.faults.clear()
    # A reload during an outage restores the last value.
    await let_pass(900)
    before = float(value(hass, sensor))
    cloud.faults.append(Fault(FaultKind.ERROR_500))
    await reload(hass, entry)
    assert float(value(hass, sensor)) == before


async def test_consumption_of_a_plant_that_was_gone_does_not_fall(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    cloud.plants += min_home(clock.now())
    await set_up(hass, entry)
    sensor = "sensor.brook_house_consumption_total"
    before = float(value(hass, sensor))
    gone = cloud.plants.pop()
    await let_pass(38 * 3600, step=600)
    assert hass.states.get(sensor) is None
    cloud.plants.append(gone)
    await let_pass(8 * 3600, step=600)
    assert float(value(hass, sensor)) >= before


@pytest.mark.parametrize("make_plants", [home])
async def test_saved_energy_outlives_a_run_without_the_device_that_measures_it(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    """Its type is another for some hours, over restarts: its lifetime totals are those of before."""
    await let_pass(600)
    consumption = "sensor.sunny_cottage_consumption_total"
    before = float(value(hass, consumption))

    def saved() -> Any:
        (name,) = (name for name in storage if name.endswith(".memory"))
        return storage[name]["data"]["energy"]["700101"]

    with monkeypatch.context() as patch:

        def hide(data: dict[str, Any]) -> None:
            data["devices"][1]["type"] = 42

        alter_reply(patch, router, "device/list", hide)
        await let_pass(1.2 * 3600)
        assert value(hass, consumption) == "unavailable"
        for _ in range(2):
            await restart(hass, loaded, storage)
            await let_pass(600)
            hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
            await hass.async_block_till_done()
            assert saved()["totals"]
    await let_pass(1.2 * 3600)
    assert float(value(hass, consumption)) >= before
    plant = loaded.runtime_data.plant_energy.data["700101"]
    assert plant.grid_device == STORAGE
