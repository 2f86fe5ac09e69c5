"""Asking the device what a setting is, where the cloud reads settings back: some seconds after a write, and on request.

How far what is read lags behind a write is not known: a reading of another value is looked at again before it is believed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..api import FOR_USER, NotPermittedError, OpenApiError, RefusedError, RequestError
from ..api.error_codes import ErrorCode
from ..api.models import Reply
from ..const import LOGGER
from ..error_messages import action_error, format_ready_time, to_action_error
from ..families import Family
from ..families.settings import CompoundBase, Setting
from .store import ConfirmedValue

if TYPE_CHECKING:
    from .controls import Controls

# Seconds after a write.
CONFIRM_AFTER = 10.0
# A token that may not read settings is not asked about the next one for so long.
_CLOSED_FOR = 24 * 3600.0
# Seconds until the other way is tried where one turned out to be closed.
_NEXT_WAY = 0.0
# Asks for one setting after a write.
_ASKS = 5
_NEVER = frozenset(
    {ErrorCode.NOT_READABLE, ErrorCode.NO_SUCH_PARAMETER, ErrorCode.DEVICE_NOT_FOUND}
)


@dataclass(slots=True)
class _Expected:
    """What a reading after an instant should show; None: anything.

    looks: how often another value was seen. asks: how often it was asked for.
    """

    value: Any
    since: datetime
    looks: int = 0
    asks: int = 0
    cancel: CALLBACK_TYPE | None = None


@dataclass(slots=True)
class _Tally:
    """What came of many asks."""

    is_read: bool = False
    error: OpenApiError | None = None
    waits: list[float] = field(default_factory=list)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count an ask that fails, and go on."""
        try:
            yield
        except RefusedError as err:
            self.waits.append(err.retry_after or 0.0)
        except OpenApiError as err:
            self.error = err

    def exception(self) -> HomeAssistantError:
        """Return what is raised where nothing could be read."""
        if self.error is not None:
            return to_action_error(self.error)
        if self.waits:
            return action_error(
                "settings_were_just_read", time=format_ready_time(min(self.waits))
            )
        return action_error("not_readable")


class Confirmation:
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

    def _can_ask(self, family: Family, serial: str, setting: Setting) -> bool:
        """Tell whether a setting can be had at all: by its id, or on the page of all."""
        return self.can_read(family, serial, setting) or (
            setting.is_in_settings
            and self._controls.settings_reader.is_open(family, serial)
        )

    @callback
    def begin(
        self, family: Family, serial: str, setting: Setting, value: Any | None
    ) -> None:
        """Look in some seconds whether a device has taken a value; None: what it has."""
        self.forget(serial, setting)
        if self._can_ask(family, serial, setting):
            expected = self._expected[serial, setting.key] = _Expected(
                value, self._controls.clock.now()
            )
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
        key = (serial, setting.key)
        expected.asks += 1
        wait: float | None = None
        try:
            answer = await self._ask(family, serial, setting)
        except RefusedError as err:
            wait = err.retry_after
        except OpenApiError as err:
            LOGGER.debug("A setting was not read back: %s", err)
            if not isinstance(err, NotPermittedError):
                return
            wait = _NEXT_WAY  # one way is closed: by the other, if there is one
        else:
            if not answer.is_new or self._expected.get(key) is expected:
                wait = answer.ready_in
        if wait is None or self._expected.get(key) is not expected:
            return  # all is well, or something else was written meanwhile
        if expected.asks < _ASKS and self._can_ask(family, serial, setting):
            self._look_in(wait + 1, family, serial, setting, expected)
        else:
            # A page may never tell it: what was sent stays assumed.
            self.forget(serial, setting)

    async def _ask(self, family: Family, serial: str, setting: Setting) -> Reply[Any]:
        """Ask for a setting by its id, else for the page it is on, and take note of what is said."""
        if not self.can_read(family, serial, setting):
            return await self._controls.settings_reader.async_read(family, serial)
        answer = await self._read(family, serial, setting)
        if answer.is_new:
            value = setting.decode(answer.value)
            if value is None:
                self._unreadable.add((serial, setting.key))
            elif self.take(serial, {setting.key: (setting, value)}, answer):
                await self._controls.async_save()
        return answer

    @callback
    def take(
        self,
        serial: str,
        found: Mapping[str, tuple[Setting, Any]],
        answer: Reply[Any],
    ) -> bool:
        """Take note of what a device says its settings are; tell whether any of it is news.

        Another value than the one just written is believed when it is seen a second time.
        """
        news: dict[str, tuple[Setting, ConfirmedValue]] = {}
        for key, (setting, value) in found.items():
            expected = self._expected.get((serial, key))
            if expected is not None:
                if answer.received <= expected.since:
                    continue  # of before
                if expected.value is not None and not setting.matches(
                    expected.value, value
                ):
                    expected.looks += 1
                    if expected.looks == 1:
                        continue
                    LOGGER.warning(
                        "A device says %s is %s, after it was set to %s",
                        key,
                        value,
                        expected.value,
                    )
                self.forget(serial, setting)
            known = self._controls.confirmed(serial, setting)
            merged = setting.merge(known.value if known else None, value)
            is_whole = not (
                isinstance(setting, CompoundBase)
                and setting.missing(setting.split(value))
            )
            news[key] = (
                setting,
                ConfirmedValue(merged, answer.received, is_read=is_whole),
            )
        return self._controls.learn_all(serial, news)

    async def _read(
        self, family: Family, serial: str, setting: Setting
    ) -> Reply[str | None]:
        devices = self._controls.client.device_api(family.endpoints)
        try:
            return await devices.read_setting(serial, setting.parameter, FOR_USER)
        except NotPermittedError:
            self._closed_until[family.key] = (
                self._controls.clock.monotonic() + _CLOSED_FOR
            )
            raise
        except RequestError as err:
            if err.meaning in _NEVER:
                self._unreadable.add((serial, setting.key))
            raise

    async def async_read_all(self, family: Family, serial: str) -> None:
        """Read all settings of a device that can be read.

        Raises HomeAssistantError where none could be, and where all were just read.
        """
        # The user may know better than what was found before.
        self._closed_until.pop(family.key, None)
        self._unreadable = {one for one in self._unreadable if one[0] != serial}
        tally = _Tally()
        on_page = await self._read_page(family, serial, tally)
        for setting in family.settings:
            if setting.key in on_page or not self.can_read(family, serial, setting):
                continue
            with tally.counting():
                answer = await self._read(family, serial, setting)
                if not answer.is_new:
                    tally.waits.append(answer.ready_in)
                    continue
                value = setting.decode(answer.value)
                if value is None:
                    LOGGER.debug("Unreadable %s of a device", setting.key)
                    continue
                tally.is_read = True
                self.forget(serial, setting)
                self.take(serial, {setting.key: (setting, value)}, answer)
        if tally.is_read:
            await self._controls.async_save()
            return
        raise tally.exception()

    async def _read_page(
        self, family: Family, serial: str, tally: _Tally
    ) -> frozenset[str]:
        """Read a device's page of settings, where there is one; return the keys of those that are on it."""
        if not family.endpoints.settings:
            return frozenset()
        with tally.counting():
            page = await self._controls.settings_reader.async_read(family, serial)
            tally.is_read |= page.is_new
            if not page.is_new:
                tally.waits.append(page.ready_in)
            return frozenset(
                setting.key
                for setting in family.settings
                if setting.read_fields(page.value) is not None
            )
        return frozenset()
