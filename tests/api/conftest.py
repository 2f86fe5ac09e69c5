"""Fixtures: a client of the simulated cloud, and a gateway over a fake transport."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from custom_components.growatt_openapi.api import OpenApiClient, Transport
from custom_components.growatt_openapi.api.gateway import Gateway
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import FakeTransport, MakeClient, VirtualClock


@pytest.fixture
async def make_client(clock: VirtualClock) -> AsyncIterator[MakeClient]:
    session = aiohttp.ClientSession()
    yield lambda url: OpenApiClient(Gateway(Transport(session, url, TOKEN), clock))
    await session.close()


@pytest.fixture
def client(server: Server, make_client: MakeClient) -> OpenApiClient:
    return make_client(server.url)


@pytest.fixture
def transport(clock: VirtualClock) -> FakeTransport:
    return FakeTransport(clock)


@pytest.fixture
def gateway(transport: FakeTransport, clock: VirtualClock) -> Gateway:
    return Gateway(transport, clock)
