"""Settings of inverters and storages: validation, error codes, and the effect on the model.

Sources: protocol of 2016, 4.3.7 (inverterSet) and 4.3.12 (storageSet).
"""

from collections.abc import Callable
from datetime import datetime, time

from .physics.power_models import Inverter, Storage, Window

NO_SUCH_PARAMETER = 10006
VALUE_EMPTY = 10007
OUT_OF_RANGE = 10008
BAD_DATE = 10009
END_BEFORE_START = 10013


class SetError(Exception):
    """The value or the setting is invalid; carries the vendor's error code."""

    def __init__(self, code: int) -> None:
        """Initialize with the vendor's error code."""
        super().__init__(str(code))
        self.code = code


def parse_number(text: str, low: float, high: float) -> float:
    """Parse a number within a range."""
    if text == "":
        raise SetError(VALUE_EMPTY)
    try:
        value = float(text)
    except ValueError as err:
        raise SetError(OUT_OF_RANGE) from err
    if not low <= value <= high:
        raise SetError(OUT_OF_RANGE)
    return value


def parse_choice(text: str, *allowed: str) -> str:
    """Check that a text is one of several, and return it."""
    if text == "":
        raise SetError(VALUE_EMPTY)
    if text not in allowed:
        raise SetError(OUT_OF_RANGE)
    return text


def check_date(text: str, form: str) -> None:
    """Check that a text is a time in this format."""
    if text == "":
        raise SetError(VALUE_EMPTY)
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - a device's clock has no zone
    except ValueError as err:
        raise SetError(BAD_DATE) from err


def _parse_window(commands: list[str]) -> Window:
    hours_start, minutes_start, hours_end, minutes_end = (
        int(parse_number(text, 0, 59 if index % 2 else 24))
        for index, text in enumerate(commands[:4])
    )
    start, end = hours_start * 60 + minutes_start, hours_end * 60 + minutes_end
    if start > 24 * 60 or end > 24 * 60:
        raise SetError(OUT_OF_RANGE)
    if end < start:
        raise SetError(END_BEFORE_START)
    if start >= 24 * 60:
        return Window(time(23, 59, 59), time(23, 59, 59))
    return Window(
        time(start // 60, start % 60),
        None if end == 24 * 60 else time(end // 60, end % 60),
    )


def check_power_factor(text: str) -> None:
    """Check that a text is a power factor."""
    if not abs(parse_number(text, -1, 1)) >= 0.8:
        raise SetError(OUT_OF_RANGE)


def _register(inverter: Inverter, address: str, value: str) -> None:
    ranges: dict[int, tuple[float, float]] = {
        0: (0, 257),
        3: (0, 100),
        19: (1850, 2850),
        20: (1850, 2850),
        21: (4000, 6500),
        22: (4000, 6500),
        30: (1, 250),
    }
    register = int(parse_number(address, 0, 65535))
    number = parse_number(value, *ranges.get(register, (0, 65535)))
    if register == 0:
        if number not in (0, 257):
            raise SetError(OUT_OF_RANGE)
        inverter.on = number == 257
    elif register == 3:
        inverter.active_rate = number


def apply_inverter_setting(
    inverter: Inverter, parameter: str, commands: list[str]
) -> None:
    """Apply an ``inverterSet`` or raise SetError."""
    first, second = commands
    match parameter:
        case "pv_on_off":
            inverter.on = parse_choice(first, "0000", "0101", "0001") != "0000"
        case "pv_pf_cmd_memory_state":
            parse_choice(first, "0", "1")
        case "pv_active_p_rate":
            inverter.active_rate = parse_number(first, 0, 100)
        case "pv_reactive_p_rate":
            parse_number(first, 0, 100)
            parse_choice(second.casefold(), "over", "under")
        case "pv_power_factor":
            check_power_factor(first)
        case "pf_sys_year":
            check_date(first, "%Y-%m-%d %H:%M:%S")
        case "pv_grid_voltage_high":
            parse_number(first, 185, 285)
        case "set_any_reg":
            _register(inverter, first, second)
        case _:
            raise SetError(NO_SUCH_PARAMETER)
    inverter.settings[parameter] = tuple(commands)


def apply_storage_setting(
    storage: Storage, parameter: str, commands: list[str]
) -> None:
    """Apply a ``storageSet`` or raise SetError."""
    action = _STORAGE_SETS.get(parameter)
    if action is None:
        raise SetError(NO_SUCH_PARAMETER)
    action(storage, commands)
    storage.settings[parameter] = tuple(commands)


def _set_on_off(storage: Storage, commands: list[str]) -> None:
    storage.on = parse_choice(commands[0], "0000", "0101") == "0101"


def _set_mode(_: Storage, commands: list[str]) -> None:
    parse_choice(commands[0], "0", "1")


def _set_forced_discharge(storage: Storage, commands: list[str]) -> None:
    storage.forced_discharge = parse_choice(commands[0], "0", "1") == "0"  # 0 enables


def _set_low_limit(storage: Storage, commands: list[str]) -> None:
    storage.low_limit = parse_number(commands[0], 0, 10) / 100


def _set_string_voltage(_: Storage, commands: list[str]) -> None:
    parse_number(commands[0], 300, 500)
    parse_number(commands[1], 0.55, 0.9)


def _set_discharge_window(storage: Storage, commands: list[str]) -> None:
    storage.forced_discharge_window = _parse_window(commands)


def _set_clock(_: Storage, commands: list[str]) -> None:
    check_date(commands[0], "%Y-%m-%d %H:%M")


def _set_ac_charge(storage: Storage, commands: list[str]) -> None:
    storage.ac_charge = parse_choice(commands[0], "0", "1") == "1"


def _set_charge_window(storage: Storage, commands: list[str]) -> None:
    storage.ac_charge_window = _parse_window(commands)


def _set_charge_limit(storage: Storage, commands: list[str]) -> None:
    storage.ac_charge_limit = parse_number(commands[0], 10, 80) / 100


_STORAGE_SETS: dict[str, Callable[[Storage, list[str]], None]] = {
    "storage_cmd_on_off": _set_on_off,
    "storage_cmd_mode": _set_mode,
    "storage_cmd_forced_discharge_enable": _set_forced_discharge,
    "storage_lithium_battery": _set_low_limit,
    "storage_fdt_open_voltage": _set_string_voltage,
    "storage_cmd_forced_discharge_time1": _set_discharge_window,
    "storage_cmd_sys_year": _set_clock,
    "storage_ac_charge_enable_disable": _set_ac_charge,
    # The spelling of newer pages.
    "storage_ac_charge_enable_disenable": _set_ac_charge,
    "storage_ac_charge_hour_start": _set_charge_window,
    "storage_ac_charge_soc_limit": _set_charge_limit,
}


# Factory values of the settings that are not part of the model.
_DEFAULTS = {
    "pv_pf_cmd_memory_state": "0",
    "pv_power_factor": "1",
    "pv_grid_voltage_high": "253",
    "storage_cmd_mode": "0",
}


def read_setting_value(model: Inverter | Storage, parameter: str) -> str | None:
    """Return the first value of a setting as text; None if it cannot be read by name."""
    if isinstance(model, Inverter):
        values = {
            "pv_on_off": f"{model.on:d}",
            "pv_active_p_rate": f"{model.active_rate:g}",
        }
    else:
        values = {
            "storage_cmd_on_off": f"{model.on:d}",
            "storage_cmd_forced_discharge_enable": f"{not model.forced_discharge:d}",
            "storage_lithium_battery": f"{model.low_limit * 100:g}",
            "storage_ac_charge_enable_disable": f"{model.ac_charge:d}",
            "storage_ac_charge_soc_limit": f"{model.ac_charge_limit * 100:g}",
        }
    if parameter in values:
        return values[parameter]
    if parameter not in _DEFAULTS:
        return None
    (value, *_) = model.settings.get(parameter, (_DEFAULTS[parameter],))
    return value
