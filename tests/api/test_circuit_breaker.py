"""Tests of the circuit breaker in the gateway."""

import asyncio

import pytest

from custom_components.growatt_openapi.api.connection import CloudStatus
from custom_components.growatt_openapi.api.endpoints.devices import DEVICE_LIST
from custom_components.growatt_openapi.api.endpoints.inverter import (
    INVERTER_LAST_DATA,
    INVERTER_SET,
)
from custom_components.growatt_openapi.api.endpoints.plants import (
    PLANT_DATA,
    PLANT_POWER,
)
from custom_components.growatt_openapi.api.errors import (
    CircuitOpenError,
    CloudDownCause,
    CloudDownError,
    OpenApiError,
    RequestError,
    WrongServerError,
)
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.request_options import Priority
from tests.helpers import FakeTransport, VirtualClock, read

ALL = (PLANT_DATA, PLANT_POWER, INVERTER_LAST_DATA, DEVICE_LIST)


def down() -> CloudDownError:
    return CloudDownError(CloudDownCause.HTTP_ERROR)


async def try_all(gateway: Gateway, transport: FakeTransport) -> list[type[Exception]]:
    found: list[type[Exception]] = []
    for endpoint in ALL:
        transport.errors = [down()]
        with pytest.raises(OpenApiError) as error:
            await read(gateway, endpoint)
        found.append(type(error.value))
    return found


async def test_two_failing_requests_open_the_circuit(
    gateway: Gateway, transport: FakeTransport
) -> None:
    statuses: list[CloudStatus] = []
    gateway.connection.add_listener(lambda: statuses.append(gateway.status))
    found = await try_all(gateway, transport)
    with pytest.raises(CircuitOpenError) as error:
        await read(gateway, DEVICE_LIST)
    # The first probe is due 30 seconds after the second failure.
    assert error.value.retry_after == 30
    assert found == [CloudDownError, CloudDownError, CircuitOpenError, CircuitOpenError]
    assert len(transport.calls) == 2
    assert statuses == [CloudStatus.DOWN]


async def test_open_circuit_lets_single_probes_through_at_growing_intervals(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    await try_all(gateway, transport)
    start = clock.monotonic()
    while clock.monotonic() - start < 7200:
        clock.advance(5)
        await try_all(gateway, transport)
    assert 20 <= len(transport.calls) <= 40
    transport.errors = []
    clock.advance(300)
    assert (await read(gateway)).is_new
    assert gateway.status is CloudStatus.OK
    assert (await read(gateway, DEVICE_LIST)).is_new


async def test_one_failing_request_does_not_open_the_circuit(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    for _ in range(5):
        clock.advance(3600)
        transport.errors = [down()]
        with pytest.raises(CloudDownError):
            await read(gateway, PLANT_POWER)
        assert (await read(gateway, PLANT_DATA)).is_new
        assert gateway.status is CloudStatus.OK


async def test_error_code_closes_the_circuit(
    gateway: Gateway, transport: FakeTransport
) -> None:
    from custom_components.growatt_openapi.api.error_codes import ErrorCode

    await try_all(gateway, transport)
    transport.errors = [RequestError(ErrorCode.SYSTEM, 10001, "")]
    with pytest.raises(RequestError):
        await read(gateway, DEVICE_LIST, priority=Priority.USER)
    assert gateway.status is CloudStatus.OK


async def test_user_requests_and_sets_pass_an_open_circuit(
    gateway: Gateway, transport: FakeTransport
) -> None:
    await try_all(gateway, transport)
    calls, transport.errors = len(transport.calls), []
    await gateway.write(INVERTER_SET, {"device_sn": "A"})
    assert len(transport.calls) == calls + 1
    assert gateway.status is CloudStatus.OK
    await try_all(gateway, transport)
    transport.errors = []
    assert (await read(gateway, DEVICE_LIST, {"x": "1"}, priority=Priority.USER)).is_new


async def test_wrong_server_opens_the_circuit(
    gateway: Gateway, transport: FakeTransport
) -> None:
    for endpoint in ALL:
        transport.errors = [WrongServerError()]
        with pytest.raises(OpenApiError):
            await read(gateway, endpoint)
    assert len(transport.calls) == 2
    assert gateway.connection.wrong_server
    assert gateway.status is CloudStatus.DOWN


async def test_one_broken_path_does_not_open_the_circuit(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    """A round that asks it for many devices in a row shows nothing of the cloud, which answers everything else."""
    for _ in range(12):
        clock.advance(3600)
        assert (await read(gateway, PLANT_DATA)).is_new
        for serial in range(5):
            transport.errors = [down()]
            with pytest.raises(CloudDownError):
                await read(gateway, DEVICE_LIST, {"device_sn": str(serial)})
            assert not gateway.connection.circuit_breaker.is_open
    # With it known as broken, two others must fail.
    transport.errors = [down()]
    with pytest.raises(CloudDownError):
        await read(gateway, PLANT_POWER)
    assert not gateway.connection.circuit_breaker.is_open
    transport.errors = [down()]
    with pytest.raises(CloudDownError):
        await read(gateway, INVERTER_LAST_DATA)
    assert gateway.status is CloudStatus.DOWN


async def test_path_asked_alone_opens_the_circuit_in_time(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    for serial in range(3):
        assert not gateway.connection.circuit_breaker.is_open
        transport.errors = [down()]
        with pytest.raises(CloudDownError):
            await read(gateway, DEVICE_LIST, {"device_sn": str(serial)})
        clock.advance(150)
    assert gateway.status is CloudStatus.DOWN


async def test_wrong_server_code_of_one_path_says_nothing_of_the_server(
    gateway: Gateway, transport: FakeTransport
) -> None:
    for serial in range(5):
        transport.errors = [WrongServerError()]
        with pytest.raises(WrongServerError):
            await read(gateway, DEVICE_LIST, {"device_sn": str(serial)})
    assert not gateway.connection.wrong_server
    assert gateway.status is CloudStatus.OK


async def test_cancelled_probe_leaves_the_circuit_open(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    """An entry that is reloaded during a probe cancels it: the cloud has not answered by that."""
    await try_all(gateway, transport)
    clock.advance(30)
    transport.gate = asyncio.Event()
    probe = asyncio.create_task(read(gateway, DEVICE_LIST))
    await asyncio.sleep(0.01)
    assert transport.under_way == 1
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert gateway.status is CloudStatus.DOWN
