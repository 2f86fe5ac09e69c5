"""Tests of the request log across restarts: no request is made too early."""

import asyncio
from collections.abc import Mapping
import contextlib
import copy
from datetime import datetime, timedelta
import itertools
import json
from typing import Any, override

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.growatt_openapi.api.endpoints.devices import DEVICE_LIST
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.endpoints.inverter import INVERTER_LAST_DATA
from custom_components.growatt_openapi.api.endpoints.plants import (
    PLANT_DATA,
    PLANT_LIST,
)
from custom_components.growatt_openapi.api.endpoints.storage import STORAGE_LAST_DATA
from custom_components.growatt_openapi.api.errors import (
    NotPermittedError,
    OpenApiError,
    RefusedError,
    TokenRefusedError,
)
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.request_options import (
    STORED_ONLY,
    Priority,
    RequestOptions,
)
from tests.helpers import FakeTransport, VirtualClock, read

NEWS = RequestOptions(Priority.READING, scheduled=True)


class Disk:
    """A keeper that stores what a gateway saves as JSON, with clean and unclean stops."""

    def __init__(self) -> None:
        self.log: Any = None
        self.replies: Any = None
        self.writes: list[float] = []
        self.clock: VirtualClock | None = None
        self.has_changes = False

    async def load(self) -> tuple[Any, Any]:
        return copy.deepcopy((self.log, self.replies))

    async def save_log(self, log: Mapping[str, Any]) -> None:
        self.log = json.loads(json.dumps(log))
        if self.clock is not None:
            self.writes.append(self.clock.monotonic())

    def schedule_save(self, *, replies: bool) -> None:
        self.has_changes = True

    def stop(self, gateway: Gateway) -> None:
        """Stop cleanly: save all changes."""
        if not self.has_changes:
            return
        self.has_changes = False
        self.log = json.loads(json.dumps(gateway.dump_log()))
        self.replies = json.loads(json.dumps(gateway.dump_replies()))


@pytest.fixture
def disk(clock: VirtualClock) -> Disk:
    disk = Disk()
    disk.clock = clock
    return disk


@pytest.fixture
def gateway(transport: FakeTransport, clock: VirtualClock, disk: Disk) -> Gateway:
    return Gateway(transport, clock, keeper=disk)


def restart(transport: FakeTransport, clock: VirtualClock, disk: Disk) -> Gateway:
    return Gateway(transport, clock, keeper=disk)


async def test_clean_restart_repeats_no_request(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock, disk: Disk
) -> None:
    await read(gateway)
    await read(gateway, DEVICE_LIST)
    disk.stop(gateway)
    clock.advance(100)
    again = restart(transport, clock, disk)
    # The replies of lists are stored and returned with their age.
    reply = await read(again, DEVICE_LIST)
    assert reply.value == {"data": 2, "error_code": 0}
    assert reply.age == pytest.approx(100)
    assert not reply.is_new
    with pytest.raises(RefusedError) as refused:
        await read(again)
    assert refused.value.retry_after == pytest.approx(199)
    assert len(transport.calls) == 2
    clock.advance(200)
    assert (await read(again)).is_new


async def test_after_a_kill_requests_wait_for_their_interval(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock, disk: Disk
) -> None:
    """Killed between attempt and reply: the call was announced before it left."""
    transport.gate = asyncio.Event()
    call = asyncio.create_task(read(gateway))
    await asyncio.sleep(0.01)
    assert len(transport.calls) == 1
    saved = copy.deepcopy(disk.log)
    call.cancel()
    disk.log, transport.gate = saved, None
    clock.advance(5)
    again = restart(transport, clock, disk)
    for endpoint in (PLANT_DATA, INVERTER_LAST_DATA):
        with pytest.raises(RefusedError) as refused:
            await read(again, endpoint)
        assert refused.value.retry_after == pytest.approx(355)
    # Requests with an interval of ten seconds are not delayed.
    assert (await read(again, STORAGE_LAST_DATA)).is_new
    clock.advance(355)
    assert (await read(again)).is_new


async def test_request_log_is_saved_once_a_minute_at_most(
    gateway: Gateway, clock: VirtualClock, disk: Disk
) -> None:
    for number in range(500):
        await read(gateway, parameters={"plant_id": str(number)})
    gaps = [b - a for a, b in itertools.pairwise(disk.writes)]
    assert len(disk.writes) > 5
    assert min(gaps) >= 60


async def test_daily_attempts_survive_a_kill(
    transport: FakeTransport, clock: VirtualClock, disk: Disk
) -> None:
    for _ in range(12):
        again = restart(transport, clock, disk)
        with contextlib.suppress(RefusedError):
            await read(again, PLANT_LIST, {}, priority=Priority.LIST)
        # Without a clean stop.
        clock.advance(3600)
    assert len(transport.calls) == 8
    again = restart(transport, clock, disk)
    assert again.calls_left(PLANT_LIST, {}) == 10  # nothing is loaded yet
    await read(again, PLANT_LIST, {}, priority=Priority.USER)
    assert again.calls_left(PLANT_LIST, {}) == 1


async def test_closed_endpoint_is_not_called_for_a_day_after_restart(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock, disk: Disk
) -> None:
    transport.errors = [NotPermittedError()]
    with pytest.raises(NotPermittedError):
        await read(gateway)
    disk.stop(gateway)
    clock.advance(3600)
    again = restart(transport, clock, disk)
    with pytest.raises(NotPermittedError):
        await read(again)
    assert len(transport.calls) == 1
    clock.advance(23 * 3600)
    assert (await read(again)).is_new
    # An endpoint that was open before is retried after its interval.
    clock.advance(300)
    transport.errors = [NotPermittedError()]
    with pytest.raises(NotPermittedError):
        await read(again)
    clock.advance(300)
    assert (await read(again)).is_new


async def test_token_refusals_survive_a_restart(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock, disk: Disk
) -> None:
    transport.errors = [TokenRefusedError()]
    with pytest.raises(TokenRefusedError):
        await read(gateway, PLANT_LIST, {})
    disk.stop(gateway)
    clock.advance(100)
    again = restart(transport, clock, disk)
    with pytest.raises(TokenRefusedError):
        await read(again, PLANT_LIST, {})
    assert len(transport.calls) == 1
    assert len(again.token_refusals) == 1


class TwoClocks(VirtualClock):
    """A wall clock that can be set, and a monotonic clock that can restart."""

    def __init__(self) -> None:
        super().__init__()
        self.uptime = 5000.0
        self.wall = timedelta()

    @override
    def now(self) -> datetime:
        return self.time + self.wall

    @override
    def monotonic(self) -> float:
        return self.uptime

    @override
    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    @override
    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self.uptime += seconds


@pytest.mark.parametrize("jump", [-86_400.0, 365 * 86_400.0])
@pytest.mark.parametrize("reboot", [False, True])
@pytest.mark.parametrize("running", [False, True])
async def test_clock_jump_allows_no_request_too_early(
    jump: float, reboot: bool, running: bool
) -> None:
    clock = TwoClocks()
    transport, disk = FakeTransport(clock), Disk()
    gateway = Gateway(transport, clock, keeper=disk)
    await read(gateway)
    if running:
        clock.wall += timedelta(seconds=jump)
        clock.advance(100)
        assert not (await read(gateway)).is_new
        clock.advance(201)
        assert (await read(gateway)).is_new
        return
    disk.stop(gateway)
    clock.wall += timedelta(seconds=jump)
    if reboot:
        clock.uptime = 3.0
    clock.advance(100)
    again = Gateway(transport, clock, keeper=disk)
    with pytest.raises(RefusedError):
        await read(again)
    clock.advance(300)
    assert (await read(again)).is_new


@pytest.mark.parametrize(
    "garbage",
    [
        [],
        "x",
        {},
        {"at": 5},
        {"at": "2026-06-20T11:00:00+00:00", "monotonic": "x", "requests": {}},
        {"at": "2026-06-20T11:00:00+00:00", "monotonic": 0, "requests": []},
        {
            "at": "2026-06-20T11:00:00+00:00",
            "monotonic": 0,
            "requests": {"k": {"ready": None}},
        },
        {"at": "2026-06-20T11:00:00", "monotonic": 0, "requests": {}},
    ],
)
async def test_damaged_request_log_is_replaced_by_an_empty_one(
    garbage: Any,
    transport: FakeTransport,
    clock: VirtualClock,
    disk: Disk,
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk.log = garbage
    gateway = restart(transport, clock, disk)
    assert (await read(gateway)).is_new
    assert "cannot be used" in caplog.text


@pytest.mark.parametrize(
    "garbage", [[], {"k": 1}, {"k": {"received": "x", "envelope": {}}}]
)
async def test_damaged_replies_are_ignored(
    garbage: Any, transport: FakeTransport, clock: VirtualClock, disk: Disk
) -> None:
    disk.replies = garbage
    gateway = restart(transport, clock, disk)
    with pytest.raises(RefusedError):
        await gateway.read(DEVICE_LIST, {}, STORED_ONLY)
    assert (await read(gateway)).is_new


@pytest.mark.parametrize("garbage", ["x", {}, {"at": 5}])
async def test_stored_replies_outlive_a_damaged_request_log(
    garbage: Any, transport: FakeTransport, clock: VirtualClock, disk: Disk
) -> None:
    gateway = restart(transport, clock, disk)
    asked = await read(gateway, DEVICE_LIST, {})
    disk.stop(gateway)
    disk.log = garbage
    again = restart(transport, clock, disk)
    stored = await again.read(DEVICE_LIST, {}, STORED_ONLY)
    assert (stored.value, stored.received) == (asked.value, asked.received)


async def test_no_stored_wait_is_longer_than_a_day(
    transport: FakeTransport, clock: VirtualClock, disk: Disk, gateway: Gateway
) -> None:
    await read(gateway)
    disk.stop(gateway)
    for record in disk.log["requests"].values():
        record["ready"] = 1e12
    again = restart(transport, clock, disk)
    with pytest.raises(RefusedError) as refused:
        await read(again)
    assert refused.value.retry_after is not None
    assert refused.value.retry_after <= 86_400


async def test_stored_only_read_makes_no_call(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    with pytest.raises(RefusedError):
        await gateway.read(DEVICE_LIST, {}, STORED_ONLY)
    await read(gateway, DEVICE_LIST, {})
    clock.advance(5000)
    reply = await gateway.read(DEVICE_LIST, {}, STORED_ONLY)
    assert reply.age == 5000
    assert len(transport.calls) == 1


async def test_files_contain_no_serial_and_no_plant(
    gateway: Gateway, disk: Disk
) -> None:
    await read(gateway, INVERTER_LAST_DATA, {"device_sn": "TPJ4A18033"})
    disk.stop(gateway)
    assert "TPJ4A18033" not in json.dumps(disk.log)


async def test_announcement_before_a_kill_survives_a_clean_stop(
    transport: FakeTransport, clock: VirtualClock, disk: Disk, gateway: Gateway
) -> None:
    await read(gateway)
    disk.has_changes = False  # killed
    second = restart(transport, clock, disk)
    await read(second, STORAGE_LAST_DATA)
    disk.stop(second)
    third = restart(transport, clock, disk)
    with pytest.raises(RefusedError):
        await read(third)
    clock.advance(361)
    assert (await read(third)).is_new


_ENDPOINTS = (PLANT_DATA, INVERTER_LAST_DATA, STORAGE_LAST_DATA, PLANT_LIST)
_STEP = st.one_of(
    st.tuples(st.just("read"), st.integers(0, 3), st.integers(0, 2)),
    st.tuples(st.just("pass"), st.floats(0, 4000), st.just(0)),
    st.tuples(st.just("restart"), st.just(0), st.just(0)),
    st.tuples(st.just("kill"), st.just(0), st.just(0)),
    st.tuples(st.just("fail"), st.integers(0, 2), st.just(0)),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(_STEP, max_size=60))
def test_limits_hold_for_any_sequence_of_events(
    steps: list[tuple[str, Any, int]],
) -> None:
    """Reads, time, failures, restarts and kills in any order: never twice inside an interval, never more than the allowance."""

    async def live() -> list[tuple[float, str, dict[str, str]]]:
        clock = VirtualClock()
        transport, disk = FakeTransport(clock), Disk()
        gateway = Gateway(transport, clock, keeper=disk)
        for kind, first, second in steps:
            match kind:
                case "read":
                    endpoint: Endpoint = _ENDPOINTS[first]
                    with contextlib.suppress(OpenApiError):
                        await gateway.read(endpoint, {"p": str(second)}, NEWS)
                case "pass":
                    clock.advance(first)
                case "restart":
                    disk.stop(gateway)
                    gateway = Gateway(transport, clock, keeper=disk)
                case "kill":
                    disk.has_changes = False
                    gateway = Gateway(transport, clock, keeper=disk)
                case "fail":
                    transport.errors.append(
                        (RefusedError(), NotPermittedError(), TokenRefusedError())[
                            first
                        ]
                    )
        return transport.calls

    last: dict[tuple[str, str], list[float]] = {}
    limits = {endpoint.path: endpoint for endpoint in _ENDPOINTS}
    for at, path, parameters in asyncio.run(live()):
        earlier = last.setdefault((path, str(parameters)), [])
        endpoint = limits[path]
        # Any restart takes longer than ten seconds.
        if earlier and endpoint.interval > 10:
            assert at - earlier[-1] >= endpoint.interval - 1e-6
        earlier.append(at)
        if endpoint.per_day is not None:
            assert sum(one > at - 86_400 for one in earlier) <= 8


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 400),  # seconds until the reboot
            st.floats(0, 4000),  # while the machine is off
            st.floats(-1e8, 1e8),  # by how much its wall clock is then wrong
            st.floats(5, 400),  # from its start to the first request
            st.booleans(),  # killed
        ),
        max_size=8,
    )
)
def test_reboots_with_a_wrong_wall_clock_allow_no_request_too_early(
    reboots: list[tuple[float, float, float, float, bool]],
) -> None:
    async def live() -> list[float]:
        clock = TwoClocks()
        transport, disk = FakeTransport(clock), Disk()
        # True time, since both clocks may jump.
        asked: list[float] = []
        true = 0.0

        async def ask(gateway: Gateway) -> None:
            nonlocal true
            begin, calls = clock.uptime, len(transport.calls)
            with contextlib.suppress(OpenApiError):
                await gateway.read(PLANT_DATA, {}, NEWS)
            true += clock.uptime - begin
            if len(transport.calls) > calls:
                asked.append(true)

        gateway = Gateway(transport, clock, keeper=disk)
        await ask(gateway)
        for running, off, error, boot, is_killed in reboots:
            clock.advance(running)
            true += running
            await ask(gateway)
            if is_killed:
                disk.has_changes = False
            disk.stop(gateway)
            clock.wall = timedelta(seconds=error)
            clock.uptime = boot
            true += off + boot
            gateway = Gateway(transport, clock, keeper=disk)
            await ask(gateway)
        return asked

    for earlier, later in itertools.pairwise(asyncio.run(live())):
        assert later - earlier >= 300 - 1e-6


async def test_reboot_costs_no_more_than_the_interval() -> None:
    """What the machine's uptime shows to have passed needs no waiting, whatever its wall clock shows."""
    for wall in (0, -86_400, 86_400):
        clock = TwoClocks()
        transport, disk = FakeTransport(clock), Disk()
        gateway = Gateway(transport, clock, keeper=disk)
        await read(gateway)
        disk.stop(gateway)
        clock.advance(120)
        clock.uptime, clock.wall = 100.0, timedelta(seconds=wall)
        again = Gateway(transport, clock, keeper=disk)
        with pytest.raises(RefusedError) as refused:
            await read(again)
        assert refused.value.retry_after == pytest.approx(200, abs=1)
        clock.advance(201)
        assert (await read(again)).is_new


async def test_user_may_try_a_refused_token_again_after_the_interval(
    gateway: Gateway, transport: FakeTransport, clock: VirtualClock
) -> None:
    """The vendor may have mended it; what runs automatically waits ever longer."""
    for _ in range(3):
        transport.errors = [TokenRefusedError()]
        with pytest.raises(TokenRefusedError):
            await read(gateway, PLANT_LIST, {}, priority=Priority.USER)
        calls = len(transport.calls)
        clock.advance(299)
        with pytest.raises(TokenRefusedError):
            await read(gateway, PLANT_LIST, {}, priority=Priority.USER)
        clock.advance(1)
        with pytest.raises(TokenRefusedError):
            await read(gateway, PLANT_LIST, {}, priority=Priority.LIST)
        assert len(transport.calls) == calls
    assert (await read(gateway, PLANT_LIST, {}, priority=Priority.USER)).is_new
