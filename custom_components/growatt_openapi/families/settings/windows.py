"""Settings of several values that are always sent together; the simplest is a window of two times."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from typing import Any, override

from .base import ValidationIssue, Writable
from .simple import NumberSetting, SelectSetting, SwitchSetting, TimeSetting

_DAY = 24 * 60
MIDNIGHT = time(0)
# The end of a day where 24:00 cannot be written.
LAST_MINUTE = time(23, 59)

# The parts of compound settings; each is an entity.
type Part = NumberSetting | SwitchSetting | SelectSetting | TimeSetting


@dataclass(frozen=True, slots=True)
class Window:
    """A daily period by the device's clock, in whole minutes; ``end``: None for the midnight that ends the day.

    From 0:00 to 0:00 is no period at all: devices show an unused one like that. The whole day is from 0:00 to None.
    """

    start: time
    end: time | None

    @property
    def minutes(self) -> tuple[int, int]:
        """Return start and end as minutes of the day, the end up to 24:00."""
        return _to_minute(self.start), _DAY if self.end is None else _to_minute(
            self.end
        )

    @property
    def is_none(self) -> bool:
        """True for no period at all."""
        return self.minutes == (0, 0)

    @classmethod
    def of_times(cls, start: time, end: time) -> Window:
        """Return the window between two times of a day, of which none is 24:00: an end at 0:00 is the next midnight, unless the start is at 0:00 too."""
        return cls(start, end if end != MIDNIGHT or start == MIDNIGHT else None)

    @classmethod
    def of_minutes(cls, start: int, end: int) -> Window:
        """Return the window between two minutes of the day, the end up to 24:00."""
        return cls(
            time(*divmod(start, 60)), None if end == _DAY else time(*divmod(end, 60))
        )

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


def _to_minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


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
                # For those who want them: charging now and the action for schedules serve the others.
                entity_registry_enabled_default=False,
            )
            for name in ("start", "end")
        }

    @override
    def split(self, value: Window) -> dict[str, Any]:
        # The whole day is shown as ending at 23:59, since from 0:00 to 0:00 is no window. Any other may end at 0:00.
        midnight = MIDNIGHT if value.start != MIDNIGHT else LAST_MINUTE
        return {
            "start": value.start,
            "end": midnight if value.end is None else value.end,
        }

    @override
    def combine(self, parts: Mapping[str, Any]) -> Window:
        return Window.of_times(parts["start"], parts["end"])

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
        if start == end and not value.is_none:
            return ValidationIssue("window_empty", {"time": f"{value.start:%H:%M}"})
        if end < start:
            return ValidationIssue(
                "window_over_midnight",
                {"start": f"{value.start:%H:%M}", "end": f"{value.end:%H:%M}"},
            )
        if any(
            part is not None and (part.second or part.microsecond)
            for part in (value.start, value.end)
        ):
            return ValidationIssue("whole_minutes", {})
        return None

    @override
    def load(self, saved: Any) -> Window:
        if not isinstance(saved, str):
            raise TypeError("not a window")
        return Window.parse(saved)
