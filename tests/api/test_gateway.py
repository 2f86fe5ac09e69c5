"""Tests of the limits that the gateway keeps."""

import asyncio
import itertools

import pytest

from custom_components.growatt_openapi.api.endpoints.devices import DEVICE_LIST
from custom_components.growatt_openapi.api.endpoints.inverter import (
    INVERTER_LAST_DATA,
    INVERTER_SET,
)
from custom_components.growatt_openapi.api.endpoints.plants import (
    PLANT_DATA,
    PLANT_LIST,
)
from custom_components.growatt_openapi.api.endpoints.storage import STORAGE_LAST_DATA
from custom_components.growatt_openapi.api.errors import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    RefusedError,
    TokenRefusedError,
)
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.request_options import Priority
from tests.helpers import FakeTransport, VirtualClock, read


async def test_second_request_within_interval_returns_last_reply(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    first = await read(gateway)
    assert first.age == 0
    clock.advance(299)
    second = await read(gateway)
    assert second.value is first.value
    assert second.age == 299
    assert second.received == first.received
    clock.advance(1)
    assert (await read(gateway)).age == 0
    assert len(transport.calls) == 2


async def test_interval_counts_from_the_reply(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    # The server counts from the arrival of the request, before the reply.
    transport.latency = 4
    await read(gateway)
    clock.advance(298)
    assert (await read(gateway)).age == 298
    assert len(transport.calls) == 1


async def test_other_parameters_are_a_separate_request(
    gateway: Gateway, transport: FakeTransport
) -> None:
    await read(gateway, parameters={"plant_id": "1"})
    await read(gateway, parameters={"plant_id": "2"})
    await read(gateway, DEVICE_LIST, {"plant_id": "1"})
    assert len(transport.calls) == 3


@pytest.mark.parametrize(("early", "made"), [(0.4, True), (5.0, True), (5.1, False)])
async def test_scheduled_request_slightly_early_waits(
    gateway: Gateway,
    transport: FakeTransport,
    clock: VirtualClock,
    early: float,
    made: bool,
) -> None:
    await read(gateway)
    clock.advance(300 - early)
    reply = await read(gateway, scheduled=True)
    if made:
        assert reply.age == 0
        assert transport.calls[1][0] - transport.calls[0][0] == pytest.approx(300)
    else:
        assert reply.age > 0
        assert len(transport.calls) == 1


async def test_concurrent_requests_share_one_call(
    gateway: Gateway, transport: FakeTransport
) -> None:
    transport.gate = asyncio.Event()
    callers = [asyncio.create_task(read(gateway)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    transport.gate.set()
    replies = await asyncio.gather(*callers)
    assert len(transport.calls) == 1
    assert {reply.value["data"] for reply in replies} == {1}


async def test_calls_are_spaced(gateway: Gateway, transport: FakeTransport) -> None:
    for number in range(4):
        await read(gateway, parameters={"plant_id": str(number)})
    times = [time for time, _, _ in transport.calls]
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [
        1.0,
        1.0,
        1.0,
    ]


async def test_waiting_calls_are_made_by_priority(
    gateway: Gateway, transport: FakeTransport
) -> None:
    transport.gate = asyncio.Event()
    under_way = asyncio.create_task(read(gateway, PLANT_DATA))
    await asyncio.sleep(0.01)
    waiting = [
        asyncio.create_task(read(gateway, PLANT_LIST, {}, priority=Priority.HISTORY)),
        asyncio.create_task(
            read(gateway, STORAGE_LAST_DATA, priority=Priority.READING)
        ),
        asyncio.create_task(read(gateway, DEVICE_LIST, priority=Priority.USER)),
        asyncio.create_task(
            read(gateway, INVERTER_LAST_DATA, priority=Priority.READING)
        ),
        asyncio.create_task(gateway.write(INVERTER_SET, {"device_sn": "A"})),
    ]
    await asyncio.sleep(0.01)
    transport.gate.set()
    await asyncio.gather(under_way, *waiting)
    assert transport.paths == [
        "plant/data",
        "inverterSet",
        "device/list",
        "device/storage/storage_last_data",
        "device/inverter/last_new_data",
        "plant/list",
    ]


async def test_every_set_is_sent(gateway: Gateway, transport: FakeTransport) -> None:
    for _ in range(3):
        await gateway.write(INVERTER_SET, {"device_sn": "A"})
    assert len(transport.calls) == 3


async def test_set_after_a_refused_set_is_sent(
    gateway: Gateway, transport: FakeTransport
) -> None:
    transport.errors = [RefusedError()]
    with pytest.raises(RefusedError):
        await gateway.write(INVERTER_SET, {"device_sn": "A"})
    await gateway.write(INVERTER_SET, {"device_sn": "A"})
    assert gateway.refusals_last_day == 1


async def test_refused_request_returns_last_reply_and_waits_longer_each_time(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    await read(gateway)
    transport.errors = [RefusedError(), RefusedError(), RefusedError()]
    waits = []
    for _ in range(3):
        clock.advance(7200)
        assert (await read(gateway)).age > 0
        calls = len(transport.calls)
        start = clock.monotonic()
        while len(transport.calls) == calls and clock.monotonic() - start < 5000:
            clock.advance(60)
            transport.errors = transport.errors or [RefusedError()]
            await read(gateway)
        waits.append(clock.monotonic() - start)
        transport.errors = [RefusedError()]
    assert waits[0] >= 300
    assert waits == sorted(waits)
    transport.errors = []
    clock.advance(3600)
    assert (await read(gateway)).age == 0
    # After a success the next refusal waits no longer than the first did.
    clock.advance(300)
    transport.errors = [RefusedError()]
    await read(gateway)
    clock.advance(300)
    assert (await read(gateway)).age == 0


async def test_first_call_refused_raises_with_retry_after(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    transport.errors = [RefusedError()]
    with pytest.raises(RefusedError) as first:
        await read(gateway)
    assert first.value.retry_after == 300
    clock.advance(100)
    with pytest.raises(RefusedError) as second:
        await read(gateway)
    assert second.value.retry_after == 200
    assert len(transport.calls) == 1
    clock.advance(200)
    assert (await read(gateway)).age == 0


async def test_failed_attempt_blocks_for_the_whole_interval(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    await read(gateway)
    clock.advance(300)
    transport.errors = [CloudDownError(CloudDownCause.TIMEOUT)]
    for retry_after in (300, 200):
        # The second caller gets the error too, and not an old reply as if all were well.
        with pytest.raises(CloudDownError) as error:
            await read(gateway)
        assert error.value.retry_after == retry_after
        clock.advance(100)
    assert len(transport.calls) == 2
    clock.advance(100)
    assert (await read(gateway)).age == 0


async def test_request_that_never_left_is_retried_after_ten_seconds(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    transport.errors = [CloudDownError(CloudDownCause.NAME, reached=False)]
    with pytest.raises(CloudDownError):
        await read(gateway, PLANT_LIST, {})
    clock.advance(9)
    with pytest.raises(CloudDownError):
        await read(gateway, PLANT_LIST, {})
    clock.advance(1)
    assert (await read(gateway, PLANT_LIST, {})).age == 0
    assert len(transport.calls) == 2
    assert gateway.failures_last_day == 1


async def test_outdated_records_are_removed(
    gateway: Gateway, clock: VirtualClock
) -> None:
    for day in range(30):
        await read(gateway, parameters={"plant_id": "1", "date": str(day)})
        await read(gateway, PLANT_LIST, {})
        clock.advance(86_400)
    assert len(gateway._log.records) <= 4


async def test_daily_allowance_reserves_two_calls_for_the_user(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    for _ in range(20):
        await read(gateway, PLANT_LIST, {}, priority=Priority.LIST)
        clock.advance(301)
    assert len(transport.calls) == 8
    for _ in range(5):
        await read(gateway, PLANT_LIST, {}, priority=Priority.USER)
        clock.advance(301)
    assert len(transport.calls) == 10
    first = transport.calls[0][0]
    clock.advance(first + 86_400 - clock.monotonic())
    await read(gateway, PLANT_LIST, {}, priority=Priority.USER)
    assert len(transport.calls) == 11


async def test_refused_token_is_retried_at_growing_intervals(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    transport.errors = [TokenRefusedError() for _ in range(50)]
    start = clock.monotonic()
    while clock.monotonic() - start < 6 * 3600:
        with pytest.raises(TokenRefusedError):
            await read(gateway, PLANT_LIST, {})
        clock.advance(60)
    assert 3 <= len(transport.calls) <= 8
    assert len(gateway.token_refusals) == len(transport.calls)
    transport.errors = []
    clock.advance(3 * 3600)
    await read(gateway, PLANT_LIST, {})
    assert gateway.token_refusals == []


async def test_closed_endpoint_is_not_called_again(
    gateway: Gateway, transport: FakeTransport
) -> None:
    transport.errors = [NotPermittedError()]
    for _ in range(2):
        with pytest.raises(NotPermittedError):
            await read(gateway)
    assert len(transport.calls) == 1
