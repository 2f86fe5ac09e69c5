"""The history coordinator: keeps a plant's energy statistics up to date and complete, from its first day to the running hour.

- Each new reading is a sample. At most every five minutes the hours that samples of the last day depend on are calculated, and what
  differs is written to the statistics: the running hour too, which grows until it is over. This needs no calls.
- The past is read from the cloud in chunks of days, at the lowest priority: at set-up as far back as the options say, later
  where samples are missing although energy was counted, such as after an outage. A chunk is planned until its rows are in the
  database; an interrupted one is read again, and writes only what differs.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, override

from homeassistant.core import HomeAssistant, callback

from ..api import (
    NotPermittedError,
    OpenApiError,
    RefusedError,
)
from ..const import LOGGER
from ..coordinator import (
    FamilyCoordinator,
    InventoryCoordinator,
    PlantEnergyCoordinator,
)
from ..coordinator.base import NOT_PERMITTED_FOR, RETRY_AFTER, PollingCoordinator
from ..domain.energy_samples import start_of_hour
from ..domain.freshness import Freshness
from ..models import PlantInfo
from ..persistence import codec
from ..persistence.entry_store import EntryStore
from .allowance import EnergyAllowance
from .chunk_reader import ChunkReader, select_hours
from .cloud_history import sample_of
from .energy_offer import async_offer_energy_dashboard
from .options import history_days
from .plant_devices import PlantDevices
from .plant_history import PlantHistory
from .statistics import (
    RecorderNotReadyError,
    async_check_hours,
    async_known_statistics,
    async_merge_hours,
    check_recorder,
)
from .status import HistoryStatus, Wait

# Seconds between two writes of the same plant's statistics.
WRITE_INTERVAL = 290.0
# Seconds until the recorder is looked at again.
_RECORDER_PAUSE = 30.0
# Seconds after which the past is imported although a device was not read so far.
_DEVICES_DUE = 900.0


class HistoryCoordinator(PollingCoordinator[HistoryStatus]):
    """The energy statistics of an account's plants."""

    def __init__(
        self,
        hass: HomeAssistant,
        inventory: InventoryCoordinator,
        families: Mapping[str, FamilyCoordinator],
        energy: PlantEnergyCoordinator,
        store: EntryStore,
    ) -> None:
        """Initialize with what was saved by the last run."""
        super().__init__(hass, inventory.config_entry, inventory.client, "history")
        self.inventory = inventory
        self._families = [
            family
            for family in families.values()
            if family.family.energy_channels is not None
        ]
        self._store = store
        saved = store.load_section("history", self._dump)
        self.is_paused = saved.pop("paused", False) is True
        requests = saved.pop("energy_requests", [])
        self._devices = PlantDevices(hass, energy)
        self.reader = ChunkReader(
            inventory.client,
            self._devices,
            EnergyAllowance(requests if isinstance(requests, list) else []),
        )
        self._saved: dict[str, Any] = saved
        self.plants: dict[str, PlantHistory] = {}
        self._unwritten: set[str] = set()
        self._written_at: dict[str, float] = {}
        self._written_until: dict[str, datetime] = {}
        self._started_at = self.steady_clock.now()
        # The plants of which it was checked that their statistics are there.
        self._checked: set[str] = set()
        self._import_at = 0.0
        self._recorder_at = 0.0
        self._waiting_for: Wait | None = None
        self.data = self._status()

    async def _dump(self) -> dict[str, Any]:
        dumped = {
            **self._saved,
            "paused": self.is_paused,
            "energy_requests": self.reader.allowance.requests,
        }
        for plant_id, history in tuple(self.plants.items()):
            dumped[plant_id] = codec.dump(history)
            await asyncio.sleep(0)  # a plant with many devices has thousands of samples
        return dumped

    @callback
    @override
    def start(self) -> None:
        """Start following readings, and importing."""
        for family in self._families:
            self.config_entry.async_on_unload(
                family.async_add_listener(partial(self._record_readings, family))
            )
            for serial in family.data:
                self._record_reading(family, serial)
        super().start()

    @callback
    def _record_readings(self, family: FamilyCoordinator) -> None:
        found = [self._record_reading(family, serial) for serial in family.changed]
        # Most readings come while the timer is set to the next write already.
        if any(found) and (
            self.next_poll_at is None
            or self.next_poll_at > self.steady_clock.now() + WRITE_INTERVAL
        ):
            self.schedule_poll()

    def _record_reading(self, family: FamilyCoordinator, serial: str) -> bool:
        state = family.data.get(serial)
        if state is None or not state.plant.details_checked:
            return False
        sample = sample_of(family, state)
        plant_id = state.plant.plant_id
        if sample is None or not self.plant(plant_id).record_sample(serial, sample):
            return False
        self._unwritten.add(plant_id)
        self._store.schedule_save()
        return True

    def plant(self, plant_id: str) -> PlantHistory:
        """Return the history of a plant."""
        if plant_id not in self.plants:
            saved = self._saved.pop(plant_id, None)
            self.plants[plant_id] = (
                PlantHistory()
                if saved is None
                else codec.load_or(
                    PlantHistory(),
                    "history of a plant",
                    lambda: codec.load(PlantHistory, saved),
                )
            )
        return self.plants[plant_id]

    @callback
    def set_paused(self, is_paused: bool) -> None:
        """Pause the import of the past, or go on with it; the running hour is written all the same."""
        self.is_paused = is_paused
        self._import_at = 0.0
        self._store.schedule_save()
        self._publish_status()
        self.schedule_poll()

    @callback
    def request_days(self, plant_id: str, start: date, end: date) -> None:
        """Plan days of a plant to be imported, or imported again."""
        self.plant(plant_id).plan.add(
            start + timedelta(days=count) for count in range((end - start).days + 1)
        )
        self._import_at = 0.0
        self._store.schedule_save()
        self._publish_status()
        self.schedule_poll()

    @override
    def _plan_next_poll(self, now: float) -> float | None:
        due = [
            self._written_at.get(plant_id, 0.0) + WRITE_INTERVAL
            for plant_id in self._unwritten
        ]
        if not self.is_paused and self._has_import():
            due.append(self._import_at)
        return max(min(due), self._recorder_at) if due else None

    def _has_import(self) -> bool:
        return any(
            plant_id not in self._checked or self.plant(plant_id).plan.days
            for plant_id, info in self.inventory.data.items()
            if info.details_checked
        )

    @override
    async def _async_update_data(self) -> HistoryStatus:
        now = self.steady_clock.now()
        try:
            check_recorder(self.hass)
            await self._write_running_hours(now)
            if not self.is_paused and now >= self._import_at:
                await self._import_next(now)
        except RecorderNotReadyError:
            self._waiting_for = Wait.RECORDER
            self._recorder_at = now + _RECORDER_PAUSE
        return self._status()

    async def _write_running_hours(self, now: float) -> None:
        for plant_id in sorted(self._unwritten):
            if now < self._written_at.get(plant_id, 0.0) + WRITE_INTERVAL - 1:
                continue
            info = self.inventory.data.get(plant_id)
            history = self.plants.get(plant_id)
            if info is None or history is None:
                self._unwritten.discard(plant_id)
                continue
            self._unwritten.discard(plant_id)
            hours = select_hours(
                await self._devices.calculate_hours(plant_id, history.samples),
                history.complete_from,
            )
            if (newest := history.newest) is not None:
                self._written_until[plant_id] = start_of_hour(newest)
            history.drop_old_samples()
            await async_merge_hours(self.hass, plant_id, info.row.name, hours)
            self._written_at[plant_id] = self.steady_clock.now()

    async def _import_next(self, now: float) -> None:
        """Import the next chunk of a plant, and decide when the one after it may be read."""
        self._waiting_for = None
        self._import_at = now
        waits = []
        for plant_id, info in self.inventory.data.items():
            if not info.details_checked:
                continue
            if not self._is_ready(plant_id, now):
                waits.append(now + 60.0)
                continue
            history = self.plant(plant_id)
            await self._start_plan(info, history)
            chunk = self.reader.next_chunk(info, history)
            if chunk is None:
                continue
            if wait := self.reader.seconds_until_allowed(info, history, chunk):
                self._waiting_for = Wait.LIMIT
                waits.append(now + wait)
                continue
            try:
                hours = await self.reader.read(info, history, chunk)
            except NotPermittedError as err:
                LOGGER.debug("No history of a plant: %s", err)
                self._waiting_for = Wait.PERMISSION
                waits.append(now + NOT_PERMITTED_FOR)
            except RefusedError as err:
                self._waiting_for = Wait.LIMIT
                waits.append(now + max(err.retry_after or RETRY_AFTER, 1.0))
            except OpenApiError as err:
                LOGGER.debug("No history for now: %s", err)
                self._waiting_for = Wait.CLOUD
                waits.append(now + max(err.retry_after or 0.0, RETRY_AFTER))
            else:
                await async_merge_hours(self.hass, plant_id, info.row.name, hours)
                await async_check_hours(self.hass, plant_id, hours)
                history.plan.complete(chunk)
                self._store.schedule_save()
                if not history.plan.days:
                    self._offer_energy_dashboard()
                return  # readings, and the other plants, come in between
        self._import_at = min(waits, default=now)

    def _is_ready(self, plant_id: str, now: float) -> bool:
        """Return whether the plant's devices have been read: their grid meters and clocks are known then."""
        states = self._devices.states(plant_id).values()
        return now >= self._started_at + _DEVICES_DUE or (
            bool(states)
            and all(
                state.values
                # One that sleeps confirms its clock in the morning; until then it counts as right.
                and (
                    state.clock.is_confirmed
                    or state.assessment.freshness is Freshness.ASLEEP
                )
                for _, state in states
            )
        )

    @callback
    def _offer_energy_dashboard(self) -> None:
        self.config_entry.async_create_background_task(
            self.hass,
            async_offer_energy_dashboard(self.hass, self.config_entry),
            f"{self.config_entry.title} energy dashboard",
        )

    async def _start_plan(self, info: PlantInfo, history: PlantHistory) -> None:
        """Plan the past of a plant once, more of it where the user wants more, and all again after its statistics were deleted."""
        if info.plant_id not in self._checked:
            self._checked.add(info.plant_id)
            if history.days_back is not None and not history.plan.days:
                known = await async_known_statistics(self.hass, info.plant_id)
                history.days_back = history.days_back if known else None
        days, before = history_days(self.config_entry), history.days_back
        if before is None or days > before:
            history.days_back = days
            if days > 0:
                today = self.reader.today(info)
                history.plan.add(
                    today - timedelta(days=count)
                    for count in range(0 if before is None else before, days + 1)
                )

    def _status(self) -> HistoryStatus:
        plans = {
            plant_id: self.plant(plant_id).plan
            for plant_id in self.inventory.data
            if plant_id in self.plants or plant_id in self._saved
        }
        left = sum(len(plan.days) for plan in plans.values())
        requested = sum(plan.requested for plan in plans.values() if plan.days)
        waiting_for = Wait.PAUSE if self.is_paused and left else self._waiting_for
        expected_end = None
        if left and waiting_for not in (Wait.PAUSE, Wait.PERMISSION):
            minutes = sum(
                self.reader.estimate_minutes(self.inventory.data[plant_id], plan.days)
                for plant_id, plan in plans.items()
            )
            now = self.clock.now().replace(second=0, microsecond=0)
            expected_end = now + timedelta(minutes=minutes + 1)
        return HistoryStatus(
            imported_until=min(self._written_until.values(), default=None),
            percent=100 * (requested - left) // requested if left else 100,
            days_left=left,
            expected_end=expected_end,
            waiting_for=waiting_for,
        )

    @callback
    def _publish_status(self) -> None:
        self.async_set_updated_data(self._status())
