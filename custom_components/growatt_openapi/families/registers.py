"""The registers of an inverter that the vendor's page names (protocol of 2016, 4.3.7, advanced settings)."""

from collections.abc import Mapping
from dataclasses import dataclass

from .settings import ValidationIssue, check_range

HIGHEST = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register: its range in its own unit, and by what a value is multiplied on its way to the device."""

    address: int
    low: float
    high: float
    step: float = 1
    scale: int = 1
    unit: str = ""
    only: tuple[float, ...] = ()


REGISTERS: Mapping[str, Register] = {
    "on_off": Register(address=0, low=0, high=257, only=(0, 257)),
    "active_power_rate": Register(address=3, low=0, high=100, unit="%"),
    "grid_voltage_low": Register(
        address=19, low=185, high=285, step=0.1, scale=10, unit="V"
    ),
    "grid_voltage_high": Register(
        address=20, low=185, high=285, step=0.1, scale=10, unit="V"
    ),
    "grid_frequency_low": Register(
        address=21, low=40, high=65, step=0.01, scale=100, unit="Hz"
    ),
    "grid_frequency_high": Register(
        address=22, low=40, high=65, step=0.01, scale=100, unit="Hz"
    ),
    "bus_address": Register(address=30, low=1, high=250),
}
_BY_ADDRESS = {register.address: register for register in REGISTERS.values()}


def is_known(address: float) -> bool:
    """Tell whether the vendor's page names this register."""
    return address in _BY_ADDRESS


def problem(value: tuple[float, ...]) -> ValidationIssue | None:
    """Return why a register (address, value) is not to be written, if so; one that nobody knows takes a raw number."""
    address, number = value
    register = _BY_ADDRESS.get(int(address))
    if register is None:
        return raw_problem(value)
    if register.only and number not in register.only:
        return ValidationIssue(
            "not_one_of",
            {
                "value": f"{number:g}",
                "allowed": ", ".join(f"{one:g}" for one in register.only),
            },
        )
    return check_range(number, register.low, register.high, register.step)


def raw_problem(value: tuple[float, ...]) -> ValidationIssue | None:
    """Return why a register that no page names is not to be written, if so: it takes a raw number."""
    return check_range(value[1], 0, HIGHEST, 1)


def commands(value: tuple[float, ...]) -> tuple[str, ...]:
    """Return the register's address, and its value as the device wants it."""
    address, number = value
    register = _BY_ADDRESS.get(int(address))
    scale = register.scale if register else 1
    return (f"{address:g}", f"{round(number * scale)}")


def in_words() -> str:
    """Return the table in words, for the documentation."""
    return "; ".join(
        f"{register.address} {name.replace('_', ' ')}: "
        + (
            " or ".join(f"{one:g}" for one in register.only)
            if register.only
            else f"{register.low:g} to {register.high:g} {register.unit}".strip()
        )
        + (f", sent times {register.scale}" if register.scale > 1 else "")
        for name, register in REGISTERS.items()
    )
