"""A dashboard in the order in which an owner asks: now, today, charge or discharge now, schedule, cloud.

Entities are found by their unique ids, so that it does not matter how they are named.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
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
    "battery_level": "Battery level",
    "grid_power": "Grid",
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
# What is shown of a device: groups with a label, and in each the names by key.
type Group = tuple[str, dict[str, str]]
OVERRIDE: tuple[Group, ...] = (
    ("", {"override": "State", "override_minutes": "For"}),
    ("", {"charge_now_level": "Charge up to", "charge_now": "Charge now"}),
    ("", {"discharge_now_level": "Discharge to", "discharge_now": "Discharge now"}),
    ("", {"end_override": "Stop"}),
)
SCHEDULE: tuple[Group, ...] = (
    ("", {"mode": "Mode"}),
    (
        "Charge",
        {
            "ac_charge": "From the grid",
            "ac_charge_limit": "Up to",
            "charge_stop_level": "Up to",
            "charge_power_rate": "Power",
            "ac_charge_window_start": "Start",
            "ac_charge_window_end": "End",
        },
    ),
    (
        "Discharge",
        {
            "forced_discharge": "Forced",
            "low_limit": "Down to",
            "discharge_stop_level": "Down to",
            "discharge_power_rate": "Power",
            "forced_discharge_window_start": "Start",
            "forced_discharge_window_end": "End",
        },
    ),
    *(
        (
            f"{label} {number}",
            {
                f"{key}_{number}": "On",
                f"{key}_{number}_mode": "Mode",
                f"{key}_{number}_start": "Start",
                f"{key}_{number}_end": "End",
            },
        )
        for label, key in (
            ("Charge period", "charge_period"),
            ("Discharge period", "discharge_period"),
            ("Load-first period", "load_first_period"),
            ("Segment", "segment"),
        )
        for number in range(1, 10)
    ),
)
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
    # The power of a plant is that of its panels.
    keys = [key for key in NOW if key.endswith("_power") and key in plant.entities]
    powers = [
        {"entity": plant.entities[key]["entity_id"], "name": NOW[key]} for key in keys
    ]
    if not powers and "power" in plant.entities:
        powers = [{"entity": plant.entities["power"]["entity_id"], "name": "Power"}]
    graph = {
        "type": "history-graph",
        "hours_to_show": 3,
        "entities": powers,
        "grid_options": {"columns": "full", "rows": 5},
    }
    return [*_make_tiles(plant, NOW, PRODUCTION[0]), *([graph] if powers else [])]


def _make_tiles(
    plant: Device, names: dict[str, str], otherwise: tuple[str, str]
) -> list[dict[str, Any]]:
    """Return a tile for each entity that there is, or the one of a plant that measures nothing else."""
    shown = {key: name for key, name in names.items() if key in plant.entities}
    if not shown and otherwise[0] in plant.entities:
        shown = dict([otherwise])
    tiles: list[dict[str, Any]] = [
        {"type": "tile", "entity": plant.entities[key]["entity_id"], "name": name}
        for key, name in shown.items()
    ]
    if len(tiles) % 2:
        tiles[-1]["grid_options"] = {"columns": "full"}
    for tile in tiles:
        # A share of nothing is unknown: in the first minutes of a day.
        tile["visibility"] = [
            {
                "condition": "state",
                "entity": tile["entity"],
                "state_not": ["unknown", "unavailable"],
            }
        ]
    return tiles


def _make_control_section(
    title: str, devices: list[Device], groups: tuple[Group, ...]
) -> list[dict[str, Any]]:
    """Return a section with a card for each device that has some of these entities, or nothing."""
    cards: list[dict[str, Any]] = []
    for device in devices:
        rows: list[dict[str, Any]] = []
        for label, names in groups:
            group = [
                {"entity": device.entities[key]["entity_id"], "name": name}
                for key, name in names.items()
                if key in device.entities
            ]
            if group and label:
                rows.append({"type": "section", "label": label})
            rows += group
        if rows:
            cards += [
                {
                    "type": "heading",
                    "heading": device.name,
                    "heading_style": "subtitle",
                },
                {"type": "entities", "show_header_toggle": False, "entities": rows},
            ]
    return [_make_section(title, cards)] if cards else []


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
