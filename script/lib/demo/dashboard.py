"""A dashboard of plant, inverter, storage and controls, made from what is registered."""

from typing import Any

from .home_assistant import HomeAssistant

DOMAIN = "growatt_openapi"
PATH = "demo-growatt"


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


async def make(home_assistant: HomeAssistant) -> str:
    """Make the dashboard; return its address."""
    registered = await entities(home_assistant)
    (devices,) = await home_assistant.command({"type": "config/device_registry/list"})
    names = {
        device["id"]: device["name_by_user"] or device["name"] for device in devices
    }
    sections = []
    for device_id in dict.fromkeys(entity["device_id"] for entity in registered):
        own = [entity for entity in registered if entity["device_id"] == device_id]
        controls = [entity for entity in own if _is_control(entity)]
        figures = [entity for entity in own if not _is_control(entity)]
        cards: list[dict[str, Any]] = [
            {"type": "heading", "heading": names.get(device_id, "")}
        ]
        cards += [{"type": "tile", "entity": entity["entity_id"]} for entity in figures]
        if controls:
            cards.append(
                {
                    "type": "entities",
                    "title": "Controls",
                    "entities": [entity["entity_id"] for entity in controls],
                }
            )
        sections.append({"type": "grid", "cards": cards})
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


def _is_control(entity: dict[str, Any]) -> bool:
    return entity["entity_id"].split(".")[0] in ("number", "switch")
