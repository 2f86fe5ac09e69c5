"""The alarm coordinator: reads the alarms of devices that can have new ones, and reports each alarm once."""

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
from ..persistence import codec
from ..persistence.entry_store import EntryStore
from .base import RETRY_AFTER, PerDeviceCoordinator, retry_after
from .device_state import DeviceState
from .family import FamilyCoordinator
from .inventory import InventoryCoordinator

# Devices whose alarms are read in one round.
_DEVICES_PER_ROUND = 10
# An alarm may be listed later than the reading shows the fault: the list is read again this often, after so many seconds.
_RECHECKS = 2
_RECHECK_AFTER = 300.0


class AlarmCoordinator(PerDeviceCoordinator[dict[str, AlarmLog]]):
    """The alarm logs of all devices, by serial.

    Alarms come with uploads, as readings do: without a newer reading there can be no new alarm. Of a fleet only the devices
    are polled whose reading shows a fault or warning, or has just ceased to show one.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        inventory: InventoryCoordinator,
        families: Mapping[str, FamilyCoordinator],
        store: EntryStore,
    ) -> None:
        """Initialize with the alarm logs saved by the last run."""
        super().__init__(hass, inventory.config_entry, inventory.client, "alarms")
        self.data = {}
        # New changes by device, while its entities are notified.
        self.changes: dict[str, list[AlarmChange]] = {}
        self._families = {
            key: coordinator
            for key, coordinator in families.items()
            if coordinator.family.endpoints.alarms is not None
        }
        self._store = store
        self._alerts: dict[str, bool] = {}
        self._rechecks_left: dict[str, int] = {}
        self._polled_at: dict[str, float] = {}
        self._retry_at: dict[str, float] = {}
        saved = store.load_section("alarms", self._dump)
        logs = saved.get("books")
        # Saved logs of devices that are not listed.
        self._saved_logs: dict[str, Any] = logs if isinstance(logs, dict) else {}
        self._restore_fault_texts(saved.get("words"))
        for coordinator in self._families.values():
            for serial in coordinator.data:
                self.track_device(coordinator, serial)

    def _restore_fault_texts(self, saved: object) -> None:
        for coordinator in self._families.values():
            texts = (
                saved.get(coordinator.family.key) if isinstance(saved, dict) else None
            )
            for code, text in texts.items() if isinstance(texts, dict) else ():
                if str(code).isdigit():
                    coordinator.fault_texts[int(code)] = str(text)

    async def _dump(self) -> dict[str, Any]:
        return {
            "books": self._saved_logs
            | {
                serial: codec.dump(alarm_log) for serial, alarm_log in self.data.items()
            },
            "words": {
                coordinator.family.key: coordinator.fault_texts
                for coordinator in self._families.values()
            },
        }

    @callback
    @override
    def start(self) -> None:
        """Start polling and following the readings."""
        for coordinator in self._families.values():
            self.config_entry.async_on_unload(
                coordinator.async_add_listener(
                    partial(self._check_readings, coordinator)
                )
            )
        super().start()

    def _load_log(self, serial: str) -> AlarmLog:
        saved = self._saved_logs.pop(serial, None)
        empty = AlarmLog(self.clock.now())
        if saved is None:
            return empty
        return codec.load_or(
            empty, "alarms of a device", lambda: codec.load(AlarmLog, saved)
        )

    @callback
    def track_device(self, coordinator: FamilyCoordinator, serial: str) -> None:
        """Add a device with its saved alarm log."""
        if serial in self.data:
            return
        state = coordinator.data[serial]
        alarm_log = self.data[serial] = self._load_log(serial)
        self._alerts[serial] = _is_alert(coordinator.family, state)
        if alarm_log.checked_at is not None:
            ago = (self.clock.now() - alarm_log.checked_at).total_seconds()
            self._polled_at[serial] = self.steady_clock.now() - max(ago, 0.0)

    @callback
    def _check_readings(self, coordinator: FamilyCoordinator) -> None:
        """Poll at once each device whose new reading begins or ceases to show a fault or warning."""
        is_sooner = False
        for serial in coordinator.changed:
            state = coordinator.data.get(serial)
            if state is None:
                if (alarm_log := self.data.pop(serial, None)) is not None:
                    self._saved_logs[serial] = codec.dump(alarm_log)
                continue
            self.track_device(coordinator, serial)
            alert = _is_alert(coordinator.family, state)
            if alert is not self._alerts.get(serial):
                self._alerts[serial] = alert
                if not self._rechecks_left.get(serial):
                    self._polled_at.pop(serial, None)
                # Else its list is read again soon anyway: an alert that comes and goes with every reading causes no more calls.
                self._rechecks_left[serial] = _RECHECKS
            due = self._due_at(coordinator, serial, state)
            is_sooner |= due is not None and (
                self.next_poll_at is None or due < self.next_poll_at
            )
        # Planning goes through all devices: only where the next poll would be sooner.
        if is_sooner:
            self.schedule_poll()

    @override
    def _plan_next_poll(self, now: float) -> float | None:
        return min((due for due, _, _ in self._devices_due()), default=None)

    def _devices_due(self) -> Iterator[tuple[float, str, FamilyCoordinator]]:
        """Yield the instant, serial and coordinator of each device that is to be polled."""
        for coordinator in self._families.values():
            for serial, state in coordinator.data.items():
                due = self._due_at(coordinator, serial, state)
                if due is not None:
                    yield due, serial, coordinator

    def _due_at(
        self, coordinator: FamilyCoordinator, serial: str, state: DeviceState
    ) -> float | None:
        """Return the instant at which a device is to be polled; None where it has no reason to be."""
        if not self.has_listeners(serial) or serial not in self.data:
            return None
        if not state.plant.details_checked:
            return None  # its zone, and so its day, is not known yet
        retry_at = self._retry_at.get(serial, 0.0)
        polled_at = self._polled_at.get(serial)
        rechecks = self._rechecks_left.get(serial, 0)
        is_suspect = (
            self._alerts[serial] or self.data[serial].is_running or rechecks > 0
        )
        if schedule.needs_batches(len(coordinator.data)) and not is_suspect:
            return None
        if polled_at is None:
            return retry_at
        if rechecks:
            return max(polled_at + _RECHECK_AFTER, retry_at)
        advanced_at, checked_at = state.clock.advanced_at, self.data[serial].checked_at
        if checked_at is None or advanced_at is None or advanced_at <= checked_at:
            return None
        return max(polled_at + schedule.ALARMS.total_seconds(), retry_at)

    @override
    async def _async_update_data(self) -> dict[str, AlarmLog]:
        now = self.steady_clock.now()
        due = sorted(
            (device for device in self._devices_due() if device[0] <= now + 1),
            key=lambda device: device[:2],
        )
        for _, serial, coordinator in due[:_DEVICES_PER_ROUND]:
            if serial not in self.data or serial not in coordinator.data:
                continue  # removed while others were polled
            try:
                await self._read_alarms(coordinator, serial)
            except CloudDownError as err:
                LOGGER.debug("No alarms for now: %s", err)
                break
        return self.data

    async def _read_alarms(self, coordinator: FamilyCoordinator, serial: str) -> None:
        state, alarm_log = coordinator.data[serial], self.data[serial]
        now, checked_at = self.steady_clock.now(), self.clock.now()
        today = state.clock.device_time(checked_at).date()
        self._retry_at[serial] = now + RETRY_AFTER
        found: list[Alarm] = []
        try:
            for day in alarm_log.days_to_check(today):
                reply = await coordinator.api.alarms(serial, day, FOR_ALARMS)
                found += reply.value
                self._retry_at[serial] = self.steady_clock.now() + reply.ready_in
        except (NotPermittedError, RequestError, RefusedError) as err:
            LOGGER.debug("No alarms of a device: %s", err)
            ready_in = self._retry_at[serial] - now
            self._retry_at[serial] = now + retry_after(err, failed=ready_in)
            return
        self._polled_at[serial] = now
        self._rechecks_left[serial] = max(self._rechecks_left.get(serial, 0) - 1, 0)
        alarm_log.checked_day, alarm_log.checked_at = today, checked_at
        changes = alarm_log.record_alarms(
            found, today, state.clock.device_time(alarm_log.since)
        )
        await self._report_alarms(coordinator, serial, changes, found)

    async def _report_alarms(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        changes: list[AlarmChange],
        found: list[Alarm],
    ) -> None:
        self._store.schedule_save()
        if update_fault_texts(coordinator.fault_texts, found):
            coordinator.changed.add(serial)
            coordinator.async_update_listeners()
        if not changes:
            return
        self._rechecks_left.pop(serial, None)
        # Saved before it is reported, so that it is reported once even if Home Assistant stops in between.
        await self._store.flush()
        self.changes[serial] = changes
        self.changed.add(serial)
        self.async_update_listeners()
        self.changes.clear()


def _is_alert(family: Family, state: DeviceState) -> bool:
    """Return whether a device's newest reading shows a fault or a warning."""
    return family.is_fault(state.values) is True or any(
        state.values.get(key) for key in family.warning_codes
    )
