"""The energy that really flowed in a simulated plant, and how far the statistics may be from it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from custom_components.growatt_openapi.domain.energy_samples import start_of_hour
from custom_components.growatt_openapi.history.statistic_ids import (
    CHANNELS,
    statistic_id,
)
from simulator.physics.energy_record import Flows
from simulator.physics.plant import Plant

HOUR = timedelta(hours=1)
# The resolution of counters, kWh.
STEP = 0.1
# Between two readings around midnight the energy is taken as even, kWh.
_MIDNIGHT = 0.02
# The record's names of what the statistics call otherwise.
_RECORDED = {"charge": "charged", "discharge": "discharged"}
# A home's consumption is what four counters make of it: of the grid in and out, and of the panels or the battery.
_COUNTERS = {"consumption": 4}

type Hours = dict[datetime, float]


def statistics_of(plant: Plant) -> list[str]:
    """Return the ids of all statistics of a plant."""
    return [statistic_id(str(plant.plant_id), channel) for channel in CHANNELS]


def energies_by_hour(
    plant: Plant, found: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Hours]:
    """Return the hourly energies of statistics by channel."""
    return {
        channel: {
            datetime.fromtimestamp(row["start"], UTC): row["change"]
            for row in found.get(statistic_id(str(plant.plant_id), channel), [])
        }
        for channel in CHANNELS
    }


def true_energy(channel: str, flows: Flows) -> float:
    """Return the true energy of a channel, kWh."""
    if channel == "consumption":
        return flows.load
    return float(getattr(flows, _RECORDED.get(channel, channel)))


def sum_by_day(hours: Mapping[datetime, float], zone: tzinfo) -> dict[date, float]:
    """Return the energy of each day."""
    days: dict[date, float] = {}
    for hour, energy in hours.items():
        day = hour.astimezone(zone).date()
        days[day] = days.get(day, 0.0) + energy
    return days


def check_days(
    plant: Plant,
    channel: str,
    hours: Hours,
    first: date,
    last: date,
    *,
    devices: int = 1,
) -> None:
    """Check each day of a channel, and all of them together, against the plant's record.

    A day may be off by half a percent or the resolution of the counters that make it up; all days by a thousandth, or that.
    """
    assert plant.record is not None
    zone = plant.zone
    found = sum_by_day(hours, zone)
    truth = {
        day: true_energy(channel, flows)
        for day, flows in plant.record.get_days(zone).items()
    }
    step = STEP * _COUNTERS.get(channel, 1) * devices
    day = first
    total_found = total_true = 0.0
    while day <= last:
        assert day in found, (channel, day)
        allowed = max(0.005 * truth[day], step) + _MIDNIGHT
        assert abs(found[day] - truth[day]) <= allowed, (
            channel,
            day,
            found[day],
            truth[day],
        )
        total_found += found[day]
        total_true += truth[day]
        day += timedelta(days=1)
    assert abs(total_found - total_true) <= max(0.001 * total_true, step), channel


def check_hours(
    plant: Plant, channel: str, hours: Hours, start: datetime, end: datetime
) -> None:
    """Check that every hour of a period has a row, and that each has its energy within the counters' resolution on both ends."""
    assert plant.record is not None
    truth = plant.record.get_hours()
    # In UTC: within one zone, the instants of a repeated hour are not told apart.
    hour, end = start_of_hour(start), end.astimezone(UTC)
    while hour < end:
        assert hour in hours, (channel, hour)
        # The counter is read some minutes before and after the hour's ends.
        expected = true_energy(channel, truth[hour])
        allowed = 2 * STEP * _COUNTERS.get(channel, 1) + 0.1 * expected
        assert abs(hours[hour] - expected) <= allowed, (
            channel,
            hour,
            hours[hour],
            expected,
        )
        hour += HOUR
