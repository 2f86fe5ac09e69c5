"""Diagnostics to attach to a report: readings, and how they were interpreted.

An allow-list: fields that are not named here are redacted. No token, serial, alias, plant name, location or contact.
"""

from collections import Counter
from datetime import datetime
import re
from typing import Any

from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .api.models import Device, Fields
from .const import CONF_CONTROLS, CONF_DETAIL, CONF_INTERVAL, CONF_PLANTS
from .coordinator import DeviceState, FamilyCoordinator, PlantCoordinator
from .families import get_family
from .persistence import codec
from .registry.devices import identifiers_of, plant_identifier
from .runtime import GrowattConfigEntry, RuntimeData

REDACTED = "**REDACTED**"
# Technical fields of the details of plants and inverters, without people and locations. All other fields are redacted.
_TECHNICAL_FIELDS = frozenset(
    {
        *("arrays", "dataloggers", "inverters", "fixed_azimuth", "fixed_tilt"),
        *("grid_type", "installed_ac_capacity", "installed_dc_capacity"),
        *("installed_panel_area", "irradiationsensor_type", "peak_power", "plant_type"),
        *("status", "timezone", "tracker_type", "weather_type", "weathersensor_man"),
        *("weathersensor_md", "weathersensor_num", "currency"),
        # In the rows of arrays, inverters and dataloggers: how many, model, manufacturer.
        *("num_modules", "module_md", "module_man", "inverter_num", "inverter_md"),
        *("inverter_man", "datalogger_num", "datalogger_md", "datalogger_man"),
        *("deviceType", "eToday", "eTotal", "fwVersion", "innerVersion", "lost"),
        *("lastUpdateTimeText", "model", "modelText", "nominalPower", "power"),
        # In a row of the device list.
        *("type", "manufacturer", "last_update_time"),
    }
)

# The form of the vendor's names. Other keys can be serials or ids, as in replies for several devices.
_FIELD_NAME = re.compile(r"[a-z]\w*", re.ASCII)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: GrowattConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an account."""
    runtime = entry.runtime_data
    gateway = runtime.client.gateway
    chosen = entry.options.get(CONF_PLANTS)
    return {
        "entry": {
            "region": entry.data[CONF_REGION],
            "plants_chosen": None if chosen is None else len(chosen),
            "controls": entry.options.get(CONF_CONTROLS),
            "interval": entry.options.get(CONF_INTERVAL),
            "detail": entry.options.get(CONF_DETAIL),
        },
        "gateway": {
            "calls": gateway.calls_last_day,
            "refusals": gateway.refusals_last_day,
            "failures": gateway.failures_last_day,
            "spacing": gateway.connection.spacing,
            "status": gateway.status.value,
            "wrong_server": gateway.connection.wrong_server,
        },
        "unexpected_errors": sum(
            (
                coordinator.unexpected_errors
                for coordinator in (
                    runtime.inventory,
                    *runtime.pollers,
                    runtime.alarms,
                )
            ),
            Counter[str](),
        ),
        "plants": [
            _plant_diagnostics(runtime, coordinator)
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
            _unknown_device_diagnostics(device)
            for info in runtime.inventory.data.values()
            for device in info.devices.values()
            if get_family(device) is None
        ],
        "devices": [
            _device_diagnostics(coordinator, state)
            for coordinator in runtime.families.values()
            for state in coordinator.data.values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: GrowattConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the diagnostics of a device or plant; only the model of any other device."""
    runtime = entry.runtime_data
    identifiers = identifiers_of(device)
    for coordinator in runtime.families.values():
        for serial, state in coordinator.data.items():
            if serial in identifiers:
                return _device_diagnostics(coordinator, state)
    for info in runtime.inventory.data.values():
        for serial, listed in info.devices.items():
            if serial in identifiers:
                return _unknown_device_diagnostics(listed)
    for plant_id, plant in runtime.plants.items():
        if plant_identifier(plant_id) in identifiers:
            return _plant_diagnostics(runtime, plant)
    return {"model": device.model}


def _plant_diagnostics(
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
        "details": _redact(info.details.fields) if info.details else None,
        "listed_at": _isoformat(info.listed_at),
        "dataloggers": [
            {"model": datalogger.model, "lost": datalogger.lost}
            for datalogger in info.dataloggers.values()
        ],
        "device_types": [device.type for device in info.devices.values()],
        "last_update_success": coordinator.last_update_success,
        "freshness": state.assessment.freshness.name,
        "power_freshness": state.power_assessment.freshness.name,
        "newest": _isoformat(overview.time),
        "clock_offset": coordinator.overview_clock.offset.total_seconds(),
        "overview": {
            "current_power": overview.current_power,
            "energy_today": overview.energy_today,
            "energy_month": overview.energy_month,
            "energy_year": overview.energy_year,
            "energy_total": overview.energy_total,
            "peak_power": overview.peak_power,
        },
        "newest_sample": _isoformat(state.sample.time if state.sample else None),
        "power_flow": runtime.plant_power.describe(coordinator.plant_id),
    }


def _unknown_device_diagnostics(device: Device) -> dict[str, Any]:
    """Return the row of a device of an unknown type, which is needed to add its type."""
    return {
        "type": device.type,
        "model": device.model,
        "lost": device.lost,
        "listed_status": device.status,
        "row": _redact(device.fields or {}),
    }


def _device_diagnostics(
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
        "newest": _isoformat(state.clock.newest),
        "first_seen": _isoformat(state.clock.advanced_at),
        "clock_offset": state.clock.offset.total_seconds(),
        "dips": state.totals.dips,
        "rhythm": {
            key: value
            for key, value in codec.dump(state.upload_rhythm).items()
            if key != "newest"
        },
        "values": dict(state.values),
        "details": _redact(details.fields) if details else None,
        "unreadable": list(state.reading.unreadable),
        "undocumented": dict(state.reading.undocumented),
    }


def _redact(fields: Fields) -> dict[str, Any]:
    """Return fields without an entity: technical and empty ones as they are, all others redacted, at every depth."""
    return {
        key if _FIELD_NAME.fullmatch(key) else REDACTED: _redact_value(key, value)
        for key, value in fields.items()
    }


def _redact_value(key: str, value: object) -> object:
    if value in ("", None):
        return value
    if key not in _TECHNICAL_FIELDS:
        return REDACTED
    if isinstance(value, dict):
        return _redact(value)
    if isinstance(value, list):
        # What has no name of its own may be a serial.
        return [_redact(item) if isinstance(item, dict) else REDACTED for item in value]
    return value


def _isoformat(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
