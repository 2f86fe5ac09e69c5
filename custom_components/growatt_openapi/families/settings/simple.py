"""Settings of a single value: numbers, switches, selections, times, and values that only actions set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
import re
from typing import Any, override

from homeassistant.components.button import ButtonEntityDescription
from homeassistant.components.number import NumberEntityDescription
from homeassistant.components.select import SelectEntityDescription
from homeassistant.components.switch import SwitchEntityDescription
from homeassistant.components.time import TimeEntityDescription

from ...api import values
from ...api.models import Fields
from .base import ValidationIssue, Writable, check_range

_CLOCK = re.compile(r"(\d{1,2}):(\d{1,3})")


@dataclass(frozen=True, kw_only=True)
class NumberSetting(NumberEntityDescription, Writable[float]):
    """A setting that is a number.

    encode: returns the commands, where they are not the number itself. gap: numbers strictly between these two are invalid.
    """

    native_min_value: float
    native_max_value: float
    native_step: float
    encode: Callable[[float], tuple[str, ...]] | None = None
    gap: tuple[float, float] | None = None

    @override
    def commands(self, value: float) -> tuple[str, ...]:
        return self.encode(value) if self.encode else (f"{value:g}",)

    @override
    def validate(self, value: float) -> ValidationIssue | None:
        low, high = self.native_min_value, self.native_max_value
        if issue := check_range(value, low, high, self.native_step):
            return issue
        if self.gap is not None and self.gap[0] < value < self.gap[1]:
            return ValidationIssue(
                "in_gap",
                {
                    "value": f"{value:g}",
                    "minimum": f"{low:g}",
                    "below": f"{self.gap[0]:g}",
                    "above": f"{self.gap[1]:g}",
                    "maximum": f"{high:g}",
                },
            )
        return None

    @override
    def decode(self, text: str | None) -> float | None:
        number = values.number(text)
        return None if number is None or self.validate(number) else number

    @override
    def load(self, saved: Any) -> float:
        return float(saved)


@dataclass(frozen=True, kw_only=True)
class SwitchSetting(SwitchEntityDescription, Writable[bool]):
    """A setting that is on or off, by the vendor's codes; ``on_aliases``: other codes that are read as on."""

    on: str
    off: str
    on_aliases: tuple[str, ...] = ()

    @override
    def commands(self, value: bool) -> tuple[str, ...]:
        return (self.on if value else self.off,)

    @override
    def decode(self, text: str | None) -> bool | None:
        number = values.integer(text)
        if number is None:
            return None
        if number in {int(code) for code in (self.on, *self.on_aliases)}:
            return True
        return False if number == int(self.off) else None

    @override
    def read_fields(self, fields: Fields) -> bool | None:
        # A settings endpoint gives a truth value, whatever the codes are.
        found = (values.boolean(fields.get(key)) for key in self.field_keys)
        return next((value for value in found if value is not None), None)

    @override
    def load(self, saved: Any) -> bool:
        if not isinstance(saved, bool):
            raise TypeError("neither on nor off")
        return saved


@dataclass(frozen=True, kw_only=True)
class SelectSetting(SelectEntityDescription, Writable[str]):
    """A setting with several options; ``option_codes``: the vendor's code of each."""

    option_codes: Mapping[str, str]

    @override
    def commands(self, value: str) -> tuple[str, ...]:
        return (self.option_codes[value],)

    @override
    def decode(self, text: str | None) -> str | None:
        return next(
            (name for name, code in self.option_codes.items() if code == text), None
        )

    @override
    def load(self, saved: Any) -> str:
        if saved not in self.option_codes:
            raise ValueError("no such option")
        return str(saved)


@dataclass(frozen=True, kw_only=True)
class TimeSetting(TimeEntityDescription, Writable[time]):
    """A time of the day in whole minutes, a part of a window. The cloud writes it without leading zeros: "4:0"."""

    @override
    def commands(self, value: time) -> tuple[str, ...]:
        return str(value.hour), str(value.minute)

    @override
    def validate(self, value: time) -> ValidationIssue | None:
        if value.second or value.microsecond:
            return ValidationIssue("whole_minutes", {})
        return None

    @override
    def decode(self, text: str | None) -> time | None:
        match = _CLOCK.fullmatch(text or "")
        if match is None:
            return None
        hour, minute = (int(part) for part in match.groups())
        # Invalid times such as "11:187" were seen; 24:00 is the midnight that ends the day.
        if (hour, minute) == (24, 0):
            return time(0)
        return time(hour, minute) if hour < 24 and minute < 60 else None

    @override
    def load(self, saved: Any) -> time:
        return time.fromisoformat(saved)


@dataclass(frozen=True, kw_only=True)
class ClockSetting(ButtonEntityDescription, Writable[datetime]):
    """The device's clock; ``form``: the vendor's format of a time."""

    form: str
    readable: bool = False
    is_lasting: bool = False

    @override
    def commands(self, value: datetime) -> tuple[str, ...]:
        return (value.strftime(self.form),)

    @override
    def load(self, saved: Any) -> datetime:
        raise TypeError("a clock is not stored")


@dataclass(frozen=True, kw_only=True)
class ActionSetting(Writable[tuple[float, ...]]):
    """A setting that is not an entity and that only an action sets, because it needs expertise.

    action: its name. is_documented: whether the vendor documents the register at an address.
    """

    key: str
    action: str
    check: Callable[[tuple[float, ...]], ValidationIssue | None]
    encode: Callable[[tuple[float, ...]], tuple[str, ...]]
    is_documented: Callable[[float], bool] = lambda _: False
    readable: bool = False
    is_lasting: bool = False

    @override
    def commands(self, value: tuple[float, ...]) -> tuple[str, ...]:
        return self.encode(value)

    @override
    def validate(self, value: tuple[float, ...]) -> ValidationIssue | None:
        return self.check(value)

    @override
    def load(self, saved: Any) -> tuple[float, ...]:
        raise TypeError("a value set by an action is not stored")
