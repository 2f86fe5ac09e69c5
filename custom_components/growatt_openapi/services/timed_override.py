"""Actions that charge or discharge a battery now, for some minutes."""

from collections.abc import Callable
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..const import DOMAIN
from ..controls import OverrideRequest, TimedOverride
from ..error_messages import validation_error
from ..families.overrides import WindowOverride
from .action import DEVICE, Action, Target, async_get_target, finite_number
from .settings import get_controls

ATTR_MINUTES, ATTR_CHARGE_LEVEL = "minutes", "charge_level"


def _check_battery(call: ServiceCall, target: Target) -> None:
    """Raise ServiceValidationError if no battery was ever seen at a device that may have one."""
    needs = target.coordinator.family.override_needs
    if (
        needs is not None
        and not target.coordinator.data[target.serial].values.get(needs)
        and er.async_get(call.hass).async_get_entity_id(
            "sensor", DOMAIN, f"{target.serial}_{needs}"
        )
        is None
    ):
        raise validation_error("no_battery", name=target.name)


def _override_handler(kind: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        target = await async_get_target(call, call.data[ATTR_DEVICE_ID], POLICY_CONTROL)
        family = target.coordinator.family
        if kind not in family.overrides:
            raise validation_error("wrong_family", name=target.name)
        minutes = call.data[ATTR_MINUTES]
        if minutes != int(minutes) or minutes < 1:
            raise validation_error("no_minutes", value=f"{minutes:g}")
        controls = get_controls(target)
        _check_battery(call, target)
        override = await controls.timed_overrides.async_start(
            family,
            target.coordinator.data[target.serial],
            OverrideRequest(kind, int(minutes), call.data.get(ATTR_CHARGE_LEVEL)),
        )
        return _response(override)

    return handle


def _response(override: TimedOverride) -> JsonObjectType:
    """Return until when an override runs, and what is set afterwards."""
    response: JsonObjectType = {
        "until": dt_util.as_local(override.until).isoformat(timespec="seconds"),
        "charge_level": override.charge_level,
        "settings_afterwards": dict(override.former),
    }
    description, former = override.description, override.former
    if isinstance(description, WindowOverride):
        is_on = description.switch_afterwards(former)
        response |= {
            "settings_afterwards": {**former, description.switch: is_on},
            "window_afterwards": former[description.window],
            "switch_afterwards": "on" if is_on else "off",
            # A value that was never known cannot be restored: the switch is then turned off.
            "former_window_is_known": former[description.window] is not None,
            "former_switch_is_known": former[description.switch] is not None,
        }
    return response


TIMED_OVERRIDE_ACTIONS: tuple[Action, ...] = tuple(
    Action(
        name=f"{kind}_now",
        fields={
            **DEVICE,
            vol.Required(ATTR_MINUTES): finite_number,
            vol.Optional(ATTR_CHARGE_LEVEL): vol.All(
                finite_number, vol.Range(min=0, max=100)
            ),
        },
        handler=_override_handler(kind),
        response=SupportsResponse.OPTIONAL,
    )
    for kind in ("charge", "discharge")
)
