"""The table of faults is complete, and so are the cases, the document and the simulator's interface."""

from contextlib import suppress

import aiohttp

from docs import reliability
from simulator.cloud import Cloud
from simulator.faults import FaultKind
from simulator.routes import ROUTES
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import VirtualClock

from .cases import UNUSED, Phase, all_cases, fast_cases
from .catalog import FAULTS, Seen, Wire


def test_every_kind_of_fault_is_tried() -> None:
    # The last ones are tests of their own, and the others are the same as a code.
    elsewhere = {
        FaultKind.ERROR_500,
        FaultKind.WRONG_REGION,
        FaultKind.OLD_HOST,
        FaultKind.EVENING_ZERO,
        FaultKind.STALE_MIDNIGHT,
    }
    assert {fault.kind for fault in FAULTS} - {None} == set(FaultKind) - elsewhere
    assert {fault.wire for fault in FAULTS} - {None} == set(Wire)
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_every_endpoint_of_the_simulator_is_tried() -> None:
    assert {case.path for case in all_cases()} - {""} == set(ROUTES) - set(UNUSED)
    assert len(all_cases()) >= 4500


def test_the_selection_has_every_fault_endpoint_and_phase() -> None:
    cases = fast_cases()
    assert {case.fault for case in cases} == set(FAULTS)
    assert {case.path for case in cases} == {case.path for case in all_cases()}
    assert {case.phase for case in cases} == set(Phase)
    assert len(cases) < 200


def test_the_document_is_as_the_table_is() -> None:
    assert reliability.DOCUMENT.read_text() == reliability.document(), "run script/docs"
    assert set(reliability.EXPLANATIONS) == set(Seen)


async def test_the_control_interface_starts_every_fault(
    cloud: Cloud, clock: VirtualClock
) -> None:
    server = Server(cloud, sleep=clock.sleep)
    await server.start()
    limit = aiohttp.ClientTimeout(total=0.5)
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{server.port}/", headers={"token": TOKEN}
    ) as session:
        for fault in FAULTS:
            if fault.kind is None:
                continue
            cloud.journal.clear()
            cloud.limits.clear()
            body = {**fault.describe(), "path": "plant/list", "exact": True}
            async with session.post("_sim/faults", json=body) as reply:
                assert reply.status == 200, fault.name
            with suppress(aiohttp.ClientError, TimeoutError, EOFError):
                async with session.get("v1/plant/list", timeout=limit) as reply:
                    await reply.content.readexactly(10)
            assert cloud.journal, f"{fault.name}: the request did not arrive"
            async with session.delete("_sim/faults") as reply:
                assert await reply.json() == []
    await server.stop()
