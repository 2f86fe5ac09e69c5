"""Limits stricter than the vendor's pages: learned from refusals, kept over restarts, tried again once a day."""

import contextlib
import copy
import itertools
import json
from typing import Any, override

import pytest

from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.endpoints.inverter import INVERTER_LAST_DATA
from custom_components.growatt_openapi.api.endpoints.storage import STORAGE_LAST_DATA
from custom_components.growatt_openapi.api.errors import OpenApiError, RefusedError
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.transport import Envelope
from tests.api.test_request_log import Disk
from tests.helpers import FakeTransport, VirtualClock, read

DAY = 24 * 3600


class StrictTransport(FakeTransport):
    """A cloud that refuses the same request within ``limit`` seconds of an answered one, and of a refused one if those renew."""

    def __init__(
        self, clock: VirtualClock, limit: float, *, renews: bool = False
    ) -> None:
        super().__init__(clock)
        self.limit = limit
        self.renews = renews
        self.refused: list[float] = []
        self.answered: list[float] = []
        self._last: dict[str, float] = {}

    @override
    async def exchange(self, endpoint: Endpoint, parameters: Any) -> Envelope:
        envelope = await super().exchange(endpoint, parameters)
        key, now = f"{endpoint.path} {parameters}", self.clock.monotonic()
        is_early = now - self._last.get(key, 0.0) < self.limit
        if not is_early or self.renews:
            self._last[key] = now
        if is_early:
            self.refused.append(now)
            raise RefusedError
        self.answered.append(now)
        return envelope


async def ask(
    gateway: Gateway, clock: VirtualClock, seconds: float, step: float = 15.0
) -> None:
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        for serial in ("A", "B"):
            with contextlib.suppress(OpenApiError):
                await read(gateway, STORAGE_LAST_DATA, {"storage_sn": serial})
        clock.advance(step)


@pytest.mark.parametrize("renews", [False, True])
@pytest.mark.parametrize("limit", [30.0, 120.0, 290.0, 300.0])
async def test_strict_cloud_is_believed_after_two_refusals(
    clock: VirtualClock, limit: float, renews: bool
) -> None:
    transport = StrictTransport(clock, limit, renews=renews)
    gateway = Gateway(transport, clock)
    await ask(gateway, clock, DAY - 600)
    # Two believed, one more where the limit is all of five minutes, and what the other device had asked by then.
    assert len(transport.refused) <= 6
    # Both devices are read as often as the cloud allows, or nearly.
    assert len(transport.answered) > 2 * (DAY - 3600) / 320
    assert gateway.refusals_for_others_last_day == 0
    # On the next day the pages are tried once more, and no longer than it takes to see.
    refusals = len(transport.refused)
    await ask(gateway, clock, DAY)
    assert len(transport.refused) - refusals <= 4


async def test_lifted_limit_is_found_within_a_day(clock: VirtualClock) -> None:
    transport = StrictTransport(clock, 300)
    gateway = Gateway(transport, clock)
    await ask(gateway, clock, 3600)
    transport.limit = 10
    await ask(gateway, clock, DAY)
    transport.answered.clear()
    await ask(gateway, clock, 3600)
    gaps = [b - a for a, b in itertools.pairwise(transport.answered)]
    assert max(gaps) <= 30


async def test_learned_limit_survives_a_restart(clock: VirtualClock) -> None:
    transport, disk = StrictTransport(clock, 300), Disk()
    gateway = Gateway(transport, clock, keeper=disk)
    await ask(gateway, clock, 3600)
    disk.stop(gateway)
    saved = copy.deepcopy(disk.log)
    assert list(saved["learned"]) == [STORAGE_LAST_DATA.path]
    refusals = len(transport.refused)
    clock.advance(20)
    again = Gateway(transport, clock, keeper=disk)
    await ask(again, clock, 3600)
    assert len(transport.refused) == refusals
    # A log of an earlier version has none.
    del saved["learned"]
    for record in saved["requests"].values():
        del record["asked"]
    saved["quarters"] = [quarter[:4] for quarter in saved["quarters"]]
    disk.log = json.loads(json.dumps(saved))
    old = Gateway(transport, clock, keeper=disk)
    clock.advance(400)
    await ask(old, clock, 1)
    assert old.refusals_for_others_last_day == refusals


async def test_single_refusals_teach_nothing(
    transport: FakeTransport, gateway: Gateway, clock: VirtualClock
) -> None:
    """Another program that makes the same request now and then is no limit."""
    for _ in range(50):
        await read(gateway, STORAGE_LAST_DATA)
        clock.advance(40)
        transport.errors = [RefusedError()]
        assert not (await read(gateway, STORAGE_LAST_DATA)).is_new
        clock.advance(10)
        assert (await read(gateway, STORAGE_LAST_DATA)).is_new
        clock.advance(20)


async def test_refusal_long_after_the_last_call_is_due_to_another_program(
    transport: FakeTransport, gateway: Gateway, clock: VirtualClock
) -> None:
    for endpoint in (INVERTER_LAST_DATA, STORAGE_LAST_DATA):
        for _ in range(4):
            await read(gateway, endpoint)
            clock.advance(300)
            transport.errors = [RefusedError()]
            assert not (await read(gateway, endpoint)).is_new
            clock.advance(301)
    assert gateway.refusals_last_day == gateway.refusals_for_others_last_day == 8
    clock.advance(20)
    await read(gateway, STORAGE_LAST_DATA)
    clock.advance(10)
    assert (await read(gateway, STORAGE_LAST_DATA)).is_new
