"""Writing settings: each value is checked, sent once, and stored when the cloud has accepted it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..api import (
    CloudDownError,
    OpenApiClient,
    OpenApiError,
    RequestError,
    WrongServerError,
)
from ..api.error_codes import ErrorCode
from ..const import DOMAIN
from ..error_messages import action_error, to_action_error, validation_error
from ..families import Family
from ..families.settings import BlockSetting, Setting, find_overlap
from .store import ConfirmedValue, SettingsStore
from .write_limit import WriteLimit

# After these the device may or may not have the new value.
_OUTCOME_UNKNOWN = frozenset({ErrorCode.SYSTEM, ErrorCode.SERVER, ErrorCode.UNKNOWN})


class OutcomeUnknownError(HomeAssistantError):
    """The device may have the new value, or the old one."""

    def __init__(self) -> None:
        """Initialize the error; what came instead of a confirmation is its cause, and in the diagnostics."""
        super().__init__(translation_domain=DOMAIN, translation_key="outcome_unknown")


def _is_outcome_unknown(error: OpenApiError) -> bool:
    """Return whether the device may have the new value in spite of the error."""
    if isinstance(error, CloudDownError):
        return error.reached and not isinstance(error, WrongServerError)
    return isinstance(error, RequestError) and error.meaning in _OUTCOME_UNKNOWN


def check_value(setting: Setting, value: Any) -> None:
    """Raise ServiceValidationError where a value must not be sent."""
    issue = setting.validate(value)
    if issue is not None:
        raise validation_error(issue.key, **issue.placeholders)


@dataclass(slots=True)
class _Write:
    """A write that waits for its turn; a later value for the same setting replaces its value.

    edited: the parts of a compound setting that the user has set; None: all.
    """

    value: Any
    by_override: bool
    edited: frozenset[str] | None = None
    task: asyncio.Task[None] | None = None


class SettingsWriter:
    """Writes settings, one at a time per device.

    on_sending: called before a value is sent. on_sent: called after that with the value, None where the outcome is unknown.
    on_user_value: called for a value that is not a timed override's, and the parts that the user has set, None for all; returns
    whether an override is affected and must be saved.
    """

    on_sending: Callable[[str, Setting], None]
    on_sent: Callable[[Family, str, Setting, Any | None], None]
    on_user_value: Callable[[str, Setting, Any, frozenset[str] | None], bool]

    def __init__(
        self,
        hass: HomeAssistant,
        client: OpenApiClient,
        store: SettingsStore,
        write_limit: WriteLimit,
    ) -> None:
        """Initialize a writer with nothing to send."""
        self._hass = hass
        self._client = client
        self._clock = client.gateway.clock
        self._store = store
        self._write_limit = write_limit
        self._waiting: dict[tuple[str, str], _Write] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def check_open(self) -> None:
        """Raise HomeAssistantError if nothing may be sent any more."""
        if self._is_closed:
            raise action_error("not_sent")

    async def async_close(self) -> None:
        """Send nothing that has not left yet, and wait for the outcome of what has."""
        self._is_closed = True
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def async_set(
        self,
        family: Family,
        serial: str,
        setting: Setting,
        value: Any,
        *,
        force: bool = False,
        by_override: bool = False,
        edited: frozenset[str] | None = None,
    ) -> None:
        """Check a value and send it; a callable is evaluated at the instant of sending.

        An override has checked its values, and restores what the device had. edited: the parts of a compound setting that the user
        has set; None: all.

        A value that the device reported within ten minutes is not sent again, unless ``force``. Of two values for the same
        setting only the later is sent, as long as the first has not left.
        Raises ServiceValidationError before any call, HomeAssistantError after one.
        """
        self.check_open()
        if not callable(value) and not by_override:
            check_value(setting, value)
            self._check_other_blocks(family, serial, setting, value)
        waiting = self._waiting.get((serial, setting.key))
        if waiting is not None and waiting.task is not None:
            both = None not in (waiting.edited, edited) and not by_override
            waiting.edited = (
                frozenset((*(waiting.edited or ()), *(edited or ()))) if both else None
            )
            waiting.value, waiting.by_override = value, by_override
            await asyncio.shield(waiting.task)
            return
        confirmed = self._store.get(serial, setting)
        if (
            not force
            and confirmed is not None
            and confirmed.value == value
            and confirmed.is_recently_read(self._clock.now())
        ):
            if self.on_user_value(serial, setting, value, edited):
                await self._store.async_save()
            return
        write = self._waiting[serial, setting.key] = _Write(value, by_override, edited)
        write.task = self._hass.async_create_task(
            self._async_write(family, serial, setting, write), "growatt_openapi write"
        )
        self._tasks.add(write.task)
        write.task.add_done_callback(self._tasks.discard)
        await asyncio.shield(write.task)

    def _check_other_blocks(
        self, family: Family, serial: str, setting: Setting, value: Any
    ) -> None:
        """Raise ServiceValidationError where a period overlaps one of another block of the same schedule.

        The cloud answers HTTP 500 to overlapping periods.
        """
        if not isinstance(setting, BlockSetting):
            return
        others = [
            period
            for other in family.settings_of(BlockSetting)
            if other.schedule == setting.schedule and other.key != setting.key
            if (confirmed := self._store.get(serial, other)) is not None
            for period in other.periods_of(confirmed.value)
        ]
        for period in setting.periods_of(value):
            for other_period in others:
                if issue := find_overlap((period, other_period)):
                    raise validation_error(issue.key, **issue.placeholders)

    async def _async_write(
        self, family: Family, serial: str, setting: Setting, write: _Write
    ) -> None:
        """Wait for the device's turn and send the value that the write has then."""

        def remove_waiting() -> None:
            if self._waiting.get((serial, setting.key)) is write:
                del self._waiting[serial, setting.key]

        def commands() -> tuple[str, ...]:
            # From here on another value is another write.
            remove_waiting()
            self.check_open()
            value = write.value() if callable(write.value) else write.value
            return setting.commands(value)

        try:
            async with self._locks[serial]:
                self.check_open()
                self._check_write_limit(serial)
                await self._async_send(family, serial, setting, write, commands)
        finally:
            remove_waiting()

    def _check_write_limit(self, serial: str) -> None:
        """Raise HomeAssistantError where a device was written to too often."""
        allowed_at = self._write_limit.allowed_at(serial, self._clock.now())
        if allowed_at is not None:
            raise action_error(
                "too_many_writes",
                limit=str(self._write_limit.writes_per_hour),
                time=dt_util.as_local(allowed_at).strftime("%H:%M"),
            )

    async def _async_send(
        self,
        family: Family,
        serial: str,
        setting: Setting,
        write: _Write,
        commands: Callable[[], tuple[str, ...]],
    ) -> None:
        self.on_sending(serial, setting)
        try:
            async with self._store.writing(serial, setting):
                await self._async_exchange(family, serial, setting, write, commands)
        except OutcomeUnknownError:
            self.on_sent(family, serial, setting, None)
            raise
        self.on_sent(family, serial, setting, write.value)

    async def _async_exchange(
        self,
        family: Family,
        serial: str,
        setting: Setting,
        write: _Write,
        commands: Callable[[], tuple[str, ...]],
    ) -> None:
        """Send a value and store its outcome; the caller saves it."""
        try:
            await self._client.device_api(family.endpoints).set(
                serial, setting.parameter, commands
            )
        except OpenApiError as err:
            if not _is_outcome_unknown(err):
                raise to_action_error(err) from err
            self._write_limit.record_write(serial, self._clock.now())
            self._store.set_known(serial, setting, None)
            raise OutcomeUnknownError from err
        now = self._clock.now()
        self._write_limit.record_write(serial, now)
        if not write.by_override:
            self.on_user_value(serial, setting, write.value, write.edited)
        if setting.is_lasting:
            self._store.set_known(serial, setting, ConfirmedValue(write.value, now))
