"""Actions on the imported history: import days again, and compare them with the cloud's totals. For administrators."""

from datetime import date, datetime, timedelta, tzinfo

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..error_messages import validation_error
from ..history.coordinator import HistoryCoordinator
from ..history.statistics import RecorderNotReadyError, async_read_energies
from ..models import PlantInfo
from ..runtime import GrowattConfigEntry
from .action import DEVICE, Action, async_get_plant, translated_errors
from .date_ranges import check_days, check_period

ATTR_START, ATTR_END = "start_date", "end_date"
ATTR_UNIT = "time_unit"
ATTR_DRY_RUN = "dry_run"
# Differences up to this part are due to the counters' resolution and to readings over midnight.
TOLERANCE = 0.01
_DAY = timedelta(days=1)

_PERIOD = {vol.Required(ATTR_START): cv.date, vol.Required(ATTR_END): cv.date}


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone)


async def _held(
    call: ServiceCall, info: PlantInfo, start: date, end: date
) -> dict[str, dict[datetime, float]]:
    """Return the hours that the statistics hold of some days; raise HomeAssistantError where the recorder is not ready."""
    try:
        return await async_read_energies(
            call.hass,
            info.plant_id,
            _midnight(start, info.zone),
            _midnight(end + _DAY, info.zone),
        )
    except RecorderNotReadyError as err:
        raise validation_error("recorder_not_ready") from err


async def _import_history(call: ServiceCall) -> ServiceResponse:
    entry, info = await async_get_plant(call)
    history = _history(entry)
    start, end = call.data[ATTR_START], call.data[ATTR_END]
    check_days(start, end, history.reader.today(info))
    held = await _held(call, info, start, end)
    days = [start + count * _DAY for count in range((end - start).days + 1)]
    calls = history.reader.estimate_calls(info, days)
    if not (is_dry := call.data[ATTR_DRY_RUN]):
        history.request_days(info.plant_id, start, end)
    return {
        "days": len(days),
        "calls": calls,
        "expected_minutes": history.reader.estimate_minutes(info, days),
        "is_planned": not is_dry,
        "held_hours": {channel: len(hours) for channel, hours in held.items()},
        "held_energy": {
            channel: round(sum(hours.values()), 1) for channel, hours in held.items()
        },
        "unit": "kWh",
    }


def _history(entry: GrowattConfigEntry) -> HistoryCoordinator:
    """Return an account's history; raise ServiceValidationError where none is kept."""
    history = entry.runtime_data.history
    if history is None:
        raise validation_error("no_history")
    return history


async def _check_energy(call: ServiceCall) -> ServiceResponse:
    entry, info = await async_get_plant(call)
    history = _history(entry)
    start, end, unit = call.data[ATTR_START], call.data[ATTR_END], call.data[ATTR_UNIT]
    check_period(start, end, history.reader.today(info), unit)
    with translated_errors():
        reply = await entry.runtime_data.client.plants.energy(
            info.plant_id, start, end, unit, peak_power=info.row.peak_power
        )
    length = {"day": 10, "month": 7}[unit]
    held: dict[str, float] = {}
    for hour, energy in (await _held(call, info, start, end)).get("solar", {}).items():
        period = hour.astimezone(info.zone).date().isoformat()[:length]
        held[period] = held.get(period, 0.0) + energy
    differences: list[JsonValueType] = []
    for row in reply.value:
        found = held.get(row.period)
        if found is None or abs(found - row.energy) > max(TOLERANCE * row.energy, 0.1):
            differences.append(
                {
                    "period": row.period,
                    "cloud": row.energy,
                    "statistics": None if found is None else round(found, 2),
                }
            )
    return {
        "unit": "kWh",
        "compared": len(reply.value),
        "differences": differences,
    }


HISTORY_IMPORT_ACTIONS: tuple[Action, ...] = (
    Action(
        name="import_history",
        fields={
            **DEVICE,
            **_PERIOD,
            vol.Optional(ATTR_DRY_RUN, default=False): cv.boolean,
        },
        handler=_import_history,
        response=SupportsResponse.OPTIONAL,
        for_admins=True,
    ),
    Action(
        name="check_energy",
        fields={
            **DEVICE,
            **_PERIOD,
            vol.Optional(ATTR_UNIT, default="day"): vol.In(("day", "month")),
        },
        handler=_check_energy,
        response=SupportsResponse.ONLY,
        for_admins=True,
    ),
)
