"""Confirming writes: reading a setting back some seconds after it was written.

How long a read lags behind a write is not known. So a value that differs from the one written is believed only when it is read a
second time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..api import Clock, NotPermittedError, OpenApiError, RefusedError
from ..api.models import Reply
from ..const import LOGGER
from ..families import Family
from ..families.settings import CompoundBase, Setting
from .settings_reader import ReadValues, SettingsReader
from .store import ConfirmedValue, SettingsStore

# Seconds from a write to the first read.
CONFIRM_AFTER = 10.0
# Reads of a setting after a write.
_MAX_READS = 5


@dataclass(slots=True)
class _Expectation:
    """The value that reads after an instant should give; None: any value.

    mismatches: how often another value was read. reads: how often it was read at all.
    """

    value: Any
    since: datetime
    mismatches: int = 0
    reads: int = 0
    cancel: CALLBACK_TYPE | None = None


class Confirmation:
    """Expectations by device and setting, and the reads that check them."""

    def __init__(
        self,
        hass: HomeAssistant,
        clock: Clock,
        store: SettingsStore,
        reader: SettingsReader,
    ) -> None:
        """Initialize without expectations."""
        self._hass = hass
        self._clock = clock
        self._store = store
        self._reader = reader
        self._expected: dict[tuple[str, str], _Expectation] = {}

    @callback
    def start(
        self, family: Family, serial: str, setting: Setting, value: Any | None
    ) -> None:
        """Read a setting back in some seconds; ``value``: what was written, None where the outcome is unknown."""
        self.cancel(serial, setting)
        if self._reader.can_read(family, serial, setting):
            expected = self._expected[serial, setting.key] = _Expectation(
                value, self._clock.now()
            )
            self._schedule_check(CONFIRM_AFTER, family, serial, setting, expected)

    @callback
    def cancel(self, serial: str, setting: Setting) -> None:
        """Drop the expectation of a setting: another value is being written, or was read."""
        expected = self._expected.pop((serial, setting.key), None)
        if expected is not None and expected.cancel is not None:
            expected.cancel()

    @callback
    def stop(self) -> None:
        """Cancel all checks."""
        for expected in self._expected.values():
            if expected.cancel is not None:
                expected.cancel()
        self._expected.clear()

    @callback
    def _schedule_check(
        self,
        seconds: float,
        family: Family,
        serial: str,
        setting: Setting,
        expected: _Expectation,
    ) -> None:
        async def check(_: datetime) -> None:
            expected.cancel = None
            await self._async_check(family, serial, setting, expected)

        expected.cancel = async_call_later(self._hass, seconds, check)

    async def _async_check(
        self, family: Family, serial: str, setting: Setting, expected: _Expectation
    ) -> None:
        """Read a setting back, and schedule another read where this one did not settle it."""
        key = (serial, setting.key)
        expected.reads += 1
        wait: float | None = None
        try:
            reply = await self._reader.async_read_setting(family, serial, setting)
        except RefusedError as err:
            wait = err.retry_after
        except NotPermittedError as err:
            LOGGER.debug("A setting was not read back: %s", err)
            wait = 0.0  # the other way to read it may be open
        except OpenApiError as err:
            LOGGER.debug("A setting was not read back: %s", err)
            return
        else:
            if not reply.is_new or self._expected.get(key) is expected:
                wait = reply.ready_in
        if wait is None or self._expected.get(key) is not expected:
            return  # settled, or another value was written meanwhile
        if expected.reads < _MAX_READS and self._reader.can_read(
            family, serial, setting
        ):
            self._schedule_check(wait + 1, family, serial, setting, expected)
        else:
            # The settings endpoint may never have it: the value written stays assumed.
            self.cancel(serial, setting)

    @callback
    def apply_values(
        self,
        serial: str,
        values: ReadValues,
        reply: Reply[Any],
        replaces_written: bool,
    ) -> bool:
        """Store the values read from a device; return whether any is new.

        A value that differs from the one just written is ignored the first time, unless ``replaces_written``.
        """
        accepted: list[tuple[Setting, ConfirmedValue]] = []
        for key, (setting, value) in values.items():
            if replaces_written:
                self.cancel(serial, setting)
            expected = self._expected.get((serial, key))
            if expected is not None:
                if reply.received <= expected.since:
                    continue  # from before the write
                if expected.value is not None and not setting.matches(
                    expected.value, value
                ):
                    expected.mismatches += 1
                    if expected.mismatches == 1:
                        continue
                    LOGGER.warning(
                        "A device reports %s as %s after it was set to %s",
                        key,
                        value,
                        expected.value,
                    )
                self.cancel(serial, setting)
            confirmed = self._store.get(serial, setting)
            merged = setting.merge(confirmed.value if confirmed else None, value)
            is_whole = not (
                isinstance(setting, CompoundBase)
                and setting.missing(setting.split(value))
            )
            accepted.append(
                (setting, ConfirmedValue(merged, reply.received, is_read=is_whole))
            )
        return self._store.set_all_known(serial, accepted)
