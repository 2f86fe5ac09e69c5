"""The pages on which a device tells all of its settings: read now and then, and before a part of a block is changed.

So entities show what the device has, and changes made in the vendor's app are noticed. A page is read after a newer reading of
the device only: one that sleeps or is offline has nothing new to say.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from homeassistant.core import callback

from ..api import (
    FOR_SETTINGS,
    FOR_USER,
    NotPermittedError,
    OpenApiError,
    RequestError,
    RequestOptions,
)
from ..api.models import Fields, Reply
from ..const import LOGGER
from ..domain import poll_schedule as schedule
from ..domain.freshness import Freshness
from ..families import Family
from ..families.settings import Setting

if TYPE_CHECKING:
    from ..coordinator import FamilyCoordinator
    from .controls import Controls

# Seconds from one look to the next.
EVERY = schedule.SETTINGS.total_seconds()
# A page that is not open to the token is asked for again after so many seconds.
_CLOSED_FOR = 24 * 3600.0
_FAILED_FOR = 1800.0
_AGAIN = 300.0
_NEVER = datetime.min.replace(tzinfo=UTC)
# What is known of a block for so long is not asked for again before it is changed.
_LATELY = timedelta(minutes=2)


class SettingsReader:
    """Reads pages of settings."""

    def __init__(self, controls: Controls) -> None:
        """Read for ``controls``."""
        self._controls = controls
        self._due: dict[str, float] = {}
        self._under_way: set[str] = set()
        # When the page came that was last taken note of.
        self._taken: dict[str, datetime] = {}
        self._coordinators: list[FamilyCoordinator] = []

    @callback
    def follow(self, coordinator: FamilyCoordinator) -> None:
        """Look at the pages of a family's devices whenever they have news."""
        if coordinator.family.endpoints.settings:
            self._coordinators.append(coordinator)
            self._controls.entry.async_on_unload(
                coordinator.async_add_listener(
                    lambda: self.look_at(tuple(coordinator.changed))
                )
            )

    @callback
    def look_at(self, serials: Iterable[str]) -> None:
        """Look at the pages of devices that are due, as far as any entity shows them."""
        now = self._controls.clock.monotonic()
        for coordinator in self._coordinators:
            for serial in serials:
                state = coordinator.data.get(serial)
                if (
                    state is None
                    or state.assessment.freshness is not Freshness.FRESH
                    or self._due.get(serial, 0.0) > now
                    or not self._controls.is_shown(serial)
                    or serial in self._under_way
                ):
                    continue
                self._under_way.add(serial)
                self._controls.entry.async_create_background_task(
                    self._controls.hass,
                    self._look(coordinator.family, serial),
                    "growatt_openapi settings",
                )

    async def _look(self, family: Family, serial: str) -> None:
        try:
            await self.async_read(family, serial, FOR_SETTINGS)
        except OpenApiError as err:
            LOGGER.debug("No settings of a device for now: %s", err)
        finally:
            self._under_way.discard(serial)

    def is_open(self, family: Family, serial: str) -> bool:
        """Tell whether a device's page is worth being asked for."""
        now = self._controls.clock.monotonic()
        return bool(family.endpoints.settings) and (
            self._due.get(serial, 0.0) <= now + EVERY
        )

    async def async_read(
        self, family: Family, serial: str, ask: RequestOptions = FOR_USER
    ) -> Reply[Fields]:
        """Read a device's page and take note of what it says, but for what was written and is not confirmed yet."""
        now = self._controls.clock.monotonic()
        self._due[serial] = now + _AGAIN
        devices = self._controls.client.device_api(family.endpoints)
        try:
            answer = await devices.settings(serial, ask)
        except NotPermittedError:
            self._due[serial] = now + _CLOSED_FOR
            raise
        except RequestError:
            self._due[serial] = now + _FAILED_FOR
            raise
        self._due[serial] = now + max(EVERY - answer.age, _AGAIN)
        found: dict[str, tuple[Setting, Any]] = {
            setting.key: (setting, value)
            for setting in family.settings
            if (value := setting.read_fields(answer.value)) is not None
        }
        is_newer = answer.received > self._taken.get(serial, _NEVER)
        self._taken[serial] = answer.received
        if is_newer and self._controls.confirmation.take(serial, found, answer):
            await self._controls.async_save()
        return answer

    async def async_freshen(
        self, family: Family, serial: str, setting: Setting
    ) -> None:
        """Ask the device for what is not known of late, as far as it can be had."""
        known = self._controls.confirmed(serial, setting)
        if not self.is_open(family, serial) or not setting.is_in_settings:
            return
        now = self._controls.clock.now()
        if known is not None and timedelta() <= now - known.confirmed_at < _LATELY:
            return
        try:
            await self.async_read(family, serial)
        except OpenApiError as err:
            LOGGER.debug("Settings were not read before a change: %s", err)
