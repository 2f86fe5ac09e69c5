"""The lines that hold the project together: who imports whom, and what a test may reach."""

from pathlib import Path
import socket

import aiohttp
import pytest
import pytest_socket

from tests.meta.architecture import (
    LAYERS,
    clock_reads,
    find_cycle,
    import_graph,
    imported_names,
    layer_violations,
)

ROOT = Path(__file__).parents[2]
PACKAGE = "custom_components.growatt_openapi"
COMPONENT = ROOT / "custom_components" / "growatt_openapi"


def test_imports_point_to_lower_layers() -> None:
    assert layer_violations(import_graph(ROOT, PACKAGE), PACKAGE) == []


@pytest.mark.parametrize("package", [PACKAGE, "simulator"])
def test_there_is_no_import_cycle(package: str) -> None:
    assert find_cycle(import_graph(ROOT, package)) == []


def test_a_wrong_import_is_reported() -> None:
    graph = {
        f"{PACKAGE}.domain.counters": frozenset({f"{PACKAGE}.coordinator.plant"}),
        f"{PACKAGE}.coordinator.plant": frozenset({f"{PACKAGE}.domain.counters"}),
        f"{PACKAGE}.somewhere": frozenset[str](),
    }
    assert layer_violations(graph, PACKAGE) == [
        f"{PACKAGE}.domain.counters imports {PACKAGE}.coordinator.plant: domain is below coordinator",
        f"{PACKAGE}.somewhere is in no layer: add it to LAYERS",
    ]
    assert set(find_cycle(graph)) == {
        f"{PACKAGE}.domain.counters",
        f"{PACKAGE}.coordinator.plant",
    }


def test_the_graph_holds_what_modules_import(tmp_path: Path) -> None:
    package = tmp_path / "house"
    (package / "cellar").mkdir(parents=True)
    (package / "__init__.py").write_text("from .roof import tile\n")
    (package / "roof.py").write_text("from . import cellar\n")
    (package / "cellar/__init__.py").write_text("")
    (package / "cellar/door.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..roof import tile\n"
    )
    assert import_graph(tmp_path, "house") == {
        "house": frozenset({"house.roof"}),
        "house.roof": frozenset({"house.cellar"}),
        "house.cellar": frozenset(),
        "house.cellar.door": frozenset({"house.roof"}),
    }


def test_every_layer_is_used() -> None:
    parts = {path.stem for path in COMPONENT.iterdir() if path.suffix == ".py"}
    parts |= {path.parent.name for path in COMPONENT.glob("*/__init__.py")}
    assert set().union(*LAYERS) <= parts


def test_the_client_imports_neither_home_assistant_nor_the_integration() -> None:
    found = {name.split(".")[0] for _, name in imported_names(COMPONENT / "api")}
    assert not found & {"homeassistant", "voluptuous", "probatio", "custom_components"}
    for path, name in imported_names(COMPONENT / "api"):
        depth = len(path.relative_to(COMPONENT / "api").parts)
        dots = len(name) - len(name.lstrip("."))
        assert dots <= depth, f"{path} reaches out of the package"


def test_the_domain_is_pure() -> None:
    for path, name in imported_names(COMPONENT / "domain"):
        assert not name.startswith("homeassistant"), path
        outside = name.startswith("..")
        assert not outside or name == "..api.models", f"{path} imports {name}"
    assert clock_reads(COMPONENT / "domain") == []


def test_the_integration_does_not_import_the_simulator() -> None:
    assert not any(
        name.startswith("simulator") for _, name in imported_names(COMPONENT)
    )


def test_the_simulator_does_not_import_the_integration() -> None:
    for _, name in imported_names(ROOT / "simulator"):
        assert not name.startswith(("custom_components", "homeassistant"))


def test_files_stay_small() -> None:
    for directory in (COMPONENT, ROOT / "simulator"):
        for path in directory.rglob("*.py"):
            # Pure tables may be longer.
            most = 600 if path.parent.name == "families" else 400
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
