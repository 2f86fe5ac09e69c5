"""Every key that is used is translated, and every translation is used."""

import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from homeassistant.helpers import selector
from homeassistant.util.yaml import load_yaml
import pytest
import voluptuous as vol

from custom_components.growatt_openapi import (
    binary_sensor,
    button,
    detail_level as detail,
    error_messages as messages,
    event,
    issues,
    number,
    switch,
)
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
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from custom_components.growatt_openapi.api.regions import REGIONS
from custom_components.growatt_openapi.domain.freshness import ValueKind
from custom_components.growatt_openapi.families import FAMILIES
from custom_components.growatt_openapi.families.settings import (
    ClockSetting,
    NumberSetting,
    SelectSetting,
    SwitchSetting,
    TimeSetting,
    iter_slots,
)
from custom_components.growatt_openapi.history.energy_preferences import SOURCE_KINDS
from custom_components.growatt_openapi.history.status import Wait
from custom_components.growatt_openapi.sensor import (
    account as account_sensors,
    energy as energy_sensors,
    history as history_sensor,
    power as power_sensors,
)
from custom_components.growatt_openapi.sensor.plant import PLANT_SENSORS
from custom_components.growatt_openapi.services import ACTIONS, Action

COMPONENT = Path(__file__).parents[2] / "custom_components/growatt_openapi"
EN: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())
ICONS: dict[str, Any] = json.loads((COMPONENT / "icons.json").read_text())
SOURCE = "\n".join(path.read_text() for path in COMPONENT.rglob("*.py"))

ERRORS: list[OpenApiError] = [
    RefusedError(),
    RefusedError(5),
    NotPermittedError(),
    NotPermittedError(for_installers=True),
    TokenRefusedError(),
    WrongServerError(),
    OpenApiError(),
    *(CloudDownError(cause) for cause in CloudDownCause),
    *(RequestError(problem, 10001, "") for problem in ErrorCode),
]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_every_error_is_translated(error: OpenApiError) -> None:
    key, given = messages.translation_for(error)
    assert placeholders(EN["exceptions"][key]["message"]) <= set(given)


def test_every_translated_exception_is_raised() -> None:
    keys = {messages.translation_for(error)[0] for error in ERRORS}
    keys |= set(re.findall(r'translation_key="(\w+)"', SOURCE))
    keys |= set(re.findall(r'ValidationIssue\(\s*"(\w+)"', SOURCE))
    keys |= set(re.findall(r'(?:validation_error|action_error)\(\s*"(\w+)"', SOURCE))
    keys |= {"start_missing", "end_missing"}
    assert set(EN["exceptions"]) <= keys


def source(*names: str) -> str:
    return "\n".join((COMPONENT / f"{name}.py").read_text() for name in names)


def used_errors(text: str) -> set[str]:
    return set(re.findall(r'errors\[[^]]+\] = "(\w+)"', text))


def test_form_errors_are_those_of_the_flows() -> None:
    probed = set(re.findall(r'ProbeError\(\s*"(\w+)"', SOURCE))
    texts = EN["config"]["error"]
    assert used_errors(source("config_flow")) | probed == set(texts)
    assert placeholders(texts["rate_limited"]) == {"time"}
    assert placeholders(texts["cannot_connect"]) == {"server"}
    assert used_errors(source("flows/options")) == set(EN["options"]["error"])
    fix = EN["issues"][issues.WRONG_SERVER]["fix_flow"]
    # The errors of a probe of the four official servers.
    assert set(fix["error"]) == probed - {"invalid_token"}
    assert set(fix["abort"]) == set(re.findall(r'reason="(\w+)"', source("repairs")))


def test_steps_describe_all_their_fields() -> None:
    for name, steps in (
        ("config_flow", EN["config"]["step"]),
        ("flows/options", EN["options"]["step"]),
    ):
        assert set(steps) == set(re.findall(r'step_id="(\w+)"', source(name)))
        for step in steps.values():
            assert step["title"]
            assert step["description"]
            for part in (step, *step.get("sections", {}).values()):
                assert set(part["data"]) == set(part["data_description"])


def test_aborts_are_translated() -> None:
    for name, key in (("config_flow", "config"), ("flows/options", "options")):
        used = set(re.findall(r'async_abort\(reason="(\w+)"', source(name)))
        assert used <= set(EN[key]["abort"])
    assert {"reauth_successful", "reconfigure_successful"} <= set(EN["config"]["abort"])


def test_issues_are_those_that_are_raised() -> None:
    assert set(EN["issues"]) == {
        *issues._KINDS,
        *issues.LEFT_ON_KINDS,
        issues.REPLACED,
        issues.OFFER,
    }
    for issue in EN["issues"].values():
        assert placeholders(issue["title"]) == {"name"}


SERVICES: Any = load_yaml(str(COMPONENT / "services.yaml"))


def test_actions_have_translations_icons_and_descriptions() -> None:
    names = {action.name for action in ACTIONS}
    assert set(EN["services"]) == set(ICONS["services"]) == set(SERVICES) == names


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_action_fields_match_their_schema(action: Action) -> None:
    described = SERVICES[action.name].get("fields", {})
    schema = {str(field): field for field in action.fields}
    assert set(described) == set(schema) == set(EN["services"][action.name]["fields"])
    for name, field in described.items():
        assert field.get("required", False) is isinstance(schema[name], vol.Required)
        ((kind, options),) = field["selector"].items()
        selector.selector(field["selector"])
        if kind == "select":
            texts = EN["selector"][options["translation_key"]]["options"]
            assert set(texts) == set(options["options"])
            schema_of_field = action.fields[schema[name]]
            for option in options["options"]:
                vol.Schema(schema_of_field)(option)
        # Required fields to type have an example, except for personal data.
        if kind in ("text", "number", "date") and field.get("required"):
            assert "example" in field or name in ("password", "address")


def test_detail_levels_are_translated() -> None:
    assert set(EN["selector"]["detail"]["options"]) == set(detail.DetailLevel)


def test_kinds_of_energy_sources_are_translated() -> None:
    assert set(EN["selector"]["energy_source"]["options"]) == set(SOURCE_KINDS)


def test_the_offer_explains_its_errors_as_the_action_does() -> None:
    errors = EN["issues"][issues.OFFER]["fix_flow"]["error"]
    assert set(errors) == {"energy_not_set_up", "entry_not_loaded"}
    key = "energy_not_set_up"
    assert errors[key] == EN["exceptions"][key]["message"]


def test_regions_are_translated() -> None:
    assert set(EN["selector"]["region"]["options"]) == {"auto", "custom", *REGIONS}


def test_system_health_is_translated() -> None:
    regions = {f"reach_{region}" for region in ("custom", *REGIONS)}
    assert set(EN["system_health"]["info"]) == regions | {
        *("region", "entries", "status", "calls", "refusals")
    }


def settings_of(
    kind: type[
        NumberSetting | SelectSetting | SwitchSetting | TimeSetting | ClockSetting
    ],
) -> set[str]:
    return {
        place.description.translation_key or ""
        for family in FAMILIES.values()
        for place in iter_slots(family.settings, kind)
    }


def test_entities_have_translations_and_icons() -> None:
    used: dict[str, set[str]] = {
        "sensor": {
            description.translation_key or ""
            for family in FAMILIES.values()
            for description in family.readings
        }
        | {description.translation_key or "" for description in PLANT_SENSORS}
        | {
            description.translation_key or ""
            for description in account_sensors.ACCOUNT_SENSORS
        }
        | {one.translation_key or "" for one in energy_sensors.ENERGY_SENSORS}
        | {one.translation_key or "" for one in power_sensors.POWER_SENSORS}
        | {"last_update", "data_age", "type_number"}
        | {history_sensor.HISTORY_SENSOR.translation_key or ""}
        | {"last_alarm", "last_alarm_time"},
        "button": {
            button.REFRESH.translation_key or "",
            button.READ_SETTINGS.translation_key or "",
            button.SET_UP_ENERGY_DASHBOARD.translation_key or "",
            button.END_OVERRIDE.translation_key or "",
        }
        | {one.translation_key or "" for one in button.START_OVERRIDE.values()}
        | settings_of(ClockSetting),
        "binary_sensor": {
            binary_sensor.ONLINE.translation_key or "",
            binary_sensor.FAULT.translation_key or "",
            binary_sensor.OVERRIDE.translation_key or "",
        },
        "number": settings_of(NumberSetting)
        | {one.translation_key or "" for one in number.PREFERENCES},
        "select": settings_of(SelectSetting),
        "switch": settings_of(SwitchSetting)
        | {switch.HISTORY_PAUSE.translation_key or ""},
        "time": settings_of(TimeSetting),
        "event": {event.ALARM.translation_key or ""},
    }
    assert {key: set(names) for key, names in EN["entity"].items()} == used
    for platform, icons in ICONS["entity"].items():
        assert set(icons) <= used[platform]


def test_attributes_are_translated() -> None:
    """Codes have a description, undocumented states their number, alarms what they consist of."""
    entities = EN["entity"]
    alarm = {"code", "message", "start", "end"}
    expected = {
        "last_alarm": alarm,
        "history_imported_until": {
            *("percent", "days_left", "expected_end", "waiting_for")
        },
    }
    for family in FAMILIES.values():
        for reading in family.readings:
            key = reading.translation_key or ""
            if reading.kind is ValueKind.CODE:
                expected[key] = {"description"}
            elif reading.states is not None:
                expected[key] = {"number"}
    assert expected == {
        key: set(texts["state_attributes"])
        for key, texts in entities["sensor"].items()
        if "state_attributes" in texts
    }
    attributes = entities["event"]["alarm"]["state_attributes"]
    assert set(attributes) == alarm | {"event_type"}
    for one in (*alarm, "event_type"):
        assert attributes[one].get("name") or attributes[one]["state"]


def texts(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for inner in node.values() for text in texts(inner)]
    assert isinstance(node, str)
    return [node]


def test_texts_meet_the_rules_of_home_assistant() -> None:
    for text in texts(EN):
        assert text == text.strip()
        assert "<" not in text
        assert "http" not in text.replace("http://192.0.2.1:8790", "")
        assert not re.search(r"'\{\w+\}'", text)
        assert "[%key" not in text
    for icon in texts(ICONS):
        assert icon.startswith("mdi:")


def test_manifest_meets_the_rules_of_home_assistant() -> None:
    manifest = json.loads((COMPONENT / "manifest.json").read_text())
    keys = list(manifest)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    assert manifest["domain"] == COMPONENT.name
    assert manifest["requirements"] == []
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    for size in ("icon", "icon@2x"):
        assert (COMPONENT / "brand" / f"{size}.png").read_bytes()[:4] == b"\x89PNG"


def test_what_an_import_waits_for_is_translated() -> None:
    texts = EN["entity"]["sensor"]["history_imported_until"]["state_attributes"]
    assert set(texts["waiting_for"]["state"]) == set(Wait)
