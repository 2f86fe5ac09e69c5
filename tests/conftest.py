"""What the tests share: the simulated cloud on loopback, and a clock that only tests move."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
import pytest_socket
from syrupy.assertion import SnapshotAssertion

import custom_components.growatt_openapi  # noqa: F401 - before the test package of the same name
from simulator.clock import SimulatorClock
from simulator.cloud import Cloud
from simulator.router import Router
from simulator.scenarios import TOKEN, home
from simulator.server import Server

NOON = datetime(2026, 6, 20, 11, 2, 30, tzinfo=UTC)


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots in Home Assistant's manner."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def enable_event_loop_debug() -> None:
    """Leave the event loop's debug mode off: it writes down where every timer was made, for most of a long test's time."""


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Let every test's Home Assistant see this integration."""


@pytest.fixture(autouse=True)
def loopback_only(socket_enabled: None) -> Iterator[None]:
    """Allow sockets to this machine, and to no other."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


class VirtualClock:
    """A clock for both sides of the wire: time passes when someone waits, or when a test says so."""

    def __init__(self, start: datetime = NOON) -> None:
        self.time = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0)  # others have their turn, as in any sleep

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class FrozenClock(VirtualClock):
    """The same, over the frozen time of Home Assistant's tests."""

    def __init__(self, freezer: FrozenDateTimeFactory) -> None:
        super().__init__()
        self._freezer = freezer

    @override
    def now(self) -> datetime:
        return datetime.now(UTC)

    @override
    def monotonic(self) -> float:
        return self.now().timestamp()

    @override
    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._freezer.tick(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    @override
    def advance(self, seconds: float) -> None:
        self._freezer.tick(timedelta(seconds=seconds))


def alter_reply(
    patch: pytest.MonkeyPatch,
    router: Router,
    path: str,
    change: Callable[[dict[str, Any]], object],
) -> None:
    """Apply ``change`` to the data of every reply of an endpoint."""
    route = router.routes[path]

    def handler(*arguments: Any) -> dict[str, Any]:
        reply = route.handler(*arguments)
        change(reply["data"])
        return reply

    patch.setitem(router.routes, path, replace(route, handler=handler))


@pytest.fixture
def clock() -> VirtualClock:
    """The time of tests without Home Assistant."""
    return VirtualClock()


@pytest.fixture
def make_cloud(
    clock: VirtualClock, request: pytest.FixtureRequest
) -> Callable[..., Cloud]:
    """A function that makes clouds of a module's SCENARIO, "home" where it names none."""
    scenario = getattr(request.module, "SCENARIO", home)

    def make(*, plants: bool = True, tokens: set[str] | None = None) -> Cloud:
        return Cloud(
            plants=scenario(clock.now()) if plants else [],
            clock=SimulatorClock(source=clock.now),
            tokens={TOKEN} if tokens is None else tokens,
        )

    return make


@pytest.fixture
def cloud(make_cloud: Callable[..., Cloud]) -> Cloud:
    """The simulated cloud."""
    return make_cloud()


@pytest.fixture
def router(cloud: Cloud) -> Router:
    """The router in front of the simulated cloud."""
    return Router(cloud)


@pytest.fixture
async def server(cloud: Cloud, router: Router) -> AsyncIterator[Server]:
    """That cloud over HTTP."""
    server = Server(cloud, router=router)
    await server.start()
    yield server
    await server.stop()
