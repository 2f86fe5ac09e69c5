"""Tests of newer devices: energy balance, settings, and a request that the live service cannot handle."""

from datetime import time

import aiohttp
import pytest

from simulator.cloud import Cloud
from simulator.physics.device import DeviceKind
from simulator.physics.plant import Plant
from simulator.physics.power_models import Hybrid, Meter, Period
from simulator.scenarios import TOKEN
from simulator.scenarios.newer import everything, hybrid_home, min_home, spa_home
from simulator.server import Server
from tests.helpers import VirtualClock

SCENARIO = min_home
ALL_DAY = {"start": time(0), "end": time(23, 59), "enabled": True}


@pytest.mark.parametrize("scenario", [min_home, hybrid_home, spa_home])
def test_power_balances_on_the_bus(clock: VirtualClock, scenario: object) -> None:
    """At every instant: panels + import + discharge = load + export + charge."""
    (plant,) = scenario(clock.now())  # type: ignore[operator]
    for _ in range(24):
        clock.advance(3600)
        plant.advance_to(clock.now())
        battery = plant.battery
        produced = sum(inverter.power for _, inverter in plant.iterate_inverters())
        supplied = produced + battery.import_power + battery.discharge_power
        consumed = plant.load_power + battery.export_power + battery.charge_power
        assert supplied == pytest.approx(consumed, abs=0.5)


def test_meter_measures_load_minus_production(clock: VirtualClock) -> None:
    plant = everything(clock.now())[-1]
    (meter,) = (
        device.model for device in plant.devices if device.kind is DeviceKind.METER
    )
    assert isinstance(meter, Meter)
    produced = sum(inverter.power for _, inverter in plant.iterate_inverters())
    assert meter.power == pytest.approx(plant.load_power - produced, abs=0.5)


@pytest.mark.parametrize(
    ("mode", "ac_charge", "direction"), [("battery", True, 1), ("grid", False, -1)]
)
def test_segment_charges_or_discharges_at_its_rate(
    clock: VirtualClock, mode: str, ac_charge: bool, direction: int
) -> None:
    (plant,) = min_home(clock.now())
    battery = plant.battery
    battery.level, battery.ac_charge = 0.5, ac_charge
    battery.periods["segments"][4] = Period(mode=mode, **ALL_DAY)  # type: ignore[arg-type]
    battery.charge_rate = battery.discharge_rate = 0.5
    clock.advance(120)
    plant.advance_to(clock.now())
    power = battery.charge_power - battery.discharge_power
    assert power == pytest.approx(direction * 0.5 * battery.limit)
    device = plant.devices[0].model
    assert isinstance(device, Hybrid)
    assert device.output_power == pytest.approx(max(device.pv.power - power, 0))


def test_discharge_stops_at_its_limit(clock: VirtualClock) -> None:
    (plant,) = hybrid_home(clock.now())
    battery = plant.battery
    battery.discharge_stop = 0.4
    battery.periods["discharge"][0] = Period(mode="grid", **ALL_DAY)  # type: ignore[arg-type]
    clock.advance(10 * 3600)
    plant.advance_to(clock.now())
    assert battery.level == pytest.approx(0.4, abs=0.01)


async def test_second_identical_segment_gets_http_500(
    server: Server, cloud: Cloud
) -> None:
    """As the live service does."""

    async def set_segment(number: int, enabled: str) -> int:
        values = ("1", "2", "0", "5", "0", enabled)
        form = {f"param{index}": "" for index in range(1, 20)} | {
            f"param{index}": value for index, value in enumerate(values, 1)
        }
        form |= {"tlx_sn": "MNK6D09077", "type": f"time_segment{number}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{server.url}tlxSet", data=form, headers={"token": TOKEN}
            ) as reply,
        ):
            return reply.status

    assert await set_segment(1, "1") == 200
    assert await set_segment(2, "0") == 200
    assert await set_segment(2, "1") == 500
    assert cloud.journal[-1].code == "breakdown"
    segments = cloud.plants[0].battery.periods["segments"]
    assert [segment.enabled for segment in segments[:2]] == [True, False]


def test_everything_has_all_kinds_of_newer_devices(clock: VirtualClock) -> None:
    plants: list[Plant] = everything(clock.now())
    kinds = {device.kind for plant in plants for device in plant.devices}
    assert kinds == set(DeviceKind) - {DeviceKind.STORAGE}
