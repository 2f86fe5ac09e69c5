"""Diagnostics of devices: the newest reading and the settings, as the cloud wrote them and as they are shown."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, override

from ..api import STORED_ONLY, OpenApiError, Reply
from ..api.models import Device, Fields, Reading
from ..controls import Controls, encode_value
from ..coordinator import DeviceState, FamilyCoordinator
from ..families import Family
from ..persistence import codec
from .redaction import redact_fields, select_numbers


def describe_unknown_device(device: Device) -> dict[str, Any]:
    """Return the row of a device of an unknown type, which is needed to add its type."""
    return {
        "type": device.type,
        "model": device.model,
        "lost": device.lost,
        "listed_status": device.status,
        "row": redact_fields(device.fields or {}),
    }


async def describe_devices(
    coordinator: FamilyCoordinator, controls: Controls | None
) -> dict[str, dict[str, Any]]:
    """Return the diagnostics of a family's devices by serial; no call is made for them."""
    replies = await _stored_readings(coordinator)
    described = {}
    for serial, state in tuple(coordinator.data.items()):
        described[serial] = {
            **_describe_state(coordinator, state),
            "reading": _describe_reading(coordinator, replies.get(serial)),
            "settings": await _describe_settings_reply(coordinator, serial),
            "controls": None
            if controls is None
            else _describe_controls(coordinator.family, controls, serial),
        }
        await asyncio.sleep(0)  # a fleet would block other tasks
    return described


def _describe_state(
    coordinator: FamilyCoordinator, state: DeviceState
) -> dict[str, Any]:
    details = state.plant.device_details.get(state.device.serial)
    return {
        "family": coordinator.family.key,
        "model": state.device.model,
        "lost": state.device.lost,
        "listed_status": state.device.status,
        "last_update_success": coordinator.last_update_success,
        "freshness": state.assessment.freshness.name,
        "online": state.online,
        "newest": isoformat(state.clock.newest),
        "first_seen": isoformat(state.clock.advanced_at),
        "clock_offset": state.clock.offset.total_seconds(),
        "dips": state.totals.dips,
        "rhythm": {
            key: value
            for key, value in codec.dump(state.upload_rhythm).items()
            if key != "newest"
        },
        "values": dict(state.values),
        "details": redact_fields(details.fields) if details else None,
        "unreadable": list(state.reading.unreadable),
        "undocumented": dict(state.reading.undocumented),
    }


async def _stored_readings(
    coordinator: FamilyCoordinator,
) -> dict[str, Reply[Reading]]:
    """Return the newest reading of each device in the gateway's stored replies, by serial.

    The gateway has them anyway; a copy of the raw fields of each device would need as much memory again.
    """
    found: dict[str, Reply[Reading]] = {}
    if coordinator.family.endpoints.batch is not None:
        for group in coordinator.groups:
            with suppress(OpenApiError):  # there is none
                batch = await coordinator.api.batch_data(group.serials, STORED_ONLY)
                for serial, reading in batch.value.items():
                    found[serial] = batch.with_value(reading)
    for serial in coordinator.data:
        with suppress(OpenApiError):
            single = await coordinator.api.last_data(serial, STORED_ONLY)
            if serial not in found or single.received > found[serial].received:
                found[serial] = single
    return found


def _describe_reading(
    coordinator: FamilyCoordinator, reply: Reply[Reading] | None
) -> dict[str, Any] | None:
    if reply is None:
        return None
    family = coordinator.family
    known = {key for reading in family.readings for key in reading.source}
    return _describe_fields(
        reply.with_value(reply.value.fields),
        family.decode,
        known,
    )


async def _describe_settings_reply(
    coordinator: FamilyCoordinator, serial: str
) -> dict[str, Any] | None:
    """Return the last reply of the settings endpoint; None where the family has none, or it never replied."""
    family = coordinator.family
    if not family.endpoints.settings:
        return None
    try:
        reply = await coordinator.api.settings(serial, STORED_ONLY)
    except OpenApiError:
        return None
    known = {key for setting in family.settings for key in setting.field_keys}
    return _describe_fields(
        reply,
        lambda fields: [setting.read_fields(fields) for setting in family.settings],
        known,
    )


def _describe_fields(
    reply: Reply[Fields], decode: Callable[[Fields], object], known: set[str]
) -> dict[str, Any]:
    """Return the numbers of a reply by the vendor's keys, and apart those that neither ``known`` nor ``decode`` takes."""
    watched = _WatchedFields(reply.value)
    decode(watched)
    unknown = {
        key: value
        for key, value in reply.value.items()
        if key not in known and key not in watched.requested
    }
    return {
        "received": isoformat(reply.received),
        "age": round(reply.age),
        "fields": select_numbers(reply.value),
        "unknown_fields": select_numbers(unknown),
    }


class _WatchedFields(dict[str, Any]):
    """Fields that record which of them are requested."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.requested: set[object] = set()

    @override
    def __contains__(self, key: object) -> bool:
        self.requested.add(key)
        return super().__contains__(key)

    @override
    def __getitem__(self, key: str) -> Any:
        self.requested.add(key)
        return super().__getitem__(key)

    @override
    def get(self, key: str, default: Any = None) -> Any:
        self.requested.add(key)
        return super().get(key, default)


def _describe_controls(
    family: Family, controls: Controls, serial: str
) -> dict[str, dict[str, Any] | None]:
    """Return what each setting shows, who confirmed it and how many seconds ago; None for a setting that is not known."""
    now = controls.clock.now()
    described: dict[str, dict[str, Any] | None] = {}
    for setting in family.settings:
        confirmed = controls.confirmed(serial, setting)
        described[setting.key] = None
        if confirmed is not None:
            described[setting.key] = {
                "value": encode_value(confirmed.value),
                "source": "device" if confirmed.is_read else "accepted_write",
                "age": round((now - confirmed.confirmed_at).total_seconds()),
            }
    return described


def isoformat(moment: datetime | None) -> str | None:
    """Return an instant as text, None for none."""
    return None if moment is None else moment.isoformat()
