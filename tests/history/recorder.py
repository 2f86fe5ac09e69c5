"""Functions of the tests that look at the recorder's statistics."""

from datetime import datetime, timedelta
from typing import Any, Literal

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_conversion import EnergyConverter
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

type Period = Literal["hour", "day", "week", "month", "year"]

HOUR = timedelta(hours=1)


def make_metadata(statistic_id: str, name: str = "Test") -> StatisticMetaData:
    """Return the metadata of an external statistic of energy."""
    return StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=name,
        source=statistic_id.partition(":")[0],
        statistic_id=statistic_id,
        unit_class=EnergyConverter.UNIT_CLASS,
        unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    )


def make_rows(start: datetime, energies: list[float]) -> list[StatisticData]:
    """Return an hourly row for each energy of one hour, kWh, with their running sum."""
    rows = []
    total = 0.0
    for index, energy in enumerate(energies):
        total += energy
        rows.append(StatisticData(start=start + index * HOUR, state=total, sum=total))
    return rows


async def read_statistics(
    hass: HomeAssistant,
    *statistic_ids: str,
    start: datetime,
    end: datetime | None = None,
    period: Period = "hour",
) -> dict[str, list[dict[str, Any]]]:
    """Return rows with start (seconds since the epoch), state, sum and change, after everything queued is written."""
    await async_wait_recording_done(hass)
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        start,
        end,
        set(statistic_ids),
        period,
        None,
        {"state", "sum", "change"},
    )
    return {key: [dict(row) for row in rows] for key, rows in found.items()}
