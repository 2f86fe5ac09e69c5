"""Settings of several values that are always sent together; the simplest is a window of two times."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Any, override

from homeassistant.const import EntityCategory

from .base import ValidationIssue, Writable
from .simple import NumberSetting, SelectSetting, SwitchSetting, TimeSetting

_DAY = 24 * 60

# The parts of compound settings; each is an entity.
type Part = NumberSetting | SwitchSetting | SelectSetting | TimeSetting


@dataclass(frozen=True, slots=True)
class Window:
    """A daily period by the device's clock, in whole minutes. An end at 0:00 is the midnight that ends the day."""

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
        """Return the window as text, such as 18:30-24:00."""
        start, end = (divmod(minute, 60) for minute in self.minutes)
        return f"{start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}"

    @classmethod
    def parse(cls, text: str) -> Window:
        """Return the window of such a text; raise ValueError for any other."""
        start, end = (part.split(":") for part in text.split("-"))
        return cls.of_minutes(
            int(start[0]) * 60 + int(start[1]), int(end[0]) * 60 + int(end[1])
        )


@dataclass(frozen=True, kw_only=True)
class CompoundBase[ValueT](Writable[ValueT]):
    """A setting of several named parts, each an entity, that are sent together whenever one of them is set."""

    key: str
    are_entities: bool = True

    @property
    @abstractmethod
    def parts(self) -> Mapping[str, Part]:
        """The parts by name."""

    @abstractmethod
    def split(self, value: ValueT) -> dict[str, Any]:
        """Return the parts of a value."""

    @abstractmethod
    def combine(self, parts: Mapping[str, Any]) -> ValueT:
        """Return the value of its parts."""

    @abstractmethod
    def missing(self, parts: Mapping[str, Any]) -> ValidationIssue | None:
        """Return the issue of missing parts; None where the value is complete."""


@dataclass(frozen=True, kw_only=True)
class WindowSetting(CompoundBase[Window]):
    """A daily period. It is never read, because it is not documented how the cloud gives its four numbers."""

    readable: bool = False

    @cached_property
    @override
    def parts(self) -> Mapping[str, Part]:
        return {
            name: TimeSetting(
                key=f"{self.key}_{name}",
                translation_key=f"{self.key}_{name}",
                entity_category=EntityCategory.CONFIG,
            )
            for name in ("start", "end")
        }

    @override
    def split(self, value: Window) -> dict[str, Any]:
        return {"start": value.start, "end": value.end}

    @override
    def combine(self, parts: Mapping[str, Any]) -> Window:
        return Window(parts["start"], parts["end"])

    @override
    def missing(self, parts: Mapping[str, Any]) -> ValidationIssue | None:
        for name in self.parts:
            if name not in parts:
                return ValidationIssue(f"{name}_missing", {})
        return None

    @override
    def commands(self, value: Window) -> tuple[str, ...]:
        return tuple(
            str(part) for minute in value.minutes for part in divmod(minute, 60)
        )

    @override
    def validate(self, value: Window) -> ValidationIssue | None:
        start, end = value.minutes
        if value.start == value.end and start:
            return ValidationIssue("window_empty", {"time": f"{value.start:%H:%M}"})
        if end <= start:
            return ValidationIssue(
                "window_over_midnight",
                {"start": f"{value.start:%H:%M}", "end": f"{value.end:%H:%M}"},
            )
        if any(part.second or part.microsecond for part in (value.start, value.end)):
            return ValidationIssue("whole_minutes", {})
        return None

    @override
    def load(self, saved: Any) -> Window:
        if not isinstance(saved, str):
            raise TypeError("not a window")
        return Window.parse(saved)
