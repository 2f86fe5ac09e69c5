"""A family: the readings of all devices of one type."""

import asyncio
from dataclasses import replace
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
from ..api.client.endpoint_group import BATCH_SIZE
from ..api.models import Reading
from ..const import LOGGER
from ..detail_level import DetailLevel, detail_level
from ..domain import poll_schedule as schedule
from ..domain.freshness import Freshness, assess, stale_after
from ..domain.poll_schedule import ReadMode
from ..domain.sun import sun_state
from ..families import Family, family_of
from ..families.base import DecodedReading
from ..persistence.entry_store import EntryStore
from .base import PerDeviceCoordinator
from .device_state import DeviceState
from .inventory import InventoryCoordinator
from .read_group import ReadGroup, poll_interval_of, update_plant

# A batch that a token may not use, and one that the cloud could not make, are tried again after so many seconds.
_NOT_PERMITTED_FOR = 24 * 3600.0
_FAILED_FOR = 1800.0
_RESTS_FOR = 600.0
# Devices that a batch leaves out are read alone, so many in a round.
_LEFT_OUT = 5
# Devices whose entities are written in one go.
_AT_ONCE = 5
# Devices that are looked at in one go whether time has changed them.
_AGED_AT_ONCE = 100


class FamilyCoordinator(PerDeviceCoordinator[dict[str, DeviceState]]):
    """Keeps the readings of all devices of a family."""

    def __init__(
        self,
        hass: HomeAssistant,
        account: InventoryCoordinator,
        family: Family,
        memory: EntryStore,
    ) -> None:
        """Watch the account's devices of one family, beginning with what is remembered of them."""
        super().__init__(hass, account.config_entry, account.client, family.key)
        self.inventory = account
        self.family = family
        self.api = self.client.device_api(family.endpoints)
        self.data = {}
        self.groups: list[ReadGroup] = []
        # What codes of faults mean, as far as alarms have told.
        self.fault_texts: dict[int, str] = {}
        self._is_many = False
        self._batches_work = False
        self._memory = memory
        self._remembered = memory.load_section(family.key, self._dump)
        self._unreadable: set[tuple[str, str]] = set()
        self.sync_devices()
        self._assess_all()

    async def _dump(self) -> dict[str, Any]:
        dumped = dict(self._remembered)
        for some in itertools.batched(
            tuple(self.data.items()), _AGED_AT_ONCE, strict=False
        ):
            dumped |= {serial: state.dump() for serial, state in some}
            await asyncio.sleep(0)
        return dumped

    @callback
    def sync_devices(self) -> None:
        """Follow the account's lists: new devices, new rows of known ones, devices that are gone."""
        listed = set()
        for info in self.inventory.data.values():
            for serial, device in info.devices.items():
                if family_of(device) is not self.family:
                    continue
                listed.add(serial)
                state = self.data.get(serial)
                if state is None:
                    state = self.data[serial] = DeviceState.load(
                        device,
                        info,
                        self.clock.now(),
                        self._remembered.pop(serial, None),
                    )
                    self.changed.add(serial)
                if state.device != device:
                    self.changed.add(serial)
                state.device, state.plant = device, info
                state.clock.set_zone(info.zone, self.clock.now())
        for serial in self.data.keys() - listed:
            # One that comes back goes on where it was.
            self._remembered[serial] = self.data.pop(serial).dump()
            self.changed.add(serial)
        self._group()

    @callback
    def _group(self) -> None:
        known = [group.serials for group in self.groups] if self._is_many else []
        wanted = schedule.group_devices(
            (
                (serial, state.device.datalogger or "")
                for serial, state in self.data.items()
            ),
            known,
            batch_size=BATCH_SIZE,
        )
        if wanted == [group.serials for group in self.groups]:
            return
        self._is_many = schedule.needs_batches(len(self.data))
        groups = {group.serials: group for group in self.groups}
        floor = self.inventory.interval.total_seconds()
        self.groups = [
            groups.get(serials) or ReadGroup(serials, floor) for serials in wanted
        ]

    @override
    def _next_poll_at(self, now: float) -> float | None:
        for group in self.groups:
            last = group.schedule.last_poll
            if group.next_at <= now and (last is None or last < group.next_at):
                continue  # overdue, and not put off by being late
            self._update_plants(group)
            group.next_at = self._group_due_at(group, now)
        return min((group.next_at for group in self.groups), default=None)

    def _group_due_at(self, group: ReadGroup, now: float) -> float:
        states = [self.data[serial] for serial in group.serials]
        interval = min(poll_interval_of(state, self.clock.now()) for state in states)
        rhythm = None
        if not self._is_many:
            rhythm = max(
                states, key=lambda state: state.upload_rhythm.newest or 0
            ).upload_rhythm
        return group.schedule.next_poll(
            now, self._read_modes(group, now), rhythm, interval
        )[0]

    def _update_plants(self, group: ReadGroup) -> None:
        now = self.clock.now()
        for serial in group.serials:
            state = self.data[serial]
            update_plant(state, self.family, poll_interval_of(state, now), now)

    def _read_modes(self, group: ReadGroup, now: float) -> tuple[ReadMode, ...]:
        # It rests for longer than any batch that was answered.
        refused = group.schedule.ready_at.get(ReadMode.BATCH, 0.0) > now + _RESTS_FOR
        if self.family.endpoints.batch is None or refused:
            return (ReadMode.SINGLES,)
        return (
            (ReadMode.BATCH,) if self._is_many else (ReadMode.BATCH, ReadMode.SINGLES)
        )

    @override
    async def _async_update_data(self) -> dict[str, DeviceState]:
        self.sync_devices()
        now = self.steady_clock.now()
        await self._read(
            [group for group in self.groups if group.next_at <= now + 1], FOR_READINGS
        )
        return self.data

    async def async_read_now(self, ask: RequestOptions) -> float | None:
        """Read everything that may be read now, due or not; return in how many seconds the first of the rest may be."""
        self.sync_devices()
        now = self.steady_clock.now()
        waits = []
        groups = []
        for group in self.groups:
            manners = self._read_modes(group, now)
            ready = min(group.schedule.ready_at.get(manner, 0.0) for manner in manners)
            if ready <= now:
                groups.append(group)
            else:
                waits.append(ready - now)
        await self._read(groups, ask)
        self.schedule_poll()
        return min(waits, default=None)

    async def _read(self, groups: list[ReadGroup], ask: RequestOptions) -> None:
        for group in groups:
            now = self.steady_clock.now()
            manner = group.schedule.next_poll(now, self._read_modes(group, now), None)[
                1
            ]
            if not self._is_wanted(group):
                group.schedule.record_poll(now, manner, 0.0)
                continue
            try:
                if manner is ReadMode.BATCH:
                    await self._read_batch(group, ask)
                else:
                    await self._read_singles(group, group.serials, ask)
            except CircuitOpenError:
                return  # asked again when the cloud is back
            except CloudDownError as err:
                LOGGER.debug("No readings for now: %s", err)
                return

    def _is_wanted(self, group: ReadGroup) -> bool:
        """Tell whether any entity shows these readings, or waits for the first to be made."""
        return any(
            self.has_listeners(serial) or not self.data[serial].values
            for serial in group.serials
        )

    async def _read_batch(self, group: ReadGroup, ask: RequestOptions) -> None:
        """Read up to 100 devices in a call, alone those that it leaves out; all where a batch cannot be had."""
        try:
            answer = await self.api.batch_data(group.serials, ask)
        except (NotPermittedError, RequestError) as err:
            LOGGER.debug("No batch of readings: %s", err)
            never = isinstance(err, NotPermittedError) and not self._batches_work
            pause = _NOT_PERMITTED_FOR if never else _FAILED_FOR
            group.schedule.ready_at[ReadMode.BATCH] = self.steady_clock.now() + pause
            await self._read_singles(group, group.serials, ask)
            return
        except RefusedError as err:
            self._record_poll(group, ReadMode.BATCH, err.retry_after)
            return
        except CloudDownError as err:
            if not isinstance(err, CircuitOpenError):
                self._record_poll(group, ReadMode.BATCH, None, failed=True)
            raise
        self._batches_work = True
        self._record_poll(group, ReadMode.BATCH, answer.ready_in)
        if not answer.is_new:
            return  # an old one, of which all is known
        for count, reading in enumerate(answer.value.values(), 1):
            self._apply_reading(reading)
            if count % _AT_ONCE == 0:
                await asyncio.sleep(
                    0
                )  # a hundred devices' entities would hold others up
        missing = [serial for serial in group.serials if serial not in answer.value]
        if missing:
            LOGGER.debug("A batch leaves %d devices out", len(missing))
            await self._read_singles(None, missing[:_LEFT_OUT], ask)

    async def _read_singles(
        self,
        group: ReadGroup | None,
        serials: tuple[str, ...] | list[str],
        ask: RequestOptions,
    ) -> None:
        ready_in = 0.0
        failed = False
        try:
            for serial in serials:
                try:
                    answer = await self.api.last_data(serial, ask)
                except (NotPermittedError, RequestError) as err:
                    LOGGER.debug("No reading of a device: %s", err)
                except RefusedError as err:
                    ready_in = max(ready_in, err.retry_after or 0.0)
                except CloudDownError as err:
                    if isinstance(err, CircuitOpenError):
                        group = None
                    ready_in = max(ready_in, self.api.endpoints.last_data.interval)
                    failed = True
                    raise
                else:
                    ready_in = max(ready_in, answer.ready_in)
                    if answer.is_new:
                        self._apply_reading(answer.value)
        finally:
            if group is not None:
                self._record_poll(
                    group, ReadMode.SINGLES, ready_in or None, failed=failed
                )

    def _record_poll(
        self,
        group: ReadGroup,
        manner: ReadMode,
        ready_in: float | None,
        *,
        failed: bool = False,
    ) -> None:
        group.schedule.record_poll(
            self.steady_clock.now(),
            manner,
            self.api.endpoints.last_data.interval if ready_in is None else ready_in,
            failed=failed,
        )

    @callback
    def _apply_reading(self, reading: Reading) -> None:
        """Keep a reading where it is newer than what is known, and tell its entities.

        From a device that never tells the time, a reading is news when it differs.
        """
        state = self.data.get(reading.serial)
        if state is None:
            return
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
        self.changed.add(reading.serial)
        self._memory.schedule_save()
        self._assess_device(reading.serial, state, now)
        self.async_update_listeners()

    def _decode(
        self, state: DeviceState, reading: Reading, now: datetime
    ) -> DecodedReading:
        """Return a reading in our words, its counters as far as they can be believed."""
        is_essential = detail_level(self.config_entry) is DetailLevel.ESSENTIAL
        only = self.family.needed_keys if is_essential else None
        decoded = self.family.decode(reading.fields, only)
        figures = dict(decoded.values)
        day = (reading.time or state.clock.device_time(now)).date()
        for key, figure in decoded.values.items():
            if not isinstance(figure, float):
                continue
            if key in self.family.lifetime_keys:
                figures[key] = state.totals.clamp(key, figure, now)
            elif key in self.family.daily_keys:
                figures[key] = state.daily.value_for_day(key, figure, day)
        return replace(decoded, values=figures)

    @callback
    def _assess_all(self) -> None:
        now = self.clock.now()
        for serial, state in self.data.items():
            self._assess_device(serial, state, now)

    @callback
    def _assess_device(self, serial: str, state: DeviceState, now: datetime) -> None:
        power = state.values.get(self.family.power_key)
        judgement = assess(
            state.clock,
            now,
            sleeps=self.family.sleeps_at_night(state.values),
            sun=sun_state(state.plant.location, now),
            power=power if isinstance(power, float) else None,
            standby=state.values.get("status") == "waiting",
            limit=stale_after(self.inventory.interval),
        )
        before = state.assessment, state.online
        state.assessment = judgement
        state.online = state.is_online(now)
        if (state.assessment, state.online) == before:
            return
        self.changed.add(serial)
        if (
            judgement.freshness is Freshness.STALE
            and before[0].freshness is Freshness.FRESH
        ):
            # Offline, or is the cloud late? The device list knows.
            self.inventory.async_refresh_lists(state.plant)

    @callback
    def sync_inventory(self) -> None:
        """Follow the account's lists, and tell of what is new in them."""
        self.sync_devices()
        self._assess_all()
        self.async_update_listeners()
        self.schedule_poll()

    async def async_apply_time(self, jump: float) -> None:
        """Let time pass: what was fresh turns stale or falls asleep, what was today's turns yesterday's.

        jump: by how many seconds the system's clock was set since the last time.
        """
        for some in itertools.batched(
            tuple(self.data.items()), _AGED_AT_ONCE, strict=False
        ):
            now = self.clock.now()
            for serial, state in some:
                if jump:
                    state.follow_clock_jump(jump)
                self._assess_device(serial, state, now)
            self.async_update_listeners()
            await asyncio.sleep(0)
        self.schedule_poll()
