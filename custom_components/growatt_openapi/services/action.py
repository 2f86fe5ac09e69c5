"""The description of an action, and what the actions share: their targets and the translation of errors."""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
import math
from typing import Any, cast

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_get_device_and_config_entry,
)
import voluptuous as vol

from ..api import OpenApiError
from ..const import DOMAIN
from ..coordinator import FamilyCoordinator
from ..error_messages import to_action_error, validation_error
from ..models import PlantInfo
from ..registry.devices import identifiers_of, plant_identifier
from ..runtime import GrowattConfigEntry
from .permissions import async_check_permission

ACCOUNT = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
DEVICE = {vol.Required(ATTR_DEVICE_ID): cv.string}


def finite_number(value: Any) -> float:
    """Return a field's number; raise vol.Invalid if it is none, infinite, or too great for a float.

    ``vol.Coerce(float)`` lets "nan" and "inf" pass, and raises OverflowError for great integers.
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError) as err:
        raise vol.Invalid("expected a number") from err
    if not math.isfinite(number):
        raise vol.Invalid("expected a finite number")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action. for_admins: only administrators may use it."""

    name: str
    fields: Mapping[Any, Any]
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    response: SupportsResponse = SupportsResponse.NONE
    for_admins: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A device with readings, its account and its coordinator."""

    entry: GrowattConfigEntry
    coordinator: FamilyCoordinator
    serial: str

    @property
    def name(self) -> str:
        """The device's alias, else its serial."""
        state = self.coordinator.data[self.serial]
        details = state.plant.device_details.get(self.serial)
        return (details.alias if details else None) or self.serial


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise the cloud's errors as translated HomeAssistantErrors."""
    try:
        yield
    except OpenApiError as err:
        raise to_action_error(err) from err


def get_config_entry(call: ServiceCall) -> GrowattConfigEntry:
    """Return the account that an action names; without a name the only one."""
    return cast(
        "GrowattConfigEntry",
        async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)),
    )


async def async_get_target(call: ServiceCall, device_id: str, policy: str) -> Target:
    """Return the target for a registered device; raise ServiceValidationError unless it is a device with readings.

    Raises Unauthorized unless the user may do with it what ``policy`` says.
    """
    device, entry = async_get_device_and_config_entry(call.hass, DOMAIN, device_id)
    await async_check_permission(call, device, policy)
    entry = cast("GrowattConfigEntry", entry)
    for coordinator in entry.runtime_data.families.values():
        for serial in identifiers_of(device):
            if serial in coordinator.data:
                return Target(entry, coordinator, serial)
    raise validation_error(
        "not_a_device", name=device.name_by_user or device.name or ""
    )


async def async_get_plant(call: ServiceCall) -> tuple[GrowattConfigEntry, PlantInfo]:
    """Return the account and plant of the device that an action names; raise ServiceValidationError unless it is a plant.

    Raises Unauthorized unless the user may read it.
    """
    device, entry = async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID]
    )
    await async_check_permission(call, device, POLICY_READ)
    entry = cast("GrowattConfigEntry", entry)
    for plant_id, info in entry.runtime_data.inventory.data.items():
        if plant_identifier(plant_id) in identifiers_of(device):
            return entry, info
    raise validation_error("not_a_plant", name=device.name_by_user or device.name or "")
