"""A house in Home Assistant, its simulated cloud, and the faults between them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
import orjson
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import CONF_WRITES, DOMAIN
from custom_components.growatt_openapi.persistence import clients
from simulator.cloud import Cloud
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import Pass, VirtualClock, set_up

from .catalog import FaultCase, Wire
from .checks import LogCollector, check_log, check_secrets, check_states
from .front import Front

_MINUTE = 60.0
# The longest that recovery may take, and how often the campaign looks.
RECOVERY = 60 * _MINUTE
_LOOK = 5 * _MINUTE


@dataclass
class World:
    """Everything that a case needs."""

    hass: HomeAssistant
    cloud: Cloud
    server: Server
    front: Front | None
    clock: VirtualClock
    storage: dict[str, Any]
    log: LogCollector
    let_pass: Pass
    neighbour: MockConfigEntry

    @property
    def url(self) -> str:
        """The address of the cloud."""
        return self.server.url if self.front is None else self.front.url

    def make_entry(self) -> MockConfigEntry:
        """Return a config entry that is not yet set up."""
        return MockConfigEntry(
            domain=DOMAIN,
            title="Sunny Cottage",
            unique_id=str(self.cloud.plants[0].plant_id),
            data={"region": "custom", "url": self.url, "token": TOKEN},
            # Cases follow each other so closely that they would use up the writes of an hour.
            options={"plants": None, "controls": True, CONF_WRITES: 100_000},
        )

    async def set_up(self, entry: MockConfigEntry) -> None:
        """Set an entry up."""
        await set_up(self.hass, entry)

    async def pass_minutes(self, minutes: float) -> None:
        """Let time pass, from one timer to the next."""
        await self.let_pass(minutes * _MINUTE, 300)

    async def begin(self, fault: FaultCase, path: str) -> None:
        """Begin a fault on one endpoint, or on all if ``path`` is empty."""
        if fault.wire is None:
            self.cloud.faults.append(fault.make(path))
        else:
            assert self.front is not None
            await self.front.begin(fault.wire)

    async def end(self) -> None:
        """End all faults."""
        self.cloud.faults.clear()
        if self.front is not None:
            await self.front.end()

    @property
    def calls(self) -> int:
        """The number of calls that the cloud has seen."""
        return len(self.cloud.journal)

    def check_calls(self, since: int, usual: float, more: int) -> None:
        """Check that there were no more calls than usual, and none too early."""
        made = self.cloud.journal[since:]
        early = [call.path for call in made if call.code == 10012]
        assert not early, f"asked too early: {early[:3]}"
        assert len(made) <= usual + more, f"{len(made)} calls, usually {usual:.0f}"

    def check_alive(self, entry: MockConfigEntry) -> None:
        """Check that Home Assistant runs, with its other integrations, and that the entry is loaded or retries."""
        assert self.hass.state is CoreState.running
        assert self.neighbour.state is ConfigEntryState.LOADED, "the neighbour is gone"
        assert entry.state in (
            ConfigEntryState.LOADED,
            ConfigEntryState.SETUP_RETRY,
        ), f"the entry is in {entry.state}: {entry.reason}"

    async def check(self, entry: MockConfigEntry, most_lines: int, when: str) -> None:
        """Check all that must be true at every time."""
        self.check_alive(entry)
        check_log(self.log.take(), most_lines, when)
        check_states(self.hass, entry, self.clock.now())
        await check_secrets(self.hass, entry, self.storage, self.log)

    async def wait_until(self, is_done: Callable[[], bool], longest: float) -> None:
        """Let time pass until something is so, or the longest time is over."""
        passed = 0.0
        while passed < longest and not is_done():
            await self.let_pass(_LOOK, 300)
            passed += _LOOK

    async def stop(self, entry: MockConfigEntry) -> None:
        """Unload an entry as a clean stop of Home Assistant does."""
        self.hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await self.hass.async_block_till_done()
        if entry.state is ConfigEntryState.LOADED:
            await self.hass.config_entries.async_unload(entry.entry_id)
        await self.hass.async_block_till_done()

    async def check_files(self, entry: MockConfigEntry) -> None:
        """Check that the files that a fault has left can be saved and loaded."""
        await self.stop(entry)
        for name, content in self.storage.items():
            if name.startswith(DOMAIN):
                orjson.dumps(content)
        self.hass.data.pop(clients._CLIENTS, None)
        self.log.take()
        if entry.state is ConfigEntryState.NOT_LOADED:
            await self.hass.config_entries.async_setup(entry.entry_id)
            await self.hass.async_block_till_done(wait_background_tasks=True)
        # A device of an unknown type is mentioned once in every run.
        self.log.records = [
            record
            for record in self.log.records
            if not record.getMessage().startswith("Devices of type")
        ]
        await self.check(entry, 0, "when the files were loaded again")
        assert entry.state is ConfigEntryState.LOADED
        await self.stop(entry)


type MakeWorld = Callable[[Wire | None], Awaitable[World]]
