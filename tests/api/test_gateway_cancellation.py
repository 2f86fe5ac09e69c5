"""Tests of cancelled callers: no call is lost and none is made twice."""

import asyncio

import pytest

from custom_components.growatt_openapi.api.endpoints.devices import DEVICE_LIST
from custom_components.growatt_openapi.api.endpoints.inverter import INVERTER_SET
from custom_components.growatt_openapi.api.endpoints.plants import (
    PLANT_DATA,
    PLANT_LIST,
)
from custom_components.growatt_openapi.api.errors import RefusedError
from custom_components.growatt_openapi.api.gateway import Gateway
from tests.helpers import FakeTransport, VirtualClock, read


async def test_cancelled_caller_does_not_cancel_a_shared_call(
    gateway: Gateway, transport: FakeTransport
) -> None:
    transport.gate = asyncio.Event()
    one = asyncio.create_task(read(gateway))
    other = asyncio.create_task(read(gateway))
    await asyncio.sleep(0.01)
    one.cancel()
    await asyncio.sleep(0)
    transport.gate.set()
    assert (await other).age == 0
    assert one.cancelled()
    assert len(transport.calls) == 1


async def test_last_cancelled_caller_cancels_the_call_and_it_counts(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    transport.gate = asyncio.Event()
    caller = asyncio.create_task(read(gateway))
    await asyncio.sleep(0.01)
    caller.cancel()
    await asyncio.sleep(0.01)
    assert caller.cancelled()
    transport.gate.set()
    with pytest.raises(RefusedError):
        await read(gateway)
    assert len(transport.calls) == 1
    clock.advance(300)
    assert (await read(gateway)).age == 0


async def test_new_caller_does_not_share_a_call_being_cancelled(
    gateway: Gateway, transport: FakeTransport
) -> None:
    await read(gateway, DEVICE_LIST)
    transport.gate = asyncio.Event()
    busy = asyncio.create_task(read(gateway, PLANT_LIST, {}))
    await asyncio.sleep(0.01)
    first = asyncio.create_task(read(gateway))
    await asyncio.sleep(0.01)
    first.cancel()
    second = asyncio.create_task(read(gateway))
    await asyncio.sleep(0)
    transport.gate.set()
    assert (await second).age == 0
    assert first.cancelled()
    await busy


async def test_cancelled_waiter_leaves_the_queue(
    gateway: Gateway, transport: FakeTransport
) -> None:
    transport.gate = asyncio.Event()
    first = asyncio.create_task(read(gateway, PLANT_DATA))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(read(gateway, DEVICE_LIST))
    third = asyncio.create_task(read(gateway, PLANT_LIST, {}))
    await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.sleep(0.01)
    transport.gate.set()
    await asyncio.gather(first, third)
    assert transport.paths == ["plant/data", "plant/list"]


async def test_lock_acquired_while_cancelled_is_released(
    gateway: Gateway, transport: FakeTransport
) -> None:
    transport.gate = asyncio.Event()
    first = asyncio.create_task(gateway.write(INVERTER_SET, {"device_sn": "1"}))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(gateway.write(INVERTER_SET, {"device_sn": "2"}))
    third = asyncio.create_task(gateway.write(INVERTER_SET, {"device_sn": "3"}))
    await asyncio.sleep(0.01)
    transport.gate.set()
    first.add_done_callback(lambda _: second.cancel())
    await asyncio.gather(first, third)
    assert [parameters["device_sn"] for _, _, parameters in transport.calls][-1] == "3"
