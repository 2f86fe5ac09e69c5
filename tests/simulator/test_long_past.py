"""Plants that have uploaded for weeks: rows, totals, curves and the true energy agree, and a page costs a page."""

from datetime import UTC, date, datetime, timedelta
import math
from typing import Any

import pytest

from simulator import encoding
from simulator.cloud import Cloud
from simulator.physics.device import DeviceKind
from simulator.physics.energy_record import Flows
from simulator.scenarios import home
from simulator.scenarios.long_past import build_once, with_past
from tests.helpers import INVERTER, NOON, PLANT, STORAGE, Ask, VirtualClock

DAYS = 12
SCENARIO = build_once(with_past(home, DAYS, recorded=True))
TODAY = NOON.date()


def read_rows(ask: Ask, first: date, last: date, **pages: str) -> dict[str, Any]:
    """Return a page of the storage's history."""
    reply = ask(
        "POST",
        "device/storage/storage_data",
        {
            "storage_sn": STORAGE,
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "perpage": "100",
            **pages,
        },
    )
    assert reply["error_code"] == 0
    data: dict[str, Any] = reply["data"]
    return data


@pytest.fixture(autouse=True)
def without_limits(cloud: Cloud) -> None:
    cloud.limits.enforced = False


def test_every_day_has_a_row_for_every_upload(ask: Ask) -> None:
    for index in range(1, DAYS):
        day = TODAY - timedelta(days=index)
        assert read_rows(ask, day, day)["count"] == 288


def test_pages_of_a_week_are_disjoint_and_newest_first(ask: Ask) -> None:
    first, last = TODAY - timedelta(days=9), TODAY - timedelta(days=2)
    count = read_rows(ask, first, last)["count"]
    times = [
        row["time"]
        for page in range(1, math.ceil(count / 100) + 1)
        for row in read_rows(ask, first, last, page=str(page))["datas"]
    ]
    assert len(times) == count == 8 * 288
    assert times == sorted(set(times), reverse=True)
    assert times[-1][:10] == first.isoformat()
    assert times[0][:10] == last.isoformat()


def test_only_the_rows_of_a_page_are_encoded(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = []
    encode = encoding.encode_storage_reading

    def count(serial: str, wall: datetime, values: Any) -> dict[str, Any]:
        encoded.append(wall)
        return encode(serial, wall, values)

    monkeypatch.setattr(encoding, "encode_storage_reading", count)
    read_rows(ask, TODAY - timedelta(days=7), TODAY, page="3")
    assert len(encoded) == 100


def test_totals_rise_to_the_present_ones(cloud: Cloud) -> None:
    for serial, key in ((INVERTER, "total"), (STORAGE, "imported_total")):
        device = cloud.plants[0].find_device(serial)
        assert device is not None
        totals = [upload.values[key] for upload in device.history]
        assert totals == sorted(totals)
        assert totals[-1] - totals[0] > 5
        assert device.history[-1].values == device.uploads[-1].values


def test_the_last_row_of_a_day_has_the_energy_of_the_day(
    ask: Ask, cloud: Cloud
) -> None:
    plant = cloud.plants[0]
    assert plant.record is not None
    days = plant.record.get_days(plant.zone)
    for index in range(1, DAYS):
        day = TODAY - timedelta(days=index)
        newest = read_rows(ask, day, day)["datas"][0]
        assert newest["time"][:10] == day.isoformat()
        # A counter is rounded down, and misses what flows after the last upload of the day.
        for key, energy in (
            ("eToUserToday", days[day].imported),
            ("eToGridToday", days[day].exported),
            ("eChargeToday", days[day].charged),
            ("eDischargeToday", days[day].discharged),
        ):
            assert energy - 0.2 < newest[key] <= energy, key


def test_energy_of_days_and_curves_agree_with_the_record(
    ask: Ask, cloud: Cloud
) -> None:
    plant = cloud.plants[0]
    assert plant.record is not None
    days = plant.record.get_days(plant.zone)
    for index in range(1, DAYS):
        day = TODAY - timedelta(days=index)
        solar = days[day].solar
        assert solar == pytest.approx(plant.daily_energy[day])
        period = {"plant_id": PLANT, "start_date": str(day), "end_date": str(day)}
        reply = ask("GET", "plant/energy", {**period, "time_unit": "day"})
        (row,) = reply["data"]["energys"]
        assert solar - 0.1 < float(row["energy"]) <= solar
        curve = ask("GET", "plant/power", {"plant_id": PLANT, "date": str(day)})
        powers = [row["power"] for row in curve["data"]["powers"]]
        assert None not in powers
        assert sum(powers) / 12_000 == pytest.approx(solar, rel=0.05)


def test_record_grows_like_the_counters(cloud: Cloud, clock: VirtualClock) -> None:
    plant = cloud.plants[0]
    assert plant.record is not None
    cloud.advance_plants()
    before = plant.record.sum_between(plant.record.start, clock.now() + timedelta(1))
    totals = _read_totals(cloud)
    clock.advance(36 * 3600)
    cloud.advance_plants()
    after = plant.record.sum_between(plant.record.start, clock.now() + timedelta(1))
    grown = [new - old for new, old in zip(_read_totals(cloud), totals, strict=True)]
    assert grown == pytest.approx(
        [
            after.solar - before.solar,
            after.imported - before.imported,
            after.exported - before.exported,
            after.charged - before.charged,
            after.discharged - before.discharged,
            after.load - before.load,
        ]
    )
    # Nothing is lost between sun, house, battery and grid.
    assert after.solar + after.imported + after.discharged == pytest.approx(
        after.load + after.exported + after.charged
    )


def _read_totals(cloud: Cloud) -> list[float]:
    plant = cloud.plants[0]
    battery = plant.battery
    return [
        plant.inverter.energy.total,
        battery.imported.total,
        battery.exported.total,
        battery.charge.total,
        battery.discharge.total,
        plant.load.total,
    ]


def test_hours_of_the_record_add_up_to_its_days(cloud: Cloud) -> None:
    plant = cloud.plants[0]
    record = plant.record
    assert record is not None
    hours = record.get_hours()
    assert min(hours) == record.start == datetime(2026, 6, 8, tzinfo=UTC)
    day = TODAY - timedelta(days=3)
    of_day = [
        flows
        for hour, flows in hours.items()
        if hour.astimezone(plant.zone).date() == day
    ]
    assert len(of_day) == 24
    assert sum(of_day, Flows()).load == pytest.approx(
        record.get_days(plant.zone)[day].load
    )
    solar = record.get_solar_hours(INVERTER)
    assert solar == pytest.approx({hour: flows.solar for hour, flows in hours.items()})
    # The first day of the plant began an hour before the record.
    assert record.start.date() not in record.get_days(plant.zone)


@pytest.mark.parametrize("make_plants", [with_past(home, 100)])
def test_the_cloud_shows_95_days(ask: Ask, cloud: Cloud, clock: VirtualClock) -> None:
    for age, count in ((94, 288), (96, 0), (100, 0), (20_000, 0), (700_000, 0)):
        day = TODAY - timedelta(days=age)
        assert read_rows(ask, day, day)["count"] == count
    edge = read_rows(ask, TODAY - timedelta(95), TODAY - timedelta(95))
    assert 0 < edge["count"] < 288
    device = cloud.find_device(STORAGE, DeviceKind.STORAGE)
    assert device is not None
    oldest = device[1].history[0].measured
    assert clock.now() - oldest < timedelta(days=98)


def test_plants_that_are_built_once_live_on_by_themselves() -> None:
    scenario = build_once(with_past(home, 2, recorded=True))
    (first,), (second,) = scenario(NOON), scenario(NOON)
    (fresh,) = with_past(home, 2, recorded=True)(NOON)
    assert first == second == fresh
    first.advance_to(NOON + timedelta(hours=3))
    assert second == fresh != first
    second.advance_to(NOON + timedelta(hours=3))
    assert first == second
    (later,) = scenario(NOON + timedelta(hours=3))
    assert later.now == first.now
    assert later.devices[0].datalogger is later.devices[1].datalogger
