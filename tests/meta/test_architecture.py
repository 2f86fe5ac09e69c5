"""Lines that hold the project together: who imports whom, and what a test may reach."""

import ast
from collections.abc import Iterator
from pathlib import Path
import socket

import aiohttp
import pytest
import pytest_socket

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "growatt_openapi"


def imported(directory: Path) -> Iterator[tuple[Path, str]]:
    for path in directory.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    for name in names:
                        yield path, name.name
                case ast.ImportFrom(module=module, level=level):
                    # levels above the package show as dots
                    yield path, "." * level + (module or "")


def test_the_client_knows_nothing_of_home_assistant() -> None:
    found = {name.split(".")[0] for _, name in imported(COMPONENT / "api")}
    assert not found & {"homeassistant", "voluptuous", "probatio", "custom_components"}
    for path, name in imported(COMPONENT / "api"):
        depth = len(path.relative_to(COMPONENT / "api").parts)
        dots = len(name) - len(name.lstrip("."))
        assert dots <= depth, f"{path} reaches out of the package"


def test_the_integration_does_not_know_the_simulator() -> None:
    assert not any(name.startswith("simulator") for _, name in imported(COMPONENT))


def test_the_simulator_does_not_know_the_integration() -> None:
    for _, name in imported(ROOT / "simulator"):
        assert not name.startswith(("custom_components", "homeassistant"))


@pytest.mark.parametrize("module", ["freshness.py", "device_clock.py", "counters.py"])
def test_truth_is_pure(module: str) -> None:
    source = (COMPONENT / "domain" / module).read_text()
    assert "homeassistant" not in source
    assert ".now(" not in source


def test_files_stay_small() -> None:
    for directory in (COMPONENT, ROOT / "simulator"):
        for path in directory.rglob("*.py"):
            # Pure tables may be longer.
            most = 600 if path.parent.name == "families" else 470
            assert len(path.read_text().splitlines()) <= most, path


# An address that is set aside for documentation: nobody's.
ELSEWHERE = "192.0.2.1"


def test_no_socket_reaches_beyond_this_machine() -> None:
    with (
        socket.socket() as client,
        pytest.raises(pytest_socket.SocketConnectBlockedError),
    ):
        client.connect((ELSEWHERE, 443))


async def test_no_http_request_reaches_beyond_this_machine() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(
            (pytest_socket.SocketConnectBlockedError, aiohttp.ClientError)
        ) as error:
            await session.get(f"http://{ELSEWHERE}/v1/plant/list")
    chain = [error.value, error.value.__cause__, error.value.__context__]
    assert any(
        isinstance(err, pytest_socket.SocketConnectBlockedError) for err in chain
    )
