"""Actions that charge or discharge a storage now, for some minutes."""

from collections.abc import Callable
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..error_messages import validation_error
from ..families.storage import STORAGE
from .action import DEVICE, Action, async_get_target, finite_number
from .settings import get_controls

ATTR_MINUTES = "minutes"


def _override_handler(kind: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        target = await async_get_target(call, call.data[ATTR_DEVICE_ID], POLICY_CONTROL)
        family = target.coordinator.family
        if kind not in family.override_settings:
            raise validation_error("wrong_family", name=target.name)
        minutes = call.data[ATTR_MINUTES]
        if minutes != int(minutes) or minutes < 1:
            raise validation_error("no_minutes", value=f"{minutes:g}")
        controls = get_controls(target)
        state = target.coordinator.data[target.serial]
        run = await controls.timed_overrides.async_start(
            family,
            target.serial,
            kind,
            int(minutes),
            state.clock.device_time(controls.clock.now()),
        )
        return {
            "until": dt_util.as_local(run.until).isoformat(timespec="seconds"),
            "window_afterwards": None if run.window is None else str(run.window),
            "switch_afterwards": "on" if run.switch_afterwards else "off",
            # A value that was never known cannot be restored: the switch is then turned off.
            "former_window_is_known": run.window is not None,
            "former_switch_is_known": run.switch is not None,
        }

    return handle


TIMED_OVERRIDE_ACTIONS: tuple[Action, ...] = tuple(
    Action(
        name=f"{kind}_now",
        fields={**DEVICE, vol.Required(ATTR_MINUTES): finite_number},
        handler=_override_handler(kind),
        response=SupportsResponse.OPTIONAL,
    )
    for kind in STORAGE.override_settings
)
