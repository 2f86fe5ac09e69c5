"""Whatever the cloud answers, a method of the client returns safe values or raises an error of this package."""

import asyncio
from collections.abc import Mapping
from datetime import date
import json
from pathlib import Path
import re
from typing import Any

from hypothesis import given, settings, strategies as st
import orjson
import pytest

from custom_components.growatt_openapi.api import OpenApiClient
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.errors import OpenApiError
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.models import History, Reading, Reply
from custom_components.growatt_openapi.api.transport import Envelope, _open_envelope
from custom_components.growatt_openapi.families import FAMILIES
from tests.helpers import VirtualClock

from .test_codes import PAGES, Call
from .test_safe_json import ANYTHING

DAY = date(2026, 6, 20)
SERIAL = "TPJ4A18033"
API = Path(__file__).parents[2] / "custom_components" / "growatt_openapi" / "api"
# Every key that the client reads anywhere.
KEYS = sorted(
    {
        key
        for path in (API / "client").glob("*.py")
        for key in re.findall(
            r'(?:(?:\.get|read|_rows)\(\s*|part=)"(\w+)"', path.read_text()
        )
    }
    | {"year", "month", "date", "hours", "minutes", "seconds"}
    | {"plants", "devices", "dataloggers", "c_user", "energys", "alarms", "datas"}
    | {families.endpoints.rows for families in FAMILIES.values()}
)
NASTY = ANYTHING | st.sampled_from(
    [
        *("9999-12-31 23:59:59", "0001-01-01 00:00:00", "2026-06-20 12:00:00"),
        *("2026-06-20T12:00:00Z", "9999-12-31T23:59:59Z", "GMT+14", "GMT-99:99"),
        *("1e999", "1e300", "-0", "0x10", "9" * 400, "١٢", "1", "0", 1, 0, 3),
        *("../../etc/passwd", "Europe", "a\x00b", "cut \ud83d", SERIAL, "XGD1A00117"),
        {"time": 253402300799000},
        {"time": -(10**18)},
        {"time": {"time": {"time": "2026-06-20"}}},
    ]
)
ROW = st.dictionaries(st.sampled_from(KEYS), NASTY, max_size=8)
DATA = (
    ANYTHING
    | ROW
    | st.dictionaries(st.sampled_from(KEYS), st.lists(ROW, max_size=3) | NASTY)
    | st.builds(lambda row: {SERIAL: {SERIAL: row, "dataloggerSn": "X"}}, ROW)
    | st.builds(lambda row: {"plant": row}, ROW)
)
ENVELOPE = st.builds(
    lambda beside, code, data: {**beside, "error_code": code, "data": data},
    ROW,
    st.just(0) | st.sampled_from(["0", 10011, 10012, -1, 10**30]) | NASTY,
    DATA,
)


def device_calls() -> dict[str, Call]:
    """Return a call of every method for devices that a family has an endpoint for."""
    calls: dict[str, Call] = {
        "meters": lambda client: client.meters.list_meters("XGD1A00117"),
        "sensors": lambda client: client.meters.list_sensors("XGD1A00117"),
        "search": lambda client: client.plants.search("x"),
    }
    for key, family in FAMILIES.items():
        endpoints = family.endpoints

        def add(
            name: str, method: str, *arguments: Any, endpoints: Any = endpoints
        ) -> None:
            calls[name] = lambda client: getattr(client.device_api(endpoints), method)(
                *arguments
            )

        serial = f"{SERIAL}_1" if endpoints.addressed else SERIAL
        add(f"{key} reading", "last_data", serial)
        add(f"{key} history", "history", serial, DAY, DAY)
        if endpoints.batch:
            add(f"{key} batch", "batch_data", [serial])
        if endpoints.info:
            add(f"{key} info", "info", serial)
        if endpoints.alarms:
            add(f"{key} alarms", "alarms", serial, DAY)
        if endpoints.settings:
            add(f"{key} settings", "settings", serial)
        if endpoints.read_setting:
            add(f"{key} setting", "read_setting", serial, "pv_on_off")
    return calls


CALLS: dict[str, Call] = {
    **{path: call for path, (call, _) in PAGES.items()},
    **device_calls(),
}


class OneBody:
    """A transport that receives the same bytes for every request."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        return _open_envelope(endpoint, 200, self.body)


def readings(value: object) -> list[Reading]:
    """Return the readings in a value of the client's."""
    if isinstance(value, Reading):
        return [value]
    if isinstance(value, History):
        return value.readings
    return list(value.values()) if isinstance(value, dict) else []


def check_is_plain(value: object) -> None:
    """Write a value of the client's as JSON."""
    orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)


async def call_and_decode(call: Call, body: bytes) -> None:
    client = OpenApiClient(Gateway(OneBody(body), VirtualClock()))
    try:
        reply = await call(client)
    except OpenApiError as err:
        check_is_plain(str(err))
        return
    if not isinstance(reply, Reply):
        check_is_plain(reply)
        return
    check_is_plain(reply.value)
    for reading in readings(reply.value):
        if not isinstance(reading, Reading):
            continue
        for family in FAMILIES.values():
            check_is_plain(family.decode(reading.fields).values)
            check_is_plain(family.decode_history(reading.fields))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@settings(max_examples=25, deadline=None)
@given(ENVELOPE)
def test_no_reply_raises_anything_else(call: Call, envelope: object) -> None:
    asyncio.run(call_and_decode(call, json.dumps(envelope).encode()))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@settings(max_examples=5, deadline=None)
@given(st.binary())
def test_no_bytes_raise_anything_else(call: Call, body: bytes) -> None:
    asyncio.run(call_and_decode(call, body))


def test_the_keys_are_those_that_the_client_reads() -> None:
    assert {"today_energy", "device_sn", "alarm_code", "timeText", "powers"} <= set(
        KEYS
    )


@pytest.mark.parametrize(
    "time", ["9999-12-31 23:59:59", "0001-01-01 00:00:00", "1969-12-31 23:59:59"]
)
async def test_an_impossible_time_is_unknown_in_every_reply(time: str) -> None:
    data = {
        "last_update_time": time,
        "time": time,
        "powers": [{"time": time, "power": 1}],
        "alarms": [{"alarm_code": "1", "start_time": time}],
        "devices": [{"device_sn": "A", "type": 1, "last_update_time": time}],
        "count": 1,
    }
    body = json.dumps({"data": data, "error_code": 0}).encode()
    client = OpenApiClient(Gateway(OneBody(body), VirtualClock()))
    assert (await client.plants.overview("1")).value.time is None
    assert (await client.plants.power("1", DAY)).value == []
    assert (await client.inverter.last_data(SERIAL)).value.time is None
    assert (await client.inverter.alarms(SERIAL, DAY)).value == []
    (device,) = (await client.devices.list_devices("1")).value
    assert device.last_update is None


async def test_half_a_character_is_left_out_of_every_name() -> None:
    row = {
        "plant_id": "7\ud83d",
        "name": "Barn \ud83d",
        "device_sn": "A\udc00",
        "type": 1,
        "model": "M\ud83d",
    }
    data = {"plants": [row], "devices": [row], "alias": "Roof \ud83d", "count": 1}
    body = json.dumps({"data": data, "error_code": 0}).encode()
    client = OpenApiClient(Gateway(OneBody(body), VirtualClock()))
    (plant,) = (await client.plants.list_plants()).value
    assert (plant.plant_id, plant.name) == ("7", "Barn")
    (device,) = (await client.devices.list_devices("1")).value
    assert (device.serial, device.model) == ("A", "M")
    assert (await client.inverter.info(SERIAL)).value.alias == "Roof"


async def test_a_name_that_is_too_long_is_unknown_and_a_message_is_not() -> None:
    data = {
        "plants": [{"plant_id": 7, "name": "x" * 300}],
        "alarms": [
            {
                "alarm_code": "1",
                "alarm_message": "x" * 300,
                "start_time": "2026-06-20 12:00",
            }
        ],
        "count": 1,
    }
    body = json.dumps({"data": data, "error_code": 0}).encode()
    client = OpenApiClient(Gateway(OneBody(body), VirtualClock()))
    (plant,) = (await client.plants.list_plants()).value
    assert plant.name == "7"
    (alarm,) = (await client.inverter.alarms(SERIAL, DAY)).value
    assert alarm.message == "x" * 300
