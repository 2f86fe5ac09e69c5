"""Writing settings by action: what is set whole, on several devices at once, or by those only who know what they do."""

import asyncio
from collections.abc import Callable
from datetime import time
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..controls import Controls, check_value
from ..error_messages import action_error, validation_error
from ..families import FAMILIES, registers
from ..families.settings import ActionSetting, Setting, Window
from .action import Action, Target, device_target

ATTR_FORCE = "force"
ATTR_RATE = "rate"
ATTR_START, ATTR_END = "start", "end"
ATTR_REGISTER, ATTR_VALUE = "register", "value"
ATTR_UNKNOWN = "allow_unknown_register"
ATTR_VOLTAGE, ATTR_FRACTION = "open_circuit_voltage", "mpp_fraction"

MOST_DEVICES = 100

_DEVICES = {
    vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_FORCE, default=False): cv.boolean,
}
_NUMBER = vol.Coerce(float)


def controls_of(target: Target) -> Controls:
    """Return what writes to a device; raise ServiceValidationError where its account is read only."""
    controls = target.entry.runtime_data.controls
    if controls is None:
        raise validation_error("controls_are_off", name=target.entry.title)
    return controls


def setting_of(target: Target, key: str) -> Setting:
    """Return a device's setting; raise ServiceValidationError where devices of its kind have none such."""
    setting = target.coordinator.family.setting(key)
    if setting is None:
        raise validation_error("wrong_family", name=target.name)
    return setting


def _targets(hass: HomeAssistant, device_ids: list[str]) -> list[Target]:
    if len(set(device_ids)) > MOST_DEVICES:
        raise validation_error("too_many_devices", limit=str(MOST_DEVICES))
    return [device_target(hass, device_id) for device_id in dict.fromkeys(device_ids)]


async def _set(call: ServiceCall, key: str, value: Any) -> None:
    """Set a value on all devices named: all are checked before the first is written to, and each is tried."""
    work = []
    for target in _targets(call.hass, call.data[ATTR_DEVICE_ID]):
        controls, setting = controls_of(target), setting_of(target, key)
        check_value(setting, value)
        work.append((target, controls, setting))
    results = await asyncio.gather(
        *(
            controls.writer.async_set(
                target.coordinator.family,
                target.serial,
                setting,
                value,
                force=call.data[ATTR_FORCE],
            )
            for target, controls, setting in work
        ),
        return_exceptions=True,
    )
    failures = [
        (target, result)
        for (target, *_), result in zip(work, results, strict=True)
        if result is not None
    ]
    for _, error in failures:
        if len(work) == 1 or not isinstance(error, HomeAssistantError):
            raise error
    if failures:
        raise action_error(
            "some_failed",
            failed=str(len(failures)),
            devices=str(len(work)),
            details="; ".join(f"{one.name}: {error}" for one, error in failures),
        )


def _rate(key: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> None:
        await _set(call, key, call.data[ATTR_RATE])

    return handle


def _window(key: str) -> Callable[[ServiceCall], Any]:
    async def handle(call: ServiceCall) -> None:
        window = Window(
            as_time(call.data[ATTR_START]), as_time(call.data[ATTR_END], is_end=True)
        )
        await _set(call, key, window)

    return handle


def as_time(text: str, *, is_end: bool = False) -> time:
    """Return a time of the day; 24:00 is one for an end."""
    if is_end and text in ("24:00", "24:00:00"):
        return time(0)
    parsed = dt_util.parse_time(text)
    if parsed is None:
        raise validation_error("not_a_time", value=text)
    return parsed


async def _set_register(call: ServiceCall) -> None:
    address, value = call.data[ATTR_REGISTER], call.data[ATTR_VALUE]
    if address != int(address) or not 0 <= address <= registers.HIGHEST:
        raise validation_error("no_register", value=f"{address:g}")
    for target in _targets(call.hass, call.data[ATTR_DEVICE_ID]):
        setting = setting_of(target, "register")
        assert isinstance(setting, ActionSetting)
        if not setting.is_documented(address) and not call.data[ATTR_UNKNOWN]:
            raise validation_error("unknown_register", register=f"{address:g}")
    await _set(call, "register", (address, value))


async def _set_string_voltage(call: ServiceCall) -> None:
    await _set(
        call, "string_voltage", (call.data[ATTR_VOLTAGE], call.data[ATTR_FRACTION])
    )


def writers(*keys: str) -> tuple[str, ...]:
    """Return the endpoints that write any of these settings, of all families that have one."""
    return tuple(
        family.endpoints.write.path
        for family in FAMILIES.values()
        if family.endpoints.write is not None
        and any(family.setting(key) is not None for key in keys)
    )


_WINDOW = {
    **_DEVICES,
    vol.Required(ATTR_START): cv.string,
    vol.Required(ATTR_END): cv.string,
}
_RATE = {**_DEVICES, vol.Required(ATTR_RATE): _NUMBER}

SETTINGS: tuple[Action, ...] = (
    Action(
        name="set_active_power",
        fields=_RATE,
        handler=_rate("active_power_rate"),
        settings=("active_power_rate",),
        paths=writers("active_power_rate"),
    ),
    Action(
        name="set_reactive_power",
        fields=_RATE,
        handler=_rate("reactive_power_rate"),
        settings=("reactive_power_rate",),
        paths=writers("reactive_power_rate"),
    ),
    Action(
        name="set_charge_window",
        fields=_WINDOW,
        handler=_window("ac_charge_window"),
        settings=("ac_charge_window",),
        paths=writers("ac_charge_window"),
    ),
    Action(
        name="set_forced_discharge_window",
        fields=_WINDOW,
        handler=_window("forced_discharge_window"),
        settings=("forced_discharge_window",),
        paths=writers("forced_discharge_window"),
    ),
    Action(
        name="set_register",
        fields={
            **_DEVICES,
            vol.Required(ATTR_REGISTER): _NUMBER,
            vol.Required(ATTR_VALUE): _NUMBER,
            vol.Optional(ATTR_UNKNOWN, default=False): cv.boolean,
        },
        handler=_set_register,
        for_admins=True,
        settings=("register",),
        paths=writers("register"),
    ),
    Action(
        name="set_string_voltage",
        fields={
            **_DEVICES,
            vol.Required(ATTR_VOLTAGE): _NUMBER,
            vol.Required(ATTR_FRACTION): _NUMBER,
        },
        handler=_set_string_voltage,
        for_admins=True,
        settings=("string_voltage",),
        paths=writers("string_voltage"),
    ),
)
