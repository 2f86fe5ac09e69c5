"""What the cloud keeps of the past: the counters of devices every five minutes, and the power curve and daily energy of a plant."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo

from ..api import FOR_HISTORY, OpenApiClient
from ..coordinator import DeviceState, FamilyCoordinator
from ..domain.energy_samples import DeviceSample, start_of_hour
from ..domain.hourly_energy import (
    HourlyEnergy,
    fit_to_days,
    intervals_of_power,
    sum_by_hour,
)
from ..domain.wall_times import resolve_wall_times
from ..families.base import Value
from ..models import PlantInfo
from .clock_zone import DeviceZone
from .plant_hours import counter_keys

# Days after which five-minute history comes back empty.
RETENTION = timedelta(days=95)
# Days of one request for a device's history, or for a plant's daily energy (2016, 4.3.5 and 4.3.14; page 2.8).
DAYS_PER_REQUEST = 7
# Rows decoded before other tasks run.
_ROWS_AT_ONCE = 50


def make_sample(
    coordinator: FamilyCoordinator,
    time: datetime,
    day: date,
    values: Mapping[str, Value],
    totals: Mapping[str, float | None] | None = None,
) -> DeviceSample:
    """Return the sample of a device's decoded reading; ``totals``: instead of the reading's."""
    channels = coordinator.family.energy_channels
    assert channels is not None
    today, total = {}, {}
    for key in counter_keys(channels):
        if isinstance(value := values.get(f"{key}_today"), float):
            today[key] = value
        name = f"{key}_total"
        value = values.get(name) if totals is None else totals.get(name)
        if isinstance(value, float):
            total[key] = value
    return DeviceSample(time, day, today, total)


def sample_of(
    coordinator: FamilyCoordinator, state: DeviceState
) -> DeviceSample | None:
    """Return the sample of a device's newest reading; None where it has no time.

    Its totals are the cloud's own, without what is added to them over replacements: those of a history have nothing added.
    """
    time, wall = state.clock.newest_instant(), state.clock.newest
    channels = coordinator.family.energy_channels
    if time is None or wall is None or channels is None or not state.values:
        return None
    totals = {
        name: state.totals.value_given(name)
        for key in counter_keys(channels)
        if state.values.get(name := f"{key}_total") is not None
    }
    return make_sample(coordinator, time, wall.date(), state.values, totals)


async def read_device_samples(
    coordinator: FamilyCoordinator,
    serial: str,
    start: date,
    end: date,
    zone: DeviceZone,
) -> list[DeviceSample]:
    """Return a device's samples from ``start`` to ``end`` (by its own clock, seven days at most), oldest first.

    zone: that of its clock, and how much the clock is behind it. Raises OpenApiError.
    """
    reply = await coordinator.api.history(serial, start, end, FOR_HISTORY)
    channels = coordinator.family.energy_channels
    assert channels is not None
    only = frozenset(
        f"{key}_{span}" for key in counter_keys(channels) for span in ("today", "total")
    )
    rows = [
        (reading.time, reading.fields)
        for reading in reply.value.readings
        # Rows of other days have no place here, whatever the cloud says.
        if reading.time is not None and start <= reading.time.date() <= end
    ]
    times = resolve_wall_times([time for time, _ in rows], *zone)
    samples = []
    for index, ((wall, fields), time) in enumerate(zip(rows, times, strict=True)):
        values = coordinator.family.decode_history(fields, only)
        # With a fixed offset: times of one zone are compared by what its clocks show, and that repeats itself in autumn.
        instant = time.astimezone(timezone(time.utcoffset() or timedelta()))
        samples.append(make_sample(coordinator, instant, wall.date(), values))
        if index % _ROWS_AT_ONCE == 0:
            await asyncio.sleep(0)
    samples.sort(key=lambda sample: sample.time)
    return samples


async def read_wall_times(
    coordinator: FamilyCoordinator, serial: str, day: date
) -> list[datetime]:
    """Return the times of a device's readings of a day, by its own clock, in the order of the cloud. Raises OpenApiError."""
    reply = await coordinator.api.history(serial, day, day, FOR_HISTORY)
    return [one.time for one in reply.value.readings if one.time is not None]


async def read_daily_energy(
    client: OpenApiClient, info: PlantInfo, start: date, end: date
) -> dict[date, float]:
    """Return a plant's solar energy by day, kWh, seven days at most. Raises OpenApiError."""
    reply = await client.plants.energy(
        info.plant_id, start, end, "day", FOR_HISTORY, peak_power=info.row.peak_power
    )
    energies = {}
    for row in reply.value:
        try:
            day = date.fromisoformat(row.period)
        except ValueError:
            continue
        if start <= day <= end:
            energies[day] = row.energy
    return energies


async def read_solar_hours(
    client: OpenApiClient,
    info: PlantInfo,
    day: date,
    energies: Mapping[date, float],
) -> HourlyEnergy:
    """Return a plant's solar energy of a day's hours, kWh: its power curve, fitted to the day's energy.

    Where the cloud has an energy but no curve, the energy is the last hour's of the day. Raises OpenApiError.
    """
    reply = await client.plants.power(
        info.plant_id, day, FOR_HISTORY, peak_power=info.row.peak_power
    )
    samples = [sample for sample in reply.value if sample.time.date() == day]
    times = resolve_wall_times(
        [sample.time for sample in samples], info.zone, timedelta()
    )
    intervals = intervals_of_power(
        (time, sample.power) for time, sample in zip(times, samples, strict=True)
    )
    known = {one: energy for one, energy in energies.items() if one == day}
    hours = sum_by_hour(fit_to_days(intervals, known, info.zone))
    if not hours and day in known:
        return day_row(day, known[day], info.zone)
    return hours


def day_row(day: date, energy: float, zone: tzinfo) -> HourlyEnergy:
    """Return the energy of a whole day, kWh, as that of the hour in which its last instant lies."""
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    return {start_of_hour(midnight - timedelta(seconds=1)): energy}
