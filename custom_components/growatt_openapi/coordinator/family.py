"""A family: the readings of all devices of one type."""

import asyncio
from dataclasses import replace
from datetime import datetime
import itertools
from typing import Any, override

from homeassistant.core import HomeAssistant, callback

from ..api import (
    FOR_NEWS,
    Ask,
    CloudDownError,
    HeldBackError,
    NotPermittedError,
    RefusedError,
    RequestError,
)
from ..api.models import Reading
from ..const import LOGGER
from ..detail_level import Detail, detail_of
from ..domain import poll_schedule as schedule
from ..domain.freshness import Freshness, judge, stale_after
from ..domain.poll_schedule import Manner
from ..domain.sun import sun_over
from ..families import Family, family_of
from ..families.base import Decoded
from ..persistence.entry_store import Memory
from .base import TellingCoordinator
from .device_state import DeviceState
from .inventory import AccountCoordinator
from .read_group import Group, rest_of

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


class FamilyCoordinator(TellingCoordinator[dict[str, DeviceState]]):
    """Keeps the readings of all devices of a family."""

    def __init__(
        self,
        hass: HomeAssistant,
        account: AccountCoordinator,
        family: Family,
        memory: Memory,
    ) -> None:
        """Watch the account's devices of one family, beginning with what is remembered of them."""
        super().__init__(hass, account.config_entry, account.client, family.key)
        self.account = account
        self.family = family
        self.api = self.client.of(family.endpoints)
        self.data = {}
        self.groups: list[Group] = []
        # What codes of faults mean, as far as alarms have told.
        self.words: dict[int, str] = {}
        self._is_many = False
        self._batches_work = False
        self._memory = memory
        self._remembered = memory.section(family.key, self._dump)
        self._garbage: set[tuple[str, str]] = set()
        self.adopt()
        self._judge_all()

    async def _dump(self) -> dict[str, Any]:
        dumped = dict(self._remembered)
        for some in itertools.batched(
            tuple(self.data.items()), _AGED_AT_ONCE, strict=False
        ):
            dumped |= {serial: state.dump() for serial, state in some}
            await asyncio.sleep(0)
        return dumped

    @callback
    def adopt(self) -> None:
        """Follow the account's lists: new devices, new rows of known ones, devices that are gone."""
        listed = set()
        for info in self.account.data.values():
            for serial, device in info.devices.items():
                if family_of(device) is not self.family:
                    continue
                listed.add(serial)
                state = self.data.get(serial)
                if state is None:
                    state = self.data[serial] = DeviceState.remembered(
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
        wanted = schedule.group(
            (
                (serial, state.device.datalogger or "")
                for serial, state in self.data.items()
            ),
            known,
        )
        if wanted == [group.serials for group in self.groups]:
            return
        self._is_many = schedule.is_many(len(self.data))
        groups = {group.serials: group for group in self.groups}
        floor = self.account.interval.total_seconds()
        self.groups = [
            groups.get(serials) or Group(serials, floor) for serials in wanted
        ]

    @override
    def _next(self, now: float) -> float | None:
        for group in self.groups:
            last = group.asking.last
            if group.next_at <= now and (last is None or last < group.next_at):
                continue  # overdue, and not put off by being late
            group.next_at = self._next_of(group, now)
        return min((group.next_at for group in self.groups), default=None)

    def _next_of(self, group: Group, now: float) -> float:
        states = [self.data[serial] for serial in group.serials]
        now_utc = self.clock.now()
        rest = min(rest_of(state, self.family, now_utc) for state in states)
        rhythm = None
        if not self._is_many:
            rhythm = max(states, key=lambda state: state.rhythm.newest or 0).rhythm
        return group.asking.next(now, self._manners(group, now), rhythm, rest)[0]

    def _manners(self, group: Group, now: float) -> tuple[Manner, ...]:
        # It rests for longer than any batch that was answered.
        refused = group.asking.ready.get(Manner.BATCH, 0.0) > now + _RESTS_FOR
        if self.family.endpoints.batch is None or refused:
            return (Manner.SINGLES,)
        return (Manner.BATCH,) if self._is_many else (Manner.BATCH, Manner.SINGLES)

    @override
    async def _async_update_data(self) -> dict[str, DeviceState]:
        self.adopt()
        now = self.instants.now()
        await self._read(
            [group for group in self.groups if group.next_at <= now + 1], FOR_NEWS
        )
        return self.data

    async def async_read_now(self, ask: Ask) -> float | None:
        """Read everything that may be read now, due or not; return in how many seconds the first of the rest may be."""
        self.adopt()
        now = self.instants.now()
        waits = []
        groups = []
        for group in self.groups:
            manners = self._manners(group, now)
            ready = min(group.asking.ready.get(manner, 0.0) for manner in manners)
            if ready <= now:
                groups.append(group)
            else:
                waits.append(ready - now)
        await self._read(groups, ask)
        self.plan()
        return min(waits, default=None)

    async def _read(self, groups: list[Group], ask: Ask) -> None:
        for group in groups:
            now = self.instants.now()
            manner = group.asking.next(now, self._manners(group, now), None)[1]
            if not self._is_wanted(group):
                group.asking.asked(now, manner, 0.0)
                continue
            try:
                if manner is Manner.BATCH:
                    await self._read_batch(group, ask)
                else:
                    await self._read_singles(group, group.serials, ask)
            except HeldBackError:
                return  # asked again when the cloud is back
            except CloudDownError as err:
                LOGGER.debug("No readings for now: %s", err)
                return

    def _is_wanted(self, group: Group) -> bool:
        """Tell whether any entity shows these readings, or waits for the first to be made."""
        return any(
            self.is_heard(serial) or not self.data[serial].values
            for serial in group.serials
        )

    async def _read_batch(self, group: Group, ask: Ask) -> None:
        """Read up to 100 devices in a call, alone those that it leaves out; all where a batch cannot be had."""
        try:
            answer = await self.api.batch_data(group.serials, ask)
        except (NotPermittedError, RequestError) as err:
            LOGGER.debug("No batch of readings: %s", err)
            never = isinstance(err, NotPermittedError) and not self._batches_work
            pause = _NOT_PERMITTED_FOR if never else _FAILED_FOR
            group.asking.ready[Manner.BATCH] = self.instants.now() + pause
            await self._read_singles(group, group.serials, ask)
            return
        except RefusedError as err:
            self._note(group, Manner.BATCH, err.retry_in)
            return
        except CloudDownError as err:
            if not isinstance(err, HeldBackError):
                self._note(group, Manner.BATCH, None, failed=True)
            raise
        self._batches_work = True
        self._note(group, Manner.BATCH, answer.ready_in)
        if not answer.is_new:
            return  # an old one, of which all is known
        for count, reading in enumerate(answer.value.values(), 1):
            self._take(reading)
            if count % _AT_ONCE == 0:
                await asyncio.sleep(
                    0
                )  # a hundred devices' entities would hold others up
        missing = [serial for serial in group.serials if serial not in answer.value]
        if missing:
            LOGGER.debug("A batch leaves %d devices out", len(missing))
            await self._read_singles(None, missing[:_LEFT_OUT], ask)

    async def _read_singles(
        self, group: Group | None, serials: tuple[str, ...] | list[str], ask: Ask
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
                    ready_in = max(ready_in, err.retry_in or 0.0)
                except CloudDownError as err:
                    if isinstance(err, HeldBackError):
                        group = None
                    ready_in = max(ready_in, self.api.endpoints.last_data.interval)
                    failed = True
                    raise
                else:
                    ready_in = max(ready_in, answer.ready_in)
                    if answer.is_new:
                        self._take(answer.value)
        finally:
            if group is not None:
                self._note(group, Manner.SINGLES, ready_in or None, failed=failed)

    def _note(
        self,
        group: Group,
        manner: Manner,
        ready_in: float | None,
        *,
        failed: bool = False,
    ) -> None:
        group.asking.asked(
            self.instants.now(),
            manner,
            self.api.endpoints.last_data.interval if ready_in is None else ready_in,
            failed=failed,
        )

    @callback
    def _take(self, reading: Reading) -> None:
        """Keep a reading where it is newer than what is known, and tell its entities.

        From a device that never tells the time, a reading is news when it differs.
        """
        state = self.data.get(reading.serial)
        if state is None:
            return
        now = self.clock.now()
        state.looked_at = now
        state.dated |= reading.time is not None
        is_newer = state.clock.see(reading.time, now)
        if reading.time is not None and reading.time == state.clock.newest:
            state.rhythm.see(
                (reading.time - datetime.min).total_seconds(),  # noqa: DTZ901 - naive
                self.instants.now(),
            )
        if state.dated and not is_newer:
            return
        decoded = self._believed(state, reading, now)
        if not state.dated:
            if decoded == state.reading:
                return
            state.clock.see_undated(now)
        state.reading = decoded
        for key in state.reading.unreadable:
            if (reading.serial, key) not in self._garbage:
                self._garbage.add((reading.serial, key))
                LOGGER.debug("Unreadable %s of a device: taken as unknown", key)
        self.changed.add(reading.serial)
        self._memory.changed()
        self._judge(reading.serial, state, now)
        self.async_update_listeners()

    def _believed(self, state: DeviceState, reading: Reading, now: datetime) -> Decoded:
        """Return a reading in our words, its counters as far as they can be believed."""
        is_essential = detail_of(self.config_entry) is Detail.ESSENTIAL
        only = self.family.needed if is_essential else None
        decoded = self.family.decode(reading.fields, only)
        figures = dict(decoded.values)
        day = (reading.time or state.clock.device_time(now)).date()
        for key, figure in decoded.values.items():
            if not isinstance(figure, float):
                continue
            if key in self.family.lifetime_keys:
                figures[key] = state.totals.hold(key, figure, now)
            elif key in self.family.daily_keys:
                figures[key] = state.daily.own(key, figure, day)
        return replace(decoded, values=figures)

    @callback
    def _judge_all(self) -> None:
        now = self.clock.now()
        for serial, state in self.data.items():
            self._judge(serial, state, now)

    @callback
    def _judge(self, serial: str, state: DeviceState, now: datetime) -> None:
        power = state.values.get(self.family.power)
        judgement = judge(
            state.clock,
            now,
            sleeps=self.family.is_sleeper(state.values),
            sun=sun_over(state.plant.place, now),
            power=power if isinstance(power, float) else None,
            standby=state.values.get("status") == "waiting",
            limit=stale_after(self.account.interval),
        )
        before = state.judgement, state.online
        state.judgement = judgement
        state.online = state.is_online(now)
        if (state.judgement, state.online) == before:
            return
        self.changed.add(serial)
        if (
            judgement.freshness is Freshness.STALE
            and before[0].freshness is Freshness.FRESH
        ):
            # Offline, or is the cloud late? The device list knows.
            self.account.async_look_soon(state.plant)

    @callback
    def follow(self) -> None:
        """Follow the account's lists, and tell of what is new in them."""
        self.adopt()
        self._judge_all()
        self.async_update_listeners()
        self.plan()

    async def async_age(self, jump: float) -> None:
        """Let time pass: what was fresh turns stale or falls asleep, what was today's turns yesterday's.

        jump: by how many seconds the system's clock was set since the last time.
        """
        for some in itertools.batched(
            tuple(self.data.items()), _AGED_AT_ONCE, strict=False
        ):
            now = self.clock.now()
            for serial, state in some:
                if jump:
                    state.shift(jump)
                self._judge(serial, state, now)
            self.async_update_listeners()
            await asyncio.sleep(0)
        self.plan()
