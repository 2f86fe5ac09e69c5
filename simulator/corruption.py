"""Corruption of replies, in ways that users of the live service have reported."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
import json
from typing import Any

from . import hostile_values as hostile
from .cloud import Cloud
from .envelope import Envelope
from .fault_responses import DEEP_MARK
from .faults import Fault, FaultKind
from .physics.device import round_counter
from .router import Router

# How long after midnight the energy of yesterday stays.
_STALE_DURATION = timedelta(minutes=30)
_READINGS = ("device/inverter/", "device/storage/", "device/tlx/")
_INVERTER_TODAY_KEYS = ("powerToday", "eacToday")


_TWIN = "Twin "


def corrupt(cloud: Cloud, fault: Fault, path: str, envelope: Envelope) -> Envelope:
    """Return a reply with a fault applied. Error replies stay unchanged."""
    if envelope["error_code"] not in (0, "0"):
        return envelope
    match fault.kind:
        case FaultKind.GARBAGE:
            garbage = hostile.garble(envelope)
            return garbage if isinstance(garbage, dict) else envelope
        case FaultKind.DATA:
            return {**envelope, "data": json.loads(fault.message)}
        case FaultKind.SERIALS if "devices" not in (envelope.get("data") or ()):
            return _as_envelope(hostile.replace_serial(envelope, fault.message))
    data = envelope.get("data")
    if not isinstance(data, dict):
        return envelope
    changed = _change_values(fault, data)
    if changed is None:
        changed = _change_facts(cloud, fault, path, data)
    return {**envelope, "data": changed}


def _as_envelope(value: Any) -> Envelope:
    envelope: Envelope = value
    return envelope


def _change_values(fault: Fault, data: dict[str, Any]) -> Any:
    """Apply a fault that any object can have; None for every other."""
    match fault.kind:
        case FaultKind.NUMBERS:
            return hostile.replace_numbers(data, json.loads(fault.message))
        case FaultKind.NULLS:
            return hostile.remove_values(data)
        case FaultKind.TIMES:
            return hostile.move_times(data, fault.code)
        case FaultKind.NAMES:
            return hostile.rename(data, fault.message)
        case FaultKind.SERIALS:
            return hostile.replace_serial(data, fault.message)
        case FaultKind.DUPLICATE_ROWS:
            return hostile.change_rows(data, lambda rows: [*rows, *rows])
        case FaultKind.COUNT if "count" in data:
            return {**data, "count": fault.code}
        case FaultKind.DEEP_FIELD:
            return {**data, "extra": DEEP_MARK}
    return None


def _change_facts(
    cloud: Cloud, fault: Fault, path: str, data: dict[str, Any]
) -> dict[str, Any]:
    """Apply a fault that contradicts what the devices measured."""
    match fault.kind:
        case FaultKind.TYPES if path == "device/list":
            rows = [{**row, "type": fault.code} for row in data["devices"]]
            return {**data, "devices": rows}
        case FaultKind.EMPTY_LIST if path == "device/list":
            return {**data, "devices": []}
        case FaultKind.EVENING_ZERO if path == "plant/data":
            return {**data, "current_power": 0}
        case FaultKind.TOTAL_DIPS:
            return _change_objects(data, _zero_totals)
        case FaultKind.STALE_MIDNIGHT if path.startswith(_READINGS):
            return _change_objects(
                data, lambda fields: _restore_yesterday(cloud, fields)
            )
    return data


def repeat_first_page(
    router: Router, path: str, parameters: Mapping[str, str], envelope: Envelope
) -> Envelope:
    """Return the first page, and a count that makes a client ask for the next one."""
    data = envelope.get("data")
    if not isinstance(data, dict) or "count" not in data:
        return envelope
    first = router.routes[path].handler(router.cloud, {**parameters, "page": "1"})
    rows = hostile.change_rows(
        first["data"],
        lambda rows: (rows * 100)[: max(100, len(rows))] if rows else rows,
    )
    return {**first, "data": {**rows, "count": 1000}}


def sync_twin_plant(cloud: Cloud) -> None:
    """Add a second plant with the devices of the first while a fault says so, and remove it afterwards."""
    now = cloud.now()
    is_wanted = any(
        fault.kind is FaultKind.TWIN_PLANT and fault.matches(fault.path, now)
        for fault in cloud.faults
    )
    twins = [plant for plant in cloud.plants if plant.name.startswith(_TWIN)]
    if is_wanted and not twins and cloud.plants:
        first = cloud.plants[0]
        cloud.plants.append(
            replace(first, plant_id=first.plant_id + 1, name=_TWIN + first.name)
        )
    elif not is_wanted:
        for plant in twins:
            cloud.plants.remove(plant)


def _change_objects(
    data: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """Apply a change to every object in a reply, at any depth."""
    return change(
        {
            key: _change_objects(inner, change) if isinstance(inner, dict) else inner
            for key, inner in data.items()
        }
    )


def _zero_totals(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: 0
        if key.casefold().endswith(("total", "total_energy"))
        and isinstance(value, int | float | str)
        else value
        for key, value in fields.items()
    }


def _restore_yesterday(cloud: Cloud, fields: dict[str, Any]) -> dict[str, Any]:
    """Replace the energy of today by that of yesterday, in a reading taken soon after its midnight."""
    serial = fields.get("inverterId") or fields.get("serialNum")
    found = next(
        (
            device
            for plant in cloud.plants
            for device in plant.devices
            if device.serial == serial and "time" in fields
        ),
        None,
    )
    if found is None:
        return fields
    wall = datetime.fromisoformat(str(fields["time"]))
    if wall - wall.replace(hour=0, minute=0, second=0) > _STALE_DURATION:
        return fields
    figures = {
        key: round_counter(found.counters[0].yesterday)
        for key in _INVERTER_TODAY_KEYS
        if key in fields
    }
    if "eChargeToday" in fields:
        figures |= {
            key: round_counter(counter.yesterday)
            for key, counter in zip(
                ("eChargeToday", "eDischargeToday", "eToUserToday", "eToGridToday"),
                found.counters,
                strict=False,
            )
        }
    return {**fields, **figures}
