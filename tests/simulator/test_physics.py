"""The model behind the wire: energy is neither lost nor made, and settings do what they say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.cloud import Cloud
from simulator.control import describe_plant
from simulator.physics.power_models import Storage
from simulator.physics.sun import elevation, irradiance
from simulator.router import Router
from simulator.scenarios import TOKEN
from tests.helpers import Ask, VirtualClock

INVERTER, STORAGE = "TPJ4A18033", "KHB2C21054"


def counters(cloud: Cloud) -> dict[str, float]:
    """What the vendor's endpoints show, and the house's energy at the same upload."""
    router = Router(cloud)
    inverter = router.dispatch(
        TOKEN, "GET", "device/inverter/last_new_data", {"device_sn": INVERTER}
    )
    storage = router.dispatch(
        TOKEN, "POST", "device/storage/storage_last_data", {"storage_sn": STORAGE}
    )
    (plant,) = cloud.plants
    return {
        "pv": inverter["data"]["powerTotal"],
        "import": storage["data"]["eToUserTotal"],
        "discharge": storage["data"]["eDischargeTotal"],
        "export": storage["data"]["eToGridTotal"],
        "charge": storage["data"]["eChargeTotal"],
        "load": describe_plant(cloud, plant)["load"]["energy_at_upload"],
    }


@pytest.mark.parametrize("month", [3, 6, 12])
def test_a_week_adds_up_on_the_ac_side(
    make_cloud: Callable[..., Cloud], clock: VirtualClock, month: int
) -> None:
    """Inverter + import + discharge = load + export + charge, day by day, from the vendor's counters."""
    clock.time = datetime(2026, month, 10, 23, 0, tzinfo=UTC)
    cloud = make_cloud()
    before = counters(cloud)
    for _ in range(7):
        clock.advance(86_400)
        after = counters(cloud)
        day = {key: after[key] - before[key] for key in after}
        left = day["pv"] + day["import"] + day["discharge"]
        right = day["load"] + day["export"] + day["charge"]
        # five counters in steps of 0.1 kWh
        assert abs(left - right) <= 0.1 * 5
        assert day["load"] > 5
        before = after


def test_counters_of_today_start_anew_at_the_plants_midnight(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    clock.time = datetime(2026, 6, 20, 22, 58, tzinfo=UTC)  # 23:58 at the plant
    storage = ask("POST", "device/storage/storage_last_data", {"storage_sn": STORAGE})
    assert storage["data"]["eDischargeToday"] > 1
    clock.advance(600)
    storage = ask("POST", "device/storage/storage_last_data", {"storage_sn": STORAGE})
    assert storage["data"]["eDischargeToday"] < 0.2
    # The inverter sleeps, and still shows yesterday's; the plant's own figure does not.
    inverter = ask("GET", "device/inverter/last_new_data", {"device_sn": INVERTER})
    assert inverter["data"]["powerToday"] > 10
    overview = ask("GET", "plant/data", {"plant_id": "700101"})
    assert overview["data"]["today_energy"] == "0"


def test_months_and_years_start_anew(
    make_cloud: Callable[..., Cloud], clock: VirtualClock
) -> None:
    clock.time = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    (plant,) = make_cloud().plants
    assert (plant.month_energy, plant.year_energy) == (0, 0)


def set_storage(ask: Ask, parameter: str, *values: str) -> None:
    parameters = {"storage_sn": STORAGE, "type": parameter}
    parameters |= {f"param{index}": value for index, value in enumerate(values, 1)}
    assert ask("POST", "storageSet", parameters)["error_code"] == "0"


def now(cloud: Cloud, clock: VirtualClock, seconds: float) -> dict[str, Any]:
    clock.advance(seconds)
    cloud.advance_plants()
    return describe_plant(cloud, cloud.plants[0])


def test_active_power_is_capped(cloud: Cloud, ask: Ask, clock: VirtualClock) -> None:
    free = now(cloud, clock, 60)["inverter"]["power"]
    assert free > 2500
    ask(
        "POST",
        "inverterSet",
        {"device_sn": INVERTER, "paramId": "pv_active_p_rate", "command_1": "50"},
    )
    assert now(cloud, clock, 60)["inverter"]["power"] == pytest.approx(2500)
    ask(
        "POST",
        "inverterSet",
        {"device_sn": INVERTER, "paramId": "pv_on_off", "command_1": "0000"},
    )
    assert now(cloud, clock, 60)["inverter"]["power"] == 0


def test_forced_discharge_discharges_to_the_low_limit(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    set_storage(ask, "storage_lithium_battery", "5")
    set_storage(ask, "storage_cmd_forced_discharge_enable", "0")
    state = now(cloud, clock, 60)["storage"]
    assert state["discharge_power"] == 3000
    assert state["export_power"] > 3000
    state = now(cloud, clock, 4 * 3600)["storage"]
    assert state["level"] == pytest.approx(0.05)
    set_storage(ask, "storage_cmd_forced_discharge_enable", "1")
    assert now(cloud, clock, 60)["storage"]["charge_power"] > 0


def test_ac_charge_charges_to_its_limit(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    clock.time = datetime(2026, 6, 21, 1, 0, tzinfo=UTC)
    cloud.advance_plants()
    cloud.plants[0].battery.level = 0.3
    set_storage(ask, "storage_ac_charge_soc_limit", "60")
    set_storage(ask, "storage_ac_charge_enable_disable", "1")
    state = now(cloud, clock, 60)["storage"]
    assert state["charge_power"] == 3000
    assert state["import_power"] > 3000
    state = now(cloud, clock, 2 * 3600 - 60)["storage"]
    assert state["level"] == pytest.approx(0.6, abs=0.01)
    assert state["discharge_power"] == 0


def test_windows_hold(cloud: Cloud, ask: Ask, clock: VirtualClock) -> None:
    set_storage(ask, "storage_cmd_forced_discharge_time1", "13", "0", "14", "0")
    set_storage(ask, "storage_cmd_forced_discharge_enable", "0")
    assert now(cloud, clock, 60)["storage"]["discharge_power"] == 0  # 12:03 there
    assert now(cloud, clock, 3600)["storage"]["discharge_power"] == 3000
    assert now(cloud, clock, 3600)["storage"]["discharge_power"] == 0


def test_a_storage_that_is_off_does_nothing(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    set_storage(ask, "storage_cmd_on_off", "0000")
    state = now(cloud, clock, 60)["storage"]
    assert (state["charge_power"], state["discharge_power"]) == (0, 0)


def test_a_battery_gives_back_less_than_it_took() -> None:
    storage = Storage(level=0.5, low_limit=0)
    moment = datetime(2026, 6, 20, 12)
    for _ in range(60):
        storage.balance_surplus(1000, moment, 60)
    for _ in range(60):
        storage.balance_surplus(-1000, moment, 60)
    assert storage.charge.total == pytest.approx(storage.discharge.total)
    lost = (0.5 - storage.level) * storage.capacity
    assert lost == pytest.approx(1 / 0.95 - 0.95)


@pytest.mark.parametrize(
    ("moment", "latitude", "longitude", "expected"),
    [
        # equinox at noon on the equator, midsummer and midwinter noon in the north
        (datetime(2026, 3, 20, 12, 7, tzinfo=UTC), 0, 0, 90),
        (datetime(2026, 6, 21, 12, 2, tzinfo=UTC), 50, 0, 63.4),
        (datetime(2026, 12, 21, 11, 58, tzinfo=UTC), 50, 0, 16.6),
        (datetime(2026, 6, 21, 0, 2, tzinfo=UTC), 50, 0, -16.6),
    ],
)
def test_the_sun_stands_where_it_should(
    moment: datetime, latitude: float, longitude: float, expected: float
) -> None:
    assert elevation(moment, latitude, longitude) == pytest.approx(expected, abs=0.6)


def test_light_on_a_roof() -> None:
    noon = datetime(2026, 6, 20, 11, tzinfo=UTC)
    south = irradiance(noon, 48, 11.6, 35, 0)
    assert 800 < south < 1200
    assert irradiance(noon, 48, 11.6, 35, 180) < south
    assert irradiance(noon + timedelta(hours=12), 48, 11.6, 35, 0) == 0
    # In the south of the world panels face north.
    assert irradiance(noon, -30, 11.6, 35, 0) > irradiance(noon, -30, 11.6, 0, 0)
