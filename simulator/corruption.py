"""Corruption of replies, in ways that users of the live service have reported."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from .cloud import Cloud
from .envelope import Envelope
from .faults import Fault, FaultKind, garble
from .physics.device import round_counter

# How long after midnight the energy of yesterday stays.
_STALE_FOR = timedelta(minutes=30)
_READINGS = ("device/inverter/", "device/storage/", "device/tlx/")
_TODAY_OF_AN_INVERTER = ("powerToday", "eacToday")


def corrupt(cloud: Cloud, fault: Fault, path: str, envelope: Envelope) -> Envelope:
    """Return a reply with a fault applied. Error replies stay unchanged."""
    data = envelope.get("data")
    if not isinstance(data, dict):
        return envelope
    match fault.kind:
        case FaultKind.GARBAGE:
            nonsense = garble(envelope)
            return nonsense if isinstance(nonsense, dict) else envelope
        case FaultKind.EMPTY_LIST if path == "device/list":
            return {**envelope, "data": {**data, "devices": []}}
        case FaultKind.EVENING_ZERO if path == "plant/data":
            return {**envelope, "data": {**data, "current_power": 0}}
        case FaultKind.TOTAL_DIPS:
            return {**envelope, "data": _changed(data, _without_total)}
        case FaultKind.STALE_MIDNIGHT if path.startswith(_READINGS):
            return {
                **envelope,
                "data": _changed(data, lambda fields: _yesterdays(cloud, fields)),
            }
    return envelope


def _changed(
    data: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """Apply a change to every object in a reply, at any depth."""
    return change(
        {
            key: _changed(inner, change) if isinstance(inner, dict) else inner
            for key, inner in data.items()
        }
    )


def _without_total(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: 0
        if key.casefold().endswith(("total", "total_energy"))
        and isinstance(value, int | float | str)
        else value
        for key, value in fields.items()
    }


def _yesterdays(cloud: Cloud, fields: dict[str, Any]) -> dict[str, Any]:
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
    if wall - wall.replace(hour=0, minute=0, second=0) > _STALE_FOR:
        return fields
    figures = {
        key: round_counter(found.counters[0].yesterday)
        for key in _TODAY_OF_AN_INVERTER
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
