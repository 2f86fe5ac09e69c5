"""Diagnostics to attach to a report: what the cloud sent, how it was interpreted, and how its calls went.

No token, serial, alias, plant name, location or contact (``redaction.py``). No call is made for them.
"""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from ..coordinator import PlantCoordinator
from ..families import get_family
from ..registry.devices import identifiers_of, plant_identifier
from ..runtime import GrowattConfigEntry, RuntimeData
from .account import count_unexpected_errors, describe_gateway, describe_options
from .devices import describe_devices, describe_unknown_device, isoformat
from .redaction import redact_fields


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: GrowattConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an account."""
    runtime = entry.runtime_data
    return {
        "entry": describe_options(entry),
        "gateway": describe_gateway(runtime.client.gateway),
        "unexpected_errors": count_unexpected_errors(runtime),
        "plants": [
            _describe_plant(runtime, coordinator)
            for coordinator in runtime.plants.values()
        ],
        "groups": [
            {
                "family": coordinator.family.key,
                "devices": len(group.serials),
                "next_in": round(group.next_at - coordinator.steady_clock.now()),
            }
            for coordinator in runtime.families.values()
            for group in coordinator.groups
        ],
        "unknown_devices": [
            describe_unknown_device(device)
            for info in runtime.inventory.data.values()
            for device in info.devices.values()
            if get_family(device) is None
        ],
        "devices": [
            device
            for coordinator in runtime.families.values()
            for device in (
                await describe_devices(coordinator, runtime.controls)
            ).values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: GrowattConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the diagnostics of a device or plant; only the model of any other device."""
    runtime = entry.runtime_data
    identifiers = identifiers_of(device)
    for coordinator in runtime.families.values():
        for serial in identifiers & coordinator.data.keys():
            return (await describe_devices(coordinator, runtime.controls))[serial]
    for info in runtime.inventory.data.values():
        for serial, listed in info.devices.items():
            if serial in identifiers:
                return describe_unknown_device(listed)
    for plant_id, plant in runtime.plants.items():
        if plant_identifier(plant_id) in identifiers:
            return _describe_plant(runtime, plant)
    return {"model": device.model}


def _describe_plant(
    runtime: RuntimeData, coordinator: PlantCoordinator
) -> dict[str, Any]:
    info = coordinator.info
    state = coordinator.data
    overview = state.overview
    return {
        "zone": str(info.zone),
        "zone_known": info.zone_known,
        "zone_text": info.details.zone_text if info.details else None,
        "place_known": info.location is not None,
        "details": redact_fields(info.details.fields) if info.details else None,
        "listed_at": isoformat(info.listed_at),
        "dataloggers": [
            {"model": datalogger.model, "lost": datalogger.lost}
            for datalogger in info.dataloggers.values()
        ],
        "device_types": [device.type for device in info.devices.values()],
        "last_update_success": coordinator.last_update_success,
        "freshness": state.assessment.freshness.name,
        "power_freshness": state.power_assessment.freshness.name,
        "newest": isoformat(overview.time),
        "clock_offset": coordinator.overview_clock.offset.total_seconds(),
        "overview": {
            "current_power": overview.current_power,
            "energy_today": overview.energy_today,
            "energy_month": overview.energy_month,
            "energy_year": overview.energy_year,
            "energy_total": overview.energy_total,
            "peak_power": overview.peak_power,
        },
        "newest_sample": isoformat(state.sample.time if state.sample else None),
        "power_flow": runtime.plant_power.describe(coordinator.plant_id),
    }
