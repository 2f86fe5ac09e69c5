"""docs/api-coverage.md says what the code does, and every test that it names exists."""

import ast
import re

from docs.api_coverage import (
    DOCUMENT,
    DOCUMENTED,
    ROOT,
    SHOWN,
    USES,
    client_methods,
    constant_names,
    device_methods,
    document,
    endpoint_actions,
)
import pytest

from custom_components.growatt_openapi.families import FAMILIES
from custom_components.growatt_openapi.families.inverter import INVERTER
from custom_components.growatt_openapi.families.storage import STORAGE
from custom_components.growatt_openapi.services import ACTIONS


def test_the_page_is_as_the_code_is() -> None:
    assert DOCUMENT.read_text() == document(), "run script/docs"


def test_it_is_complete() -> None:
    text = document()
    rows = re.findall(r"(?m)^\| (\d+) \|", text)
    assert rows == [*map(str, range(1, 30)), *map(str, range(1, 19))]
    assert (len(INVERTER.settings), len(STORAGE.settings)) == (8, 10)
    # Nothing is left without a use, a method or a test.
    for line in text.splitlines():
        if re.match(r"\| \d", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert all(cells[:5]), line
            assert cells[-1].startswith("`tests/"), line


def test_every_endpoint_is_asked_by_the_client_and_used() -> None:
    methods, names, of_devices = client_methods(), constant_names(), device_methods()
    for endpoint in DOCUMENTED:
        is_asked = any(name in methods for name in names[endpoint.path])
        assert is_asked or endpoint.path in of_devices, endpoint.path
        assert endpoint.path in USES or endpoint_actions(endpoint.path)
    assert set(SHOWN) == {endpoint.path for endpoint in DOCUMENTED}


@pytest.mark.parametrize(
    ("path", "name"), sorted(set(re.findall(r"`(tests/\S+\.py)::(\w+)`", document())))
)
def test_the_tests_it_names_exist(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text())
    assert name in {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_setting_that_is_an_action_has_one() -> None:
    names = {action.name for action in ACTIONS}
    for family in FAMILIES.values():
        for setting in family.settings:
            assert getattr(setting, "action", "refresh") in names
