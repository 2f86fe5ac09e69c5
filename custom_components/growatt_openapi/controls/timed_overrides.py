"""Timed overrides: charging or discharging now, for a while.

An override changes some settings and restores them when its time is over, or its charge level is reached. The values to be restored
are saved before the first write, so that a restart in between loses nothing. What the user sets meanwhile is not restored.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..api import Clock
from ..const import LOGGER
from ..coordinator import DeviceState, FamilyCoordinator
from ..domain.freshness import Freshness
from ..error_messages import action_error, validation_error
from ..families import Family
from ..families.overrides import Span
from ..families.settings import Setting
from ..issues import async_remove_left_on
from ..persistence import codec
from .settings_reader import SettingsReader
from .store import SettingsStore, encode_value
from .timed_override import OverrideRequest, TimedOverride, load_override
from .writer import OutcomeUnknownError, SettingsWriter, check_value

# Seconds until restoring is tried again after it failed.
RETRY_AFTER = 300.0


class TimedOverrides:
    """The running overrides by serial, one per device."""

    def __init__(
        self,
        hass: HomeAssistant,
        clock: Clock,
        store: SettingsStore,
        reader: SettingsReader,
        writer: SettingsWriter,
    ) -> None:
        """Initialize without overrides."""
        self._hass = hass
        self._clock = clock
        self._store = store
        self._reader = reader
        self._writer = writer
        self._overrides: dict[str, TimedOverride] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        # Held while an override is started or restored: two of one device would restore each other's values, and a block that is
        # changed from what it was before would undo what was restored meanwhile.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._listeners: defaultdict[str, list[CALLBACK_TYPE]] = defaultdict(list)
        self._is_stopped = False
        # Devices for which a failure to restore was logged.
        self._logged: set[str] = set()

    def load(self, saved: object) -> None:
        """Load the overrides that were running."""
        for serial, override in saved.items() if isinstance(saved, dict) else ():
            loaded = codec.load_or(
                None, "timed override of a device", partial(load_override, override)
            )
            if loaded is not None:
                self._overrides[str(serial)] = loaded

    def dump(self) -> dict[str, Any]:
        """Return the running overrides as JSON."""
        return {serial: codec.dump(one) for serial, one in self._overrides.items()}

    @callback
    def resume(self) -> None:
        """Start the timers of the overrides that were loaded."""
        for serial, override in self._overrides.items():
            async_remove_left_on(self._hass, serial)
            self._schedule_restore(serial, self._seconds_left(override))

    @callback
    def stop(self) -> None:
        """Start and restore nothing any more; the overrides stay stored and are resumed after a restart."""
        self._is_stopped = True
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()

    async def async_stop(self) -> None:
        """Stop, and wait for what is being started or restored."""
        self.stop()
        for lock in tuple(self._locks.values()):
            async with lock:
                pass
        if self._overrides:
            await self._store.async_save()

    async def async_end_all(self) -> None:
        """Restore the former values of all overrides now; those that fail stay stored, and are due when they are resumed."""
        if not self._overrides:
            return
        for override in self._overrides.values():
            override.until = min(override.until, self._clock.now())
        await self._store.async_save()
        await asyncio.gather(
            *(self._async_try_restore(*one) for one in self._overrides.items())
        )

    def iter_unrestored(self) -> Iterator[tuple[str, TimedOverride]]:
        """Yield the serials and overrides of devices whose former values are not restored."""
        for serial, override in self._overrides.items():
            if not override.is_restored:
                yield serial, override

    @callback
    def add_listener(self, serial: str, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call ``listener`` when an override of a device starts or ends; return what removes it."""
        self._listeners[serial].append(listener)
        return lambda: self._listeners[serial].remove(listener)

    def _notify_listeners(self, serial: str) -> None:
        for listener in tuple(self._listeners[serial]):
            listener()

    def lock_of(self, serial: str) -> asyncio.Lock:
        """Return the lock to be held from reading a block of a device until it is written with some parts changed."""
        return self._locks[serial]

    def get(self, serial: str) -> TimedOverride | None:
        """Return the override of a device that is not restored yet; None without one."""
        return self._overrides.get(serial)

    @callback
    def keep_user_value(
        self, serial: str, setting: Setting, value: Any, edited: Collection[str] | None
    ) -> bool:
        """Do not restore what the user has set; return whether a running override is affected. edited: the parts set; None: all."""
        override = self._overrides.get(serial)
        return override is not None and override.keep_user_value(setting, value, edited)

    async def async_keep_user_values(
        self, serial: str, values: Iterable[tuple[Setting, Any]]
    ) -> None:
        """Do not restore what the user wants, also where it was not written because the device has it already."""
        kept = [self.keep_user_value(serial, *one, None) for one in values]
        if any(kept):
            await self._store.async_save()

    @callback
    def check_levels(self, coordinator: FamilyCoordinator) -> None:
        """End the overrides of devices whose new reading has the charge level asked for."""
        for serial in coordinator.changed & self._overrides.keys():
            state = coordinator.data.get(serial)
            override = self._overrides[serial]
            if (
                state is not None
                and override.until > self._clock.now()
                and override.is_reached(_charge_level(state))
            ):
                self._end_now(serial, override)

    async def async_start(
        self, family: Family, state: DeviceState, request: OverrideRequest
    ) -> TimedOverride:
        """Start an override of a device for some minutes.

        Raises ServiceValidationError where it would last beyond midnight, has nothing to do, or would change settings that are
        not known; HomeAssistantError where it could not be set.
        """
        span, length = request.to_span(state.clock.device_time(self._clock.now()))
        level = _charge_level(state)
        if request.is_reached(level):
            raise validation_error(
                "level_reached",
                level=f"{level:g}",
                wanted=f"{request.charge_level:g}",
            )
        serial = state.device.serial
        async with self._locks[serial]:
            if self._is_stopped:
                raise action_error("not_sent")
            override = TimedOverride(
                family.key,
                request.kind,
                self._clock.now() + length,
                {},
                request.charge_level,
            )
            try:
                await self._async_start(serial, override, span)
            finally:
                self._notify_listeners(serial)
            return override

    async def async_end(self, serial: str) -> None:
        """End a device's override now, if there is one; where that fails, it is tried again as after its time."""
        override = self._overrides.get(serial)
        if override is None:
            return
        override.until = min(override.until, self._clock.now())
        await self._store.async_save()
        self._schedule_restore(serial, RETRY_AFTER)
        async with self._locks[serial]:
            if self._overrides.get(serial) is override:
                await self._async_restore(serial, override)

    async def _async_start(
        self, serial: str, override: TimedOverride, span: Span
    ) -> None:
        before = self._overrides.get(serial)
        if before is not None and before.kind != override.kind:
            await self._async_restore(serial, before)
            before = None
        targets = await self._async_plan(serial, override, before, span)
        current = self._current_values(serial, override)
        description = override.description
        writes = description.order(
            override.family.settings_by_key,
            current,
            {
                key: value
                for key, value in targets.items()
                if description.rewrites_equal or value != current.get(key)
            },
            is_start=True,
        )
        self._overrides[serial] = override
        await self._store.async_save()
        # It ends even if whoever started it does not wait for its writes.
        self._schedule_restore(serial, self._seconds_left(override))
        written: set[str] = set()
        for key, value in writes:
            try:
                await self._async_set(serial, override, key, value)
            except OutcomeUnknownError:
                self._end_now(serial, override)
                raise
            except HomeAssistantError:
                await self._async_undo(serial, override, before, written)
                raise
            written.add(key)

    async def _async_plan(
        self,
        serial: str,
        override: TimedOverride,
        before: TimedOverride | None,
        span: Span,
    ) -> dict[str, Any]:
        """Return the values to be set, and remember the former ones in the override.

        before: an override of the same kind that is running; its former values stay, and what it alone has changed is restored.
        """
        family, description = override.family, override.description
        settings = family.settings_by_key
        is_read = await self._reader.async_refresh_if_stale(
            family, serial, *(settings[key] for key in description.keys)
        )
        pending = before.pending_values if before else {}
        known = self._current_values(serial, override) | pending
        if unknown := description.find_unknown(settings, known, span, is_read=is_read):
            raise validation_error("settings_not_known", settings="; ".join(unknown))
        plan = description.plan(settings, known, span)
        for key, value in plan.items():
            check_value(settings[key], value)
        targets = pending | plan
        override.former = {
            key: None if (former := known.get(key)) is None else encode_value(former)
            for key in targets
        }
        return targets

    async def _async_undo(
        self,
        serial: str,
        override: TimedOverride,
        before: TimedOverride | None,
        written: set[str],
    ) -> None:
        """End an override whose start was certainly refused; what has not changed need not be restored."""
        if written:
            changed = written | (before.pending_values.keys() if before else set())
            override.done = [key for key in override.former if key not in changed]
            self._end_now(serial, override)
            return
        # Nothing has changed: the override that ran before, if any, goes on.
        if before is None:
            del self._overrides[serial]
            self._cancel_timer(serial)
        else:
            self._overrides[serial] = before
            self._schedule_restore(serial, self._seconds_left(before))
        await self._store.async_save()

    def _current_values(self, serial: str, override: TimedOverride) -> dict[str, Any]:
        """Return the confirmed values of the settings that an override may change."""
        settings = override.family.settings_by_key
        return {
            key: confirmed.value
            for key in override.description.keys
            if (confirmed := self._store.get(serial, settings[key])) is not None
        }

    @callback
    def _end_now(self, serial: str, override: TimedOverride) -> None:
        override.until = self._clock.now()
        self._schedule_restore(serial, 0.0)

    async def _async_set(
        self, serial: str, override: TimedOverride, key: str, value: Any
    ) -> None:
        await self._writer.async_set(
            override.family,
            serial,
            override.family.settings_by_key[key],
            value,
            force=True,
            by_override=True,
        )

    def _seconds_left(self, override: TimedOverride) -> float:
        return max((override.until - self._clock.now()).total_seconds(), 0.0)

    @callback
    def _cancel_timer(self, serial: str) -> None:
        if (cancel := self._timers.pop(serial, None)) is not None:
            cancel()

    @callback
    def _schedule_restore(self, serial: str, seconds: float) -> None:
        """Restore the former values in some seconds, and try again every five minutes until that succeeds."""
        self._cancel_timer(serial)
        if self._is_stopped:
            return
        override = self._overrides[serial]

        async def restore(_: datetime) -> None:
            self._timers.pop(serial, None)
            if not await self._async_try_restore(serial, override):
                self._schedule_restore(serial, RETRY_AFTER)

        self._timers[serial] = async_call_later(self._hass, seconds, restore)

    async def _async_try_restore(self, serial: str, override: TimedOverride) -> bool:
        """Restore the former values of a device, unless a later override has them now; return False if that failed."""
        async with self._locks[serial]:
            if self._overrides.get(serial) is not override:
                return True
            try:
                await self._async_restore(serial, override)
            except HomeAssistantError as err:
                if serial not in self._logged:
                    self._logged.add(serial)
                    LOGGER.warning(
                        "The settings changed by %s_now could not be restored yet (%s)",
                        override.kind,
                        err,
                    )
                return False
            return True

    async def _async_restore(self, serial: str, override: TimedOverride) -> None:
        """Restore the former values, one after the other: the user may set one meanwhile."""
        while True:
            current = self._current_values(serial, override)
            targets = override.values_to_restore(current)
            if not targets:
                break
            key, value = override.description.order(
                override.family.settings_by_key, current, targets, is_start=False
            )[0]
            await self._async_set(serial, override, key, value)
            if value == targets[key]:
                override.done.append(key)
        if self._overrides.get(serial) is override:
            del self._overrides[serial]
            self._cancel_timer(serial)
        self._logged.discard(serial)
        async_remove_left_on(self._hass, serial)
        await self._store.async_save()
        self._notify_listeners(serial)


def _charge_level(state: DeviceState) -> float | None:
    """Return a device's charge level, %; None where no fresh reading has it."""
    value = state.values.get("charge_level")
    is_fresh = state.assessment.freshness is Freshness.FRESH
    return float(value) if is_fresh and isinstance(value, int | float) else None
