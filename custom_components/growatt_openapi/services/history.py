"""Actions that return a plant's or a device's past values or alarms. Users need the right to read its entities."""

from datetime import date

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..api import FOR_USER
from ..const import DOMAIN
from ..error_messages import validation_error
from .action import (
    ACCOUNT,
    DEVICE,
    Action,
    Target,
    async_get_plant,
    async_get_target,
    get_config_entry,
    translated_errors,
)
from .date_ranges import check_day, check_period
from .permissions import async_check_permission
from .responses import plant_response

ATTR_DATE = "date"
ATTR_START, ATTR_END = "start_date", "end_date"
ATTR_SERIAL = "serial"
ATTR_UNIT = "time_unit"

_PERIOD = {vol.Required(ATTR_START): cv.date, vol.Required(ATTR_END): cv.date}


async def _get_power_curve(call: ServiceCall) -> ServiceResponse:
    entry, info = await async_get_plant(call)
    client = entry.runtime_data.client
    now = client.gateway.clock.now()
    today = now.astimezone(info.zone).date()
    day: date = call.data.get(ATTR_DATE, today)
    check_day(day, today)
    with translated_errors():
        reply = await client.plants.power(
            info.plant_id, day, FOR_USER, peak_power=info.row.peak_power
        )
    return {
        "date": day.isoformat(),
        "unit": "W",
        "powers": [
            {
                "time": sample.time.replace(tzinfo=info.zone).isoformat(),
                "power": sample.power,
            }
            for sample in reply.value
        ],
    }


async def _get_energy_history(call: ServiceCall) -> ServiceResponse:
    entry, info = await async_get_plant(call)
    client = entry.runtime_data.client
    start, end, unit = call.data[ATTR_START], call.data[ATTR_END], call.data[ATTR_UNIT]
    today = client.gateway.clock.now().astimezone(info.zone).date()
    check_period(start, end, today, unit)
    with translated_errors():
        reply = await client.plants.energy(
            info.plant_id, start, end, unit, peak_power=info.row.peak_power
        )
    return {
        "time_unit": unit,
        "unit": "kWh",
        "periods": [
            {"period": row.period, "energy": row.energy} for row in reply.value
        ],
    }


def _device_date(target: Target) -> date:
    """Return today's date by the device's clock."""
    clock = target.coordinator.data[target.serial].clock
    return clock.device_time(target.coordinator.clock.now()).date()


async def _get_device_history(call: ServiceCall) -> ServiceResponse:
    target = await async_get_target(call, call.data[ATTR_DEVICE_ID], POLICY_READ)
    family = target.coordinator.family
    start, end = call.data[ATTR_START], call.data[ATTR_END]
    check_period(start, end, _device_date(target))
    with translated_errors():
        reply = await target.coordinator.api.history(target.serial, start, end)
    clock = target.coordinator.data[target.serial].clock
    readings: list[JsonValueType] = []
    for reading in reply.value.readings:
        if reading.time is None:
            continue
        values: JsonObjectType = {
            key: value
            for key, value in family.decode_history(reading.fields).items()
            if isinstance(value, float | int | str)
        }
        readings.append({"time": clock.to_instant(reading.time).isoformat(), **values})
    return {"serial": target.serial, "readings": readings}


async def _get_alarms(call: ServiceCall) -> ServiceResponse:
    target = await async_get_target(call, call.data[ATTR_DEVICE_ID], POLICY_READ)
    if target.coordinator.family.endpoints.alarms is None:
        raise validation_error("no_alarms", name=target.name)
    today = _device_date(target)
    day: date = call.data.get(ATTR_DATE, today)
    check_day(day, today)
    with translated_errors():
        reply = await target.coordinator.api.alarms(target.serial, day, FOR_USER)
    clock = target.coordinator.data[target.serial].clock
    return {
        "serial": target.serial,
        "date": day.isoformat(),
        "alarms": [
            {
                "code": alarm.code,
                "message": alarm.message,
                "start": clock.to_instant(alarm.start).isoformat(),
                "end": clock.to_instant(alarm.end).isoformat() if alarm.end else None,
            }
            for alarm in reply.value
        ],
    }


async def _find_plant(call: ServiceCall) -> ServiceResponse:
    entry = get_config_entry(call)
    serial = call.data[ATTR_SERIAL].strip()
    if not serial:
        raise validation_error("field_empty", field=ATTR_SERIAL)
    device = dr.async_get(call.hass).async_get_device_by_identifier(
        (DOMAIN, serial), entry.entry_id
    )
    await async_check_permission(call, device, POLICY_READ)
    with translated_errors():
        reply = await entry.runtime_data.client.plants.of_device(serial)
    return plant_response(reply.value)


HISTORY_ACTIONS: tuple[Action, ...] = (
    Action(
        name="get_power_curve",
        fields={**DEVICE, vol.Optional(ATTR_DATE): cv.date},
        handler=_get_power_curve,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="get_energy_history",
        fields={
            **DEVICE,
            **_PERIOD,
            vol.Optional(ATTR_UNIT, default="day"): vol.In(("day", "month", "year")),
        },
        handler=_get_energy_history,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="get_device_history",
        fields={**DEVICE, **_PERIOD},
        handler=_get_device_history,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="get_alarms",
        fields={**DEVICE, vol.Optional(ATTR_DATE): cv.date},
        handler=_get_alarms,
        response=SupportsResponse.ONLY,
    ),
    Action(
        name="find_plant",
        fields={**ACCOUNT, vol.Required(ATTR_SERIAL): cv.string},
        handler=_find_plant,
        response=SupportsResponse.ONLY,
    ),
)
