"""The tables of docs/api-coverage.md, generated from the code: which of the vendor's endpoints and settings are where.

Only what cannot be derived is written here: what each endpoint is used for, and which test shows it working.
"""

import ast
from collections.abc import Iterator
from datetime import datetime, time
from importlib import import_module
import json
from pathlib import Path
from typing import Any

from custom_components.growatt_openapi.api.endpoints import (
    devices,
    inverter,
    plants,
    storage,
    users,
)
from custom_components.growatt_openapi.api.endpoints.device_endpoints import (
    DeviceEndpoints,
)
from custom_components.growatt_openapi.api.endpoints.endpoint import (
    FIVE_MINUTES,
    Endpoint,
)
from custom_components.growatt_openapi.families import FAMILIES, Family, registers
from custom_components.growatt_openapi.families.inverter import INVERTER
from custom_components.growatt_openapi.families.settings import (
    ActionSetting,
    BlockSetting,
    ClockSetting,
    CompoundBase,
    NumberSetting,
    SelectSetting,
    Setting,
    SwitchSetting,
    TimeSetting,
    Window,
    WindowSetting,
    iter_slots,
)
from custom_components.growatt_openapi.families.storage import STORAGE
from custom_components.growatt_openapi.services import ACTIONS

ROOT = Path(__file__).parents[3]
COMPONENT = ROOT / "custom_components/growatt_openapi"
DOCUMENT = ROOT / "docs/api-coverage.md"
_EN: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())

# All endpoints, alone and by type of device, by their constants' names.
ENDPOINTS: dict[str, object] = {
    name: value
    for path in sorted((COMPONENT / "api/endpoints").glob("[!_]*.py"))
    for name, value in vars(
        import_module(f"custom_components.growatt_openapi.api.endpoints.{path.stem}")
    ).items()
    if not name.startswith("_")
}

# The endpoints of the vendor's pages of 2016 and 2022, in their order.
DOCUMENTED: tuple[Endpoint, ...] = (
    users.USER_REGISTER,
    users.USER_CHECK,
    users.USER_MODIFY,
    users.USER_LIST,
    plants.PLANT_ADD,
    plants.PLANT_MODIFY,
    plants.PLANT_DELETE,
    plants.PLANT_LIST_OF_USER,
    plants.PLANT_LIST,
    plants.PLANT_DETAILS,
    plants.PLANT_DATA,
    plants.PLANT_ENERGY,
    plants.PLANT_POWER,
    plants.PLANT_OF_DEVICE,
    devices.DATALOGGER_LIST,
    devices.DATALOGGER_ADD,
    devices.DATALOGGER_DELETE,
    devices.DATALOGGER_VALIDATE,
    devices.DEVICE_LIST,
    inverter.INVERTER_LAST_DATA,
    inverter.INVERTER_BATCH,
    inverter.INVERTER_INFO,
    inverter.INVERTER_HISTORY,
    inverter.INVERTER_ALARMS,
    inverter.INVERTER_SET,
    storage.STORAGE_LAST_DATA,
    storage.STORAGE_HISTORY,
    storage.STORAGE_ALARMS,
    storage.STORAGE_SET,
)

# What an endpoint is used for without an action.
USES: dict[str, str] = {
    "plant/list": "the plants, every 6 hours",
    "plant/details": "zone and place of a plant, daily; diagnostics",
    "plant/data": "energy sensors of a plant",
    "plant/power": "power sensor of a plant",
    "device/datalogger/list": "dataloggers, online, hourly",
    "device/list": "devices, online, hourly",
    "device/inverter/last_new_data": "sensors of an inverter",
    "device/inverter/invs_data": "sensors of inverters, up to 100 in a call",
    "device/inverter/inv_data_info": "name, model and firmware, daily; diagnostics",
    "device/inverter/alarm": "event and sensors of alarms",
    "device/storage/storage_last_data": "sensors of a storage",
    "device/storage/alarm_data": "event and sensors of alarms",
    "inverterSet": "the settings below",
    "storageSet": "the settings below",
}

# The action that asks an endpoint; those that write settings follow from the settings.
_ACTION_OF_ENDPOINT: dict[str, str] = {
    "user/user_register": "register_user",
    "user/check_user": "check_user_name",
    "user/modify": "modify_user",
    "user/c_user_list": "list_users",
    "plant/add": "add_plant",
    "plant/modify": "modify_plant",
    "plant/delete": "delete_plant",
    "plant/user_plant_list": "list_user_plants",
    "plant/list": "list_plants",
    "plant/energy": "get_energy_history",
    "plant/power": "get_power_curve",
    "plant/sn_plant": "find_plant",
    "device/datalogger/add": "add_datalogger",
    "device/datalogger/delete": "delete_datalogger",
    "device/datalogger/validate": "validate_datalogger",
    "device/inverter/data": "get_device_history",
    "device/inverter/alarm": "get_alarms",
    "device/storage/storage_data": "get_device_history",
    "device/storage/alarm_data": "get_alarms",
}
_ACTION_OF_SETTING: dict[str, str] = {
    "active_power_rate": "set_active_power",
    "reactive_power_rate": "set_reactive_power",
    "ac_charge_window": "set_charge_window",
    "forced_discharge_window": "set_forced_discharge_window",
}

_INSTALLER = "tests/api/test_installer.py"
_HISTORIES = "tests/api/test_histories.py"
_CLIENT = "tests/api/test_client.py"
_SETTINGS = "tests/integration/test_settings.py"
_ACTIONS = "tests/integration/test_actions.py"

# One test that shows each endpoint working; its error codes are tested in tests/api/test_codes.py.
SHOWN: dict[str, tuple[str, str]] = {
    "user/user_register": (_INSTALLER, "test_users"),
    "user/check_user": (
        _INSTALLER,
        "test_taken_user_name_raises_no_error",
    ),
    "user/modify": (_INSTALLER, "test_users"),
    "user/c_user_list": (_INSTALLER, "test_users"),
    "plant/add": (_INSTALLER, "test_plant_is_added_modified_and_deleted"),
    "plant/modify": (_INSTALLER, "test_plant_is_added_modified_and_deleted"),
    "plant/delete": (_INSTALLER, "test_plant_is_added_modified_and_deleted"),
    "plant/user_plant_list": (
        _INSTALLER,
        "test_power_of_a_users_plants_is_converted_from_kilowatts",
    ),
    "plant/list": (_CLIENT, "test_plants"),
    "plant/details": (_CLIENT, "test_plant_details"),
    "plant/data": (_CLIENT, "test_plant_overview_in_watts"),
    "plant/energy": (_HISTORIES, "test_energy_by_day"),
    "plant/power": (_ACTIONS, "test_power_curve_has_five_minute_values"),
    "plant/sn_plant": (_INSTALLER, "test_plant_of_device"),
    "device/datalogger/list": (
        _INSTALLER,
        "test_datalogger_is_validated_added_and_deleted",
    ),
    "device/datalogger/add": (
        _INSTALLER,
        "test_datalogger_is_validated_added_and_deleted",
    ),
    "device/datalogger/delete": (
        _INSTALLER,
        "test_datalogger_is_validated_added_and_deleted",
    ),
    "device/datalogger/validate": (
        _INSTALLER,
        "test_datalogger_is_validated_added_and_deleted",
    ),
    "device/list": (_INSTALLER, "test_devices_move_with_their_datalogger"),
    "device/inverter/last_new_data": (
        "tests/integration/test_entities.py",
        "test_entities_match_their_snapshots",
    ),
    "device/inverter/invs_data": (
        "tests/integration/test_init.py",
        "test_inverters_are_read_in_batches_while_permitted",
    ),
    "device/inverter/inv_data_info": (
        "tests/integration/test_diagnostics.py",
        "test_details_are_in_diagnostics_and_redacted",
    ),
    "device/inverter/data": (_HISTORIES, "test_inverter_history"),
    "device/inverter/alarm": (_HISTORIES, "test_alarms"),
    "inverterSet": (_SETTINGS, "test_entities_write_the_vendors_parameters"),
    "device/storage/storage_last_data": (
        "tests/integration/test_entities.py",
        "test_entities_match_their_snapshots",
    ),
    "device/storage/storage_data": (_HISTORIES, "test_storage_history"),
    "device/storage/alarm_data": (_HISTORIES, "test_alarms"),
    "storageSet": (_SETTINGS, "test_entities_write_the_vendors_parameters"),
}

_PLATFORMS: dict[type, str] = {
    NumberSetting: "number",
    SwitchSetting: "switch",
    SelectSetting: "select",
    TimeSetting: "time",
    ClockSetting: "button",
}


def client_methods() -> dict[str, list[str]]:
    """Return the client methods that use each endpoint constant, by the constant's name."""
    found: dict[str, list[str]] = {}
    for path in sorted((COMPONENT / "api/client").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.AsyncFunctionDef):
                continue
            for name in {
                inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)
            }:
                found.setdefault(name, []).append(f"{path.stem}.{node.name}")
    return found


# The fields of DeviceEndpoints, and the method of the device API that calls each.
_DEVICE_METHODS = {
    "last_data": "last_data",
    "batch": "batch_data",
    "info": "info",
    "history": "history",
    "alarms": "alarms",
    "write": "set",
    "read_setting": "read_setting",
}


def device_methods() -> dict[str, list[str]]:
    """Return the methods of the device APIs that call each path."""
    found: dict[str, list[str]] = {}
    for name, group in ENDPOINTS.items():
        if not isinstance(group, DeviceEndpoints):
            continue
        for part, method in _DEVICE_METHODS.items():
            endpoint = getattr(group, part)
            if endpoint is not None:
                found.setdefault(endpoint.path, []).append(f"{name.lower()}.{method}")
        for endpoint, _ in group.settings:
            found.setdefault(endpoint.path, []).append(f"{name.lower()}.settings")
    return found


def constant_names() -> dict[str, list[str]]:
    """Return the names of the constants for each path."""
    names: dict[str, list[str]] = {}
    for name, value in ENDPOINTS.items():
        if isinstance(value, Endpoint):
            names.setdefault(value.path, []).append(name)
    return names


def _limit(endpoint: Endpoint) -> str:
    parts = []
    if endpoint.interval:
        parts.append("5 min" if endpoint.interval == FIVE_MINUTES else "10 s")
    if endpoint.per_day:
        parts.append(f"{endpoint.per_day} a day")
    return ", ".join(parts) or "none"


def _errors(endpoint: Endpoint) -> str:
    return ", ".join(
        f"{code} {problem}" for code, problem in sorted(endpoint.error_codes.items())
    )


def _setting_actions(family: Family, setting: Setting) -> set[str]:
    """Return the names of the actions that write a setting of a family."""
    names = {
        f"{kind}_now"
        for kind, override in family.overrides.items()
        if setting.key in override.keys
    }
    if isinstance(setting, ActionSetting):
        names.add(setting.action)
    if isinstance(setting, BlockSetting):
        names.add(f"set_{setting.schedule}")
    if setting.key in _ACTION_OF_SETTING:
        names.add(_ACTION_OF_SETTING[setting.key])
    return names


def endpoint_actions(path: str) -> set[str]:
    """Return the names of the actions that ask an endpoint."""
    names = {
        name
        for family in FAMILIES.values()
        if family.endpoints.write is not None and family.endpoints.write.path == path
        for setting in family.settings
        for name in _setting_actions(family, setting)
    }
    if path in _ACTION_OF_ENDPOINT:
        names.add(_ACTION_OF_ENDPOINT[path])
    return names


def _join_actions(names: set[str]) -> str:
    return ", ".join(f"`{one.name}`" for one in ACTIONS if one.name in names)


def _in_home_assistant(endpoint: Endpoint) -> str:
    actions = endpoint_actions(endpoint.path)
    uses = [USES[endpoint.path]] if endpoint.path in USES else []
    if actions:
        word = "action" if len(actions) == 1 else "actions"
        uses.append(f"{word} {_join_actions(actions)}")
    return "; ".join(uses)


def _test_reference(path: str, name: str) -> str:
    return f"`{path}::{name}`"


def _endpoint_rows() -> Iterator[str]:
    by_constant, names, by_path = client_methods(), constant_names(), device_methods()
    for number, endpoint in enumerate(DOCUMENTED, 1):
        callers = {
            caller
            for name in names[endpoint.path]
            for caller in by_constant.get(name, ())
        } | set(by_path.get(endpoint.path, ()))
        yield (
            f"| {number} | {endpoint.method} `{endpoint.path}` | "
            f"{', '.join(f'`{one}`' for one in sorted(callers))} | "
            f"{_in_home_assistant(endpoint)} | {_limit(endpoint)} | {_errors(endpoint)} | "
            f"{_test_reference(*SHOWN[endpoint.path])} |"
        )


def _controlled_by(family: Family, setting: Setting) -> str:
    if isinstance(setting, ActionSetting):
        return f"action `{setting.action}`"
    actions = _join_actions(_setting_actions(family, setting))
    also = f"; action {actions}" if actions else ""
    entities = []
    for kind, platform in _PLATFORMS.items():
        for slot in iter_slots((setting,), kind):
            description = slot.description
            name = _EN["entity"][platform][description.translation_key]["name"]
            name = name.format(**(description.placeholders or {}))
            disabled = (
                "" if description.entity_registry_enabled_default else " (disabled)"
            )
            entities.append(f"{platform} *{name}*{disabled}")
    return f"{', '.join(entities)}{also}"


def example_of(setting: Setting | TimeSetting) -> tuple[object, tuple[str, ...]]:
    """Return a valid value of a setting, and the commands that are sent for it."""
    match setting:
        case NumberSetting():
            number = setting.native_min_value
            return number, setting.commands(number)
        case SwitchSetting():
            return True, setting.commands(True)
        case SelectSetting():
            option = next(iter(setting.option_codes))
            return option, setting.commands(option)
        case WindowSetting():
            window = Window.parse("18:30-24:00")
            return window, setting.commands(window)
        case BlockSetting():
            block = {name: example_of(part)[0] for name, part in setting.parts.items()}
            return "", setting.commands(block)
        case TimeSetting():
            return time(18, 30), setting.commands(time(18, 30))
        case ClockSetting():
            moment = datetime(2026, 6, 20, 12, 3, 40)
            return moment, setting.commands(moment)
        case ActionSetting():
            value = (19.0, 221.5) if setting.key == "register" else (380.0, 0.8)
            return value, setting.commands(value)


def describe_range(setting: Setting | TimeSetting) -> str:
    """Return the values of a setting."""
    match setting:
        case NumberSetting():
            unit = setting.native_unit_of_measurement or ""
            ends = f"{setting.native_min_value:g} to {setting.native_max_value:g}"
            gap = setting.gap
            nothing = f", nothing between {gap[0]:g} and {gap[1]:g}" if gap else ""
            return (
                f"{ends} {unit}".strip()
                + f", steps of {setting.native_step:g}{nothing}"
            )
        case SwitchSetting():
            return f"on ({setting.on}), off ({setting.off})"
        case SelectSetting():
            return ", ".join(
                f"{name} ({code})" for name, code in setting.option_codes.items()
            )
        case WindowSetting():
            return "0:00 to 24:00, the end after the start; 0:00 to 0:00: none"
        case BlockSetting():
            return "; ".join(
                f"{name.replace('_', ' ')}: {describe_range(part)}"
                for name, part in setting.parts.items()
            )
        case TimeSetting():
            return "0:00 to 23:59"
        case ClockSetting():
            return "the plant's wall clock"
        case ActionSetting():
            if setting.key != "register":
                return "open circuit 300 to 500 V; MPP 0.55 to 0.9 of it"
            if setting.check is not registers.validate:
                return f"0 to {registers.HIGHEST}"
            return "; ".join(
                f"{one.address} {name.replace('_', ' ')}: {_register_range(one)}"
                for name, one in registers.REGISTERS.items()
            )


def _register_range(register: registers.Register) -> str:
    if register.only:
        values = " or ".join(f"{one:g}" for one in register.only)
    else:
        values = f"{register.low:g} to {register.high:g} {register.unit}".strip()
    return values + (f", sent times {register.scale}" if register.scale > 1 else "")


def _setting_rows() -> Iterator[str]:
    number = 0
    for family in (INVERTER, STORAGE):
        for setting in family.settings:
            number += 1
            value, commands = example_of(setting)
            shown = {True: "on"}.get(value, value)  # type: ignore[call-overload]
            test = (
                _test_reference(
                    "tests/integration/test_setting_actions.py",
                    "test_actions_write_the_vendors_parameters",
                )
                if isinstance(setting, ActionSetting)
                else _test_reference(
                    "tests/integration/test_windows.py",
                    "test_both_ends_within_three_seconds_are_one_write",
                )
                if isinstance(setting, WindowSetting)
                else _test_reference(
                    _SETTINGS, "test_entities_write_the_vendors_parameters"
                )
            )
            yield (
                f"| {number} | {family.key} | `{setting.parameter}` | {_controlled_by(family, setting)} | "
                f"{describe_range(setting)} | {shown} → {', '.join(f'`{one}`' for one in commands)} | "
                f"{'yes' if setting.readable else 'no'} | {test} |"
            )


def _newer_endpoint_rows() -> Iterator[str]:
    """Yield the rows of the endpoints that are not in the pages of 2016 and 2022."""
    known = {endpoint.path for endpoint in DOCUMENTED}
    methods = device_methods()
    for group in ENDPOINTS.values():
        if not isinstance(group, DeviceEndpoints):
            continue
        parts = [getattr(group, name) for name in _DEVICE_METHODS]
        for endpoint in (*parts, *(one for one, _ in group.settings)):
            if endpoint is None or endpoint.path in known:
                continue
            known.add(endpoint.path)
            callers = ", ".join(f"`{one}`" for one in sorted(methods[endpoint.path]))
            yield (
                f"| {endpoint.method} `{endpoint.path}` | {callers} | {_limit(endpoint)} |"
            )


def _present_value(setting: Setting) -> str:
    parts = setting.parts.values() if isinstance(setting, CompoundBase) else (setting,)
    keys = [f"`{part.field_keys[0]}`" for part in parts if part.field_keys]
    by_id = ["by its id"] if setting.readable else []
    return ", ".join(by_id + keys) or "no"


def _newer_setting_rows() -> Iterator[str]:
    for family in FAMILIES.values():
        if family in (INVERTER, STORAGE):
            continue
        for setting in family.settings:
            _, commands = example_of(setting)
            yield (
                f"| {family.name} | `{setting.parameter}` | {_controlled_by(family, setting)} | "
                f"{describe_range(setting)} | {', '.join(f'`{one}`' for one in commands)} | "
                f"{_present_value(setting)} |"
            )


def document() -> str:
    """Return the whole document."""
    lines = [
        "# What of the OpenAPI is covered",
        "",
        "Made from the code by `script/docs`; a test fails where the two disagree.",
        "",
        "## Endpoints",
        "",
        "The 29 endpoints of the vendor's pages (protocol of 2016, pages of 2022). Errors: what the codes mean here, beside those that mean",
        "the same everywhere: −1 wrong server, 10001 system error, 10011 not open to this token (of `plant/list`: token refused), 10012 too",
        "frequent, 10013 and 10014 too long a page and too many pages. Each code of each endpoint is tested in `tests/api/test_codes.py`.",
        "",
        "| | endpoint | client method | in Home Assistant | limit | errors | shown by |",
        "|---|---|---|---|---|---|---|",
        *_endpoint_rows(),
        "",
        "## Settings",
        "",
        "The 8 settings of `inverterSet` and the 10 of `storageSet`. Read back: where the cloud's `readInverterParam` and `readStorageParam`, which",
        "are not in these pages, are open to the token.",
        "",
        "| | device | parameter | in Home Assistant | range | example | read back | shown by |",
        "|---|---|---|---|---|---|---|---|",
        *_setting_rows(),
        "",
        "## Devices of later pages",
        "",
        "What MIN, SPH, SPA, MAX, meters and sensors are asked, and what of the older devices is of later pages. Where no limit is documented,",
        "automatic reads keep to five minutes.",
        "",
        "| endpoint | client method | limit |",
        "|---|---|---|",
        *_newer_endpoint_rows(),
        "",
        "| device | parameter | in Home Assistant | range | values sent (an example) | present value |",
        "|---|---|---|---|---|---|",
        *_newer_setting_rows(),
        "",
    ]
    return "\n".join(lines)
