"""Descriptions of a device's settings: their values, and how these are validated, written and read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .base import ValidationIssue, Writable, check_range
from .blocks import Block, BlockSetting, Period, find_overlap, order_writes
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
    """A setting, or a named part of one, that is an entity."""

    description: Part | ClockSetting
    setting: Setting
    part: str | None = None


def iter_slots(settings: Iterable[Setting], kind: type[Any]) -> Iterator[SettingSlot]:
    """Yield the slots of settings whose descriptions are of one kind."""
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
    "order_writes",
]
