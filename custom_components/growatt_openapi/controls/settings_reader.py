"""Reading settings from devices: all of them from a settings endpoint, or one by its id.

Settings endpoints are read now and then and before a part of a block is changed, so that entities show what the device has
and changes made in the vendor's app appear. They are read only after a newer reading of the device: one that is asleep or
offline has nothing new.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..api import (
    FOR_SETTINGS,
    FOR_USER,
    NotPermittedError,
    OpenApiClient,
    OpenApiError,
    RefusedError,
    RequestError,
    RequestOptions,
)
from ..api.error_codes import ErrorCode
from ..api.models import Fields, Reply
from ..const import LOGGER
from ..coordinator import FamilyCoordinator
from ..coordinator.base import NOT_PERMITTED_FOR, retry_after
from ..domain import poll_schedule
from ..domain.freshness import Freshness
from ..error_messages import action_error, format_ready_time, to_action_error
from ..families import Family
from ..families.settings import Setting
from .store import SettingsStore

# Seconds between two automatic reads of a device's settings.
READ_INTERVAL = poll_schedule.SETTINGS.total_seconds()
# Seconds until the next attempt: after an error, and in any case.
_RETRY_FAILED = 1800.0
_MIN_INTERVAL = 300.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# A block confirmed this recently is not read again before it is changed.
_FRESH_FOR = timedelta(minutes=2)
# After these a setting is not asked for by its id again.
_UNREADABLE = frozenset(
    {ErrorCode.NOT_READABLE, ErrorCode.NO_SUCH_PARAMETER, ErrorCode.DEVICE_NOT_FOUND}
)

type ReadValues = Mapping[str, tuple[Setting, Any]]


@dataclass(slots=True)
class _Attempts:
    """The outcome of several reads that the user asked for."""

    is_read: bool = False
    error: OpenApiError | None = None
    # Seconds until what was refused may be read; None: not known.
    waits: list[float | None] = field(default_factory=list)

    @contextmanager
    def recording_errors(self) -> Iterator[None]:
        """Record the error of a read instead of raising it."""
        try:
            yield
        except RefusedError as err:
            self.waits.append(err.retry_after)
        except OpenApiError as err:
            self.error = err

    def to_error(self) -> HomeAssistantError:
        """Return what to raise where nothing was read."""
        if self.error is not None:
            return to_action_error(self.error)
        known = [wait for wait in self.waits if wait is not None]
        if known:
            return action_error(
                "settings_were_just_read", time=format_ready_time(min(known))
            )
        if self.waits:
            return action_error("refused_now")
        return action_error("not_readable")


class SettingsReader:
    """Reads settings and hands the values to ``on_values``.

    on_values: gets serial, values by key, the reply, and whether they replace a value that was just written; returns whether any is
    new.
    """

    on_values: Callable[[str, ReadValues, Reply[Any], bool], bool]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: OpenApiClient,
        store: SettingsStore,
    ) -> None:
        """Initialize a reader that has read nothing."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._clock = client.gateway.clock
        self._store = store
        self._coordinators: list[FamilyCoordinator] = []
        # Settings endpoints, by serial: when due, being read, and the instant of the last reply that was applied.
        self._due: dict[str, float] = {}
        self._in_progress: set[str] = set()
        self._applied: dict[str, datetime] = {}
        # Reading by id: until when it is closed, by family; settings that cannot be read.
        self._closed_until: dict[str, float] = {}
        self._unreadable: set[tuple[str, str]] = set()

    @callback
    def track_family(self, coordinator: FamilyCoordinator) -> None:
        """Read the settings of a family's devices after their readings."""
        if coordinator.family.endpoints.settings:
            self._coordinators.append(coordinator)
            self._entry.async_on_unload(
                coordinator.async_add_listener(
                    lambda: self.check_due(tuple(coordinator.changed))
                )
            )

    @callback
    def check_due(self, serials: Iterable[str]) -> None:
        """Start to read the settings of those devices that are due, fresh and shown by an entity."""
        now = self._clock.monotonic()
        for coordinator in self._coordinators:
            for serial in serials:
                state = coordinator.data.get(serial)
                if (
                    state is None
                    or state.assessment.freshness is not Freshness.FRESH
                    or self._due.get(serial, 0.0) > now
                    or not self._store.has_listeners(serial)
                    or serial in self._in_progress
                ):
                    continue
                self._in_progress.add(serial)
                self._entry.async_create_background_task(
                    self._hass,
                    self._async_read_due(coordinator.family, serial),
                    "growatt_openapi settings",
                )

    async def _async_read_due(self, family: Family, serial: str) -> None:
        try:
            await self.async_read(family, serial, FOR_SETTINGS)
        except OpenApiError as err:
            LOGGER.debug("No settings of a device for now: %s", err)
        finally:
            self._in_progress.discard(serial)

    def can_read(self, family: Family, serial: str, setting: Setting) -> bool:
        """Return whether a setting can be read, by its id or from the settings endpoint."""
        return self._can_read_by_id(family, serial, setting) or (
            setting.is_in_settings and self._is_endpoint_open(family, serial)
        )

    def _can_read_by_id(self, family: Family, serial: str, setting: Setting) -> bool:
        return (
            family.endpoints.read_setting is not None
            and setting.readable
            and (serial, setting.key) not in self._unreadable
            and self._closed_until.get(family.key, 0.0) <= self._clock.monotonic()
        )

    def _is_endpoint_open(self, family: Family, serial: str) -> bool:
        """Return whether a device has a settings endpoint that is not resting after an error."""
        now = self._clock.monotonic()
        return bool(family.endpoints.settings) and (
            self._due.get(serial, 0.0) <= now + READ_INTERVAL
        )

    async def async_read(
        self, family: Family, serial: str, options: RequestOptions = FOR_USER
    ) -> Reply[Fields]:
        """Read all settings of a device from its settings endpoint; raise OpenApiError."""
        now = self._clock.monotonic()
        self._due[serial] = now + _MIN_INTERVAL
        try:
            reply = await self._client.device_api(family.endpoints).settings(
                serial, options
            )
        except (NotPermittedError, RequestError) as err:
            self._due[serial] = now + retry_after(err, failed=_RETRY_FAILED)
            raise
        self._due[serial] = now + max(READ_INTERVAL - reply.age, _MIN_INTERVAL)
        values: dict[str, tuple[Setting, Any]] = {
            setting.key: (setting, value)
            for setting in family.settings
            if (value := setting.read_fields(reply.value)) is not None
        }
        is_newer = reply.received > self._applied.get(serial, _LONG_AGO)
        self._applied[serial] = reply.received
        if is_newer and self.on_values(serial, values, reply, False):
            await self._store.async_save()
        return reply

    async def async_read_setting(
        self, family: Family, serial: str, setting: Setting
    ) -> Reply[Any]:
        """Read one setting by its id where that is possible, else all from the settings endpoint; raise OpenApiError."""
        if not self._can_read_by_id(family, serial, setting):
            return await self.async_read(family, serial)
        reply = await self._async_read_by_id(family, serial, setting)
        if reply.is_new:
            value = setting.decode(reply.value)
            if value is None:
                self._unreadable.add((serial, setting.key))
            elif self.on_values(serial, {setting.key: (setting, value)}, reply, False):
                await self._store.async_save()
        return reply

    async def _async_read_by_id(
        self, family: Family, serial: str, setting: Setting
    ) -> Reply[str | None]:
        try:
            return await self._client.device_api(family.endpoints).read_setting(
                serial, setting.parameter, FOR_USER
            )
        except NotPermittedError:
            self._closed_until[family.key] = self._clock.monotonic() + NOT_PERMITTED_FOR
            raise
        except RequestError as err:
            if err.meaning in _UNREADABLE:
                self._unreadable.add((serial, setting.key))
            raise

    async def async_refresh_if_stale(
        self, family: Family, serial: str, *settings: Setting
    ) -> bool:
        """Read the settings of a device unless all of these were confirmed recently; without a reply the confirmed values stay.

        Returns whether the device has replied.
        """
        if not self._is_endpoint_open(family, serial) or not any(
            setting.is_in_settings for setting in settings
        ):
            return False
        now = self._clock.now()
        if all(
            (confirmed := self._store.get(serial, setting)) is not None
            and timedelta() <= now - confirmed.confirmed_at < _FRESH_FOR
            for setting in settings
        ):
            return True
        try:
            await self.async_read(family, serial)
        except OpenApiError as err:
            LOGGER.debug("Settings were not read before a change: %s", err)
            return False
        return True

    async def async_read_all(self, family: Family, serial: str) -> None:
        """Read all settings of a device for the user, also those that could not be read before.

        Raises HomeAssistantError where none could be read, and where all were just read.
        """
        self._closed_until.pop(family.key, None)
        self._unreadable = {key for key in self._unreadable if key[0] != serial}
        attempts = _Attempts()
        in_endpoint = await self._async_read_endpoint(family, serial, attempts)
        for setting in family.settings:
            if setting.key in in_endpoint or not self._can_read_by_id(
                family, serial, setting
            ):
                continue
            with attempts.recording_errors():
                reply = await self._async_read_by_id(family, serial, setting)
                if not reply.is_new:
                    attempts.waits.append(reply.ready_in)
                    continue
                value = setting.decode(reply.value)
                if value is None:
                    LOGGER.debug("Unreadable %s of a device", setting.key)
                    continue
                attempts.is_read = True
                self.on_values(serial, {setting.key: (setting, value)}, reply, True)
        if not attempts.is_read:
            raise attempts.to_error()
        await self._store.async_save()

    async def _async_read_endpoint(
        self, family: Family, serial: str, attempts: _Attempts
    ) -> frozenset[str]:
        """Read the settings endpoint where there is one; return the keys of the settings it has."""
        if not family.endpoints.settings:
            return frozenset()
        with attempts.recording_errors():
            reply = await self.async_read(family, serial)
            attempts.is_read |= reply.is_new
            if not reply.is_new:
                attempts.waits.append(reply.ready_in)
            return frozenset(
                setting.key
                for setting in family.settings
                if setting.read_fields(reply.value) is not None
            )
        return frozenset()
