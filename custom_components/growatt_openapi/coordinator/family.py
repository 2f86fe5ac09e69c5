"""A family: the readings of all devices of one type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import itertools
from typing import TYPE_CHECKING, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .. import schedule
from ..api import CloudDownError, NotPermittedError, OpenApiError
from ..api.client.chapter import BATCH_SIZE
from ..api.models import Device, Reading
from ..const import LOGGER
from ..counters import DailyCounters, LifetimeTotals
from ..families import Family
from ..families.base import UNREAD, BatchReader, Decoded, Value
from ..plants import PlantInfo
from ..sun import sun_over
from ..truth import (
    NOTHING,
    Freshness,
    Judgement,
    ReadingClock,
    judge,
)
from .account import AccountCoordinator
from .failures import update_failed

if TYPE_CHECKING:
    from ..runtime import GrowattConfigEntry

NOT_PERMITTED_RETRY = timedelta(days=1)


@dataclass(slots=True)
class DeviceState:
    """One device: its row, its newest reading, and what that is now."""

    device: Device
    plant: PlantInfo
    clock: ReadingClock
    judgement: Judgement = NOTHING
    reading: Decoded = UNREAD
    totals: LifetimeTotals = field(default_factory=LifetimeTotals)
    daily: DailyCounters = field(default_factory=DailyCounters)
    # None: not known.
    online: bool | None = None
    # Whether its readings have told the time.
    dated: bool = False

    @property
    def values(self) -> Mapping[str, Value]:
        """The newest reading's values by key; none where there was no reading."""
        return self.reading.values

    def is_online(self, now: datetime) -> bool | None:
        """Tell whether the device is connected.

        A fresh reading says so; an inverter that sleeps is not offline; else what the device list says, while that is new.
        """
        if self.judgement.freshness in (Freshness.FRESH, Freshness.ASLEEP):
            return True
        listed = self.plant.listed_at
        if listed is None or now - listed > 2 * schedule.LISTS:
            return None
        return None if self.device.lost is None else not self.device.lost


class FamilyCoordinator(DataUpdateCoordinator[dict[str, DeviceState]]):
    """Keeps the readings of all devices of a family.

    Entities listen with their device's serial as context, and only those whose device has news are woken: cost grows with
    news and not with entities.
    """

    config_entry: GrowattConfigEntry

    def __init__(
        self, hass: HomeAssistant, account: AccountCoordinator, family: Family
    ) -> None:
        """Watch the account's devices of one family."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=account.config_entry,
            name=f"{account.config_entry.title} {family.key}",
            update_interval=schedule.READINGS,
        )
        self.account = account
        self.family = family
        self.clock = account.clock
        self.data = {}
        self.changed: set[str] = set()
        self._not_permitted: dict[str, datetime] = {}
        self._batches_refused: datetime | None = None
        self._garbage: set[tuple[str, str]] = set()
        self._listening: dict[str | None, list[CALLBACK_TYPE]] = {}

    @override
    async def _async_update_data(self) -> dict[str, DeviceState]:
        self._adopt()
        error = await self._read_all()
        self._judge_all()
        if error is not None:
            raise update_failed(error) from error
        return self.data

    @callback
    def _adopt(self) -> None:
        """Follow the account's lists: new devices, new rows of known ones."""
        for info in self.account.data.values():
            for serial, device in info.devices.items():
                if device.type != self.family.device_type:
                    continue
                state = self.data.get(serial)
                if state is None:
                    state = DeviceState(device, info, ReadingClock(info.zone))
                    self.data[serial] = state
                    self.changed.add(serial)
                if state.device != device:
                    self.changed.add(serial)
                state.device, state.plant = device, info
                state.clock.zone = info.zone

    async def _read_all(self) -> OpenApiError | None:
        """Read every device; return an error where none could be read for it.

        When the cloud is down the round ends: there is no use in asking for each device in turn.
        """
        now = self.clock.now()
        serials = [
            serial
            for serial in self.data
            if now - self._not_permitted.get(serial, now - NOT_PERMITTED_RETRY)
            >= NOT_PERMITTED_RETRY
        ]
        if self.family.read_batch is not None and len(serials) >= schedule.BATCH_FROM:
            refused = self._batches_refused
            if refused is None or now - refused >= NOT_PERMITTED_RETRY:
                try:
                    return await self._read_batches(self.family.read_batch, serials)
                except NotPermittedError:
                    self._batches_refused = now
        error: OpenApiError | None = None
        read = False
        for serial in serials:
            try:
                answer = await self.family.read(self.account.client, serial)
            except NotPermittedError as err:
                # Where it was open before, it is a matter of token or address, which comes and goes.
                if not self.data[serial].values:
                    self._not_permitted[serial] = now
                error = err
            except OpenApiError as err:
                error = err
                if isinstance(err, CloudDownError):
                    break
            else:
                read = True
                self._take(answer.value)
        return None if read else error

    async def _read_batches(
        self, read: BatchReader, serials: list[str]
    ) -> OpenApiError | None:
        """Read up to 100 devices a call; raise NotPermittedError where the token may not."""
        error: OpenApiError | None = None
        read_any = False
        for batch in itertools.batched(serials, BATCH_SIZE, strict=False):
            try:
                answer = await read(self.account.client, batch)
            except NotPermittedError:
                raise
            except OpenApiError as err:
                error = err
                if isinstance(err, CloudDownError):
                    break
            else:
                read_any = True
                for reading in answer.value.values():
                    self._take(reading)
        return None if read_any else error

    @callback
    def _take(self, reading: Reading) -> None:
        """Keep a reading where it is newer than what is known, and tell its entities.

        From a device that never tells the time, a reading is news when it differs.
        """
        state = self.data[reading.serial]
        now = self.clock.now()
        state.dated |= reading.time is not None
        if state.dated and not state.clock.see(reading.time, now):
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
        self._judge(reading.serial, state, now)
        self.async_update_listeners()

    def _believed(self, state: DeviceState, reading: Reading, now: datetime) -> Decoded:
        """Return a reading in our words, its counters as far as they can be believed."""
        decoded = self.family.decode(reading.fields)
        figures = dict(decoded.values)
        day = (reading.time or state.clock.device_time(now)).date()
        for key in self.family.lifetime_keys:
            if isinstance(figure := figures[key], float):
                figures[key] = state.totals.hold(key, figure, now)
        for key in self.family.daily_keys:
            if isinstance(figure := figures[key], float):
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
            sleeps=self.family.sleeps,
            sun=sun_over(state.plant.place, now),
            power=power if isinstance(power, float) else None,
            standby=state.values.get("status") == "waiting",
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
            self.config_entry.async_create_background_task(
                self.hass,
                self.account.async_request_refresh(),
                f"{self.name} stale",
            )

    @callback
    def async_age(self) -> None:
        """Let time pass: what was fresh turns stale or falls asleep, what was today's turns yesterday's."""
        self._adopt()
        self._judge_all()
        self.async_update_listeners()

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Wake the entities of devices with news, and the listeners for all devices."""
        if not self.changed:
            return
        told = frozenset(self.changed)
        for context in (*told, None):
            for update_callback in tuple(self._listening.get(context, ())):
                try:
                    update_callback()
                # As in the base class: one entity's error must not keep news from the others.
                except Exception:
                    self.logger.exception("Unexpected error updating %s", self.name)
        self.changed -= told

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: str | None = None
    ) -> Callable[[], None]:
        """Listen to one device (by its serial as context), or to all of them."""
        remove = super().async_add_listener(update_callback, context)
        listeners = self._listening.setdefault(context, [])
        listeners.append(update_callback)

        @callback
        def stop() -> None:
            remove()
            listeners.remove(update_callback)

        return stop
