"""Timed overrides: charging or discharging now, for a while.

An override sets a window and a switch, and restores both when its time is over. The values to be restored are saved before the
first write, so that a restart in between loses nothing. What the user sets meanwhile is not restored.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..api import Clock
from ..const import LOGGER
from ..error_messages import action_error, validation_error
from ..families import FAMILIES, Family
from ..families.settings import Setting, SwitchSetting, Window, WindowSetting
from ..issues import async_remove_left_on
from ..persistence import codec
from .store import SettingsStore
from .writer import OutcomeUnknownError, SettingsWriter

_MINUTES_PER_DAY = 24 * 60
# Seconds until restoring is tried again after it failed.
RETRY_AFTER = 300.0


@dataclass(slots=True)
class TimedOverride:
    """An override of one device until an instant, and the values to restore then.

    kind: "charge" or "discharge". window, switch: the former values; None: not known. window_done, switch_done: nothing is left
    to be restored.
    """

    STORED_AS: ClassVar = {
        "family": "family_key",
        "kind": "kind",
        "until": "until",
        "window": "window",
        "switch": "switch",
        "window_done": "window_done",
        "switch_done": "switch_done",
    }

    family_key: str
    kind: str
    until: datetime
    window: Window | None = None
    switch: bool | None = None
    window_done: bool = False
    switch_done: bool = False

    @property
    def family(self) -> Family:
        """The device's family."""
        return FAMILIES[self.family_key]

    @property
    def window_setting(self) -> WindowSetting:
        """The window that the override sets."""
        setting = self.family.setting(self.family.override_settings[self.kind][0])
        assert isinstance(setting, WindowSetting)
        return setting

    @property
    def switch_setting(self) -> SwitchSetting:
        """The switch that the override turns on."""
        setting = self.family.setting(self.family.override_settings[self.kind][1])
        assert isinstance(setting, SwitchSetting)
        return setting

    @property
    def switch_afterwards(self) -> bool:
        """The value that the switch is restored to: off, unless it was on in a window that is known.

        Left on in the window of the override, it would charge or discharge again every day.
        """
        return bool(self.switch) and self.window is not None

    @property
    def is_restored(self) -> bool:
        """True if nothing is left to be restored."""
        return self.switch_done and (self.window_done or self.window is None)


class TimedOverrides:
    """The running overrides by serial, one per device."""

    def __init__(
        self,
        hass: HomeAssistant,
        clock: Clock,
        store: SettingsStore,
        writer: SettingsWriter,
    ) -> None:
        """Initialize without overrides."""
        self._hass = hass
        self._clock = clock
        self._store = store
        self._writer = writer
        self._overrides: dict[str, TimedOverride] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        # Held while an override is started or restored: two of one device would restore each other's values.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._is_stopped = False
        # Devices for which a failure to restore was logged.
        self._logged: set[str] = set()

    def load(self, saved: object) -> None:
        """Load the overrides that were running."""
        for serial, override in saved.items() if isinstance(saved, dict) else ():
            loaded = codec.load_or(
                None, "timed override of a device", partial(_load_override, override)
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
    def keep_user_value(self, serial: str, setting: Setting) -> bool:
        """Do not restore a setting that the user has set; return whether a running override is affected."""
        override = self._overrides.get(serial)
        if override is None:
            return False
        is_window = setting.key == override.window_setting.key
        is_switch = setting.key == override.switch_setting.key
        override.window_done |= is_window
        override.switch_done |= is_switch
        return is_window or is_switch

    async def async_start(
        self,
        family: Family,
        serial: str,
        kind: str,
        minutes: int,
        device_time: datetime,
    ) -> TimedOverride:
        """Start an override for some minutes; ``device_time``: the device's wall clock now.

        Raises ServiceValidationError where it would last beyond midnight, HomeAssistantError where it could not be set.
        """
        first = device_time.hour * 60 + device_time.minute
        if first + minutes > _MINUTES_PER_DAY:
            raise validation_error(
                "run_over_midnight", longest=str(_MINUTES_PER_DAY - first)
            )
        # The present minute has begun: one more makes the time whole.
        last = min(first + minutes + (device_time.second > 0), _MINUTES_PER_DAY)
        length = timedelta(minutes=last - first, seconds=-device_time.second)
        async with self._locks[serial]:
            if self._is_stopped:
                raise action_error("not_sent")
            return await self._async_start(family, serial, kind, first, last, length)

    async def _async_start(
        self,
        family: Family,
        serial: str,
        kind: str,
        first: int,
        last: int,
        length: timedelta,
    ) -> TimedOverride:
        """Start an override between two minutes of the day."""
        before = self._overrides.get(serial)
        if before is not None and before.kind != kind:
            await self._async_restore(serial, before)
            before = None
        override = TimedOverride(family.key, kind, self._clock.now() + length)
        if before is None:
            window = self._store.get(serial, override.window_setting)
            switch = self._store.get(serial, override.switch_setting)
            override.window = window.value if window else None
            override.switch = switch.value if switch else None
        else:
            override.window, override.switch = before.window, before.switch
        self._overrides[serial] = override
        await self._store.async_save()
        await self._async_set_window(
            serial, override, before, Window.of_minutes(first, last)
        )
        try:
            await self._async_set(serial, override, override.switch_setting, True)
        except HomeAssistantError as err:
            # A switch that was certainly not turned on need not be turned off.
            override.switch_done = before is None and not isinstance(
                err, OutcomeUnknownError
            )
            self._end_now(serial, override)
            raise
        self._schedule_restore(serial, self._seconds_left(override))
        return override

    async def _async_set_window(
        self,
        serial: str,
        override: TimedOverride,
        before: TimedOverride | None,
        window: Window,
    ) -> None:
        """Set the window of an override; where that fails, restore what may have changed."""
        try:
            await self._async_set(serial, override, override.window_setting, window)
        except OutcomeUnknownError:
            self._end_now(serial, override)
            raise
        except HomeAssistantError:
            # Nothing has changed: the override that ran before, if any, goes on.
            if before is None:
                del self._overrides[serial]
            else:
                self._overrides[serial] = before
            await self._store.async_save()
            raise

    @callback
    def _end_now(self, serial: str, override: TimedOverride) -> None:
        override.until = self._clock.now()
        self._schedule_restore(serial, 0.0)

    async def _async_set(
        self, serial: str, override: TimedOverride, setting: Setting, value: Any
    ) -> None:
        await self._writer.async_set(
            override.family, serial, setting, value, force=True, by_override=True
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
        """Restore the former values: the switch first, since it is what moves energy."""
        if not override.switch_done:
            await self._async_set(
                serial, override, override.switch_setting, override.switch_afterwards
            )
            override.switch_done = True
        if not override.window_done and override.window is not None:
            await self._async_set(
                serial, override, override.window_setting, override.window
            )
            override.window_done = True
        if self._overrides.get(serial) is override:
            del self._overrides[serial]
            self._cancel_timer(serial)
        self._logged.discard(serial)
        async_remove_left_on(self._hass, serial)
        await self._store.async_save()


def _load_override(saved: object) -> TimedOverride:
    """Return a saved override. Raises KeyError or ValueError where it cannot be read."""
    override = codec.load(TimedOverride, saved)
    if override.kind not in override.family.override_settings:
        raise ValueError("unknown kind of override")
    return override
