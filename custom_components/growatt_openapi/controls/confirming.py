"""Asking the device what a setting is, where the cloud reads settings back: some seconds after a write, and on request.

How far what is read lags behind a write is not known: a reading of another value is looked at again before it is believed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ..api import (
    FOR_USER,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
)
from ..api.models import Answer
from ..api.problems import Problem
from ..const import LOGGER
from ..families import Family
from ..families.settings import Setting
from ..messages import as_exception, failed, ready_at
from .known import Known

if TYPE_CHECKING:
    from .controls import Controls

# Seconds after a write.
CONFIRM_AFTER = 10.0
# A token that may not read settings is not asked about the next one for so long.
_CLOSED_FOR = 24 * 3600.0
_NEVER = frozenset(
    {Problem.NOT_READABLE, Problem.NO_SUCH_PARAMETER, Problem.DEVICE_NOT_FOUND}
)


@dataclass(slots=True)
class _Expected:
    """What a reading should show; None: anything. looks: how often another value was seen."""

    value: Any
    looks: int = 0
    cancel: CALLBACK_TYPE | None = None


class Confirming:
    """Reads settings back."""

    def __init__(self, controls: Controls) -> None:
        """Confirm what ``controls`` write."""
        self._controls = controls
        self._expected: dict[tuple[str, str], _Expected] = {}
        self._closed_until: dict[str, float] = {}
        self._unreadable: set[tuple[str, str]] = set()

    def can_read(self, family: Family, serial: str, setting: Setting) -> bool:
        """Tell whether a setting is worth being asked for."""
        return (
            family.endpoints.read_setting is not None
            and setting.readable
            and (serial, setting.key) not in self._unreadable
            and self._closed_until.get(family.key, 0.0)
            <= self._controls.clock.monotonic()
        )

    @callback
    def begin(
        self, family: Family, serial: str, setting: Setting, value: Any | None
    ) -> None:
        """Look in some seconds whether a device has taken a value; None: what it has."""
        self.forget(serial, setting)
        if self.can_read(family, serial, setting):
            expected = self._expected[serial, setting.key] = _Expected(value)
            self._look_in(CONFIRM_AFTER, family, serial, setting, expected)

    @callback
    def forget(self, serial: str, setting: Setting) -> None:
        """Expect nothing any more: something else is being written."""
        expected = self._expected.pop((serial, setting.key), None)
        if expected is not None and expected.cancel is not None:
            expected.cancel()

    @callback
    def stop(self) -> None:
        """Look at nothing any more."""
        for expected in self._expected.values():
            if expected.cancel is not None:
                expected.cancel()
        self._expected.clear()

    @callback
    def _look_in(
        self,
        seconds: float,
        family: Family,
        serial: str,
        setting: Setting,
        expected: _Expected,
    ) -> None:
        async def look(_: datetime) -> None:
            expected.cancel = None
            await self._look(family, serial, setting, expected)

        expected.cancel = async_call_later(self._controls.hass, seconds, look)

    async def _look(
        self, family: Family, serial: str, setting: Setting, expected: _Expected
    ) -> None:
        wait: float | None = None
        try:
            answer = await self._read(family, serial, setting)
        except RefusedError as err:
            wait = err.retry_in
        except OpenApiError as err:
            LOGGER.debug("A setting was not read back: %s", err)
            return
        else:
            if not answer.is_new:
                wait = answer.ready_in
        if self._expected.get((serial, setting.key)) is not expected:
            return  # something else was written meanwhile
        if wait is not None:
            self._look_in(wait + 1, family, serial, setting, expected)
            return
        value = setting.decode(answer.value)
        if value is None:
            self._unreadable.add((serial, setting.key))
            return
        if expected.value is not None and value != expected.value:
            expected.looks += 1
            if expected.looks == 1:
                self._look_in(answer.ready_in + 1, family, serial, setting, expected)
                return
            LOGGER.warning(
                "A device says %s is %s, after it was set to %s",
                setting.key,
                value,
                expected.value,
            )
        del self._expected[serial, setting.key]
        known = Known(value, answer.received, is_read=True)
        self._controls.learn(serial, setting, known)
        await self._controls.async_save()

    async def _read(
        self, family: Family, serial: str, setting: Setting
    ) -> Answer[str | None]:
        devices = self._controls.client.of(family.endpoints)
        try:
            return await devices.read_setting(serial, setting.parameter, FOR_USER)
        except NotPermittedError:
            self._closed_until[family.key] = (
                self._controls.clock.monotonic() + _CLOSED_FOR
            )
            raise
        except RequestError as err:
            if err.problem in _NEVER:
                self._unreadable.add((serial, setting.key))
            raise

    async def async_read_all(self, family: Family, serial: str) -> None:
        """Read all settings of a device that can be read.

        Raises HomeAssistantError where none could be, and where all were just read.
        """
        # The user may know better than what was found before.
        self._closed_until.pop(family.key, None)
        self._unreadable = {one for one in self._unreadable if one[0] != serial}
        error: OpenApiError | None = None
        waits = []
        is_read = False
        for setting in family.settings:
            if not self.can_read(family, serial, setting):
                continue
            try:
                answer = await self._read(family, serial, setting)
            except RefusedError as err:
                waits.append(err.retry_in or 0.0)
                continue
            except OpenApiError as err:
                error = err
                continue
            if not answer.is_new:
                waits.append(answer.ready_in)
                continue
            value = setting.decode(answer.value)
            if value is None:
                LOGGER.debug("Unreadable %s of a device", setting.key)
                continue
            is_read = True
            self.forget(serial, setting)
            known = Known(value, answer.received, is_read=True)
            self._controls.learn(serial, setting, known)
        if is_read:
            await self._controls.async_save()
            return
        if error is not None:
            raise as_exception(error) from error
        if waits:
            raise failed("settings_were_just_read", time=ready_at(min(waits)))
        raise failed("not_readable")
