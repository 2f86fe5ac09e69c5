"""Every key that is used is translated, and every translation is used."""

import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest

from custom_components.growatt_openapi import binary_sensor, messages, sensor
from custom_components.growatt_openapi.api import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from custom_components.growatt_openapi.api.endpoints import Problem
from custom_components.growatt_openapi.api.regions import REGIONS
from custom_components.growatt_openapi.families import FAMILIES

COMPONENT = Path(__file__).parents[2] / "custom_components/growatt_openapi"
EN: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())
ICONS: dict[str, Any] = json.loads((COMPONENT / "icons.json").read_text())
SOURCE = "\n".join(path.read_text() for path in COMPONENT.rglob("*.py"))

ERRORS: list[OpenApiError] = [
    RefusedError(),
    RefusedError(5),
    NotPermittedError(),
    TokenRefusedError(),
    WrongServerError(),
    OpenApiError(),
    *(CloudDownError(cause) for cause in CloudDownCause),
    *(RequestError(problem, 10001, "") for problem in Problem),
]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_every_error_has_words(error: OpenApiError) -> None:
    key, given = messages.message(error)
    assert placeholders(EN["exceptions"][key]["message"]) <= set(given)


def test_every_exception_in_words_is_raised() -> None:
    keys = {messages.message(error)[0] for error in ERRORS}
    keys |= set(re.findall(r'translation_key="(\w+)"', SOURCE))
    keys |= {"outcome_unknown"}
    assert set(EN["exceptions"]) <= keys


def test_form_errors() -> None:
    errors = set(re.findall(r'ProbeError\(\s*"(\w+)"', SOURCE))
    errors |= set(re.findall(r'errors\[[\w"]+\] = "(\w+)"', SOURCE))
    assert errors == set(EN["config"]["error"])
    assert placeholders(EN["config"]["error"]["rate_limited"]) == {"time"}
    assert placeholders(EN["config"]["error"]["cannot_connect"]) == {"server"}


def test_steps_and_their_fields() -> None:
    steps = EN["config"]["step"]
    assert set(steps) == set(re.findall(r'step_id="(\w+)"', SOURCE))
    for step in steps.values():
        assert set(step["data"]) == set(step["data_description"])


def test_aborts() -> None:
    used = set(re.findall(r'async_abort\(reason="(\w+)"', SOURCE))
    assert used <= set(EN["config"]["abort"])
    assert "reauth_successful" in EN["config"]["abort"]


def test_regions() -> None:
    assert set(EN["selector"]["region"]["options"]) == {"auto", "custom", *REGIONS}


def test_entities() -> None:
    used: dict[str, set[str]] = {
        "sensor": {
            description.translation_key or ""
            for family in FAMILIES.values()
            for description in family.readings
        }
        | {description.translation_key or "" for description in sensor.PLANT_SENSORS}
        | {"last_update"},
        "binary_sensor": {
            binary_sensor.ONLINE.translation_key or "",
            binary_sensor.FAULT.translation_key or "",
        },
        "number": {
            setting.translation_key or ""
            for family in FAMILIES.values()
            for setting in family.numbers
        },
        "switch": {
            setting.translation_key or ""
            for family in FAMILIES.values()
            for setting in family.switches
        },
    }
    assert {key: set(names) for key, names in EN["entity"].items()} == used
    for platform, icons in ICONS["entity"].items():
        assert set(icons) <= used[platform]


def texts(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for inner in node.values() for text in texts(inner)]
    assert isinstance(node, str)
    return [node]


def test_texts_are_what_home_assistant_takes() -> None:
    for text in texts(EN):
        assert text == text.strip()
        assert "<" not in text
        assert "http" not in text.replace("http://192.0.2.1:8790", "")
        assert not re.search(r"'\{\w+\}'", text)
        assert "[%key" not in text
    for icon in texts(ICONS):
        assert icon.startswith("mdi:")


def test_manifest() -> None:
    manifest = json.loads((COMPONENT / "manifest.json").read_text())
    keys = list(manifest)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert manifest["domain"] == COMPONENT.name
    assert manifest["requirements"] == []
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    for size in ("icon", "icon@2x"):
        assert (COMPONENT / "brand" / f"{size}.png").read_bytes()[:4] == b"\x89PNG"
