"""Fixtures: a client of the simulated cloud, and a gateway over a fake transport."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp
import pytest

from custom_components.growatt_openapi.api import OpenApiClient, Transport
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.endpoints.plants import PLANT_DATA
from custom_components.growatt_openapi.api.errors import OpenApiError
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.models import Reply
from custom_components.growatt_openapi.api.request_options import (
    Priority,
    RequestOptions,
)
from custom_components.growatt_openapi.api.transport import Envelope
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.conftest import VirtualClock

PLANT = {"plant_id": "1"}


type MakeClient = Callable[[str], OpenApiClient]


@pytest.fixture
async def make_client(clock: VirtualClock) -> AsyncIterator[MakeClient]:
    session = aiohttp.ClientSession()
    yield lambda url: OpenApiClient(Gateway(Transport(session, url, TOKEN), clock))
    await session.close()


@pytest.fixture
def client(server: Server, make_client: MakeClient) -> OpenApiClient:
    return make_client(server.url)


class FakeTransport:
    """A transport that raises the given errors and records its calls."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.calls: list[tuple[float, str, dict[str, str]]] = []
        self.errors: list[OpenApiError | None] = []
        self.latency = 0.0
        self.gate: asyncio.Event | None = None
        self.under_way = 0

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        self.calls.append((self.clock.monotonic(), endpoint.path, dict(parameters)))
        self.under_way += 1
        assert self.under_way == 1, "two calls at a time"
        try:
            if self.gate is not None:
                await self.gate.wait()
            self.clock.advance(self.latency)
            error = self.errors.pop(0) if self.errors else None
            if error is not None:
                raise error
            return {"data": len(self.calls), "error_code": 0}
        finally:
            self.under_way -= 1

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.calls]


@pytest.fixture
def transport(clock: VirtualClock) -> FakeTransport:
    return FakeTransport(clock)


@pytest.fixture
def gateway(transport: FakeTransport, clock: VirtualClock) -> Gateway:
    return Gateway(transport, clock)


async def read(
    gateway: Gateway,
    endpoint: Endpoint = PLANT_DATA,
    parameters: Mapping[str, str] = PLANT,
    *,
    priority: Priority = Priority.READING,
    scheduled: bool = False,
) -> Reply[Envelope]:
    return await gateway.read(endpoint, parameters, RequestOptions(priority, scheduled))
