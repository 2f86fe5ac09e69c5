"""Fixtures for all tests: the simulated cloud on loopback, and a clock that only tests advance."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime

import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
import pytest_socket
from syrupy.assertion import SnapshotAssertion

import custom_components.growatt_openapi  # noqa: F401 - before the test package of the same name
from simulator.clock import SimulatorClock
from simulator.cloud import Cloud
from simulator.physics.plant import Plant
from simulator.router import Router
from simulator.scenarios import TOKEN, home
from simulator.server import Server
from tests.helpers import VirtualClock


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that selects the cases of tests/faults."""
    parser.addoption(
        "--faults",
        choices=("fast", "all"),
        default="fast",
        help="cases of tests/faults: a selection with each fault, endpoint and phase, or all",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of tests/faults."""
    config.addinivalue_line(
        "markers", "phases(*phases): a test of the cases of these phases"
    )


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots in the format of Home Assistant."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def enable_event_loop_debug() -> None:
    """Leave the event loop's debug mode off: recording where each timer was created takes most of a long test's time."""


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Make this integration available in every test."""


@pytest.fixture(autouse=True)
def loopback_only(socket_enabled: None) -> Iterator[None]:
    """Allow sockets to this machine only."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture
def clock() -> VirtualClock:
    """The clock of tests without Home Assistant."""
    return VirtualClock()


@pytest.fixture
def make_plants(request: pytest.FixtureRequest) -> Callable[[datetime], list[Plant]]:
    """The scenario: SCENARIO of the module, or "home"; a test may set another by a parameter of this name."""
    scenario: Callable[[datetime], list[Plant]]
    scenario = getattr(request.module, "SCENARIO", home)
    return scenario


@pytest.fixture
def make_cloud(
    clock: VirtualClock, make_plants: Callable[[datetime], list[Plant]]
) -> Callable[..., Cloud]:
    """A function that makes clouds of the scenario."""

    def make(*, plants: bool = True, tokens: set[str] | None = None) -> Cloud:
        return Cloud(
            plants=make_plants(clock.now()) if plants else [],
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
    """The simulated cloud over HTTP."""
    server = Server(cloud, router=router)
    await server.start()
    yield server
    await server.stop()
