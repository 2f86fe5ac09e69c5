"""A dashboard in the order in which an owner asks: now, today, charge or discharge now, schedule, cloud.

Entities are found by their unique ids, so that it does not matter how they are named.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
import re
from typing import Any

from .home_assistant import HomeAssistant

DOMAIN = "growatt_openapi"
PATH = "demo-growatt"
_PATIENCE, _QUIET = 60, 5
_POWERS = ("_output_power", "_battery_power", "_grid_power")
# A fleet has more plants than anybody looks at.
_MOST_PLANTS = 12

# What is shown of a plant, by key; the name replaces that of the entity, which is too long for a tile.
NOW = {
    "solar_power": "Solar",
    "house_power": "House",
    "battery_power": "Battery",
    "grid_power": "Grid",
    "battery_level": "Battery level",
}
TODAY = {
    "solar_energy_today": "Solar",
    "consumption_today": "House",
    "import_energy_today": "Imported",
    "export_energy_today": "Exported",
    "charge_energy_today": "Charged",
    "discharge_energy_today": "Discharged",
    "self_sufficiency_today": "Self-sufficiency",
}
TOTAL = {
    "solar_energy_total": "Solar",
    "consumption_total": "House",
    "import_energy_total": "Imported",
    "export_energy_total": "Exported",
    "charge_energy_total": "Charged",
    "discharge_energy_total": "Discharged",
}
# Of a plant that measures nothing but its production.
PRODUCTION = (
    ("power", "Power"),
    ("energy_today", "Energy"),
    ("energy_total", "Energy"),
)
# What is shown of a device.
OVERRIDE = (
    *("override", "override_minutes", "charge_now_level", "charge_now"),
    *("discharge_now_level", "discharge_now", "end_override"),
)
SCHEDULE = (
    *("mode", "ac_charge", "ac_charge_limit", "charge_power_rate"),
    *("charge_stop_level", "ac_charge_window_start", "ac_charge_window_end"),
    *("charge_period", "charge_period_start", "charge_period_end"),
    *("forced_discharge", "low_limit", "discharge_power_rate"),
    *("discharge_stop_level", "forced_discharge_window_start"),
    *("forced_discharge_window_end", "discharge_period", "discharge_period_start"),
    *("discharge_period_end", "load_first_period", "load_first_period_start"),
    *("load_first_period_end", "segment", "segment_mode", "segment_start"),
    "segment_end",
)
# Keys that stand for several parts of one period.
_NUMBERED = ("charge_period", "discharge_period", "load_first_period", "segment")
CLOUD = ("cloud_status", "calls", "refusals", "devices_in_fault", "refresh")


@dataclass
class Device:
    """A device or plant, and its entities by key: the unique id without the device's own."""

    name: str
    identifier: str
    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    parent: str | None = None

    @property
    def is_plant(self) -> bool:
        """True if it stands for a plant."""
        return self.identifier.startswith("plant_")

    @property
    def is_account(self) -> bool:
        """True if it stands for the account."""
        return self.identifier.startswith("account_")


async def entities(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    """Return the integration's registered entities that are enabled."""
    (registered,) = await home_assistant.command(
        {"type": "config/entity_registry/list"}
    )
    return [
        entity
        for entity in registered
        if entity["platform"] == DOMAIN and entity["disabled_by"] is None
    ]


async def settled(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    """Return the entities when no more have come for some seconds: devices are read after set-up."""
    found: list[dict[str, Any]] = []
    quiet = 0
    for _ in range(_PATIENCE):
        before, found = len(found), await entities(home_assistant)
        read = any(entity["unique_id"].endswith(_POWERS) for entity in found)
        quiet = quiet + 1 if read and len(found) == before else 0
        if quiet >= _QUIET:
            break
        await asyncio.sleep(1)
    return found


async def find_devices(home_assistant: HomeAssistant) -> dict[str, Device]:
    """Return the devices with their entities, by id of the registry."""
    registered = await settled(home_assistant)
    (listed,) = await home_assistant.command({"type": "config/device_registry/list"})
    found = {
        row["id"]: Device(
            name=row["name_by_user"] or row["name"],
            identifier=identifier,
            parent=row["via_device_id"],
        )
        for row in listed
        for domain, identifier in row["identifiers"]
        if domain == DOMAIN
    }
    for entity in registered:
        device = found[entity["device_id"]]
        key = entity["unique_id"].removeprefix(f"{device.identifier}_")
        device.entities[key] = entity
    return found


async def make(home_assistant: HomeAssistant, devices: dict[str, Device]) -> str:
    """Make the dashboard; return its address."""
    await home_assistant.command(
        {
            "type": "lovelace/dashboards/create",
            "url_path": PATH,
            "title": "Growatt",
            "icon": "mdi:solar-power-variant",
            "mode": "storage",
            "show_in_sidebar": True,
            "require_admin": False,
        },
        {
            "type": "lovelace/config/save",
            "url_path": PATH,
            "config": {"views": _make_views(devices)},
        },
    )
    return f"{home_assistant.url}/{PATH}"


async def find_shown_entities(home_assistant: HomeAssistant) -> list[str]:
    """Return the ids of all entities on the saved dashboard."""
    (config,) = await home_assistant.command(
        {"type": "lovelace/config", "url_path": PATH}
    )
    return list(dict.fromkeys(_iterate_entity_ids(config)))


def _iterate_entity_ids(part: Any) -> Iterable[str]:
    if isinstance(part, dict):
        if isinstance(part.get("entity"), str):
            yield part["entity"]
        for value in part.values():
            yield from _iterate_entity_ids(value)
    elif isinstance(part, list):
        for value in part:
            yield from _iterate_entity_ids(value)


def _make_views(found: dict[str, Device]) -> list[dict[str, Any]]:
    """Return a view for each plant."""
    of_plant: dict[str, list[Device]] = defaultdict(list)
    for device in found.values():
        top = device
        while not top.is_plant and top.parent in found:
            top = found[top.parent]
        if top.is_plant and top is not device:
            of_plant[top.identifier].append(device)
    account = next((each for each in found.values() if each.is_account), None)
    plants = [device for device in found.values() if device.is_plant]
    return [
        {
            "title": plant.name,
            "path": plant.identifier,
            "type": "sections",
            "max_columns": 3,
            "sections": _make_sections(plant, of_plant[plant.identifier], account),
        }
        for plant in plants[:_MOST_PLANTS]
    ]


def _make_sections(
    plant: Device, devices: list[Device], account: Device | None
) -> list[dict[str, Any]]:
    devices = sorted(devices, key=lambda device: device.name)
    return [
        _make_section("Now", _make_now_cards(plant)),
        _make_section(
            "Today",
            _make_tiles(plant, TODAY, PRODUCTION[1]),
            ("Since it was built", _make_tiles(plant, TOTAL, PRODUCTION[2])),
        ),
        *_make_control_section("Charge or discharge now", devices, OVERRIDE),
        *_make_control_section("Schedule", devices, SCHEDULE),
        _make_section("Cloud", _make_cloud_cards(devices, account)),
    ]


def _make_section(
    title: str, cards: list[dict[str, Any]], *parts: tuple[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return a column with a title, and with parts that have a smaller one."""
    cards = [{"type": "heading", "heading": title}, *cards]
    for heading, more in parts:
        cards += [
            {"type": "heading", "heading": heading, "heading_style": "subtitle"},
            *more,
        ]
    return {"type": "grid", "cards": cards}


def _make_now_cards(plant: Device) -> list[dict[str, Any]]:
    powers = [
        {"entity": plant.entities[key]["entity_id"], "name": name}
        for key, name in {**NOW, **dict(PRODUCTION[:1])}.items()
        if key in plant.entities and key.endswith("power")
    ]
    if "solar_power" in plant.entities:
        # The plant's power is that of the panels.
        powers = [
            power for power in powers if power["name"] != dict(PRODUCTION)["power"]
        ]
    graph = {
        "type": "history-graph",
        "hours_to_show": 3,
        "entities": powers,
        "grid_options": {"columns": "full", "rows": 5},
    }
    return [*_make_tiles(plant, NOW, PRODUCTION[0]), graph]


def _make_tiles(
    plant: Device, names: dict[str, str], otherwise: tuple[str, str]
) -> list[dict[str, Any]]:
    """Return a tile for each entity that there is, or the one of a plant that measures nothing else."""
    shown = {key: name for key, name in names.items() if key in plant.entities}
    if not shown and otherwise[0] in plant.entities:
        shown = dict([otherwise])
    return [
        {"type": "tile", "entity": plant.entities[key]["entity_id"], "name": name}
        for key, name in shown.items()
    ]


def _make_control_section(
    title: str, devices: list[Device], keys: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return a section with a card for each device that has some of these entities, or nothing."""
    cards = []
    for device in devices:
        ranked = [
            (position, key)
            for key in device.entities
            if (position := _find_position(key, keys)) is not None
        ]
        if ranked:
            cards.append(
                {
                    "type": "entities",
                    "title": device.name,
                    "show_header_toggle": False,
                    "entities": [
                        _make_row(device.entities[key]) for _, key in sorted(ranked)
                    ],
                }
            )
    return [_make_section(title, cards)] if cards else []


def _find_position(key: str, keys: tuple[str, ...]) -> tuple[int, int, int] | None:
    """Return where a key comes: all parts of a numbered period together, before those of the next."""
    number = next(iter(re.findall(r"_(\d+)(?=_|$)", key)), "0")
    plain = re.sub(r"_\d+(?=_|$)", "", key)
    if plain not in keys:
        return None
    position = keys.index(plain)
    first = next(
        (
            keys.index(name)
            for name in _NUMBERED
            if number != "0" and re.match(rf"{name}(_|$)", plain)
        ),
        position,
    )
    return first, int(number), position


def _make_cloud_cards(
    devices: list[Device], account: Device | None
) -> list[dict[str, Any]]:
    rows = [
        _make_row(account.entities[key])
        for key in CLOUD
        if account and key in account.entities
    ]
    rows += [
        {"entity": device.entities["online"]["entity_id"], "name": device.name}
        for device in devices
        if "online" in device.entities
    ]
    return [{"type": "entities", "show_header_toggle": False, "entities": rows}]


def _make_row(entity: dict[str, Any]) -> dict[str, Any]:
    return {"entity": entity["entity_id"], "name": entity["original_name"]}
