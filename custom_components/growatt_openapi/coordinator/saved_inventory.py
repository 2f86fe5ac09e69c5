"""The saved part of the inventory: plants, devices and dataloggers that the newest lists do not show but that are not gone for good.

What the newest lists show is not saved here: the gateway keeps its replies.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..api.models import Datalogger, Device, Plant
from ..const import DOMAIN
from ..domain.missing_tracker import MissingTracker
from ..models import PLANT_PREFIX, Inventory
from ..persistence import codec


def dump_absent(inventory: Inventory, absent: MissingTracker) -> dict[str, Any]:
    """Return the rows of absent plants and equipment as they are saved."""
    return {
        "plants": [
            codec.dump(info.row)
            for plant_id, info in inventory.items()
            if plant_id in absent
        ],
        "equipment": {
            plant_id: {
                "devices": _dump_rows(info.devices, absent),
                "dataloggers": _dump_rows(info.dataloggers, absent),
            }
            for plant_id, info in inventory.items()
        },
    }


def load_plants(saved: dict[str, Any]) -> list[Plant]:
    """Return the saved rows of absent plants."""
    return _load_rows(Plant, saved.get("plants"))


def load_plant_ids(saved: dict[str, Any]) -> list[str]:
    """Return the ids of all plants of the last run, absent or not."""
    return [plant_id for plant_id, _, _ in load_equipment(saved)]


def registered_plants(
    hass: HomeAssistant, entry: ConfigEntry, plant_ids: Iterable[str]
) -> list[Plant]:
    """Return the rows of plants with the names they have in Home Assistant's registry, and nothing else known of them."""
    registry = dr.async_get(hass)
    rows = []
    for plant_id in plant_ids:
        device = registry.async_get_device_by_identifier(
            (DOMAIN, f"{PLANT_PREFIX}{plant_id}"), entry.entry_id
        )
        name = None if device is None else device.name
        rows.append(Plant(plant_id=plant_id, name=name or plant_id))
    return rows


def load_equipment(
    saved: dict[str, Any],
) -> Iterator[tuple[str, list[Device], list[Datalogger]]]:
    """Yield the id of each saved plant with its absent devices and dataloggers."""
    equipment = saved.get("equipment")
    for plant_id, rows in equipment.items() if isinstance(equipment, dict) else ():
        if isinstance(rows, dict):
            yield (
                plant_id,
                _load_rows(Device, rows.get("devices")),
                _load_rows(Datalogger, rows.get("dataloggers")),
            )


def _dump_rows(
    rows: dict[str, Device] | dict[str, Datalogger], absent: MissingTracker
) -> list[dict[str, Any]]:
    return [
        codec.dump(row) | {"last_update": None}
        for serial, row in rows.items()
        if serial in absent
    ]


def _load_rows[RowT](row_type: type[RowT], saved: object) -> list[RowT]:
    """Return saved rows, without those that cannot be read."""
    rows = []
    for row in saved if isinstance(saved, list) else ():
        try:
            rows.append(codec.load(row_type, row))
        except ValueError:
            continue
    return rows
