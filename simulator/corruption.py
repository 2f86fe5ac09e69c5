"""Corruption of replies, in ways that users of the live service have reported."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from .cloud import Cloud
from .envelope import Envelope
from .faults import Fault, FaultKind, garble
from .physics.device import round_counter

# How long after midnight the energy of yesterday stays.
_STALE_DURATION = timedelta(minutes=30)
_READINGS = ("device/inverter/", "device/storage/", "device/tlx/")
_INVERTER_TODAY_KEYS = ("powerToday", "eacToday")


def corrupt(cloud: Cloud, fault: Fault, path: str, envelope: Envelope) -> Envelope:
    """Return a reply with a fault applied. Error replies stay unchanged."""
    data = envelope.get("data")
    if not isinstance(data, dict):
        return envelope
    match fault.kind:
        case FaultKind.GARBAGE:
            garbage = garble(envelope)
            return garbage if isinstance(garbage, dict) else envelope
        case FaultKind.EMPTY_LIST if path == "device/list":
            return {**envelope, "data": {**data, "devices": []}}
        case FaultKind.EVENING_ZERO if path == "plant/data":
            return {**envelope, "data": {**data, "current_power": 0}}
        case FaultKind.TOTAL_DIPS:
            return {**envelope, "data": _change_objects(data, _zero_totals)}
        case FaultKind.STALE_MIDNIGHT if path.startswith(_READINGS):
            return {
                **envelope,
                "data": _change_objects(
                    data, lambda fields: _restore_yesterday(cloud, fields)
                ),
            }
    return envelope


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
