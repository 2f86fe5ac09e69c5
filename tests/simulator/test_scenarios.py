"""Tests of the scenarios beyond one house, and of corrupted replies."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import itertools
from typing import Any

import pytest

from simulator.clock import SimulatorClock
from simulator.cloud import Cloud
from simulator.corruption import corrupt
from simulator.faults import Fault, FaultKind
from simulator.physics.datalogger import Datalogger
from simulator.router import Router
from simulator.scenarios import TOKEN, fleet, installer, min_without_battery
from tests.helpers import Ask, VirtualClock

START = datetime(2026, 3, 20, 10, tzinfo=UTC)
PLANT = {"plant_id": "700101"}


def make_router(plants: list[Any], clock: VirtualClock) -> Router:
    source = SimulatorClock(source=clock.now)
    return Router(Cloud(plants=plants, clock=source, tokens={TOKEN}))


@pytest.mark.parametrize(
    ("period", "jitter"), [(300.0, 0.0), (300.7, 4.0), (60.0, 2.0), (300.0, 40.0)]
)
def test_upload_times_keep_period_and_jitter(period: float, jitter: float) -> None:
    datalogger = Datalogger("L", phase=12, period=period, jitter=jitter)
    times = [datalogger.get_next_upload(START)]
    for _ in range(200):
        times.append(datalogger.get_next_upload(times[-1]))
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(times)]
    assert min(gaps) >= period - 2 * jitter - 0.01
    assert max(gaps) <= period + 2 * jitter + 0.01
    assert (len(set(gaps)) > 50) == bool(jitter)
    assert abs(sum(gaps) / len(gaps) - period) < 1


def test_installer_has_all_its_devices(clock: VirtualClock) -> None:
    plants = installer(clock.now())
    devices = [device for plant in plants for device in plant.devices]
    assert len(plants) == 3
    assert len([device for device in devices if device.kind == "inverter"]) == 12
    assert len([device for device in devices if device.kind == "storage"]) == 2
    assert len({device.datalogger.serial for device in devices}) == 4
    assert len({device.serial for device in devices}) == 14
    router = make_router(plants, clock)
    listed = router.dispatch(TOKEN, "GET", "device/list", {"plant_id": "700202"})
    assert [row["type"] for row in listed["data"]["devices"]] == [1, 1, 1, 1, 2, 3]


def test_device_clocks_have_zone_and_skew(clock: VirtualClock) -> None:
    router = make_router(installer(clock.now()), clock)
    times = {}
    for serial in ("TPJ7B20100", "TPJ8C30200", "TPJ8C30201"):
        reply = router.dispatch(
            TOKEN, "GET", "device/inverter/last_new_data", {"device_sn": serial}
        )
        times[serial] = datetime.fromisoformat(reply["data"]["time"])
    now = clock.now().replace(tzinfo=None)
    # In June: devices on summer time in a plant of GMT+1; in GMT+0, a clock that is right and one 20 minutes slow.
    assert abs(times["TPJ7B20100"] - now - timedelta(hours=2)) < timedelta(minutes=7)
    assert abs(times["TPJ8C30200"] - now) < timedelta(minutes=3)
    assert times["TPJ8C30200"] - times["TPJ8C30201"] == timedelta(minutes=20)


def test_fleet_answers_a_batch_of_all_inverters(clock: VirtualClock) -> None:
    plants = fleet(clock.now(), plants=3, inverters=4)
    router = make_router(plants, clock)
    serials = ",".join(device.serial for plant in plants for device in plant.devices)
    reply = router.dispatch(
        TOKEN, "POST", "device/inverter/invs_data", {"inverters": serials}
    )
    assert len(reply["data"]) == 12


def test_min_answers_reading_details_and_settings(clock: VirtualClock) -> None:
    router = make_router(min_without_battery(clock.now()), clock)
    for method, path, key in (
        ("POST", "device/tlx/tlx_last_data", "tlx_sn"),
        ("GET", "device/tlx/tlx_data_info", "device_sn"),
        ("GET", "device/tlx/tlx_set_info", "device_sn"),
    ):
        reply = router.dispatch(TOKEN, method, path, {key: "MNK5D09042"})
        assert reply["error_code"] == 0
        assert router.dispatch(TOKEN, method, path, {key: "X"})["error_code"] == 10002
        assert reply["data"]


def get_corrupted_data(cloud: Cloud, kind: FaultKind, path: str, reply: Any) -> Any:
    return corrupt(cloud, Fault(kind), path, reply)["data"]


def test_empty_list_keeps_the_count(cloud: Cloud, ask: Ask) -> None:
    reply = ask("GET", "device/list", PLANT)
    corrupted = get_corrupted_data(cloud, FaultKind.EMPTY_LIST, "device/list", reply)
    assert corrupted == {"devices": [], "count": 3}


def test_evening_zero_changes_the_power_only(cloud: Cloud, ask: Ask) -> None:
    reply = ask("GET", "plant/data", PLANT)
    assert reply["data"]["current_power"] > 0
    corrupted = get_corrupted_data(cloud, FaultKind.EVENING_ZERO, "plant/data", reply)
    assert corrupted == {**reply["data"], "current_power": 0}


def test_total_dips_zeroes_all_lifetime_totals(cloud: Cloud, ask: Ask) -> None:
    path = "device/inverter/invs_data"
    reply = ask("POST", path, {"inverters": "TPJ4A18033"})
    fields = get_corrupted_data(cloud, FaultKind.TOTAL_DIPS, path, reply)["TPJ4A18033"]
    assert fields["TPJ4A18033"]["powerTotal"] == 0
    assert fields["TPJ4A18033"]["epv1Total"] == 0
    assert fields["TPJ4A18033"]["powerToday"] > 0
    assert (
        get_corrupted_data(
            cloud, FaultKind.TOTAL_DIPS, "plant/data", ask("GET", "plant/data", PLANT)
        )["total_energy"]
        == 0
    )


def test_stale_midnight_restores_the_energy_of_yesterday(
    cloud: Cloud, ask: Ask, clock: VirtualClock
) -> None:
    path, asked = "device/storage/storage_last_data", {"storage_sn": "KHB2C21054"}
    cloud.clock.advance(12 * 3600)  # 23:02 at UTC, after the plant's midnight
    reply = ask("POST", path, asked)
    assert reply["data"]["time"].endswith(("00:01:37", "23:56:37"))
    cloud.clock.advance(600)
    reply = ask("POST", path, asked)
    assert reply["data"]["eChargeToday"] == 0
    corrupted = get_corrupted_data(cloud, FaultKind.STALE_MIDNIGHT, path, reply)
    assert corrupted["eChargeToday"] > 1
    cloud.clock.advance(3600)
    reply = ask("POST", path, asked)
    assert (
        get_corrupted_data(cloud, FaultKind.STALE_MIDNIGHT, path, reply)
        == reply["data"]
    )


@pytest.mark.parametrize("kind", list(FaultKind))
def test_error_reply_is_not_corrupted(
    cloud: Cloud, ask: Callable[..., Any], kind: FaultKind
) -> None:
    reply = ask("GET", "plant/data", {"plant_id": "5"})
    assert corrupt(cloud, Fault(kind), "plant/data", reply) == reply
