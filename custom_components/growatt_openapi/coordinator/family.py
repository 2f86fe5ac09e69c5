"""The family coordinator: the readings of all devices of one type."""

import asyncio
from datetime import datetime
import itertools
from typing import Any, override

from homeassistant.core import HomeAssistant, callback

from ..api import (
    FOR_READINGS,
    CircuitOpenError,
    CloudDownError,
    NotPermittedError,
    RefusedError,
    RequestError,
    RequestOptions,
)
from ..api.models import Reading
from ..const import LOGGER
from ..detail_level import DetailLevel, detail_level
from ..domain import poll_schedule as schedule
from ..domain.freshness import Freshness
from ..domain.poll_schedule import ReadMode
from ..families import Family
from ..families.base import DecodedReading
from ..issues import async_report_replacements
from ..persistence.entry_store import EntryStore
from .base import RETRY_AFTER, PerDeviceCoordinator, retry_after
from .device_rows import devices_of
from .device_state import DeviceState
from .inventory import InventoryCoordinator
from .read_group import (
    ReadGroup,
    calculate_poll_interval,
    forget_device,
    regroup,
    update_plant,
)

# Seconds until a batch that failed is tried again.
_BATCH_FAILED_FOR = 1800.0
# A batch that is not ready for longer than this failed: an answered one is ready sooner.
_LONGEST_BATCH_INTERVAL = 600.0
# Devices left out of a batch that are read alone in one round.
_SINGLES_PER_BATCH = 5
# Devices whose readings are applied, or whose state is saved or assessed, before other tasks get their turn.
_READINGS_PER_STEP = 5
_STATES_PER_STEP = 100


class FamilyCoordinator(PerDeviceCoordinator[dict[str, DeviceState]]):
    """The states of all devices of a family, by serial."""

    def __init__(
        self,
        hass: HomeAssistant,
        inventory: InventoryCoordinator,
        family: Family,
        store: EntryStore,
    ) -> None:
        """Initialize with the states saved by the last run."""
        super().__init__(hass, inventory.config_entry, inventory.client, family.key)
        self.inventory = inventory
        self.family = family
        self.api = self.client.device_api(family.endpoints)
        self.data = {}
        self.groups: list[ReadGroup] = []
        # The texts of fault codes, as far as alarms had them.
        self.fault_texts: dict[int, str] = {}
        self._is_many = False
        self._batches_work = False
        self._store = store
        # Saved states of devices that are not listed.
        self._saved_states = store.load_section(family.key, self._dump)
        self._unreadable: set[tuple[str, str]] = set()
        self.sync_devices()
        self._assess_all()

    async def _dump(self) -> dict[str, Any]:
        dumped = dict(self._saved_states)
        for chunk in itertools.batched(
            tuple(self.data.items()), _STATES_PER_STEP, strict=False
        ):
            dumped |= {serial: state.dump() for serial, state in chunk}
            await asyncio.sleep(0)
        return dumped

    @callback
    def sync_devices(self) -> None:
        """Update the states to the inventory's lists: new devices, new rows of known ones, devices that are gone."""
        self.drop_unlisted()
        now = self.clock.now()
        listed = devices_of(self.family, self.inventory.data)
        for serial, (device, info) in listed.items():
            if (state := self.data.get(serial)) is None:
                saved = self._saved_states.pop(serial, None)
                state = DeviceState.load(device, info, now, saved)
                self.data[serial] = state
                self.changed.add(serial)
            if state.plant is not info:
                forget_device(state)
            if state.device != device:
                self.changed.add(serial)
            state.device, state.plant = device, info
            state.clock.set_zone(info.zone, now)
        self._update_groups()

    @callback
    def drop_unlisted(self) -> None:
        """Drop the devices that are gone or of another family now, whose entities make room for those of that family."""
        unlisted = self.data.keys() - devices_of(self.family, self.inventory.data)
        for serial in unlisted:
            state = self.data.pop(serial)
            forget_device(state)
            # Restored if the device is listed again.
            self._saved_states[serial] = state.dump()
            self.changed.add(serial)
        if unlisted:
            self._update_groups()
            self.async_update_listeners()

    @callback
    def _update_groups(self) -> None:
        self.groups = regroup(
            self.groups,
            self.data,
            self.inventory.interval.total_seconds(),
            keep=self._is_many,
        )
        self._is_many = schedule.needs_batches(len(self.data))

    @override
    def _plan_next_poll(self, now: float) -> float | None:
        for group in self.groups:
            last = group.schedule.last_poll
            if group.next_at <= now and (last is None or last < group.next_at):
                continue  # overdue: planning again would put it off
            group.next_at = self._plan_group(group, now)
        return min((group.next_at for group in self.groups), default=None)

    def _plan_group(self, group: ReadGroup, now: float) -> float:
        """Return when a group is due, after updating the plants of its devices."""
        states = [self.data[serial] for serial in group.serials]
        moment = self.clock.now()
        intervals = [calculate_poll_interval(state, moment) for state in states]
        for state, interval in zip(states, intervals, strict=True):
            update_plant(state, self.family, interval, moment)
        rhythm = None
        if not self._is_many:
            rhythm = max(
                states, key=lambda state: state.upload_rhythm.newest or 0
            ).upload_rhythm
        return group.schedule.next_poll(
            now, self._read_modes(group, now), rhythm, min(intervals)
        )[0]

    def _read_modes(self, group: ReadGroup, now: float) -> tuple[ReadMode, ...]:
        has_failed = (
            group.schedule.ready_at.get(ReadMode.BATCH, 0.0)
            > now + _LONGEST_BATCH_INTERVAL
        )
        if self.family.endpoints.batch is None or has_failed:
            return (ReadMode.SINGLES,)
        return (
            (ReadMode.BATCH,) if self._is_many else (ReadMode.BATCH, ReadMode.SINGLES)
        )

    @override
    async def _async_update_data(self) -> dict[str, DeviceState]:
        now = self.steady_clock.now()
        await self._read(
            [group for group in self.groups if group.next_at <= now + 1], FOR_READINGS
        )
        return self.data

    async def async_read_now(self, options: RequestOptions) -> float | None:
        """Read every group that may be read now, due or not; return in how many seconds the first other one may be."""
        now = self.steady_clock.now()
        waits = []
        groups = []
        for group in self.groups:
            modes = self._read_modes(group, now)
            ready = min(group.schedule.ready_at.get(mode, 0.0) for mode in modes)
            if ready <= now:
                groups.append(group)
            else:
                waits.append(ready - now)
        await self._read(groups, options)
        self.schedule_poll()
        return min(waits, default=None)

    async def _read(self, groups: list[ReadGroup], options: RequestOptions) -> None:
        for group in groups:
            now = self.steady_clock.now()
            mode = group.schedule.next_poll(now, self._read_modes(group, now), None)[1]
            if not self._is_wanted(group):
                group.schedule.record_poll(now, mode, 0.0)
                continue
            try:
                if mode is ReadMode.BATCH:
                    await self._read_batch(group, options)
                else:
                    await self._read_singles(group, group.serials, options)
            except CircuitOpenError:
                return  # read again when the cloud is back
            except CloudDownError as err:
                LOGGER.debug("No readings for now: %s", err)

    def _is_wanted(self, group: ReadGroup) -> bool:
        """Return whether any entity shows these readings, or any device has none yet."""
        return any(
            self.has_listeners(serial) or not self.data[serial].values
            for serial in group.serials
            if serial in self.data  # dropped while other groups were read
        )

    async def _read_batch(self, group: ReadGroup, options: RequestOptions) -> None:
        """Read up to 100 devices in a call, and alone those that it leaves out; all alone if the batch fails."""
        try:
            reply = await self.api.batch_data(group.serials, options)
        except (NotPermittedError, RequestError) as err:
            LOGGER.debug("No batch of readings: %s", err)
            # Once a batch worked, a lack of permission is not taken as lasting.
            wait = (
                _BATCH_FAILED_FOR
                if self._batches_work
                else retry_after(err, failed=_BATCH_FAILED_FOR)
            )
            group.schedule.ready_at[ReadMode.BATCH] = self.steady_clock.now() + wait
            await self._read_singles(group, group.serials, options)
            return
        except RefusedError as err:
            group.record_refusal(
                self.steady_clock.now(), ReadMode.BATCH, err.retry_after
            )
            return
        except CloudDownError as err:
            if not isinstance(err, CircuitOpenError):
                group.schedule.record_poll(
                    self.steady_clock.now(),
                    ReadMode.BATCH,
                    err.retry_after or RETRY_AFTER,
                    failed=True,
                )
            raise
        self._batches_work = True
        now = self.steady_clock.now()
        if not reply.is_new:
            # A stored reply, applied before, in place of one that was refused.
            group.record_refusal(now, ReadMode.BATCH, reply.ready_in)
            return
        group.schedule.record_poll(now, ReadMode.BATCH, reply.ready_in)
        for count, reading in enumerate(reply.value.values(), 1):
            self._apply_reading(reading)
            if count % _READINGS_PER_STEP == 0:
                # A hundred devices' entities would block other tasks.
                await asyncio.sleep(0)
        missing = [serial for serial in group.serials if serial not in reply.value]
        if missing:
            LOGGER.debug("A batch leaves %d devices out", len(missing))
            await self._read_singles(None, missing[:_SINGLES_PER_BATCH], options)

    async def _read_singles(
        self,
        group: ReadGroup | None,
        serials: tuple[str, ...] | list[str],
        options: RequestOptions,
    ) -> None:
        ready_in = 0.0
        has_failed = False
        is_refused = True
        for serial in serials:
            try:
                reply = await self.api.last_data(serial, options)
            except RefusedError as err:
                ready_in = max(ready_in, err.retry_after or RETRY_AFTER)
                continue
            except (NotPermittedError, RequestError) as err:
                LOGGER.debug("No reading of a device: %s", err)
            except CircuitOpenError:
                raise
            except CloudDownError as err:
                LOGGER.debug("No reading of a device for now: %s", err)
                has_failed = True  # this device alone: the others are read
            else:
                ready_in = max(ready_in, reply.ready_in)
                if not reply.is_new:
                    continue
                self._apply_reading(reply.value)
            is_refused = False
        now = self.steady_clock.now()
        if group is not None and is_refused:
            group.record_refusal(now, ReadMode.SINGLES, ready_in)
        elif group is not None:
            group.schedule.record_poll(
                now,
                ReadMode.SINGLES,
                ready_in or self.api.endpoints.last_data.interval,
                failed=has_failed,
            )

    @callback
    def _apply_reading(self, reading: Reading) -> None:
        """Keep a reading that is newer than the last one, and notify the device's entities.

        Of a device whose readings have no time, a reading is new if it differs from the last one.
        """
        state = self.data.get(reading.serial)
        if state is None:
            return
        self.follow_clock()
        now = self.clock.now()
        state.checked_at = now
        state.has_time |= reading.time is not None
        is_newer = state.clock.record_reading(reading.time, now)
        if reading.time is not None and reading.time == state.clock.newest:
            state.upload_rhythm.record_reading(
                (reading.time - datetime.min).total_seconds(),  # noqa: DTZ901 - naive
                self.steady_clock.now(),
            )
        if state.has_time and not is_newer:
            return
        decoded = self._decode(state, reading, now)
        if not state.has_time:
            if decoded == state.reading:
                return
            state.clock.record_undated_reading(now)
        state.reading = decoded
        for key in state.reading.unreadable:
            if (reading.serial, key) not in self._unreadable:
                self._unreadable.add((reading.serial, key))
                LOGGER.debug("Unreadable %s of a device: taken as unknown", key)
        async_report_replacements(
            self.hass, reading.serial, state.totals.take_replacements()
        )
        self.changed.add(reading.serial)
        self._store.schedule_save()
        self._assess_device(reading.serial, state, now)
        self.async_update_listeners()

    def _decode(
        self, state: DeviceState, reading: Reading, now: datetime
    ) -> DecodedReading:
        """Return a reading by our keys, its counters corrected where they are implausible."""
        is_essential = detail_level(self.config_entry) is DetailLevel.ESSENTIAL
        only = self.family.needed_keys if is_essential else None
        decoded = self.family.decode(reading.fields, only)
        return state.correct_counters(decoded, self.family, reading.time, now)

    @callback
    def _assess_all(self) -> None:
        now = self.clock.now()
        for serial, state in self.data.items():
            self._assess_device(serial, state, now)

    @callback
    def _assess_device(self, serial: str, state: DeviceState, now: datetime) -> None:
        was_fresh = state.assessment.freshness is Freshness.FRESH
        if not state.reassess(self.family, now, self.inventory.interval):
            return
        self.changed.add(serial)
        if was_fresh and state.assessment.freshness is Freshness.STALE:
            # The device list shows whether the device is offline or the cloud late.
            self.inventory.async_refresh_lists(state.plant)

    @callback
    def sync_inventory(self) -> None:
        """Update the states to the inventory's lists, and notify the entities whose device changed."""
        self.sync_devices()
        self._assess_all()
        self.async_update_listeners()
        self.schedule_poll()

    @override
    def _shift_instants(self, jump: float) -> None:
        for state in self.data.values():
            state.follow_clock_jump(jump)

    async def async_apply_time(self) -> None:
        """Assess all devices again: readings become stale or asleep, and daily values end, as time passes."""
        self.follow_clock()
        for chunk in itertools.batched(
            tuple(self.data.items()), _STATES_PER_STEP, strict=False
        ):
            now = self.clock.now()
            for serial, state in chunk:
                self._assess_device(serial, state, now)
            self.async_update_listeners()
            await asyncio.sleep(0)
        self.schedule_poll()
