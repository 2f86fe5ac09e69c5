"""Alarms: asked for where there can be news, and each told once."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, override

from homeassistant.core import HomeAssistant, callback

from ..api import (
    FOR_ALARMS,
    CloudDownError,
    NotPermittedError,
    RefusedError,
    RequestError,
)
from ..api.models import Alarm
from ..const import LOGGER
from ..domain import poll_schedule as schedule
from ..domain.alarm_log import AlarmChange, AlarmLog, update_fault_texts
from ..families import Family
from ..persistence.entry_store import EntryStore
from .base import PerDeviceCoordinator
from .device_state import DeviceState
from .family import FamilyCoordinator
from .inventory import InventoryCoordinator

# Devices asked for in one round: the next ones follow in the next.
_A_ROUND = 10
# The list may hear of something later than the reading: looked at again so often, after so many seconds.
_LOOKS = 2
_AGAIN = 300.0
# A token that may not ask is tried again after so many seconds.
_NOT_PERMITTED_FOR = 24 * 3600.0


class AlarmCoordinator(PerDeviceCoordinator[dict[str, AlarmLog]]):
    """Keeps the alarms of all devices.

    An alarm comes with an upload, as readings do: without a newer reading there is nothing new to be asked for. Of many devices
    only those are asked for whose reading says that something is wrong, or has just ceased to be.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        account: InventoryCoordinator,
        families: Mapping[str, FamilyCoordinator],
        memory: EntryStore,
    ) -> None:
        """Watch an account's devices, beginning with what is remembered of them."""
        super().__init__(hass, account.config_entry, account.client, "alarms")
        self.data = {}
        # What happened, by device, while its entities are told.
        self.changes: dict[str, list[AlarmChange]] = {}
        self._families = {
            key: coordinator
            for key, coordinator in families.items()
            if coordinator.family.endpoints.alarms is not None
        }
        self._memory = memory
        self._alerts: dict[str, bool] = {}
        self._rechecks_left: dict[str, int] = {}
        self._asked: dict[str, float] = {}
        self._rests: dict[str, float] = {}
        saved = memory.load_section("alarms", self._dump)
        books = saved.get("books")
        self._remembered: dict[str, Any] = books if isinstance(books, dict) else {}
        self._remember_words(saved.get("words"))
        for coordinator in self._families.values():
            for serial in coordinator.data:
                self.track_device(coordinator, serial)

    def _remember_words(self, saved: object) -> None:
        for coordinator in self._families.values():
            words = (
                saved.get(coordinator.family.key) if isinstance(saved, dict) else None
            )
            for code, text in words.items() if isinstance(words, dict) else ():
                if str(code).isdigit():
                    coordinator.fault_texts[int(code)] = str(text)

    async def _dump(self) -> dict[str, Any]:
        return {
            "books": self._remembered
            | {serial: book.dump() for serial, book in self.data.items()},
            "words": {
                coordinator.family.key: coordinator.fault_texts
                for coordinator in self._families.values()
            },
        }

    @callback
    @override
    def start(self) -> None:
        """Begin to ask, and follow the readings."""
        for coordinator in self._families.values():
            self.config_entry.async_on_unload(
                coordinator.async_add_listener(
                    partial(self._check_readings, coordinator)
                )
            )
        super().start()

    def _load_log(self, serial: str) -> AlarmLog:
        saved = self._remembered.pop(serial, None)
        if saved is not None:
            try:
                return AlarmLog.load(saved)
            except KeyError, TypeError, ValueError:
                LOGGER.warning("What was remembered of a device's alarms is lost")
        return AlarmLog(self.clock.now())

    @callback
    def track_device(self, coordinator: FamilyCoordinator, serial: str) -> None:
        """Begin to watch a device, where it was last left."""
        if serial in self.data:
            return
        state = coordinator.data[serial]
        book = self.data[serial] = self._load_log(serial)
        self._alerts[serial] = _is_alert(coordinator.family, state)
        if book.checked_at is not None:
            ago = (self.clock.now() - book.checked_at).total_seconds()
            self._asked[serial] = self.steady_clock.now() - max(ago, 0.0)

    @callback
    def _check_readings(self, coordinator: FamilyCoordinator) -> None:
        """Look at what has new readings: one that turns to a fault, or from it, is asked for at once."""
        is_sooner = False
        for serial in coordinator.changed:
            state = coordinator.data.get(serial)
            if state is None:
                if (book := self.data.pop(serial, None)) is not None:
                    self._remembered[serial] = book.dump()
                continue
            self.track_device(coordinator, serial)
            alert = _is_alert(coordinator.family, state)
            if alert is not self._alerts.get(serial):
                self._alerts[serial] = alert
                self._rechecks_left[serial] = _LOOKS
                self._asked.pop(serial, None)
            due = self._due(coordinator, serial, state)
            is_sooner |= due is not None and (
                self.next_poll_at is None or due < self.next_poll_at
            )
        # Looking at all devices costs: only where the plan would be another.
        if is_sooner:
            self.schedule_poll()

    @override
    def _next_poll_at(self, now: float) -> float | None:
        return min((due for due, _, _ in self._dues()), default=None)

    def _dues(self) -> Iterator[tuple[float, str, FamilyCoordinator]]:
        """Give the devices that are to be asked for, and when."""
        for coordinator in self._families.values():
            for serial, state in coordinator.data.items():
                due = self._due(coordinator, serial, state)
                if due is not None:
                    yield due, serial, coordinator

    def _due(
        self, coordinator: FamilyCoordinator, serial: str, state: DeviceState
    ) -> float | None:
        """Return the instant at which a device is to be asked for; None where there is no reason to."""
        if not self.has_listeners(serial) or serial not in self.data:
            return None
        if not state.plant.details_checked:
            return None  # which day it is there is not known yet
        rest = self._rests.get(serial, 0.0)
        asked, looks = self._asked.get(serial), self._rechecks_left.get(serial, 0)
        interest = self._alerts[serial] or self.data[serial].is_running or looks > 0
        if schedule.needs_batches(len(coordinator.data)) and not interest:
            return None
        if asked is None:
            return rest
        if looks:
            return max(asked + _AGAIN, rest)
        advanced, moment = state.clock.advanced_at, self.data[serial].checked_at
        if moment is None or advanced is None or advanced <= moment:
            return None
        return max(asked + schedule.ALARMS.total_seconds(), rest)

    @override
    async def _async_update_data(self) -> dict[str, AlarmLog]:
        now = self.steady_clock.now()
        due = sorted(
            (one for one in self._dues() if one[0] <= now + 1),
            key=lambda one: one[:2],
        )
        for _, serial, coordinator in due[:_A_ROUND]:
            if serial not in self.data or serial not in coordinator.data:
                continue  # gone while others were asked for
            try:
                await self._ask(coordinator, serial)
            except CloudDownError as err:
                LOGGER.debug("No alarms for now: %s", err)
                break
        return self.data

    async def _ask(self, coordinator: FamilyCoordinator, serial: str) -> None:
        state, book = coordinator.data[serial], self.data[serial]
        now, moment = self.steady_clock.now(), self.clock.now()
        today = state.clock.device_time(moment).date()
        self._rests[serial] = now + _AGAIN
        found: list[Alarm] = []
        try:
            for day in book.days_to_check(today):
                answer = await coordinator.api.alarms(serial, day, FOR_ALARMS)
                found += answer.value
                self._rests[serial] = self.steady_clock.now() + answer.ready_in
        except NotPermittedError as err:
            LOGGER.debug("No alarms of a device: %s", err)
            self._rests[serial] = now + _NOT_PERMITTED_FOR
            return
        except RequestError as err:
            LOGGER.debug("No alarms of a device: %s", err)
            return
        except RefusedError as err:
            self._rests[serial] = now + (err.retry_after or _AGAIN)
            return
        self._asked[serial] = now
        self._rechecks_left[serial] = max(self._rechecks_left.get(serial, 0) - 1, 0)
        book.checked_day, book.checked_at = today, moment
        news = book.record_alarms(found, today, state.clock.device_time(book.since))
        await self._take(coordinator, serial, news, found)

    async def _take(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        news: list[AlarmChange],
        found: list[Alarm],
    ) -> None:
        self._memory.schedule_save()
        if update_fault_texts(coordinator.fault_texts, found):
            coordinator.changed.add(serial)
            coordinator.async_update_listeners()
        if not news:
            return
        self._rechecks_left.pop(serial, None)
        # Known before it is told: told once, whatever happens in between.
        await self._memory.flush()
        self.changes[serial] = news
        self.changed.add(serial)
        self.async_update_listeners()
        self.changes.clear()


def _is_alert(family: Family, state: DeviceState) -> bool:
    """Tell whether a device's newest reading says that something is wrong or odd."""
    return family.is_fault(state.values) is True or any(
        state.values.get(key) for key in family.warning_codes
    )
