"""Tests of the HTTP server: faults, the control interface, another client."""

import asyncio
from collections.abc import AsyncIterator
import sys
from typing import Any

import aiohttp
import growattServer
import pytest

from simulator.clock import make_manual_clock
from simulator.scenarios import TOKEN
from simulator.server import Server
from tests.helpers import NOON

PLANT = 700101


@pytest.fixture
async def http(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        base_url=f"http://127.0.0.1:{server.port}/", headers={"token": TOKEN}
    ) as session:
        yield session


async def add_fault(http: aiohttp.ClientSession, **fault: Any) -> None:
    async with http.post("_sim/faults", json=fault) as reply:
        assert reply.status == 200, await reply.text()


async def test_json_has_content_type_html(http: aiohttp.ClientSession) -> None:
    async with http.get("v1/plant/list") as reply:
        assert reply.headers["Content-Type"] == "text/html; charset=UTF-8"
        assert (await reply.json(content_type=None))["error_code"] == 0


@pytest.mark.parametrize(
    ("kind", "status", "start"),
    [
        ("refuse", 200, '{"error_code": 10012'),
        ("500", 500, "Internal"),
        ("html", 200, "<html"),
        ("broken_json", 200, '{"data": {"cou'),
    ],
)
async def test_fault_replaces_the_answer_once(
    http: aiohttp.ClientSession, kind: str, status: int, start: str
) -> None:
    await add_fault(http, kind=kind, path="plant/", count=1)
    async with http.get("v1/plant/list") as reply:
        assert reply.status == status
        assert (await reply.text()).startswith(start)
    # The faulty request does not count against the limits.
    async with http.get("v1/plant/list") as reply:
        assert (await reply.json(content_type=None))["error_code"] == 0


async def test_fault_with_code_ends_after_its_seconds(
    http: aiohttp.ClientSession, server: Server
) -> None:
    await add_fault(http, kind="code", code=10001, message="system", seconds=60)
    async with http.get("v1/plant/list") as reply:
        assert (await reply.json(content_type=None))["error_msg"] == "system"
    server.cloud.clock.advance(60)
    async with http.get("v1/plant/list") as reply:
        assert (await reply.json(content_type=None))["error_code"] == 0
    async with http.get("_sim/faults") as reply:
        assert await reply.json() == []


async def test_timeout_fault_sends_no_response(http: aiohttp.ClientSession) -> None:
    await add_fault(http, kind="timeout")
    with pytest.raises(TimeoutError):
        await http.get("v1/plant/list", timeout=aiohttp.ClientTimeout(total=0.1))
    async with http.delete("_sim/faults") as reply:
        assert await reply.json() == []


async def test_garbage_keeps_the_structure(http: aiohttp.ClientSession) -> None:
    await add_fault(http, kind="garbage", path="plant/list")
    async with http.get("v1/plant/list") as reply:
        envelope = await reply.json(content_type=None)
    assert envelope["error_code"] == 0
    assert len(envelope["data"]["plants"]) == 1
    assert envelope["data"]["plants"][0]["plant_id"] != PLANT


@pytest.mark.parametrize("body", ['{"kind": "odd"}', "{}", "[]", "nonsense"])
async def test_invalid_fault_is_a_bad_request(
    http: aiohttp.ClientSession, body: str
) -> None:
    async with http.post("_sim/faults", data=body) as reply:
        assert reply.status == 400


async def test_clock_and_limits_can_be_changed(
    http: aiohttp.ClientSession,
) -> None:
    async with http.post("_sim/clock", json={"advance": 3600}) as reply:
        assert (await reply.json())["now"] > NOON.isoformat()
    async with http.post("_sim/clock", json={"advance": -1}) as reply:
        assert reply.status == 400
    async with http.post("_sim/limits", json={"enforced": False}) as reply:
        assert await reply.json() == {
            "enforced": False,
            "refusals_renew": False,
            "least_interval": 0.0,
        }


async def test_journal_has_every_call_and_no_token(
    http: aiohttp.ClientSession,
) -> None:
    await http.get("v1/plant/list?page=1")
    await http.get("v1/plant/list")
    async with http.get("_sim/journal?since=1") as reply:
        text = await reply.text()
        (call,) = await reply.json()
    assert (call["number"], call["path"], call["code"]) == (2, "plant/list", 10012)
    assert TOKEN not in text


async def test_truth_has_powers_and_level(http: aiohttp.ClientSession) -> None:
    async with http.get("_sim/truth") as reply:
        (plant,) = await reply.json()
    assert plant["inverter"]["power"] > 1000
    assert 0 < plant["storage"]["level"] <= 1


async def test_control_interface_is_forbidden_from_outside(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiohttp.web.BaseRequest.remote", "192.0.2.7")
    async with http.get("_sim/truth") as reply:
        assert reply.status == 403


async def test_growatt_server_package_understands_the_replies(server: Server) -> None:
    """The package of Home Assistant's own integration sends forms with GET requests, and checks error codes."""

    def fetch() -> dict[str, Any]:
        client = growattServer.OpenApiV1(token=TOKEN)
        client.api_url = server.url
        plants = client.plant_list()
        return {
            "plants": plants,
            "details": client.plant_details(PLANT),
            "overview": client.plant_energy_overview(PLANT),
            "power": client.plant_power_overview(PLANT, NOON.date()),
            "devices": client.device_list(PLANT),
        }

    found = await asyncio.to_thread(fetch)
    assert found["plants"]["plants"][0]["plant_id"] == PLANT
    assert found["details"]["timezone"] == "GMT+1"
    assert float(found["overview"]["total_energy"]) > 8000
    assert len(found["power"]["powers"]) == 288
    assert [row["type"] for row in found["devices"]["devices"]] == [1, 2, 3]


def test_manual_clock_moves_only_when_advanced() -> None:
    clock = make_manual_clock(NOON)
    clock.advance(5)
    assert (clock.now() - NOON).total_seconds() == 5


async def test_command_line_starts_the_server(unused_tcp_port: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        "--port",
        str(unused_tcp_port),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = await process.stdout.readline()
    assert f"http://127.0.0.1:{unused_tcp_port}/v1/" in line.decode()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{unused_tcp_port}/_sim/clock") as reply,
    ):
        assert reply.status == 200
    process.terminate()
    assert await process.wait() == 0
