"""No storm, whatever the cloud answers: a request that brings nothing is made no more often than one that does."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import contextlib
from datetime import date
from typing import Any, override

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.growatt_openapi.api import OpenApiClient
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.endpoints.inverter import INVERTER
from custom_components.growatt_openapi.api.endpoints.sph import SPH
from custom_components.growatt_openapi.api.endpoints.storage import STORAGE
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from custom_components.growatt_openapi.api.errors import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.request_options import (
    FOR_READINGS,
    STORED_ONLY,
)
from custom_components.growatt_openapi.api.transport import Envelope
from tests.helpers import JSON, FakeTransport, VirtualClock

DAY = 24 * 3600
TODAY = date(2026, 6, 20)

type Answer = OpenApiError | dict[str, Any]

ERRORS: tuple[OpenApiError, ...] = (
    *(CloudDownError(cause) for cause in CloudDownCause),
    CloudDownError(CloudDownCause.NAME, reached=False),
    RefusedError(),
    NotPermittedError(),
    TokenRefusedError(),
    WrongServerError(),
    RequestError(ErrorCode.SYSTEM, 10001, ""),
)
ANSWERS = st.one_of(
    st.sampled_from(ERRORS),
    st.builds(lambda data: {"error_code": 0, "data": data}, JSON),
    st.just({"error_code": 0}),
)

ROWS = {"plants": [{"plant_id": 1}], "devices": [], "alarms": []}
GOOD = {
    "error_code": 0,
    "data": {
        **ROWS,
        "powers": [],
        "datas": [],
        "A": {"A": {"time": "2026-06-20 12:00:00"}},
    },
}

# What is asked, and the most calls a day that its interval allows when asked once a minute.
READS: dict[str, tuple[Callable[[OpenApiClient], Awaitable[Any]], int]] = {
    "plant list": (lambda client: client.plants.list_plants(FOR_READINGS), 8),
    "overview": (lambda client: client.plants.overview("1"), 288),
    "power": (lambda client: client.plants.power("1", TODAY), 288),
    "reading": (lambda client: client.device_api(INVERTER).last_data("A"), 288),
    "batch": (lambda client: client.device_api(SPH).batch_data(["A"]), 1440),
    "details": (
        lambda client: client.device_api(STORAGE).info("A", FOR_READINGS),
        1440,
    ),
    "alarms": (lambda client: client.device_api(STORAGE).alarms("A", TODAY), 1440),
}


class FaultyTransport(FakeTransport):
    """A transport that answers one thing."""

    def __init__(self, clock: VirtualClock, answer: Answer = GOOD) -> None:
        super().__init__(clock)
        self.answer = answer

    @override
    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        await super().exchange(endpoint, parameters)
        if isinstance(self.answer, OpenApiError):
            raise self.answer
        return self.answer


async def ask_for_a_day(
    client: OpenApiClient,
    clock: VirtualClock,
    ask: Callable[[OpenApiClient], Awaitable[Any]],
) -> None:
    end = clock.monotonic() + DAY
    while clock.monotonic() < end:
        with contextlib.suppress(OpenApiError):
            await ask(client)
        clock.advance(60)


@pytest.mark.parametrize("name", READS)
@settings(max_examples=25, deadline=None)
@given(answer=ANSWERS)
def test_no_fault_costs_more_calls_than_none(name: str, answer: Answer) -> None:
    async def count() -> int:
        clock = VirtualClock()
        transport = FaultyTransport(clock, answer)
        client = OpenApiClient(Gateway(transport, clock))
        await ask_for_a_day(client, clock, READS[name][0])
        return len(transport.calls)

    allowed = READS[name][1]
    if isinstance(answer, CloudDownError) and not answer.reached:
        allowed = 288  # the probes of an outage: they reach no server, and no limit
    assert asyncio.run(count()) <= allowed + 10


NOTHING: tuple[Any, ...] = ("", None, [], {}, "null", 0)
USELESS: tuple[Answer, ...] = (
    CloudDownError(CloudDownCause.HTTP_ERROR),
    CloudDownError(CloudDownCause.NOT_JSON),
    RequestError(ErrorCode.SYSTEM, 10001, ""),
    WrongServerError(),
    RefusedError(),
    {"error_code": 0},
    *({"error_code": 0, "data": data} for data in NOTHING),
)


@pytest.mark.parametrize("answer", USELESS, ids=str)
@pytest.mark.parametrize("name", READS)
async def test_what_brings_nothing_is_asked_once_an_hour_in_the_end(
    name: str, answer: Answer, clock: VirtualClock
) -> None:
    """Other endpoints answer, so that the cloud as a whole is not down."""
    transport = FaultyTransport(clock)
    client = OpenApiClient(Gateway(transport, clock))
    ask, _ = READS[name]
    broken = 0

    async def ask_both(client: OpenApiClient) -> None:
        nonlocal broken
        transport.answer, before = answer, len(transport.calls)
        with contextlib.suppress(OpenApiError):
            await ask(client)
        broken += len(transport.calls) - before
        transport.answer = GOOD
        await client.device_api(STORAGE).last_data("B")

    await ask_for_a_day(client, clock, ask_both)
    assert broken <= 40
    assert not client.gateway.connection.circuit_breaker.is_open
    # Once it works again, it is asked as before.
    clock.advance(3600)
    assert (await ask(client)).is_new


async def test_useless_reply_does_not_replace_the_last_one(clock: VirtualClock) -> None:
    transport = FaultyTransport(clock)
    client = OpenApiClient(Gateway(transport, clock))
    await client.plants.list_plants(FOR_READINGS)
    transport.answer = {"error_code": 0, "data": ""}
    clock.advance(300)
    with pytest.raises(CloudDownError) as error:
        await client.plants.list_plants(FOR_READINGS)
    assert error.value.retry_after == 300
    stored = await client.plants.list_plants(STORED_ONLY)
    assert [plant.plant_id for plant in stored.value] == ["1"]


@pytest.mark.parametrize("count", [{}, {"count": 5000}])
async def test_list_of_a_server_that_ignores_the_page_ends(
    clock: VirtualClock, count: dict[str, int]
) -> None:
    power = 0

    class SamePage(FakeTransport):
        @override
        async def exchange(
            self, endpoint: Endpoint, parameters: Mapping[str, str]
        ) -> Envelope:
            nonlocal power
            power += 1
            await super().exchange(endpoint, parameters)
            rows = [{"plant_id": one, "current_power": power} for one in range(100)]
            return {"error_code": 0, "data": {"plants": rows, **count}}

    transport = SamePage(clock)
    client = OpenApiClient(Gateway(transport, clock))
    reply = await client.plants.list_plants(FOR_READINGS)
    assert len(transport.calls) == 2
    assert len(reply.value) == 100
    assert not reply.complete
