"""Fixtures: Home Assistant with a recorder, over the simulated cloud, at a time that only tests advance.

A test that needs statistics takes ``recorder_mock`` (the recorder's instance) or ``loaded`` (the entry, set up after the recorder).
What to know of a recorder under frozen time:

- What was queued is in the database after ``async_wait_recording_done(hass)``, never after ``hass.async_block_till_done()`` alone:
  the recorder writes in a thread of its own. ``read_statistics`` of recorder.py waits by itself.
- Reads belong in the recorder's executor, ``get_instance(hass).async_add_executor_job``: they block the event loop otherwise.
- The thread reads the same frozen time. Freezing must begin before the recorder starts, or its run begins years after the states
  in it; ``mock_recorder_before_hass`` sees to that.
- The recorder's timers (commits, statistics every five minutes, the nightly purge) fire when ``let_pass`` moves the time past
  them. Compiling and purging do nothing unless a test sets ``enable_statistics`` or ``enable_nightly_purge`` by a parameter.
- Rows of external statistics begin at whole hours. The recorder looks at the minutes of the given time before it converts it to UTC:
  in a zone of half hours it takes 10:00, which is no whole hour of UTC. So pass times in UTC, and a list: it iterates twice.
- A test that takes ``recorder_url`` runs three times, with SQLite, MariaDB and PostgreSQL: real servers (databases.py), an empty
  database for each test. Without it the recorder uses SQLite in memory. Where a server is not installed its runs are skipped, and
  fail with REQUIRE_DATABASES=1 in the environment.
- The package of Home Assistant's tests logs every SQL statement; ``quiet_database`` stops that, which takes most of a long test's time.
"""

from collections.abc import Iterator
import contextlib
import logging
from typing import Any
import warnings

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers import VirtualClock, set_up
from tests.integration import conftest as integration

from .databases import (
    REQUIRED,
    SERVERS,
    DatabaseServer,
    MissingDatabaseError,
    run_server,
)

# The same Home Assistant, time and files as in the other tests.
storage, clock, entry = integration.storage, integration.clock, integration.entry
let_pass, held, ids = integration.let_pass, integration.held, integration.ids
entity_registry_enabled_by_default = integration.entity_registry_enabled_by_default


def _run_server(name: str) -> Iterator[DatabaseServer | str]:
    """Run a server, or yield why it cannot run."""
    with contextlib.ExitStack() as stack:
        try:
            server: DatabaseServer | str = stack.enter_context(run_server(name))
        except MissingDatabaseError as err:
            if REQUIRED:
                raise
            server = f"No tests with {name}: {err}"
            warnings.warn(server, stacklevel=1)
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[DatabaseServer | str]:
    """A running MariaDB, or why there is none."""
    yield from _run_server("mariadb")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[DatabaseServer | str]:
    """A running PostgreSQL, or why there is none."""
    yield from _run_server("postgresql")


@pytest.fixture(params=["sqlite", *SERVERS])
def recorder_url(request: pytest.FixtureRequest, loopback_only: None) -> Iterator[str]:
    """The URL of an empty database for the recorder: of each kind in turn."""
    if request.param == "sqlite":
        yield "sqlite://"
        return
    server = request.getfixturevalue(request.param)
    if isinstance(server, str):
        pytest.skip(server)
    with server.make_database("recorder") as url:
        yield url


@pytest.fixture
def recorder_db_url(recorder_db_url: str, request: pytest.FixtureRequest) -> str:
    """The database of Home Assistant's fixtures: that of recorder_url in tests that take it, or SQLite in memory."""
    if "recorder_url" not in request.fixturenames:
        return recorder_db_url
    url: str = request.getfixturevalue("recorder_url")
    return url


@pytest.fixture
def mock_recorder_before_hass(clock: VirtualClock, async_test_recorder: Any) -> None:
    """Prepare the recorder before Home Assistant, and the frozen time before both."""


@pytest.fixture(autouse=True)
def quiet_database() -> None:
    """Do not log SQL statements."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture
async def loaded(
    recorder_mock: Recorder, hass: HomeAssistant, entry: MockConfigEntry
) -> MockConfigEntry:
    """The config entry, set up in a Home Assistant with a recorder."""
    await set_up(hass, entry)
    return entry
