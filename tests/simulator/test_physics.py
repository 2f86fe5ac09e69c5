"""Tests of the physical models: conservation of energy, and the effect of settings."""

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


def get_counters(cloud: Cloud) -> dict[str, float]:
    """Return the lifetime totals of the endpoints, and the house's energy at the same upload."""
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
def test_counters_balance_on_the_ac_side_every_day(
    make_cloud: Callable[..., Cloud], clock: VirtualClock, month: int
) -> None:
    """Day by day: inverter + import + discharge = load + export + charge."""
    clock.time = datetime(2026, month, 10, 23, 0, tzinfo=UTC)
    cloud = make_cloud()
    before = get_counters(cloud)
    for _ in range(7):
        clock.advance(86_400)
        after = get_counters(cloud)
        day = {key: after[key] - before[key] for key in after}
        left = day["pv"] + day["import"] + day["discharge"]
        right = day["load"] + day["export"] + day["charge"]
        # five counters in steps of 0.1 kWh
        assert abs(left - right) <= 0.1 * 5
        assert day["load"] > 5
        before = after


def test_counters_of_today_restart_at_midnight_of_the_plant(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    clock.time = datetime(2026, 6, 20, 22, 58, tzinfo=UTC)  # 23:58 at the plant
    storage = ask("POST", "device/storage/storage_last_data", {"storage_sn": STORAGE})
    assert storage["data"]["eDischargeToday"] > 1
    clock.advance(600)
    storage = ask("POST", "device/storage/storage_last_data", {"storage_sn": STORAGE})
    assert storage["data"]["eDischargeToday"] < 0.2
    # The sleeping inverter still shows the energy of yesterday; the plant's overview does not.
    inverter = ask("GET", "device/inverter/last_new_data", {"device_sn": INVERTER})
    assert inverter["data"]["powerToday"] > 10
    overview = ask("GET", "plant/data", {"plant_id": "700101"})
    assert overview["data"]["today_energy"] == "0"


def test_counters_of_month_and_year_restart(
    make_cloud: Callable[..., Cloud], clock: VirtualClock
) -> None:
    clock.time = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    (plant,) = make_cloud().plants
    assert (plant.month_energy, plant.year_energy) == (0, 0)


def set_storage(ask: Ask, parameter: str, *values: str) -> None:
    parameters = {"storage_sn": STORAGE, "type": parameter}
    parameters |= {f"param{index}": value for index, value in enumerate(values, 1)}
    assert ask("POST", "storageSet", parameters)["error_code"] == "0"


def simulate(cloud: Cloud, clock: VirtualClock, seconds: float) -> dict[str, Any]:
    clock.advance(seconds)
    cloud.advance_plants()
    return describe_plant(cloud, cloud.plants[0])


def test_active_power_rate_limits_the_output(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    free = simulate(cloud, clock, 60)["inverter"]["power"]
    assert free > 2500
    ask(
        "POST",
        "inverterSet",
        {"device_sn": INVERTER, "paramId": "pv_active_p_rate", "command_1": "50"},
    )
    assert simulate(cloud, clock, 60)["inverter"]["power"] == pytest.approx(2500)
    ask(
        "POST",
        "inverterSet",
        {"device_sn": INVERTER, "paramId": "pv_on_off", "command_1": "0000"},
    )
    assert simulate(cloud, clock, 60)["inverter"]["power"] == 0


def test_forced_discharge_stops_at_the_low_limit(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    set_storage(ask, "storage_lithium_battery", "5")
    set_storage(ask, "storage_cmd_forced_discharge_enable", "0")
    state = simulate(cloud, clock, 60)["storage"]
    assert state["discharge_power"] == 3000
    assert state["export_power"] > 3000
    state = simulate(cloud, clock, 4 * 3600)["storage"]
    assert state["level"] == pytest.approx(0.05)
    set_storage(ask, "storage_cmd_forced_discharge_enable", "1")
    assert simulate(cloud, clock, 60)["storage"]["charge_power"] > 0


def test_ac_charge_stops_at_its_limit(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    clock.time = datetime(2026, 6, 21, 1, 0, tzinfo=UTC)
    cloud.advance_plants()
    cloud.plants[0].battery.level = 0.3
    set_storage(ask, "storage_ac_charge_soc_limit", "60")
    set_storage(ask, "storage_ac_charge_enable_disable", "1")
    state = simulate(cloud, clock, 60)["storage"]
    assert state["charge_power"] == 3000
    assert state["import_power"] > 3000
    state = simulate(cloud, clock, 2 * 3600 - 60)["storage"]
    assert state["level"] == pytest.approx(0.6, abs=0.01)
    assert state["discharge_power"] == 0


def test_forced_discharge_runs_within_its_window_only(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    set_storage(ask, "storage_cmd_forced_discharge_time1", "13", "0", "14", "0")
    set_storage(ask, "storage_cmd_forced_discharge_enable", "0")
    assert simulate(cloud, clock, 60)["storage"]["discharge_power"] == 0  # 12:03 there
    assert simulate(cloud, clock, 3600)["storage"]["discharge_power"] == 3000
    assert simulate(cloud, clock, 3600)["storage"]["discharge_power"] == 0


def test_storage_that_is_off_has_no_power(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    set_storage(ask, "storage_cmd_on_off", "0000")
    state = simulate(cloud, clock, 60)["storage"]
    assert (state["charge_power"], state["discharge_power"]) == (0, 0)


def test_battery_loses_energy_in_both_directions() -> None:
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
        # Equinox at noon on the equator; noon and midnight at solstices in the north.
        (datetime(2026, 3, 20, 12, 7, tzinfo=UTC), 0, 0, 90),
        (datetime(2026, 6, 21, 12, 2, tzinfo=UTC), 50, 0, 63.4),
        (datetime(2026, 12, 21, 11, 58, tzinfo=UTC), 50, 0, 16.6),
        (datetime(2026, 6, 21, 0, 2, tzinfo=UTC), 50, 0, -16.6),
    ],
)
def test_elevation_of_the_sun(
    moment: datetime, latitude: float, longitude: float, expected: float
) -> None:
    assert elevation(moment, latitude, longitude) == pytest.approx(expected, abs=0.6)


def test_irradiance_depends_on_azimuth_and_hemisphere() -> None:
    noon = datetime(2026, 6, 20, 11, tzinfo=UTC)
    south = irradiance(noon, 48, 11.6, 35, 0)
    assert 800 < south < 1200
    assert irradiance(noon, 48, 11.6, 35, 180) < south
    assert irradiance(noon + timedelta(hours=12), 48, 11.6, 35, 0) == 0
    # On the southern hemisphere panels face north.
    assert irradiance(noon, -30, 11.6, 35, 0) > irradiance(noon, -30, 11.6, 0, 0)
