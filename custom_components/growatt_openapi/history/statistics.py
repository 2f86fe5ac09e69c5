"""The energy of a plant as external statistics of the recorder.

The recorder is the only store of the hours: what it holds is read before anything is written, so that rows that the user corrected or
deleted are respected, and a repeated import writes nothing. All queries and writes run in the recorder's own executor.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from homeassistant.components.recorder import DATA_INSTANCE, get_instance
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    get_last_statistics,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.components.recorder.util import async_migration_in_progress
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.unit_conversion import EnergyConverter

from ..const import DOMAIN
from ..domain.hourly_energy import HourlyEnergy
from ..domain.statistic_rows import HourRow, merge_hours
from .statistic_ids import CHANNELS, statistic_id

# Names of statistics are data, not translated by Home Assistant: English, as the names of the plants' sensors in the database.
_NAMES = {
    "solar": "solar energy",
    "imported": "grid import",
    "exported": "grid export",
    "charge": "battery charge",
    "discharge": "battery discharge",
    "consumption": "home consumption",
}
# Rows handed to the recorder at once: it writes each set in one transaction.
_ROWS_AT_ONCE = 2000


class RecorderNotReadyError(Exception):
    """The recorder is missing, still starting, or migrating its database."""


@callback
def check_recorder(hass: HomeAssistant) -> None:
    """Raise RecorderNotReadyError while the recorder takes no statistics."""
    if DATA_INSTANCE not in hass.data:
        raise RecorderNotReadyError
    instance = get_instance(hass)
    if (
        not instance.async_recorder_ready.is_set()
        or not instance.recording
        or async_migration_in_progress(hass)
    ):
        raise RecorderNotReadyError


async def async_merge_hours(
    hass: HomeAssistant,
    plant_id: str,
    plant_name: str,
    hours: Mapping[str, HourlyEnergy],
) -> int:
    """Write the energy of hours, kWh by channel, among what the statistics hold; return how many rows changed.

    Returns once the recorder has written the rows. Raises RecorderNotReadyError.
    """
    changed = await _write_changes(hass, plant_id, plant_name, hours)
    if changed:
        # Not ``async_block_till_done``: that does not wait for the task which the recorder has just taken out of its queue.
        written = hass.loop.create_future()
        get_instance(hass).queue_task(SynchronizeTask(written))
        await written
    return changed


async def async_check_hours(
    hass: HomeAssistant, plant_id: str, hours: Mapping[str, HourlyEnergy]
) -> None:
    """Raise RecorderNotReadyError unless the statistics hold these hours: the recorder reports no failed write, as of a full disk."""
    for channel, energies in hours.items():
        if not energies:
            continue
        statistic = statistic_id(plant_id, channel)
        missing = await get_instance(hass).async_add_executor_job(
            _find_changed_rows, hass, statistic, energies
        )
        if missing:
            raise RecorderNotReadyError


async def _write_changes(
    hass: HomeAssistant,
    plant_id: str,
    plant_name: str,
    hours: Mapping[str, HourlyEnergy],
) -> int:
    changed = 0
    for channel, energies in hours.items():
        if not energies:
            continue
        check_recorder(hass)
        statistic = statistic_id(plant_id, channel)
        rows = await get_instance(hass).async_add_executor_job(
            _find_changed_rows, hass, statistic, energies
        )
        if not rows:
            continue
        metadata = StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=f"{plant_name} {_NAMES[channel]}",
            source=DOMAIN,
            statistic_id=statistic,
            unit_class=EnergyConverter.UNIT_CLASS,
            unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        )
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            async_add_external_statistics(
                hass,
                metadata,
                [
                    StatisticData(start=row.start, state=row.sum, sum=row.sum)
                    for row in rows[first : first + _ROWS_AT_ONCE]
                ],
            )
        changed += len(rows)
    return changed


def _find_changed_rows(
    hass: HomeAssistant, statistic: str, energies: HourlyEnergy
) -> list[HourRow]:
    existing, base = _read_rows(hass, statistic, min(energies))
    return merge_hours(existing, base, energies)


def _read_rows(
    hass: HomeAssistant, statistic: str, start: datetime
) -> tuple[list[tuple[datetime, float]], float]:
    """Return the start and energy of each row from ``start`` on, and the sum before them."""
    found = statistics_during_period(
        hass, start, None, {statistic}, "hour", None, {"sum", "change"}
    ).get(statistic, [])
    rows = [
        (datetime.fromtimestamp(row["start"], UTC), change)
        for row in found
        if (change := row.get("change")) is not None
    ]
    if found:
        return rows, (found[0].get("sum") or 0.0) - (found[0].get("change") or 0.0)
    last = get_last_statistics(hass, 1, statistic, False, {"sum"}).get(statistic)
    return rows, (last[0].get("sum") or 0.0) if last else 0.0


async def async_read_energies(
    hass: HomeAssistant, plant_id: str, start: datetime, end: datetime
) -> dict[str, HourlyEnergy]:
    """Return the energy of each hour from ``start`` to before ``end`` by channel, kWh. Raises RecorderNotReadyError."""
    check_recorder(hass)
    ids = {statistic_id(plant_id, channel): channel for channel in CHANNELS}
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        start,
        end,
        set(ids),
        "hour",
        None,
        {"change"},
    )
    return {
        ids[statistic]: {
            datetime.fromtimestamp(row["start"], UTC): change
            for row in rows
            if (change := row.get("change")) is not None
        }
        for statistic, rows in found.items()
    }


async def async_known_statistics(
    hass: HomeAssistant, plant_id: str
) -> dict[str, datetime]:
    """Return the start of the newest row of each statistic of a plant, by channel. Raises RecorderNotReadyError."""
    check_recorder(hass)
    newest = {}
    for channel in CHANNELS:
        statistic = statistic_id(plant_id, channel)
        last = await get_instance(hass).async_add_executor_job(
            get_last_statistics, hass, 1, statistic, False, {"sum"}
        )
        if rows := last.get(statistic):
            newest[channel] = datetime.fromtimestamp(rows[0]["start"], UTC)
    return newest
