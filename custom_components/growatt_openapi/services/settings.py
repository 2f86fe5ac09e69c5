"""Actions that write one setting, on several devices at once."""

import asyncio
from collections.abc import Callable
from datetime import time
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..controls import Controls, check_value
from ..error_messages import action_error, localize_error, validation_error
from ..families import registers
from ..families.settings import ActionSetting, Setting, Window
from .action import Action, Target, async_get_target, finite_number

ATTR_FORCE = "force"
ATTR_RATE = "rate"
ATTR_START, ATTR_END = "start", "end"
ATTR_REGISTER, ATTR_VALUE = "register", "value"
ATTR_UNKNOWN = "allow_unknown_register"
ATTR_VOLTAGE, ATTR_FRACTION = "open_circuit_voltage", "mpp_fraction"

MAX_DEVICES = 100

_DEVICES = {
    vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_FORCE, default=False): cv.boolean,
}


def get_controls(target: Target) -> Controls:
    """Return the controls of a device's account; raise ServiceValidationError if the account is read only."""
    controls = target.entry.runtime_data.controls
    if controls is None:
        raise validation_error("controls_are_off", name=target.entry.title)
    return controls


def get_setting(target: Target, key: str) -> Setting:
    """Return a device's setting; raise ServiceValidationError if its family has no such setting."""
    setting = target.coordinator.family.setting(key)
    if setting is None:
        raise validation_error("wrong_family", name=target.name)
    return setting


async def _async_get_targets(call: ServiceCall) -> list[Target]:
    """Return the devices that an action names; the user must have the right to control all of them."""
    device_ids = dict.fromkeys(call.data[ATTR_DEVICE_ID])
    if len(device_ids) > MAX_DEVICES:
        raise validation_error("too_many_devices", limit=str(MAX_DEVICES))
    return [
        await async_get_target(call, device_id, POLICY_CONTROL)
        for device_id in device_ids
    ]


async def _write(call: ServiceCall, key: str, value: Any) -> None:
    """Write a value to all devices named. All are validated before the first is written to; one failure does not stop the others."""
    writes = []
    for target in await _async_get_targets(call):
        controls, setting = get_controls(target), get_setting(target, key)
        check_value(setting, value)
        writes.append((target, controls, setting))
    results = await asyncio.gather(
        *(
            controls.writer.async_set(
                target.coordinator.family,
                target.serial,
                setting,
                value,
                force=call.data[ATTR_FORCE],
            )
            for target, controls, setting in writes
        ),
        return_exceptions=True,
    )
    failures: list[tuple[Target, HomeAssistantError]] = []
    for (target, *_), error in zip(writes, results, strict=True):
        if error is None:
            continue
        if len(writes) == 1 or not isinstance(error, HomeAssistantError):
            raise error
        failures.append((target, error))
    if failures:
        raise action_error(
            "some_failed",
            failed=str(len(failures)),
            devices=str(len(writes)),
            details=" ".join(
                f"{target.name}: {localize_error(call.hass, error)}"
                for target, error in failures
            ),
        )


def _rate_handler(key: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> None:
        await _write(call, key, call.data[ATTR_RATE])

    return handle


def _window_handler(key: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> None:
        start, end = parse_time(call.data[ATTR_START]), parse_end(call.data[ATTR_END])
        window = Window(start, None) if end is None else Window.of_times(start, end)
        await _write(call, key, window)

    return handle


def parse_time(text: str) -> time:
    """Return a time of the day. Raise ServiceValidationError if it is none."""
    parsed = dt_util.parse_time(text)
    if parsed is None:
        raise validation_error("not_a_time", value=text)
    return parsed


def parse_end(text: str) -> time | None:
    """Return a time of the day; None for 24:00. Raise ServiceValidationError if it is none."""
    return None if text in ("24:00", "24:00:00") else parse_time(text)


async def _set_register(call: ServiceCall) -> None:
    address, value = call.data[ATTR_REGISTER], call.data[ATTR_VALUE]
    if address != int(address) or not 0 <= address <= registers.HIGHEST:
        raise validation_error("no_register", value=f"{address:g}")
    for target in await _async_get_targets(call):
        setting = get_setting(target, "register")
        assert isinstance(setting, ActionSetting)
        if not setting.is_documented(address) and not call.data[ATTR_UNKNOWN]:
            raise validation_error("unknown_register", register=f"{address:g}")
    await _write(call, "register", (address, value))


async def _set_string_voltage(call: ServiceCall) -> None:
    await _write(
        call, "string_voltage", (call.data[ATTR_VOLTAGE], call.data[ATTR_FRACTION])
    )


_WINDOW = {
    **_DEVICES,
    vol.Required(ATTR_START): cv.string,
    vol.Required(ATTR_END): cv.string,
}
_RATE = {**_DEVICES, vol.Required(ATTR_RATE): finite_number}

SETTING_ACTIONS: tuple[Action, ...] = (
    Action(
        name="set_active_power",
        fields=_RATE,
        handler=_rate_handler("active_power_rate"),
    ),
    Action(
        name="set_reactive_power",
        fields=_RATE,
        handler=_rate_handler("reactive_power_rate"),
    ),
    Action(
        name="set_charge_window",
        fields=_WINDOW,
        handler=_window_handler("ac_charge_window"),
    ),
    Action(
        name="set_forced_discharge_window",
        fields=_WINDOW,
        handler=_window_handler("forced_discharge_window"),
    ),
    Action(
        name="set_register",
        fields={
            **_DEVICES,
            vol.Required(ATTR_REGISTER): finite_number,
            vol.Required(ATTR_VALUE): finite_number,
            vol.Optional(ATTR_UNKNOWN, default=False): cv.boolean,
        },
        handler=_set_register,
        for_admins=True,
    ),
    Action(
        name="set_string_voltage",
        fields={
            **_DEVICES,
            vol.Required(ATTR_VOLTAGE): finite_number,
            vol.Required(ATTR_FRACTION): finite_number,
        },
        handler=_set_string_voltage,
        for_admins=True,
    ),
)
