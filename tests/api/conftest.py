"""A gateway over a transport that answers as told."""

import asyncio
from collections.abc import Mapping

import pytest

from custom_components.growatt_openapi.api.ask import Ask, Priority
from custom_components.growatt_openapi.api.endpoints import (
    PLANT_DATA,
    Endpoint,
)
from custom_components.growatt_openapi.api.errors import (
    OpenApiError,
)
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.replies import Reply
from custom_components.growatt_openapi.api.transport import Envelope
from tests.conftest import VirtualClock

PLANT = {"plant_id": "1"}


class FakeTransport:
    """Answers as told, and writes down when it was asked what."""

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
) -> Reply:
    return await gateway.read(endpoint, parameters, Ask(priority, scheduled))
