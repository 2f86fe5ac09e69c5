"""Writing settings: check, send, confirm, remember.

The cloud of the vendor's pages cannot be asked what a setting is. The truth is what was last confirmed: code 0 confirms, and
the value is remembered with its time. Where a later endpoint reads settings back, and is open to the token, the device itself
confirms (``confirming.py``). What may or may not have happened makes the value unknown; nothing is sent twice by itself.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..api import OpenApiClient, OpenApiError
from ..const import CONF_WRITES
from ..error_messages import action_error, to_action_error, validation_error
from ..families import Family
from ..families.settings import BlockSetting, Setting, find_overlap
from ..persistence.delayed_store import DelayedStore
from .confirmation import Confirmation
from .outcome import OutcomeUnknownError, is_outcome_unknown
from .pending_edits import PendingEdits
from .settings_reader import SettingsReader
from .store import ConfirmedValue, SettingsStore
from .timed_override import TimedOverrides
from .write_limit import DEFAULT_WRITES_AN_HOUR, WriteLimit


def controls_store(hass: HomeAssistant, entry_id: str) -> DelayedStore:
    """Return where an entry's confirmed settings are kept."""
    return DelayedStore(hass, f"{entry_id}.controls")


@dataclass(slots=True)
class _Write:
    """A write that waits for its turn: another value for the same setting takes its place."""

    value: Any
    by_run: bool
    task: asyncio.Task[None] | None = None


class Controls:
    """The settings of an entry's devices."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: OpenApiClient
    ) -> None:
        """Write through ``client``."""
        self.hass = hass
        self.entry = entry
        self.client = client
        self.clock = client.gateway.clock
        self.settings = SettingsStore()
        self.write_limit = WriteLimit(
            entry.options.get(CONF_WRITES, DEFAULT_WRITES_AN_HOUR)
        )
        self.confirmation = Confirmation(self)
        self.pending_edits = PendingEdits(self)
        self.settings_reader = SettingsReader(self)
        self.timed_overrides = TimedOverrides(self)
        self._shelf = controls_store(hass, entry.entry_id)
        self._waiting: dict[tuple[str, str], _Write] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._listeners: defaultdict[str, list[CALLBACK_TYPE]] = defaultdict(list)

    async def async_load(self) -> None:
        """Remember what earlier runs confirmed; what cannot be read is not known."""
        saved = await self._shelf.load() or {}
        self.settings.load(saved.get("settings"))
        self.write_limit.load(saved.get("writes"))
        self.timed_overrides.load(saved.get("runs"))

    async def async_save(self) -> None:
        """Remember what is known now."""
        await self._shelf.save(
            {
                "settings": self.settings.dump(),
                "writes": self.write_limit.dump(self.clock.now()),
                "runs": self.timed_overrides.dump(),
            }
        )

    @callback
    def stop(self) -> None:
        """Wait for nothing any more."""
        self.confirmation.stop()
        self.timed_overrides.stop()

    def confirmed(self, serial: str, setting: Setting) -> ConfirmedValue | None:
        """Return what is known of a setting; None where it was never set, or an attempt ended unknown."""
        return self.settings.get(serial, setting)

    @callback
    def listen(self, serial: str, listener: CALLBACK_TYPE) -> Callable[[], None]:
        """Call ``listener`` when what is known of a device's settings has changed; return what ends that."""
        self._listeners[serial].append(listener)
        if len(self._listeners[serial]) == 1:
            self.settings_reader.look_at((serial,))
        return lambda: self._listeners[serial].remove(listener)

    @callback
    def learn(
        self, serial: str, setting: Setting, known: ConfirmedValue | None
    ) -> None:
        """Take note of what a setting is, and tell; it is for the caller to save."""
        self.settings.put(serial, setting, known)
        self._tell(serial)

    @callback
    def learn_all(
        self, serial: str, news: Mapping[str, tuple[Setting, ConfirmedValue]]
    ) -> bool:
        """Take note of what several settings are, and tell once where anything is new; return whether it is."""
        is_new = False
        for setting, known in news.values():
            before = self.confirmed(serial, setting)
            is_new |= before is None or (before.value, before.is_read) != (
                known.value,
                known.is_read,
            )
            self.settings.put(serial, setting, known)
        if is_new:
            self._tell(serial)
        return is_new

    @callback
    def is_shown(self, serial: str) -> bool:
        """Tell whether any entity shows a device's settings."""
        return bool(self._listeners.get(serial))

    def _tell(self, serial: str) -> None:
        for listener in tuple(self._listeners[serial]):
            listener()

    async def async_set(
        self,
        family: Family,
        serial: str,
        setting: Setting,
        value: Any,
        *,
        force: bool = False,
        by_run: bool = False,
    ) -> None:
        """Check a value and send it, one write at a time per device; a function gives it at the instant of sending.

        A value that the device confirmed within ten minutes is not sent again, unless forced. Of two for the same setting,
        before the first has left, the later one is sent.
        Raises ServiceValidationError before any call, HomeAssistantError after one, both in words for the user.
        """
        if not callable(value):
            check(setting, value)
            self._check_neighbours(family, serial, setting, value)
        known = self.confirmed(serial, setting)
        waiting = self._waiting.get((serial, setting.key))
        if waiting is not None and waiting.task is not None:
            waiting.value, waiting.by_run = value, by_run
            await asyncio.shield(waiting.task)
            return
        if (
            not force
            and known is not None
            and known.value == value
            and known.is_recently_read(self.clock.now())
        ):
            if self.timed_overrides.overruled(serial, setting):
                await self.async_save()
            return
        waiting = self._waiting[serial, setting.key] = _Write(value, by_run)
        waiting.task = self.hass.async_create_task(
            self._write(family, serial, setting, waiting), "growatt_openapi write"
        )
        await asyncio.shield(waiting.task)

    def _check_neighbours(
        self, family: Family, serial: str, setting: Setting, value: Any
    ) -> None:
        """Raise ServiceValidationError where a period is on at the same time as one of another block of its schedule.

        The cloud breaks down (HTTP 500) on two that are alike.
        """
        if not isinstance(setting, BlockSetting):
            return
        others = [
            period
            for other in family.settings_of(BlockSetting)
            if other.schedule == setting.schedule and other.key != setting.key
            if (known := self.confirmed(serial, other)) is not None
            for period in other.periods_of(known.value)
        ]
        for own in setting.periods_of(value):
            for other_period in others:
                if refusal := find_overlap((own, other_period)):
                    raise validation_error(refusal.key, **refusal.placeholders)

    async def _write(
        self, family: Family, serial: str, setting: Setting, write: _Write
    ) -> None:
        def leave() -> None:
            if self._waiting.get((serial, setting.key)) is write:
                del self._waiting[serial, setting.key]

        def commands() -> tuple[str, ...]:
            # It is being sent: from here on another value is another write.
            leave()
            value = write.value() if callable(write.value) else write.value
            return setting.commands(value)

        try:
            async with self._locks[serial]:
                self._spare(serial)
                await self._send(family, serial, setting, write, commands)
        finally:
            leave()

    def _spare(self, serial: str) -> None:
        """Raise HomeAssistantError where a device was written to too often."""
        free_at = self.write_limit.allowed_at(serial, self.clock.now())
        if free_at is not None:
            raise action_error(
                "too_many_writes",
                limit=str(self.write_limit.writes_per_hour),
                time=dt_util.as_local(free_at).strftime("%H:%M"),
            )

    async def _send(
        self,
        family: Family,
        serial: str,
        setting: Setting,
        write: _Write,
        commands: Callable[[], tuple[str, ...]],
    ) -> None:
        self.confirmation.forget(serial, setting)
        try:
            await self.client.device_api(family.endpoints).set(
                serial, setting.parameter, commands
            )
        except OpenApiError as err:
            if not is_outcome_unknown(err):
                raise to_action_error(err) from err
            self.write_limit.record_write(serial, self.clock.now())
            self.learn(serial, setting, None)
            await self.async_save()
            self.confirmation.begin(family, serial, setting, None)
            raise OutcomeUnknownError(err) from err
        now = self.clock.now()
        self.write_limit.record_write(serial, now)
        if not write.by_run:
            self.timed_overrides.overruled(serial, setting)
        if setting.remembered:
            self.learn(serial, setting, ConfirmedValue(write.value, now))
        await self.async_save()
        self.confirmation.begin(family, serial, setting, write.value)


def check(setting: Setting, value: Any) -> None:
    """Raise ServiceValidationError where a value is none that may be sent."""
    refusal = setting.validate(value)
    if refusal is not None:
        raise validation_error(refusal.key, **refusal.placeholders)
