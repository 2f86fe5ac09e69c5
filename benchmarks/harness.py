"""A world in virtual time: the simulated cloud over real HTTP, and a Home Assistant that is started, stopped and killed in it.

Time stands still while anything happens, and then jumps to the next timer. Both integrations are run by the same loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from aiohttp.resolver import ThreadedResolver
import freezegun
from freezegun.api import FrozenDateTimeFactory
import growattServer
from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component import plugins
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_test_home_assistant,
    mock_storage,
)
import pytest_socket

import custom_components.growatt_openapi  # noqa: F401 - before the test package of the same name
from custom_components.growatt_openapi.persistence import clients
from simulator.clock import SimulatorClock
from simulator.cloud import Cloud
from simulator.physics.plant import Plant
from simulator.scenarios import TOKEN
from simulator.server import Server

# Midnights at a plant of GMT+1.
EQUINOX = datetime(2026, 3, 19, 23, 0, tzinfo=UTC)
SUMMER = datetime(2026, 6, 19, 23, 0, tzinfo=UTC)
WINTER = datetime(2026, 12, 19, 23, 0, tzinfo=UTC)
HOUR = 3600.0
DAY = 24 * HOUR


class _Resolver(ThreadedResolver):
    """A resolver as Home Assistant closes it."""

    async def real_close(self) -> None:
        """Close."""
        await self.close()


class VirtualClock:
    """The integration's clock: what it waits passes at once."""

    def __init__(self, frozen: FrozenDateTimeFactory) -> None:
        """Move ``frozen`` time."""
        self._frozen = frozen

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return it in seconds."""
        return self.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._frozen.tick(timedelta(seconds=seconds))


@dataclass
class World:
    """The cloud, the time, and one Home Assistant at a time."""

    frozen: FrozenDateTimeFactory
    cloud: Cloud
    server: Server
    files: dict[str, Any] = field(default_factory=dict)

    def now(self) -> float:
        """Return the present instant."""
        return datetime.now(UTC).timestamp()

    @contextlib.asynccontextmanager
    async def home_assistant(
        self, *, kill: bool = False
    ) -> AsyncIterator[HomeAssistant]:
        """Start a Home Assistant with the files of the last one; at the end stop it, or kill it."""
        with mock_storage(self.files):
            async with async_test_home_assistant() as hass:
                hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
                await hass.config.async_set_time_zone("Europe/Berlin")
                hass.config.latitude, hass.config.longitude = 48.2, 11.6
                try:
                    yield hass
                finally:
                    written = dict(self.files)
                    await hass.async_stop(force=True)
                    # Its process would be gone now, and its timers with it.
                    for timer in hass.loop._scheduled:
                        timer.cancel()
                    if kill:
                        # What a program that dies does not write.
                        self.files.clear()
                        self.files.update(written)

    async def pass_time(
        self,
        hass: HomeAssistant,
        seconds: float,
        look: Callable[[float, float], None] = lambda *_: None,
        step: float = HOUR,
    ) -> None:
        """Let time pass from timer to timer; ``look`` is told each span in which nothing happened."""
        end = self.now() + seconds
        while (now := self.now()) < end - 1e-3:
            pause = min(step, end - now, max(_next_timer(hass), 0.005))
            look(now, now + pause)
            self.frozen.tick(timedelta(seconds=pause))
            async_fire_time_changed(hass, dt_util.utcnow())
            await hass.async_block_till_done(wait_background_tasks=True)

    def ours(self, *, name: str = "Bench", **options: Any) -> MockConfigEntry:
        """Return an entry of this integration over the simulated cloud."""
        return MockConfigEntry(
            domain="growatt_openapi",
            title=name,
            entry_id="ours",
            unique_id=str(self.cloud.plants[0].plant_id),
            data={"region": "custom", "url": self.server.url, "token": TOKEN},
            options={"plants": None, "controls": True, **options},
        )

    def core(self) -> MockConfigEntry:
        """Return an entry of Home Assistant's own integration, with a token, over the same cloud."""
        # It fixes its address before it looks at the region.
        growattServer.OpenApiV1.server_url = self.server.url.removesuffix("v1/")
        plant = self.cloud.plants[0]
        return MockConfigEntry(
            domain="growatt_server",
            title=plant.name,
            entry_id="core",
            unique_id=str(plant.plant_id),
            version=1,
            minor_version=1,
            data={
                "auth_type": "api_token",
                "token": TOKEN,
                "url": self.server.url.removesuffix("v1/"),
                "plant_id": str(plant.plant_id),
                "name": plant.name,
            },
        )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up, with all that follows at once."""
    if hass.config_entries.async_get_entry(entry.entry_id) is None:
        entry.add_to_hass(hass)
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError(f"{entry.domain}: {entry.state} {entry.reason}")
    await hass.async_block_till_done(wait_background_tasks=True)


def refusals(world: World, since: int = 0) -> int:
    """Return how many calls the cloud has refused by its own limits."""
    return sum(call.code == 10012 for call in world.cloud.journal[since:])


def run(
    start: datetime,
    scenario: Callable[[datetime], list[Plant]],
    measure: Callable[[World], Any],
) -> Any:
    """Run a measurement in a new world that begins at an instant."""
    plugins.pytest_runtest_setup()
    pytest_socket.enable_socket()
    with (
        # Home Assistant's own wants zeroconf; only the loopback interface is asked.
        patch(
            "homeassistant.helpers.aiohttp_client._async_make_resolver",
            lambda _: _Resolver(),
        ),
        # It waits for threads by a clock that stands still.
        patch(
            "homeassistant.util.executor.InterruptibleThreadPoolExecutor"
            ".join_threads_or_timeout"
        ),
        freezegun.freeze_time(start) as frozen,
    ):
        assert isinstance(frozen, FrozenDateTimeFactory)
        setattr(clients, "SystemClock", partial(VirtualClock, frozen))  # noqa: B010
        return asyncio.run(_run(start, scenario, measure, frozen))


async def _run(
    start: datetime,
    scenario: Callable[[datetime], list[Plant]],
    measure: Callable[[World], Any],
    frozen: FrozenDateTimeFactory,
) -> Any:
    cloud = Cloud(
        plants=scenario(start),
        clock=SimulatorClock(source=lambda: datetime.now(UTC)),
        tokens={TOKEN},
    )
    server = Server(cloud)
    await server.start()
    try:
        return await measure(World(frozen, cloud, server))
    finally:
        await server.stop()


def _next_timer(hass: HomeAssistant) -> float:
    """Return in how many seconds the next timer fires."""
    timers = hass.loop._scheduled  # type: ignore[attr-defined]
    due = (timer.when() for timer in timers if not timer.cancelled())
    return float(min(due, default=hass.loop.time() + HOUR) - hass.loop.time())
