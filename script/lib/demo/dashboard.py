"""A dashboard of plant, inverter, storage and controls, made from what is registered."""

import asyncio
from typing import Any

from .home_assistant import HomeAssistant

DOMAIN = "growatt_openapi"
PATH = "demo-growatt"
_PATIENCE, _QUIET = 60, 5
_POWERS = ("_output_power", "_battery_power", "_grid_power")


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


async def make(home_assistant: HomeAssistant) -> str:
    """Make the dashboard; return its address."""
    registered = await settled(home_assistant)
    (devices,) = await home_assistant.command({"type": "config/device_registry/list"})
    names = {
        device["id"]: device["name_by_user"] or device["name"] for device in devices
    }
    own: dict[str, list[dict[str, Any]]] = {}
    for entity in registered:
        own.setdefault(entity["device_id"], []).append(entity)
    # The plant first, the datalogger last.
    in_order = sorted(own, key=lambda each: (not _is_plant(own[each]), -len(own[each])))
    sections = [_section(names[device_id], own[device_id]) for device_id in in_order]
    sections[0]["cards"].append(
        {
            "type": "history-graph",
            "title": "Power",
            "hours_to_show": 3,
            "entities": [
                entity["entity_id"]
                for entity in registered
                if entity["unique_id"].endswith(_POWERS)
            ],
        }
    )
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
            "config": {
                "views": [
                    {
                        "title": "Growatt",
                        "type": "sections",
                        "max_columns": 4,
                        "sections": sections,
                    }
                ]
            },
        },
    )
    return f"{home_assistant.url}/{PATH}"


def _section(title: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a column of a device: its figures, then its controls."""
    figures = [entity for entity in entities if not _is_control(entity)]
    controls = [entity for entity in entities if _is_control(entity)]
    cards: list[dict[str, Any]] = [{"type": "heading", "heading": title}]
    cards += [{"type": "tile", **_named(entity)} for entity in figures]
    if controls:
        cards.append(
            {
                "type": "entities",
                "title": "Controls",
                "show_header_toggle": False,
                "entities": [_named(entity) for entity in controls],
            }
        )
    return {"type": "grid", "cards": cards}


def _named(entity: dict[str, Any]) -> dict[str, Any]:
    return {"entity": entity["entity_id"], "name": entity["original_name"]}


def _is_plant(entities: list[dict[str, Any]]) -> bool:
    return entities[0]["unique_id"].startswith("plant_")


def _is_control(entity: dict[str, Any]) -> bool:
    platform = entity["entity_id"].split(".")[0]
    return platform in ("button", "number", "select", "switch", "time")
