"""The plant coordinator: a plant's overview and its power."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant, callback

from ..api import (
    FOR_READINGS,
    CircuitOpenError,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RequestOptions,
)
from ..api.models import PlantOverview, PowerSample
from ..const import LOGGER
from ..domain.counters import DailyCounters, LifetimeTotals
from ..domain.device_clock import DeviceClock
from ..domain.freshness import (
    NOTHING,
    Assessment,
    SunState,
    ValueKind,
    ValueStatus,
    assess,
    stale_after,
)
from ..domain.poll_schedule import PollSchedule, ReadMode
from ..domain.sun import believed_sun_state
from ..issues import async_report_replacements
from ..models import PLANT_PREFIX, PlantInfo
from ..persistence import codec
from ..persistence.entry_store import EntryStore
from .base import RETRY_AFTER, PollingCoordinator, retry_after
from .device_state import load_clock
from .inventory import InventoryCoordinator

# The contexts of a plant's listeners: only what an entity shows is read.
OVERVIEW, POWER = "overview", "power"


@dataclass(slots=True)
class PlantState:
    """A plant's overview and newest power sample, with their assessments."""

    overview: PlantOverview
    sample: PowerSample | None
    assessment: Assessment  # of the overview
    power_assessment: Assessment  # of the newest sample

    def power(self) -> tuple[ValueStatus, float | None]:
        """Return the plant's power, W: the newest sample of the curve, else the overview's.

        The overview's own power can stick at 0 in the evening while the curve shows hundreds of watts.
        """
        status = self.power_assessment.status_of(ValueKind.FLOW)
        if status is not ValueStatus.UNAVAILABLE and self.sample is not None:
            return status, self.sample.power
        return self.assessment.status_of(ValueKind.FLOW), self.overview.current_power


class PlantCoordinator(PollingCoordinator[PlantState]):
    """The state of one plant."""

    def __init__(
        self,
        hass: HomeAssistant,
        inventory: InventoryCoordinator,
        plant_id: str,
        store: EntryStore,
    ) -> None:
        """Initialize with the state saved by the last run."""
        super().__init__(hass, inventory.config_entry, inventory.client, "plant")
        self.inventory = inventory
        self.plant_id = plant_id
        self.schedule = PollSchedule(inventory.interval.total_seconds())
        self.data = PlantState(PlantOverview(), None, NOTHING, NOTHING)
        self.overview_clock = DeviceClock(self.info.zone)
        self._sample_clock = DeviceClock(self.info.zone)
        self._totals = LifetimeTotals()
        self._daily = DailyCounters()
        self._store = store
        saved = store.load_section(f"plant_{plant_id}", self._dump)
        if saved:
            codec.load_or(None, "state of a plant", lambda: self._load(saved))

    async def _dump(self) -> dict[str, Any]:
        overview, sample = self.data.overview, self.data.sample
        return {
            "overview": codec.dump(replace(overview, zone=None, time=None)),
            "overview_clock": codec.dump(self.overview_clock),
            "sample": None if sample is None else [str(sample.time), sample.power],
            "sample_clock": codec.dump(self._sample_clock),
            "totals": codec.dump(self._totals),
            "daily": codec.dump(self._daily),
        }

    def _load(self, saved: dict[str, Any]) -> None:
        now = self.clock.now()
        totals = codec.load(LifetimeTotals, saved["totals"])
        daily = codec.load(DailyCounters, saved["daily"])
        overview_clock = load_clock(saved["overview_clock"], self.info, now)
        sample_clock = load_clock(saved["sample_clock"], self.info, now)
        overview = codec.load(
            PlantOverview, saved["overview"], time=overview_clock.newest, zone=None
        )
        sample = None
        if saved["sample"] is not None:
            time, power = saved["sample"]
            sample = codec.load(PowerSample, {"time": time, "power": power})
        self._totals, self._daily = totals, daily
        self.overview_clock, self._sample_clock = overview_clock, sample_clock
        self.data = self._assess(overview, sample)

    @property
    def info(self) -> PlantInfo:
        """The plant in the inventory."""
        return self.inventory.data[self.plant_id]

    @override
    def _plan_next_poll(self, now: float) -> float | None:
        if self.plant_id not in self.inventory.data or not self.info.details_checked:
            return None
        intervals = self.info.power_intervals.values()
        rhythms = self.info.power_rhythms.values()
        # Its overview changes with the readings of the devices that make its power.
        rhythm = max(rhythms, key=lambda rhythm: rhythm.newest or 0.0, default=None)
        return self.schedule.next_poll(
            now,
            (ReadMode.SINGLES,),
            rhythm,
            min(intervals, default=0.0),
            allow_early=False,
        )[0]

    @override
    async def _async_update_data(self) -> PlantState:
        await self._read(FOR_READINGS)
        return self._assess(self.data.overview, self.data.sample)

    async def async_read_now(self, options: RequestOptions) -> float | None:
        """Read the plant if it may be read now, due or not; else return in how many seconds it may be."""
        now = self.steady_clock.now()
        ready = self.schedule.ready_at.get(ReadMode.SINGLES, 0.0)
        if ready > now:
            return ready - now
        await self._read(options)
        self.async_set_updated_data(self._assess(self.data.overview, self.data.sample))
        self.schedule_poll()
        return None

    async def _read(self, options: RequestOptions) -> None:
        """Read the overview and the power curve, as far as any entity shows them."""
        self._set_zone()
        wanted = set(self.async_contexts())
        if self.data.assessment is NOTHING:
            wanted = {OVERVIEW, POWER}  # its entities are not created yet
        waits = []
        failed = False
        # The overview has the zone where the details do not, and the curve is of the plant's day.
        for is_wanted, read in (
            (OVERVIEW in wanted or not self.info.zone_known, self._read_overview),
            (POWER in wanted, self._read_power),
        ):
            if not is_wanted:
                continue
            try:
                waits.append(await read(options))
            except CircuitOpenError:
                return  # read again when the cloud is back
            except CloudDownError as err:
                # One of the two may be out of order alone.
                LOGGER.debug("No figures of a plant for now: %s", err)
                waits.append(RETRY_AFTER)
                failed = True
        self.schedule.record_poll(
            self.steady_clock.now(),
            ReadMode.SINGLES,
            max(waits, default=RETRY_AFTER),
            failed=failed,
        )

    async def _read_power(self, options: RequestOptions) -> float:
        today = self._sample_clock.device_time(self.clock.now()).date()
        try:
            curve = await self.client.plants.power(
                self.plant_id, today, options, peak_power=self.info.row.peak_power
            )
        except CloudDownError:
            raise
        except OpenApiError as err:
            return _retry_after(err)
        self.follow_clock()
        newest = curve.value[-1] if curve.value else None
        if newest and self._sample_clock.record_reading(newest.time, self.clock.now()):
            self.data.sample = newest
            self._store.schedule_save()
        return curve.ready_in

    async def _read_overview(self, options: RequestOptions) -> float:
        try:
            reply = await self.client.plants.overview(
                self.plant_id, options, peak_power=self.info.row.peak_power
            )
        except CloudDownError:
            raise
        except OpenApiError as err:
            return _retry_after(err)
        self.inventory.apply_zone(self.info, reply.value.zone)
        self._set_zone()
        self.follow_clock()
        if reply.is_new:
            self.data.overview = self._merge_overview(self.data.overview, reply.value)
            self._store.schedule_save()
        return reply.ready_in

    def _merge_overview(
        self, known: PlantOverview, read: PlantOverview
    ) -> PlantOverview:
        """Return the overview read, its counters corrected where implausible; the known one if it is newer.

        Of a plant whose overviews have no time, an overview is new if it differs from the known one.
        """
        now = self.clock.now()
        is_dated = read.time is not None or known.time is not None
        if is_dated and not (
            self.overview_clock.record_reading(read.time, now)
            or read.time == known.time
        ):
            return known
        peak_power = self.info.row.peak_power or read.peak_power or 0.0
        max_power = max(peak_power * 1000, read.current_power or 0.0)
        totals = self._totals
        read = replace(
            read,
            energy_today=self._daily.record_value(
                "energy_today",
                read.energy_today,
                read.time or self.overview_clock.device_time(now),
                max_power,
            ),
            energy_total=totals.record_value(
                "energy_total", read.energy_total, now, max_power
            ),
            carbon_offset=totals.record_value(
                "carbon_offset", read.carbon_offset, now, max_power
            ),
        )
        totals.end_round(now)
        async_report_replacements(
            self.hass, f"{PLANT_PREFIX}{self.plant_id}", totals.take_replacements()
        )
        if not is_dated and read != known:
            self.overview_clock.record_undated_reading(now)
        return read

    @callback
    def _set_zone(self) -> None:
        now = self.clock.now()
        self.overview_clock.set_zone(self.info.zone, now)
        self._sample_clock.set_zone(self.info.zone, now)

    def _assess(
        self, overview: PlantOverview, sample: PowerSample | None
    ) -> PlantState:
        now = self.clock.now()
        sample_power = sample.power if sample else None

        def sun(clock: DeviceClock, power: float | None) -> SunState:
            return believed_sun_state(
                self.info.location, now, clock.newest_instant(), power
            )

        limit = stale_after(self.inventory.interval)
        return PlantState(
            overview,
            sample,
            assess(
                self.overview_clock,
                now,
                sleeps=True,
                sun=sun(self.overview_clock, overview.current_power),
                power=overview.current_power,
                limit=limit,
            ),
            assess(
                self._sample_clock,
                now,
                sleeps=True,
                sun=sun(self._sample_clock, sample_power),
                power=sample_power,
                limit=limit,
            ),
        )

    @callback
    def sync_inventory(self) -> None:
        """Update the time zone and the assessments to the inventory's lists."""
        self._set_zone()
        self._reassess()

    @override
    def _shift_instants(self, jump: float) -> None:
        for one in (self.overview_clock, self._sample_clock, self._totals):
            one.follow_clock_jump(timedelta(seconds=jump))

    async def async_apply_time(self) -> None:
        """Assess the plant again: values become stale, and daily ones end, as time passes."""
        self.follow_clock()
        self._reassess()

    @callback
    def _reassess(self) -> None:
        state = self._assess(self.data.overview, self.data.sample)
        if state != self.data:
            self.data = state
            self.async_update_listeners()
        self.schedule_poll()


def _retry_after(error: OpenApiError) -> float:
    if isinstance(error, NotPermittedError):
        return RETRY_AFTER  # the gateway keeps the interval, and makes no call before
    LOGGER.debug("No figure of a plant: %s", error)
    return retry_after(error)
