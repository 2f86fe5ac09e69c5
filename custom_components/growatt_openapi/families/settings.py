"""What can be set in a device: which values it takes, and how they are written and read.

Pure tables' parts: a setting knows its values and nothing of devices. ``parameter`` is the vendor's id of it, and the
page's word for each value stands with the value.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, override

from homeassistant.components.button import ButtonEntityDescription
from homeassistant.components.number import NumberEntityDescription
from homeassistant.components.select import SelectEntityDescription
from homeassistant.components.switch import SwitchEntityDescription
from homeassistant.components.time import TimeEntityDescription

from ..api import values

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """A daily period of a device's clock, in whole minutes. An end at 0:00 is the midnight that ends the day."""

    start: time
    end: time

    @property
    def minutes(self) -> tuple[int, int]:
        """Return start and end as minutes of the day, the end up to 24:00."""
        start = self.start.hour * 60 + self.start.minute
        return start, (self.end.hour * 60 + self.end.minute) or _DAY

    @classmethod
    def of_minutes(cls, start: int, end: int) -> Window:
        """Return the window between two minutes of the day, the end up to 24:00."""
        return cls(time(*divmod(start, 60)), time(*divmod(end % _DAY, 60)))

    @override
    def __str__(self) -> str:
        """Write it as people do."""
        start, end = (divmod(minute, 60) for minute in self.minutes)
        return f"{start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}"

    @classmethod
    def parse(cls, text: str) -> Window:
        """Return what was written so; raise ValueError where it was not."""
        start, end = (part.split(":") for part in text.split("-"))
        return cls.of_minutes(
            int(start[0]) * 60 + int(start[1]), int(end[0]) * 60 + int(end[1])
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value is not sent: a translation key, and what goes into its text."""

    key: str
    placeholders: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Writable[ValueT]:
    """The base of all settings.

    parameter: the vendor's id. readable: whether it is one value that can be read back by this id, where the cloud reads
    back at all. remembered: whether what was written says anything later on.
    """

    parameter: str
    readable: bool = True
    remembered: bool = True

    @abstractmethod
    def commands(self, value: ValueT) -> tuple[str, ...]:
        """Return the values to send."""

    def problem(self, value: ValueT) -> Refusal | None:
        """Return why a value is not to be sent, if so."""
        return None

    def decode(self, text: str | None) -> ValueT | None:
        """Return the value that the cloud gives for the device's; None where it cannot be understood."""
        return None

    @abstractmethod
    def load(self, saved: Any) -> ValueT:
        """Return a value that was remembered; raise ValueError or TypeError for what is none."""

    @property
    @abstractmethod
    def range_in_words(self) -> str:
        """What values there are, for the documentation."""


@dataclass(frozen=True, kw_only=True)
class NumberSetting(NumberEntityDescription, Writable[float]):
    """A setting that is a number.

    encode: the commands, where they are not the number itself. gap: numbers strictly between these two are refused.
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
    def problem(self, value: float) -> Refusal | None:
        low, high = self.native_min_value, self.native_max_value
        if refusal := off_range(value, low, high, self.native_step):
            return refusal
        if self.gap is not None and self.gap[0] < value < self.gap[1]:
            return Refusal(
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
        return None if number is None or self.problem(number) else number

    @override
    def load(self, saved: Any) -> float:
        return float(saved)

    @property
    @override
    def range_in_words(self) -> str:
        unit = self.native_unit_of_measurement or ""
        first = f"{self.native_min_value:g} to {self.native_max_value:g} {unit}".strip()
        between = (
            f", nothing between {self.gap[0]:g} and {self.gap[1]:g}" if self.gap else ""
        )
        return f"{first}, steps of {self.native_step:g}{between}"


def off_range(value: float, low: float, high: float, step: float) -> Refusal | None:
    """Return the refusal of a number that is out of its range, or has more digits than the step."""
    steps = (value - low) / step
    if low <= value <= high and abs(steps - round(steps)) < 1e-6:
        return None
    return Refusal(
        "not_in_range",
        {
            "value": f"{value:g}",
            "minimum": f"{low:g}",
            "maximum": f"{high:g}",
            "step": f"{step:g}",
        },
    )


@dataclass(frozen=True, kw_only=True)
class SwitchSetting(SwitchEntityDescription, Writable[bool]):
    """A setting that is on or off, each with the vendor's word for it; ``on_too``: other words for on, when it is read."""

    on: str
    off: str
    on_too: tuple[str, ...] = ()

    @override
    def commands(self, value: bool) -> tuple[str, ...]:
        return (self.on if value else self.off,)

    @override
    def decode(self, text: str | None) -> bool | None:
        number = values.integer(text)
        if number is None:
            return None
        if number in {int(word) for word in (self.on, *self.on_too)}:
            return True
        return False if number == int(self.off) else None

    @override
    def load(self, saved: Any) -> bool:
        if not isinstance(saved, bool):
            raise TypeError("neither on nor off")
        return saved

    @property
    @override
    def range_in_words(self) -> str:
        return f"on ({self.on}), off ({self.off})"


@dataclass(frozen=True, kw_only=True)
class SelectSetting(SelectEntityDescription, Writable[str]):
    """A setting with several values that have names; ``words``: the vendor's for each."""

    words: Mapping[str, str]

    @override
    def commands(self, value: str) -> tuple[str, ...]:
        return (self.words[value],)

    @override
    def decode(self, text: str | None) -> str | None:
        return next((name for name, word in self.words.items() if word == text), None)

    @override
    def load(self, saved: Any) -> str:
        if saved not in self.words:
            raise ValueError("no such option")
        return str(saved)

    @property
    @override
    def range_in_words(self) -> str:
        return ", ".join(f"{name} ({word})" for name, word in self.words.items())


@dataclass(frozen=True, kw_only=True)
class WindowHalf(TimeEntityDescription):
    """One of the two times of a window, as an entity."""

    window: WindowSetting
    is_start: bool


@dataclass(frozen=True, kw_only=True)
class WindowSetting(Writable[Window]):
    """A daily period, always sent whole. How the cloud would give four values for one is not known: it is not read."""

    key: str
    readable: bool = False

    @property
    def halves(self) -> tuple[WindowHalf, WindowHalf]:
        """Return its start and its end."""
        start, end = (
            WindowHalf(
                key=f"{self.key}_{name}",
                translation_key=f"{self.key}_{name}",
                window=self,
                is_start=name == "start",
            )
            for name in ("start", "end")
        )
        return start, end

    @override
    def commands(self, value: Window) -> tuple[str, ...]:
        return tuple(
            str(part) for minute in value.minutes for part in divmod(minute, 60)
        )

    @override
    def problem(self, value: Window) -> Refusal | None:
        start, end = value.minutes
        if value.start == value.end and start:
            return Refusal("window_empty", {"time": f"{value.start:%H:%M}"})
        if end <= start:
            return Refusal(
                "window_over_midnight",
                {"start": f"{value.start:%H:%M}", "end": f"{value.end:%H:%M}"},
            )
        if any(part.second or part.microsecond for part in (value.start, value.end)):
            return Refusal("whole_minutes", {})
        return None

    @override
    def load(self, saved: Any) -> Window:
        if not isinstance(saved, str):
            raise TypeError("no window")
        return Window.parse(saved)

    @property
    @override
    def range_in_words(self) -> str:
        return "0:00 to 24:00, the end after the start"


@dataclass(frozen=True, kw_only=True)
class ClockSetting(ButtonEntityDescription, Writable[datetime]):
    """The device's clock; ``form``: how the vendor writes a time."""

    form: str
    readable: bool = False
    remembered: bool = False

    @override
    def commands(self, value: datetime) -> tuple[str, ...]:
        return (value.strftime(self.form),)

    @override
    def load(self, saved: Any) -> datetime:
        raise TypeError("a time that was set is of the past")

    @property
    @override
    def range_in_words(self) -> str:
        return "the plant's wall clock"


@dataclass(frozen=True, kw_only=True)
class ActionSetting(Writable[tuple[float, ...]]):
    """A setting that is no entity, but an action for those who know what they do.

    action: its name. words: what values there are.
    """

    key: str
    action: str
    words: str
    check: Callable[[tuple[float, ...]], Refusal | None]
    encode: Callable[[tuple[float, ...]], tuple[str, ...]]
    readable: bool = False
    remembered: bool = False

    @override
    def commands(self, value: tuple[float, ...]) -> tuple[str, ...]:
        return self.encode(value)

    @override
    def problem(self, value: tuple[float, ...]) -> Refusal | None:
        return self.check(value)

    @override
    def load(self, saved: Any) -> tuple[float, ...]:
        raise TypeError("not remembered")

    @property
    @override
    def range_in_words(self) -> str:
        return self.words


type Setting = (
    NumberSetting
    | SwitchSetting
    | SelectSetting
    | WindowSetting
    | ClockSetting
    | ActionSetting
)
