"""Fixtures of the campaign: the cases to run, a world for each, and the table of what failed."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from datetime import datetime
import logging
import re
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.util import ssl as ssl_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from simulator.cloud import Cloud
from simulator.physics.plant import Plant
from simulator.router import Router
from simulator.scenarios import home
from simulator.server import Server
from tests.helpers import Pass, VirtualClock
from tests.integration import conftest as integration

from .cases import Case, Phase, all_cases, fast_cases
from .catalog import Wire
from .checks import LogCollector
from .front import CERTIFICATES, Front, FrontResolver
from .world import World

# The same Home Assistant, time and files as in the other tests.
storage, clock, let_pass = integration.storage, integration.clock, integration.let_pass
entity_registry_enabled_by_default = integration.entity_registry_enabled_by_default

_COMPONENT = "custom_components.growatt_openapi"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test of the campaign the cases of its phases: all or the fast selection."""
    marker = metafunc.definition.get_closest_marker("phases")
    if marker is None:
        return
    is_whole = metafunc.config.getoption("--faults") == "all"
    cases = [
        case
        for case in (all_cases() if is_whole else fast_cases())
        if case.phase in marker.args
    ]
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", cases, ids=[case.name for case in cases])
        return
    # Cases that take no time share one Home Assistant for each endpoint.
    groups: dict[tuple[str, Phase, Wire | None], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.path, case.phase, case.fault.wire), []).append(case)
    metafunc.parametrize(
        "cases",
        groups.values(),
        ids=[
            " ".join(filter(None, (phase, path or "all endpoints", wire)))
            for path, phase, wire in groups
        ],
    )


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[
    None, dict[str, Any] | None, dict[str, Any] | None
]:
    """Make a report fit to be sent between processes: without what was captured, and without lone surrogates."""
    data = yield
    if data is None:
        return None
    cleaned: dict[str, Any] = _without_surrogates({**data, "sections": []})
    return cleaned


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_without_surrogates(inner) for inner in value)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print a table of the failed cases: phase, endpoint, fault, and the first line of what went wrong."""
    stats = terminalreporter.stats
    rows = set()
    for kind in ("failed", "subtests failed", "error"):
        for report in stats.get(kind, ()):
            context = getattr(report, "context", None)
            name = report.nodeid.partition("[")[2].removesuffix("]")
            if context is not None and context.msg:
                name = context.msg
            text = str(report.longrepr)
            found = re.findall(r"(?m)^[E|+ ]*([\w.]*(?:Error|Exception)\b.*)$", text)
            line = found[0] if found else text.splitlines()[-1]
            # The test of a group says no more than its subtests.
            if not line.startswith("contains "):
                rows.add(f"{name} | {line[:300]}")
    for row in sorted(rows):
        terminalreporter.write_line(f"RED {row}")


@pytest.fixture
def make_plants(
    request: pytest.FixtureRequest,
) -> Callable[[datetime], list[Plant]]:
    """The houses that the case needs."""
    return _first_case(request).scenario if hasattr(request.node, "callspec") else home


def _first_case(request: pytest.FixtureRequest) -> Case:
    params = request.node.callspec.params
    case: Case = params["case"] if "case" in params else params["cases"][0]
    return case


@pytest.fixture
async def server(
    cloud: Cloud, router: Router, clock: VirtualClock
) -> AsyncIterator[Server]:
    """The simulated cloud over HTTP; its slow faults take virtual time."""
    server = Server(cloud, router=router, sleep=clock.sleep)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def log() -> Iterator[LogCollector]:
    """What is logged from now on."""
    collector = LogCollector()
    root, ours = logging.getLogger(), logging.getLogger(_COMPONENT)
    before = ours.level
    root.addHandler(collector)
    ours.setLevel(logging.DEBUG)
    yield collector
    ours.setLevel(before)
    root.removeHandler(collector)


@pytest.fixture
async def neighbour(hass: HomeAssistant) -> MockConfigEntry:
    """A config entry of another integration, which no fault may touch."""
    setup = AsyncMock(return_value=True)
    mock_integration(hass, MockModule("neighbour", async_setup_entry=setup))
    mock_platform(hass, "neighbour.config_flow")
    entry = MockConfigEntry(domain="neighbour")
    entry.add_to_hass(hass)
    with mock_config_flow("neighbour", ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.fixture
def resolver() -> Iterator[FrontResolver]:
    """The resolver of Home Assistant's client session."""
    resolver = FrontResolver()
    with patch(
        "homeassistant.helpers.aiohttp_client._async_make_resolver",
        return_value=resolver,
    ):
        yield resolver


def trust_front() -> None:
    """Make Home Assistant trust the front's own certificate, in this process."""
    context = ssl_util.client_context(
        ssl_util.SSLCipherList.PYTHON_DEFAULT, ssl_util.SSL_ALPN_HTTP11
    )
    context.load_verify_locations(cadata=CERTIFICATES[True].decode())


@pytest.fixture
def wire(request: pytest.FixtureRequest) -> Wire | None:
    """The fault of the connection that a case has."""
    return _first_case(request).fault.wire


@pytest.fixture
async def world(
    hass: HomeAssistant,
    server: Server,
    clock: VirtualClock,
    storage: dict[str, Any],
    log: LogCollector,
    let_pass: Pass,
    neighbour: MockConfigEntry,
    resolver: FrontResolver,
    wire: Wire | None,
) -> AsyncIterator[World]:
    """A house in Home Assistant, and its cloud. A front stands before the cloud where the case is about the connection."""
    front = None
    if wire is not None:
        is_tls = wire in (Wire.BAD_CERTIFICATE, Wire.NO_TLS)
        if is_tls:
            trust_front()
        front = Front(server.port, resolver, tls=is_tls)
        await front.start()
    yield World(
        hass,
        server.cloud,
        server,
        front,
        clock,
        storage,
        log,
        let_pass,
        neighbour,
    )
    if front is not None:
        await front.stop()
