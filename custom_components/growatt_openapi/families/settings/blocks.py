"""Blocks: settings of periods and their common values, as in the vendor's later pages.

Every write sends the whole block, so its other parts must be read before one of them is changed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cached_property
import itertools
from typing import Any, override

from ...api.models import Fields
from .base import ValidationIssue
from .windows import LAST_MINUTE, MIDNIGHT, CompoundBase, Part

# Values by the name of the part.
type Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """A daily period by the device's clock, enabled or not."""

    start: time
    end: time
    enabled: bool

    def __str__(self) -> str:
        """Return the period as text, such as 18:30-23:59."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    @property
    def is_empty(self) -> bool:
        """True if the period was never set."""
        return self.start == self.end == MIDNIGHT

    @property
    def validation_issue(self) -> ValidationIssue | None:
        """The issue of an enabled period; None for a valid or disabled one."""
        if not self.enabled or self.start < self.end:
            return None
        if self.start == self.end:
            return ValidationIssue("period_empty", {"time": f"{self.start:%H:%M}"})
        return ValidationIssue(
            "window_over_midnight",
            {"start": f"{self.start:%H:%M}", "end": f"{self.end:%H:%M}"},
        )

    def overlaps(self, other: Period) -> bool:
        """Return whether both periods are enabled and share time."""
        return (
            self.enabled
            and other.enabled
            and self.start < other.end
            and other.start < self.end
        )


def find_overlap(periods: Iterable[Period]) -> ValidationIssue | None:
    """Return the issue of the first two enabled periods that overlap or are equal; None without any."""
    for one, other in itertools.combinations(periods, 2):
        if one.overlaps(other):
            return ValidationIssue(
                "periods_overlap", {"one": str(one), "other": str(other)}
            )
    return None


@dataclass(frozen=True, kw_only=True)
class BlockSetting(CompoundBase[Block]):
    """A block of parts, in the order in which they are sent.

    schedule: its name in actions; several blocks of one schedule have one period each, which must not overlap either.
    number: of a block in its schedule, from 1. periods: the number of periods in the block; their parts are start_1, end_1,
    enabled_1, and so on. are_entities: whether the parts are entities; else only an action sets the block.
    """

    schedule: str
    number: int = 1
    periods: int
    readable: bool = False
    are_entities: bool = True
    all_parts: tuple[tuple[str, Part], ...] = ()

    @cached_property
    @override
    def parts(self) -> Mapping[str, Part]:
        return dict(self.all_parts)

    @override
    def split(self, value: Block) -> dict[str, Any]:
        return dict(value)

    @override
    def combine(self, parts: Mapping[str, Any]) -> Block:
        block = dict(parts)
        for index in range(1, self.periods + 1):
            # The end is the last minute of a period, so that a day ends at 23:59 and not at 24:00. A period from midnight to
            # midnight is an empty one, never the whole day: devices have such periods, even enabled.
            if (
                block.get(f"end_{index}") == MIDNIGHT
                and block.get(f"start_{index}") != MIDNIGHT
            ):
                block[f"end_{index}"] = LAST_MINUTE
        return block

    @override
    def missing(self, parts: Mapping[str, Any]) -> ValidationIssue | None:
        names = [name for name in self.parts if parts.get(name) is None]
        return (
            ValidationIssue("parts_missing", {"parts": ", ".join(names)})
            if names
            else None
        )

    @override
    def commands(self, value: Block) -> tuple[str, ...]:
        return tuple(
            command
            for name, part in self.parts.items()
            for command in part.commands(value[name])
        )

    @override
    def validate(self, value: Block) -> ValidationIssue | None:
        if issue := self.missing(value):
            return issue
        for name, part in self.parts.items():
            if issue := part.validate(value[name]):
                return issue
        periods = list(self.periods_of(value))
        for period in periods:
            # Devices are delivered with periods that are enabled and empty, which must not prevent setting the others.
            if not (period.is_empty and self.periods > 1) and (
                issue := period.validation_issue
            ):
                return issue
        return find_overlap(periods)

    def periods_of(self, value: Block) -> Iterator[Period]:
        """Yield the periods of a block whose parts are all known."""
        for index in range(1, self.periods + 1):
            start, end, enabled = (
                value.get(f"{name}_{index}") for name in ("start", "end", "enabled")
            )
            if start is not None and end is not None and enabled is not None:
                yield Period(start, end, enabled)

    @override
    def read_fields(self, fields: Fields) -> Block | None:
        found = {name: part.read_fields(fields) for name, part in self.parts.items()}
        return {
            name: value for name, value in found.items() if value is not None
        } or None

    @property
    @override
    def is_in_settings(self) -> bool:
        return any(part.is_in_settings for part in self.parts.values())

    @override
    def matches(self, wanted: Block, read: Block) -> bool:
        return all(wanted.get(name) == value for name, value in read.items())

    @override
    def merge(self, known: Block | None, read: Block) -> Block:
        return {**(known or {}), **read}

    @override
    def load(self, saved: Any) -> Block:
        if not isinstance(saved, dict):
            raise TypeError("not a block")
        return {
            name: part.load(saved[name])
            for name, part in self.parts.items()
            if name in saved
        }


def order_writes(
    blocks: Sequence[BlockSetting],
    current: Mapping[str, Block],
    wanted: Mapping[str, Block],
) -> Iterator[tuple[BlockSetting, Block]]:
    """Yield the writes that lead to the values wanted, in an order in which no two periods overlap in between.

    The cloud breaks down on an overlap. blocks: all of a schedule with one period each; current, wanted: their values by key; those
    without a wanted one are not written.
    """
    values = dict(current)
    remaining = [block for block in blocks if block.key in wanted]

    def is_free(block: BlockSetting) -> bool:
        others = [
            period
            for other in blocks
            if other.key != block.key
            for period in other.periods_of(values.get(other.key, {}))
        ]
        own = list(block.periods_of(wanted[block.key]))
        return not any(one.overlaps(other) for one in own for other in others)

    def can_turn_off(block: BlockSetting) -> bool:
        value = values.get(block.key, {})
        return bool(value.get("enabled_1")) and block.missing(value) is None

    while remaining:
        block = next(filter(is_free, remaining), None)
        if block is None and (block := next(filter(can_turn_off, remaining), None)):
            # Each of them overlaps another one: turn one that is on off first.
            values[block.key] = {**values[block.key], "enabled_1": False}
        else:
            block = block or remaining[0]
            remaining.remove(block)
            values[block.key] = wanted[block.key]
        yield block, values[block.key]
