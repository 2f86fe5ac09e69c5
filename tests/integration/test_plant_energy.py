"""A plant's energy in Home Assistant, beside what really happens in the simulated world."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import home
from simulator.scenarios.newer import commercial, hybrid_home, min_home, spa_home
from tests.helpers import Pass, VirtualClock, reload, set_up, value


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
async def test_figures_are_those_of_the_house(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    plant: str,
) -> None:
    (house,) = cloud.plants
    await set_up(hass, entry)

    def figure(name: str) -> float:
        return float(value(hass, f"sensor.{plant}_{name}"))

    imported = figure("import_energy_today")
    for hours in (0, 6, 6, 8):
        await let_pass(hours * 3600, step=300)
        battery = house.battery
        solar = sum(
            sum(string.energy.today for string in inverter.strings)
            for _, inverter in house.iterate_inverters()
        )
        assert figure("solar_energy_today") == pytest.approx(solar, rel=0.1, abs=0.5)
        assert figure("import_energy_today") == pytest.approx(
            battery.imported.today, abs=0.4
        )
        assert figure("export_energy_total") == pytest.approx(
            battery.exported.total, abs=0.6
        )
        assert figure("charge_energy_total") == pytest.approx(
            battery.charge.total, abs=0.6
        )
        assert figure("consumption_today") == pytest.approx(house.load.today, abs=0.8)
        if house.load.today > 2:
            share = 100 * (1 - battery.imported.today / house.load.today)
            assert figure("self_sufficiency_today") == pytest.approx(share, abs=12)
    # Over midnight, today began anew.
    assert imported >= 0
    assert figure("consumption_today") < 10


async def test_what_is_enabled(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    entity_registry: er.EntityRegistry,
) -> None:
    """One device that measures all says it itself; what several measure is enabled for the plant."""
    cloud.plants += [*min_home(clock.now()), *commercial(clock.now())]
    await set_up(hass, entry)

    def enabled(plant_id: int) -> set[str]:
        return {
            one.unique_id.removeprefix(f"plant_{plant_id}_")
            for one in er.async_entries_for_config_entry(
                entity_registry, entry.entry_id
            )
            if one.unique_id.startswith(f"plant_{plant_id}_")
            and one.disabled_by is None
        }

    always = {"consumption_today", "consumption_total", "self_sufficiency_today"}
    sums = {
        f"{name}_energy_total"
        for name in ("solar", "import", "export", "charge", "discharge")
    }
    assert always | sums <= enabled(700101)
    assert always <= enabled(700302)
    assert not sums & enabled(700302)
    # Panels alone: the cloud's own figures say all.
    assert not (always | sums) & enabled(700305)


async def test_nothing_is_made_up_and_nothing_goes_down(
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
    # A restart in an outage begins with what was known.
    await let_pass(900)
    before = float(value(hass, sensor))
    cloud.faults.append(Fault(FaultKind.ERROR_500))
    await reload(hass, entry)
    assert float(value(hass, sensor)) == before


async def test_a_plant_that_goes_and_comes_back(
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
