"""What can be set in a device: which values it takes, and how they are written and read.

Pure tables' parts: a setting knows its values and nothing of devices. ``parameter`` is the vendor's id of it, and the
page's word for each value stands with the value.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .base import ValidationIssue, Writable, check_range
from .blocks import Block, BlockSetting, Period, find_overlap
from .simple import (
    ActionSetting,
    ClockSetting,
    NumberSetting,
    SelectSetting,
    SwitchSetting,
    TimeSetting,
)
from .windows import CompoundBase, Part, Window, WindowSetting

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
class SettingSlot:
    """Where a setting is an entity: as a whole, or each of its parts by name."""

    description: Part | ClockSetting
    setting: Setting
    part: str | None = None


def iter_slots(settings: Iterable[Setting], kind: type[Any]) -> Iterator[SettingSlot]:
    """Give the entities of one kind that settings are."""
    for setting in settings:
        if isinstance(setting, CompoundBase):
            for name, part in setting.parts.items():
                if setting.are_entities and isinstance(part, kind):
                    yield SettingSlot(part, setting, name)
        elif isinstance(setting, kind) and not isinstance(setting, ActionSetting):
            yield SettingSlot(setting, setting)


__all__ = [
    "ActionSetting",
    "Block",
    "BlockSetting",
    "ClockSetting",
    "CompoundBase",
    "CompoundSetting",
    "NumberSetting",
    "Part",
    "Period",
    "SelectSetting",
    "Setting",
    "SettingSlot",
    "SwitchSetting",
    "TimeSetting",
    "ValidationIssue",
    "Window",
    "WindowSetting",
    "Writable",
    "check_range",
    "find_overlap",
    "iter_slots",
]
