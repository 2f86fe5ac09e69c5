"""The registers of an inverter that the vendor documents (protocol of 2016, 4.3.7, advanced settings)."""

from collections.abc import Mapping
from dataclasses import dataclass

from .settings import ValidationIssue, check_range

HIGHEST = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register: its range in ``unit``, and the factor by which a value is multiplied when it is sent.

    only: the allowed values, where they are not a range.
    """

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


def is_documented(address: float) -> bool:
    """Return whether the vendor documents this register."""
    return address in _BY_ADDRESS


def validate(value: tuple[float, ...]) -> ValidationIssue | None:
    """Return why this value of a register (address, value) must not be written, or None; undocumented registers take raw numbers."""
    address, number = value
    register = _BY_ADDRESS.get(int(address))
    if register is None:
        return validate_raw(value)
    if register.only and number not in register.only:
        return ValidationIssue(
            "not_one_of",
            {
                "value": f"{number:g}",
                "allowed": ", ".join(f"{one:g}" for one in register.only),
            },
        )
    return check_range(number, register.low, register.high, register.step)


def validate_raw(value: tuple[float, ...]) -> ValidationIssue | None:
    """Return why this raw value of a register (address, value) must not be written, or None."""
    return check_range(value[1], 0, HIGHEST, 1)


def encode(value: tuple[float, ...]) -> tuple[str, ...]:
    """Return the register's address, and its value multiplied as the device expects it."""
    address, number = value
    register = _BY_ADDRESS.get(int(address))
    scale = register.scale if register else 1
    return (f"{address:g}", f"{round(number * scale)}")
