"""Dataloggers without a connection: rows that are lost, rows that come later, and curves with holes."""

from datetime import timedelta
import itertools
from typing import Any

import pytest

from simulator.cloud import Cloud
from simulator.physics.datalogger import Outage
from simulator.scenarios import home, installer
from simulator.scenarios.long_past import with_past
from tests.helpers import INVERTER, NOON, PLANT, STORAGE, Ask, VirtualClock

START = NOON - timedelta(days=2, hours=2)
LOST = Outage(START, START + timedelta(hours=4))
BUFFERED = Outage(START, START + timedelta(hours=4), is_buffered=True)
DAY = START.date()


@pytest.fixture(autouse=True)
def without_limits(cloud: Cloud) -> None:
    cloud.limits.enforced = False


def read_times(ask: Ask, day: str = DAY.isoformat()) -> list[str]:
    """Return the times of all rows of the storage on a day, oldest first."""
    period = {"start_date": day, "end_date": day, "perpage": "100"}
    times: list[str] = []
    for page in ("1", "2", "3"):
        reply = ask(
            "POST",
            "device/storage/storage_data",
            {"storage_sn": STORAGE, **period, "page": page},
        )
        times += [row["time"] for row in reply["data"]["datas"]]
    return times[::-1]


def read_unknown_samples(ask: Ask, plant: str = PLANT) -> int:
    """Return how many samples of the power curve are unknown."""
    reply = ask("GET", "plant/power", {"plant_id": plant, "date": DAY.isoformat()})
    return [row["power"] for row in reply["data"]["powers"]].count(None)


@pytest.mark.parametrize(
    ("make_plants", "rows", "unknown"),
    [
        (with_past(home, 3), 288, 0),
        (with_past(home, 3, outages=[LOST]), 240, 48),
        (with_past(home, 3, outages=[BUFFERED]), 288, 0),
    ],
)
def test_rows_of_an_outage_are_lost_or_uploaded_later(
    ask: Ask, rows: int, unknown: int
) -> None:
    assert len(read_times(ask)) == rows
    assert read_unknown_samples(ask) == unknown


@pytest.mark.parametrize("make_plants", [with_past(home, 3, outages=[LOST])])
def test_counters_go_on_during_an_outage(cloud: Cloud) -> None:
    history = cloud.plants[0].devices[0].history
    gaps = [
        (
            after.measured - before.measured,
            after.values["total"] - before.values["total"],
        )
        for before, after in itertools.pairwise(history)
        if before.measured.date() == after.measured.date() == DAY
    ]
    longest, energy = max(gaps)
    assert timedelta(hours=4) <= longest <= timedelta(hours=4, minutes=10)
    assert energy > 1


def test_buffered_rows_are_there_after_the_outage_and_not_before(
    ask: Ask, cloud: Cloud, clock: VirtualClock
) -> None:
    today = NOON.date().isoformat()
    outage = Outage(clock.now(), clock.now() + timedelta(hours=2), is_buffered=True)
    cloud.plants[0].datalogger.outages.append(outage)
    before = len(read_times(ask, today))
    reading = _read_newest(ask)

    clock.advance(7000)
    assert len(read_times(ask, today)) <= before + 1
    assert _read_newest(ask)["time"] <= reading["time"][:14] + "59:59"
    assert cloud.plants[0].devices[1].is_lost(clock.now())

    clock.advance(600)
    times = read_times(ask, today)
    assert len(times) == before + 25
    assert times == sorted(times)
    assert _read_newest(ask)["time"] == times[-1]


def _read_newest(ask: Ask) -> Any:
    reply = ask("POST", "device/storage/storage_last_data", {"storage_sn": STORAGE})
    return reply["data"]


@pytest.mark.parametrize("make_plants", [with_past(installer, 1)])
def test_the_curve_lacks_inverters_whose_datalogger_is_lost(
    cloud: Cloud, clock: VirtualClock
) -> None:
    plant = cloud.plants[0]
    west = plant.dataloggers[1]
    west.outages.append(Outage(clock.now(), clock.now() + timedelta(hours=2)))
    clock.advance(3600)
    cloud.advance_plants()
    _, newest = list(plant.power_curve.values())[-1]
    whole = sum(inverter.power for _, inverter in plant.iterate_inverters())
    # Three inverters of six.
    assert newest == pytest.approx(whole / 2, rel=0.1)


def test_inverters_have_no_rows_at_night_and_storages_do(cloud: Cloud) -> None:
    plant = cloud.plants[0]
    rows = {
        serial: {row.measured.hour for row in device.history}
        for serial in (INVERTER, STORAGE)
        if (device := plant.find_device(serial)) is not None
    }
    assert 0 not in rows[INVERTER]
    assert 0 in rows[STORAGE]
