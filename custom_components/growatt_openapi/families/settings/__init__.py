"""What can be set in a device: which values it takes, and how they are written and read.

Pure tables' parts: a setting knows its values and nothing of devices. ``parameter`` is the vendor's id of it, and the
page's word for each value stands with the value.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .base import Refusal, Writable, off_range
from .blocks import Block, BlockSetting, Period, overlap
from .simple import (
    ActionSetting,
    ClockSetting,
    NumberSetting,
    SelectSetting,
    SwitchSetting,
    TimeSetting,
)
from .windows import Compound, Part, Window, WindowSetting

type CompoundSetting = WindowSetting | BlockSetting
type Setting = (
    NumberSetting
    | SwitchSetting
    | SelectSetting
    | WindowSetting
    | BlockSetting
    | ClockSetting
    | ActionSetting
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting is an entity: as a whole, or each of its parts by name."""

    description: Part | ClockSetting
    setting: Setting
    part: str | None = None


def places(settings: Iterable[Setting], kind: type[Any]) -> Iterator[Place]:
    """Give the entities of one kind that settings are."""
    for setting in settings:
        if isinstance(setting, Compound):
            for name, part in setting.parts.items():
                if setting.are_entities and isinstance(part, kind):
                    yield Place(part, setting, name)
        elif isinstance(setting, kind) and not isinstance(setting, ActionSetting):
            yield Place(setting, setting)


__all__ = [
    "ActionSetting",
    "Block",
    "BlockSetting",
    "ClockSetting",
    "Compound",
    "CompoundSetting",
    "NumberSetting",
    "Part",
    "Period",
    "Place",
    "Refusal",
    "SelectSetting",
    "Setting",
    "SwitchSetting",
    "TimeSetting",
    "Window",
    "WindowSetting",
    "Writable",
    "off_range",
    "overlap",
    "places",
]
