"""Later devices in the simulated world: what a setting does, and what breaks the cloud."""

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
def test_power_comes_from_somewhere(clock: VirtualClock, scenario: object) -> None:
    """At every moment: panels + import + discharge = house + export + charge."""
    (plant,) = scenario(clock.now())  # type: ignore[operator]
    for _ in range(24):
        clock.advance(3600)
        plant.advance_to(clock.now())
        battery = plant.battery
        produced = sum(inverter.power for _, inverter in plant.iterate_inverters())
        given = produced + battery.import_power + battery.discharge_power
        taken = plant.load_power + battery.export_power + battery.charge_power
        assert given == pytest.approx(taken, abs=0.5)


def test_a_meter_sees_what_the_house_leaves_over(clock: VirtualClock) -> None:
    plant = everything(clock.now())[-1]
    (meter,) = (
        device.model for device in plant.devices if device.kind is DeviceKind.METER
    )
    assert isinstance(meter, Meter)
    produced = sum(inverter.power for _, inverter in plant.iterate_inverters())
    assert meter.power == pytest.approx(plant.load_power - produced, abs=0.5)


@pytest.mark.parametrize(
    ("mode", "ac_charge", "moves"), [("battery", True, 1), ("grid", False, -1)]
)
def test_segments_move_energy(
    clock: VirtualClock, mode: str, ac_charge: bool, moves: int
) -> None:
    (plant,) = min_home(clock.now())
    battery = plant.battery
    battery.level, battery.ac_charge = 0.5, ac_charge
    battery.periods["segments"][4] = Period(mode=mode, **ALL_DAY)  # type: ignore[arg-type]
    battery.charge_rate = battery.discharge_rate = 0.5
    clock.advance(120)
    plant.advance_to(clock.now())
    power = battery.charge_power - battery.discharge_power
    assert power == pytest.approx(moves * 0.5 * battery.limit)
    device = plant.devices[0].model
    assert isinstance(device, Hybrid)
    assert device.output_power == pytest.approx(max(device.pv.power - power, 0))


def test_it_stops_at_its_limits(clock: VirtualClock) -> None:
    (plant,) = hybrid_home(clock.now())
    battery = plant.battery
    battery.discharge_stop = 0.4
    battery.periods["discharge"][0] = Period(mode="grid", **ALL_DAY)  # type: ignore[arg-type]
    clock.advance(10 * 3600)
    plant.advance_to(clock.now())
    assert battery.level == pytest.approx(0.4, abs=0.01)


async def test_two_identical_segments_break_the_cloud(
    server: Server, cloud: Cloud
) -> None:
    """Seen live: HTTP 500."""

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
    assert [one.enabled for one in segments[:2]] == [True, False]


def test_everything_has_one_of_each(clock: VirtualClock) -> None:
    plants: list[Plant] = everything(clock.now())
    kinds = {device.kind for plant in plants for device in plant.devices}
    assert kinds == set(DeviceKind) - {DeviceKind.STORAGE}
