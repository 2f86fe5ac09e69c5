"""A thousand inverters: calls, ages, the event loop's time, set-up, memory."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
import contextlib
from datetime import datetime, timedelta
from functools import partial
import gc
import json
from pathlib import Path
import time
from typing import Any
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.endpoints.inverter import INVERTER_BATCH
from custom_components.growatt_openapi.api.request_log import request_key
from custom_components.growatt_openapi.api.safe_json import parse_json
from custom_components.growatt_openapi.coordinator import FamilyCoordinator
from simulator.scenarios import TOKEN, fleet

from .harness import HOUR, World, run, set_up

INVERTER = "inverter"
MINUTE = 60.0
PERIOD = 300.0


def _real() -> float:
    """Return real seconds: the usual functions stand still."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def _family(entry: MockConfigEntry) -> FamilyCoordinator:
    family: FamilyCoordinator = entry.runtime_data.families[INVERTER]
    return family


async def _pace(hours: float, world: World) -> dict[str, Any]:
    async with world.home_assistant() as hass:
        entry = world.ours(detail="essential")
        await set_up(hass, entry)
        await world.pass_time(hass, HOUR)
        since = len(world.cloud.journal)
        begin = world.now()
        ages: list[float] = []
        zone = world.cloud.plants[0].zone
        end = begin + hours * HOUR
        while world.now() < end:
            await world.pass_time(hass, MINUTE)
            for state in _family(entry).data.values():
                newest = state.clock.newest
                if newest is not None:
                    measured = newest.replace(tzinfo=zone).timestamp()
                    ages.append(world.now() - measured)
        journal = world.cloud.journal[since:]
        windows = Counter(
            int((call.time.timestamp() - begin) // PERIOD) for call in journal
        )
        devices = len(_family(entry).data)
    ages.sort()
    return {
        "devices": devices,
        "calls": max(windows.values()),
        "age_99": round(ages[int(len(ages) * 0.99)]),
        "age_max": round(ages[-1]),
        "refusals": sum(call.code == 10012 for call in journal),
    }


class Steps:
    """The event loop's steps: how long all took, and the longest."""

    def __init__(self) -> None:
        """Begin."""
        self.total = 0.0
        self.longest = 0.0
        self.name = ""
        self._is_over = False

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Time every step."""
        run_handle = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            callback = getattr(handle, "_callback", None)
            begin = _real()
            run_handle(handle)
            took = _real() - begin
            if self._is_over:
                return  # the watcher's own step
            self.total += took
            if took > self.longest:
                self.longest, self.name = (
                    took,
                    repr(getattr(callback, "__self__", callback)),
                )

        with patch.object(asyncio.Handle, "_run", timed):
            try:
                yield
            finally:
                self._is_over = True


async def _steps(world: World) -> dict[str, Any]:
    """Compare rounds of reading with news and without, and time the minute's look."""
    async with world.home_assistant() as hass:
        entry = world.ours(detail="essential")
        await set_up(hass, entry)
        await world.pass_time(hass, 20 * MINUTE)
        family = _family(entry)
        gateway = family.gateway
        # One round at a time is looked at.
        for other in (
            entry.runtime_data.inventory,
            *entry.runtime_data.plants.values(),
        ):
            other.stop()
        world.cloud.limits.enforced = False
        canned = {"": b'{"error_code": 10001}'}

        async def exchange(endpoint: Endpoint, parameters: Mapping[str, str]) -> Any:
            """Answer as the cloud has, without its work in this loop; reading the text is ours."""
            return parse_json(canned[parameters.get("inverters", "")])

        gc.collect()
        gc.freeze()
        longest = Steps()
        spent: dict[str, list[float]] = {"news": [], "none": []}
        for number in range(10):
            kind = "none" if number % 2 else "news"
            if kind == "news":
                world.frozen.tick(timedelta(seconds=PERIOD))
                for group in family.groups:
                    asked = {"inverters": ",".join(group.serials), "pageNum": "1"}
                    reply = world.server.router.dispatch(
                        TOKEN, "POST", "device/inverter/invs_data", asked
                    )
                    canned[asked["inverters"]] = json.dumps(reply).encode()
            for group in family.groups:
                group.next_at = 0.0
                asked = {"inverters": ",".join(group.serials), "pageNum": "1"}
                key = request_key(INVERTER_BATCH.path, asked)
                gateway._log.records[key].ready_at = 0.0
            steps = Steps()
            with (
                # The harness writes in the loop what Home Assistant writes in a thread.
                patch("homeassistant.helpers.storage.Store._async_write_data"),
                patch.object(gateway.connection._transport, "exchange", exchange),
                steps.watch(),
            ):
                await asyncio.create_task(family.async_refresh())
            spent[kind].append(steps.total)
            if steps.longest > longest.longest:
                longest = steps
        look = Steps()
        with look.watch():
            await asyncio.create_task(family.async_apply_time())
    news, none = sorted(spent["news"])[2], sorted(spent["none"])[2]
    return {
        "news_ms": round(news * 1000, 1),
        "none_ms": round(none * 1000, 1),
        "ratio": round(none / news, 3),
        "longest_ms": round(longest.longest * 1000, 1),
        "longest": longest.name[:300],
        "look_ms": round(look.total * 1000, 1),
        "look_longest_ms": round(look.longest * 1000, 1),
    }


async def _begin(detail: str, world: World) -> dict[str, Any]:
    async with world.home_assistant() as hass:
        entry = world.ours(detail=detail)
        gc.collect()
        before = _resident()
        begin = _real()
        await set_up(hass, entry)
        took = _real() - begin
        # Until every device has been read once.
        while any(not state.values for state in _family(entry).data.values()) or len(
            _family(entry).data
        ) < sum(len(plant.devices) for plant in world.cloud.plants):
            await world.pass_time(hass, MINUTE)
        complete = _real() - begin
        gc.collect()
        return {
            "set_up_s": round(took, 1),
            "complete_s": round(complete, 1),
            "resident_kb": _resident() - before,
            "entities": len(hass.states.async_entity_ids()),
        }


def _resident() -> int:
    """Return the resident memory of this process, kB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def _run(start: str, measure: Any, plants: int = 50) -> dict[str, Any]:
    noon = datetime.fromisoformat(start) + timedelta(hours=10, seconds=2.5)
    return run(noon, partial(fleet, plants=plants), measure)  # type: ignore[no-any-return]


def pace(start: str, hours: float = 2) -> dict[str, Any]:
    """Measure calls and ages of 1,000 inverters, from the second hour on."""
    return _run(start, partial(_pace, hours))


def steps(start: str) -> dict[str, Any]:
    """Measure what a round costs the event loop."""
    return _run(start, _steps)


def begin(start: str, plants: int, detail: str = "essential") -> dict[str, Any]:
    """Measure a first set-up."""
    return _run(start, partial(_begin, detail), plants)
