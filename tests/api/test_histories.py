"""Energy, histories and alarms: the client against the simulated cloud, as the vendor's pages say."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from custom_components.growatt_openapi.api import OpenApiClient, RequestError
from custom_components.growatt_openapi.api.client.endpoint_group import make_alarm
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from tests.helpers import VirtualClock, alter_reply

PLANT, INVERTER, STORAGE = "700101", "TPJ4A18033", "KHB2C21054"
TODAY = date(2026, 6, 20)
YESTERDAY = TODAY - timedelta(days=1)


async def test_energy_by_day(client: OpenApiClient, cloud: Cloud) -> None:
    periods = (
        await client.plants.energy(PLANT, TODAY - timedelta(days=6), TODAY, "day")
    ).value
    assert [one.period for one in periods] == [
        (TODAY - timedelta(days=6 - index)).isoformat() for index in range(7)
    ]
    made = cloud.plants[0].daily_energy
    assert periods[-1].energy == pytest.approx(made[TODAY], abs=0.1)
    assert periods[-2].energy == pytest.approx(made[YESTERDAY], abs=0.1)
    assert all(5 < one.energy < 60 for one in periods[:-1])


async def test_energy_by_month_and_year(client: OpenApiClient) -> None:
    months = (await client.plants.energy(PLANT, date(2025, 5, 1), TODAY, "month")).value
    assert (months[0].period, months[-1].period) == ("2025-05", "2026-06")
    assert len(months) == 14
    years = (await client.plants.energy(PLANT, date(2019, 1, 1), TODAY, "year")).value
    assert [one.period for one in years] == [str(year) for year in range(2019, 2027)]
    assert years[0].energy == years[1].energy == 0  # built in 2021
    assert years[3].energy > 3000


async def test_energy_of_too_long_period_raises(client: OpenApiClient) -> None:
    with pytest.raises(RequestError) as caught:
        await client.plants.energy(PLANT, TODAY - timedelta(days=8), TODAY, "day")
    assert caught.value.meaning is ErrorCode.BAD_DATE


async def test_inverter_history(client: OpenApiClient, cloud: Cloud) -> None:
    history = (await client.inverter.history(INVERTER, YESTERDAY, TODAY)).value
    times = [reading.time for reading in history.readings]
    assert times == sorted(times, key=str)
    first, last = times[0], times[-1]
    assert first is not None
    assert last is not None
    assert (first.date(), last.date()) == (YESTERDAY, TODAY)
    # More than one page of a hundred rows, each requested once.
    pages = [
        call.parameters["page"] for call in cloud.journal if call.path.endswith("/data")
    ]
    assert len(history.readings) > 200
    assert pages == [str(page) for page in range(1, len(pages) + 1)]
    newest = history.readings[-1]
    upload = cloud.plants[0].get_newest_upload(INVERTER, cloud.clock.now())
    assert upload is not None
    assert newest.fields["power"] == pytest.approx(upload.values["power"])
    assert newest.datalogger == "XGD1A00117"


async def test_storage_history(client: OpenApiClient) -> None:
    history = (await client.storage.history(STORAGE, TODAY, TODAY)).value
    assert all(reading.fields["serialNum"] == STORAGE for reading in history.readings)
    # Since midnight at 12:02, every five minutes.
    assert 140 <= len(history.readings) <= 145
    assert history.next_page is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data.pop("next_page_start_id"), id="no next page"),
        pytest.param(lambda data: data.update(count="144"), id="count as text"),
        pytest.param(lambda data: data.pop("count", None), id="no count"),
        pytest.param(lambda data: data["datas"].reverse(), id="oldest first"),
        pytest.param(lambda data: data["datas"].append("x"), id="not a row"),
    ],
)
async def test_end_of_pages_is_recognized(
    client: OpenApiClient,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    change: Callable[[dict[str, Any]], object],
) -> None:
    whole = (await client.storage.history(STORAGE, TODAY, TODAY)).value.readings
    alter_reply(monkeypatch, router, "device/storage/storage_data", change)
    client.gateway.clock.advance(11)  # type: ignore[attr-defined]
    again = (await client.storage.history(STORAGE, TODAY, TODAY)).value.readings
    assert len(again) == len(whole)
    assert [reading.time for reading in again] == [reading.time for reading in whole]


async def test_repeated_page_ends_the_history(
    client: OpenApiClient, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, router: Router
) -> None:
    rows: list[Any] = []

    def repeat(data: dict[str, Any]) -> None:
        rows[:] = rows or data["datas"]
        data["datas"] = list(rows)

    alter_reply(monkeypatch, router, "device/inverter/data", repeat)
    history = (await client.inverter.history(INVERTER, YESTERDAY, TODAY)).value
    assert len(history.readings) == 100
    assert len(cloud.journal) == 2


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        (TODAY, YESTERDAY, ErrorCode.BAD_DATE),
        (TODAY - timedelta(days=8), TODAY, ErrorCode.PERIOD_TOO_LONG),
    ],
)
async def test_history_of_invalid_period_raises(
    client: OpenApiClient, start: date, end: date, problem: ErrorCode
) -> None:
    for history, serial in (
        (client.inverter.history, INVERTER),
        (client.storage.history, STORAGE),
    ):
        with pytest.raises(RequestError) as caught:
            await history(serial, start, end)
        assert caught.value.meaning is problem


async def test_history_before_recording_is_empty(client: OpenApiClient) -> None:
    old = TODAY - timedelta(days=200)
    assert (await client.inverter.history(INVERTER, old, old)).value.readings == []


@pytest.mark.parametrize("serial", [INVERTER, STORAGE])
async def test_alarms(
    client: OpenApiClient, cloud: Cloud, clock: VirtualClock, serial: str
) -> None:
    device = client.inverter if serial == INVERTER else client.storage
    assert (await device.alarms(serial, TODAY)).value == []
    simulated = cloud.plants[0].find_device(serial)
    assert simulated is not None
    began = simulated.get_wall_time(cloud.clock.now(), cloud.plants[0].zone)
    simulated.raise_alarm(
        "201", "No  utility\nat all", cloud.clock.now(), severity="fault"
    )
    clock.advance(400)
    (alarm,) = (await device.alarms(serial, TODAY)).value
    assert (alarm.code, alarm.message) == ("201", "No utility at all")
    assert alarm.start == began.replace(microsecond=0)
    # Not ended: the cloud gives the start as the end.
    assert alarm.end is None
    simulated.end_alarms(cloud.clock.now())
    clock.advance(400)
    (alarm,) = (await device.alarms(serial, TODAY)).value
    assert alarm.end is not None
    assert alarm.end > alarm.start
    clock.advance(400)
    assert (await device.alarms(serial, YESTERDAY)).value == []


async def test_alarms_of_several_pages(
    client: OpenApiClient, cloud: Cloud, clock: VirtualClock
) -> None:
    device = cloud.plants[0].find_device(STORAGE)
    assert device is not None
    for index in range(205):
        device.raise_alarm(
            str(index),
            "odd",
            cloud.clock.now() - timedelta(seconds=index),
            severity="none",
        )
    clock.advance(400)
    alarms = (await client.storage.alarms(STORAGE, TODAY)).value
    assert len(alarms) == 205
    assert [alarm.start for alarm in alarms] == sorted(alarm.start for alarm in alarms)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # The examples of 2016, and of later pages.
        (
            {
                "alarm_code": "bit1",
                "alarm_message": "low Current",
                "start_time": "2015-12-08T11:05:00Z",
                "end_time": "2015-12-08T11:05:00Z",
                "status": 0,
            },
            ("bit1", "low Current", datetime(2015, 12, 8, 11, 5), None, 0),
        ),
        (
            {
                "alarm_code": 201,
                "alarm_message": "null",
                "start_time": "2016-04-28 18:41:40.0",
                "end_time": "2016-04-28 19:00:00.0",
                "status": "1",
            },
            (
                "201",
                None,
                datetime(2016, 4, 28, 18, 41, 40),
                datetime(2016, 4, 28, 19, 0),
                1,
            ),
        ),
        (
            {
                "alarm_code": "7-114-5",
                "start_time": "2016-04-28 18:41:40",
                "end_time": "",
            },
            ("7-114-5", None, datetime(2016, 4, 28, 18, 41, 40), None, None),
        ),
        ({"alarm_code": 1, "start_time": ""}, None),
        ({"alarm_code": "", "start_time": "2016-04-28 18:41:40"}, None),
        ({}, None),
    ],
)
def test_rows_of_alarms(
    row: dict[str, Any], expected: tuple[object, ...] | None
) -> None:
    alarm = make_alarm(row)
    if expected is None:
        assert alarm is None
        return
    assert alarm is not None
    assert (
        alarm.code,
        alarm.message,
        alarm.start,
        alarm.end,
        alarm.status,
    ) == expected


async def test_settings_can_be_read_back(client: OpenApiClient, cloud: Cloud) -> None:
    """The value is text, read by the id of the set; all four parameters are sent."""
    await client.inverter.set(INVERTER, "pv_active_p_rate", ("40",))
    reply = await client.inverter.read_setting(INVERTER, "pv_active_p_rate")
    assert reply.value == "40"
    assert cloud.journal[-1].parameters == {
        "device_sn": INVERTER,
        "paramId": "pv_active_p_rate",
        "startAddr": "0",
        "endAddr": "0",
    }
    reply = await client.storage.read_setting(
        STORAGE, "storage_cmd_forced_discharge_enable"
    )
    assert reply.value == "1"  # prohibited
    with pytest.raises(RequestError) as caught:
        await client.storage.read_setting(STORAGE, "storage_ac_charge_hour_start")
    assert caught.value.meaning is ErrorCode.NO_SUCH_PARAMETER
    cloud.faults = [Fault(FaultKind.CODE, "readInverterParam", code=10006)]
    with pytest.raises(RequestError) as caught:
        await client.inverter.read_setting(INVERTER, "pv_on_off")
    assert caught.value.meaning is ErrorCode.NOT_READABLE
