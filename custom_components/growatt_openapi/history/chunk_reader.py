"""Reads the hours of some days of a plant's past from the cloud.

Where devices measure more than panels, their histories are read, whose counters are exact. A plant with panels alone has its power
curve, fitted to the energy of the day. Of what is older than the five-minute history there is the solar energy of whole days.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
import math

from homeassistant.util import dt as dt_util

from ..api import NotPermittedError, OpenApiClient
from ..api.client.endpoint_group import ROWS_PER_PAGE
from ..domain.energy_samples import start_of_hour
from ..domain.hourly_energy import HourlyEnergy
from ..domain.import_plan import Chunk
from ..models import PlantInfo
from .allowance import DAY_SECONDS, REQUESTS_PER_DAY, EnergyAllowance
from .clock_zone import ClockZones, DeviceZone
from .cloud_history import (
    DAYS_PER_REQUEST,
    RETENTION,
    day_row,
    read_daily_energy,
    read_device_samples,
    read_solar_hours,
    read_wall_times,
)
from .plant_devices import PlantDevices
from .plant_history import PlantHistory

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
# Between two calls, and until a reply has come.
_SECONDS_PER_CALL = 2.0
_READINGS_PER_DAY = 288

type PlantHours = dict[str, HourlyEnergy]


class ChunkReader:
    """Reads chunks of days, one after the other."""

    def __init__(
        self, client: OpenApiClient, devices: PlantDevices, allowance: EnergyAllowance
    ) -> None:
        """Initialize with the allowance of requests for daily energies."""
        self._client = client
        self._clock = client.gateway.clock
        self._devices = devices
        self.allowance = allowance

    def today(self, info: PlantInfo) -> date:
        """Return the present day of a plant."""
        return self._clock.now().astimezone(info.zone).date()

    def next_chunk(self, info: PlantInfo, history: PlantHistory) -> Chunk | None:
        """Return the days to read next: those with five-minute history before older ones."""
        today = self.today(info)
        oldest = today - RETENTION
        return history.plan.next_chunk(
            today, oldest, DAYS_PER_REQUEST, history.edge_day
        ) or history.plan.next_old_chunk(oldest, DAYS_PER_REQUEST)

    def seconds_until_allowed(
        self, info: PlantInfo, history: PlantHistory, chunk: Chunk
    ) -> float:
        """Return in how many seconds a chunk may be read."""
        if self._has_devices(info, history, chunk):
            return 0.0
        return self.allowance.seconds_until_next(self._clock.now().timestamp())

    def _has_devices(
        self, info: PlantInfo, history: PlantHistory, chunk: Chunk
    ) -> bool:
        """Return whether the devices' histories are read: they also show what panels alone made in a hole between two readings."""
        if chunk.first < self.today(info) - RETENTION:
            return False
        starts_at = history.starts_at
        return self._devices.grid_device(info.plant_id) is not None or (
            starts_at is not None and starts_at < _midnight(chunk.first, info)
        )

    async def read(
        self, info: PlantInfo, history: PlantHistory, chunk: Chunk
    ) -> PlantHours:
        """Return the hours of a chunk by channel, kWh. Raises OpenApiError."""
        if self._has_devices(info, history, chunk):
            return await self._read_devices(info, history, chunk)
        if chunk.first < self.today(info) - RETENTION:
            return {"solar": await self._read_old_days(info, chunk)}
        return await self._read_solar(info, history, chunk)

    async def _read_energies(self, info: PlantInfo, chunk: Chunk) -> dict[date, float]:
        self.allowance.record_request(self._clock.now().timestamp())
        return await read_daily_energy(self._client, info, chunk.first, chunk.last)

    async def _read_old_days(self, info: PlantInfo, chunk: Chunk) -> HourlyEnergy:
        hours: HourlyEnergy = {}
        for day, energy in (await self._read_energies(info, chunk)).items():
            # The cloud counts 0 before a plant was built, and where it knows nothing.
            if energy > 0:
                hours |= day_row(day, energy, info.zone)
        return hours

    async def _read_solar(
        self, info: PlantInfo, history: PlantHistory, chunk: Chunk
    ) -> PlantHours:
        try:
            energies = await self._read_energies(info, chunk)
        except NotPermittedError:
            energies = {}  # the curve alone
        hours: HourlyEnergy = {}
        day = chunk.first
        while day <= chunk.last:
            found = await read_solar_hours(self._client, info, day, energies)
            for hour, energy in found.items():
                # Where midnight is in an hour of UTC, both days have a part in it.
                hours[hour] = hours.get(hour, 0.0) + energy
            day += _DAY
        # The curve does not replace what counters have shown since.
        if history.complete_from is None and history.starts_at is not None:
            history.complete_from = start_of_hour(history.starts_at) + _HOUR
        return select_hours({"solar": hours}, None, history.complete_from)

    async def _read_devices(
        self, info: PlantInfo, history: PlantHistory, chunk: Chunk
    ) -> PlantHours:
        zones = await self._find_zones(info, history, chunk.read_from)
        samples = {
            serial: await read_device_samples(
                family, serial, chunk.read_from, chunk.read_until, zones[serial]
            )
            for serial, (family, _) in self._devices.states(info.plant_id).items()
        }
        start = start_of_hour(_midnight(chunk.first, info))
        if chunk.is_continued and history.edge_from is not None:
            start = history.edge_from
            samples = {
                serial: [*history.edge.get(serial, ()), *found]
                for serial, found in samples.items()
            }
        history.keep_edge(samples, chunk.last + _DAY)
        end: datetime | None = _midnight(chunk.last + _DAY, info)
        starts_at = history.starts_at
        if starts_at is not None and starts_at < (
            _midnight(chunk.read_until + _DAY, info) + _HOUR
        ):
            end = None
            joined = {
                serial: [*found, *history.samples.get(serial, ())]
                for serial, found in samples.items()
            }
            history.join(samples, start)
            samples = joined
        hours = await self._devices.calculate_hours(info.plant_id, samples)
        return select_hours(hours, start, end)

    async def _find_zones(
        self, info: PlantInfo, history: PlantHistory, first: date
    ) -> dict[str, DeviceZone]:
        """Return the zones of the devices' clocks. All devices of a plant follow summer time or none: one uploads for all."""
        zones = ClockZones(dt_util.get_default_time_zone(), self._clock.now())
        states = self._devices.states(info.plant_id)
        for serial, (family, state) in states.items():
            day = zones.needs_past(state.clock, first)
            if history.follows_summer_time is not None or day is None:
                break
            walls = await read_wall_times(family, serial, day)
            history.follows_summer_time = zones.judge(state.clock, walls)
        else:
            # Asked once: where no device was awake at the change, the zone that the cloud states holds.
            history.follows_summer_time = bool(history.follows_summer_time)
        return {
            serial: zones.zone_of(
                state.clock, follows=history.follows_summer_time is True
            )
            for serial, (_, state) in states.items()
        }

    def estimate_calls(self, info: PlantInfo, days: Collection[date]) -> int:
        """Return how many calls some days of a plant take, if readings came every five minutes."""
        old = self._count_old(info, days)
        recent = len(days) - old
        if self._devices.grid_device(info.plant_id) is None:
            calls = recent + math.ceil(recent / DAYS_PER_REQUEST)
        else:
            # As many days as one request may have are read together.
            chunks, rest = divmod(recent, DAYS_PER_REQUEST)
            devices = len(self._devices.states(info.plant_id))
            calls = devices * (chunks * _pages(DAYS_PER_REQUEST) + _pages(rest))
        return calls + math.ceil(old / DAYS_PER_REQUEST)

    def estimate_minutes(self, info: PlantInfo, days: Collection[date]) -> int:
        """Return in how many minutes some days of a plant are imported, if nothing else is planned."""
        requests = math.ceil(self._count_old(info, days) / DAYS_PER_REQUEST)
        waits = max(requests - 1, 0) // REQUESTS_PER_DAY
        seconds = self.estimate_calls(info, days) * _SECONDS_PER_CALL
        return math.ceil((seconds + waits * DAY_SECONDS) / 60)

    def _count_old(self, info: PlantInfo, days: Collection[date]) -> int:
        """Return how many of some days are older than the five-minute history."""
        oldest = self.today(info) - RETENTION
        return sum(day < oldest for day in days)


def select_hours(
    hours: Mapping[str, HourlyEnergy],
    start: datetime | None,
    end: datetime | None = None,
) -> PlantHours:
    """Return the hours that begin in a period."""
    return {
        channel: {
            hour: energy
            for hour, energy in energies.items()
            if (start is None or hour >= start) and (end is None or hour < end)
        }
        for channel, energies in hours.items()
    }


def _pages(days: int) -> int:
    """Return the pages of a device's history of some days."""
    return math.ceil(days * _READINGS_PER_DAY / ROWS_PER_PAGE)


def _midnight(day: date, info: PlantInfo) -> datetime:
    """Return the beginning of a day of the plant, aware."""
    return datetime.combine(day, datetime.min.time(), info.zone)
