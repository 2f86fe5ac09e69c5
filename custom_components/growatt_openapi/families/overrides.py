"""Plans of timed overrides: the settings that make a device charge or discharge, and the values to restore afterwards.

All of this is calculated before the first write, from settings that are known: an unknown schedule could not be restored.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, ClassVar, override

from .settings import Block, BlockSetting, Period, Setting, Window, order_writes
from .settings.windows import LAST_MINUTE

type Settings = Mapping[str, Setting]
# Values by the keys of their settings; None: not known.
type Values = Mapping[str, Any]

MINUTES_PER_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Span:
    """The time of an override on the device's clock, minutes of the day, the end up to 24:00; charge_level: where to stop, %."""

    first: int
    last: int
    charge_level: float | None = None

    @property
    def period(self) -> Period:
        """The time as a period of a block; an end at 24:00 is the last minute."""
        end = (
            LAST_MINUTE
            if self.last == MINUTES_PER_DAY
            else time(*divmod(self.last, 60))
        )
        return Period(time(*divmod(self.first, 60)), end, enabled=True)


class Override(ABC):
    """The settings that charge or discharge a device.

    rewrites_equal: whether a setting is written that has the value already, because nothing reads it back.
    """

    rewrites_equal: ClassVar = False

    @property
    @abstractmethod
    def keys(self) -> tuple[str, ...]:
        """The keys of the settings that may be changed, in the order in which they are written at the start."""

    def find_unknown(
        self, settings: Settings, known: Values, span: Span, *, is_read: bool
    ) -> list[str]:
        """Return what must be known before the start and is not, as text for the user.

        is_read: the device was asked for its settings: those that it did not return do not exist.
        """
        return []

    @abstractmethod
    def plan(self, settings: Settings, known: Values, span: Span) -> dict[str, Any]:
        """Return the values during the override, by key, of the settings that it changes."""

    def plan_restore(
        self,
        settings: Settings,
        former: Values,
        done: Collection[str],
        current: Values,
    ) -> dict[str, Any]:
        """Return the values to be restored, by key. former: the values before the override. done: keys that need nothing."""
        return {
            key: value
            for key, value in former.items()
            if key not in done and value is not None
        }

    def order(
        self, settings: Settings, current: Values, wanted: Values, *, is_start: bool
    ) -> list[tuple[str, Any]]:
        """Return the writes that lead to the values wanted, key by key: the last setting is the first to be restored."""
        keys = self.keys if is_start else reversed(self.keys)
        return [(key, wanted[key]) for key in keys if key in wanted]


@dataclass(frozen=True, slots=True)
class WindowOverride(Override):
    """A window, and the switch that makes it work. Neither can be read reliably, so that former values may be unknown."""

    rewrites_equal: ClassVar = True

    window: str
    switch: str

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        # The switch is what moves energy: it is turned on last, and restored first.
        return self.window, self.switch

    @override
    def plan(self, settings: Settings, known: Values, span: Span) -> dict[str, Any]:
        return {
            self.window: Window.of_minutes(span.first, span.last),
            self.switch: True,
        }

    def switch_afterwards(self, former: Values) -> bool:
        """Return what the switch is restored to: off, unless it was on in a window that is known.

        Left on in the window of the override, it would charge or discharge again every day.
        """
        return bool(former.get(self.switch)) and former.get(self.window) is not None

    @override
    def plan_restore(
        self,
        settings: Settings,
        former: Values,
        done: Collection[str],
        current: Values,
    ) -> dict[str, Any]:
        values = {**former, self.switch: self.switch_afterwards(former)}
        return Override.plan_restore(self, settings, values, done, current)


@dataclass(frozen=True, slots=True)
class SegmentOverride(Override):
    """One of several segments, each a block of its own, in a mode; ``switch``: what must be on too."""

    segments: tuple[str, ...]
    mode: str
    switch: str | None = None

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        return (*self.segments, *((self.switch,) if self.switch else ()))

    @override
    def find_unknown(
        self, settings: Settings, known: Values, span: Span, *, is_read: bool
    ) -> list[str]:
        unknown = []
        for key in self.segments:
            value = known.get(key)
            # One that is off is in nobody's way.
            if value and value.get("enabled_1") is False:
                continue
            if (value or not is_read) and (text := _missing(settings, key, value)):
                unknown.append(text)
        if not unknown and not any(self._iter_periods(settings, known)):
            unknown.append(self.segments[0])
        if self.switch and known.get(self.switch) is None:
            unknown.append(self.switch)
        return unknown

    @override
    def plan(self, settings: Settings, known: Values, span: Span) -> dict[str, Any]:
        periods = dict(self._iter_periods(settings, known))
        in_the_way = [
            key for key, period in periods.items() if _conflicts(period, span)
        ]
        # One that must be changed anyway, else one that is unused, else any that is on at another time.
        own = next(
            iter(
                in_the_way
                or [
                    key
                    for key, one in periods.items()
                    if not one.enabled or one.is_empty
                ]
                or periods
            )
        )
        changed: dict[str, Any] = {
            key: {**known[key], "enabled_1": False} for key in in_the_way
        }
        changed[own] = {"mode": self.mode, **_period_parts(span, 1)}
        if self.switch is not None:
            changed[self.switch] = True
        return {key: value for key, value in changed.items() if value != known[key]}

    @override
    def plan_restore(
        self,
        settings: Settings,
        former: Values,
        done: Collection[str],
        current: Values,
    ) -> dict[str, Any]:
        restored = Override.plan_restore(self, settings, former, done, current)
        others = [
            period
            for key, period in self._iter_periods(settings, current)
            if key not in restored
        ]
        for key in self.segments:
            period = next(iter(_periods(settings, key, restored.get(key))), None)
            if period is not None and any(map(period.overlaps, others)):
                # The user has set another segment for that time meanwhile, which stays.
                restored[key] = {**restored[key], "enabled_1": False}
        return restored

    @override
    def order(
        self, settings: Settings, current: Values, wanted: Values, *, is_start: bool
    ) -> list[tuple[str, Any]]:
        blocks = [one for key in self.segments if (one := _block(settings, key))]
        of_blocks = order_writes(
            blocks,
            {key: current.get(key) or {} for key in self.segments},
            {key: wanted[key] for key in self.segments if key in wanted},
        )
        writes: list[tuple[str, Any]] = [
            (block.key, value) for block, value in of_blocks
        ]
        switch = [
            (key, wanted[key])
            for key in (self.switch,)
            if key is not None and key in wanted
        ]
        return [*writes, *switch] if is_start else [*switch, *writes]

    def _iter_periods(
        self, settings: Settings, known: Values
    ) -> Iterator[tuple[str, Period]]:
        """Yield the segments that are known as a whole."""
        for key in self.segments:
            if not _missing(settings, key, known.get(key)):
                for period in _periods(settings, key, known[key]):
                    yield key, period


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodOverride(Override):
    """The first period of a block that is written as a whole.

    block: its key. others: keys of blocks whose periods must not be on at that time. charges: whether it charges.
    """

    block: str
    others: tuple[str, ...] = ()
    charges: bool

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        return (*self.others, self.block)

    @override
    def find_unknown(
        self, settings: Settings, known: Values, span: Span, *, is_read: bool
    ) -> list[str]:
        texts = [_missing(settings, self.block, known.get(self.block))]
        for key in self.others:
            value = known.get(key)
            if (block := _block(settings, key)) is None or (not value and is_read):
                continue
            periods = _periods(settings, key, value)
            may_conflict = len(periods) < block.periods or any(
                _conflicts(period, span) for period in periods
            )
            if may_conflict:
                texts.append(_missing(settings, key, value))
        return [text for text in texts if text]

    @override
    def plan(self, settings: Settings, known: Values, span: Span) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        for key in self.others:
            off = {
                f"enabled_{number}": False
                for number, period in enumerate(
                    _periods(settings, key, known.get(key)), 1
                )
                if _conflicts(period, span)
            }
            if off:
                changed[key] = {**known[key], **off}
        value = dict(known[self.block])
        value |= {name: False for name in value if name.startswith("enabled_")}
        value |= _period_parts(span, 1)
        if "ac_charge" in value:
            value["ac_charge"] = True
        if span.charge_level is not None:
            # The device itself stops there, not only at its next reading; its own limit is never loosened.
            limit = min if self.charges else max
            value["stop_level"] = limit(value["stop_level"], span.charge_level)
        if value != known[self.block]:
            changed[self.block] = value
        return changed


def _block(settings: Settings, key: str) -> BlockSetting | None:
    setting = settings.get(key)
    return setting if isinstance(setting, BlockSetting) else None


def _periods(settings: Settings, key: str, value: Block | None) -> list[Period]:
    """Return the periods of a block, as far as they are known."""
    block = _block(settings, key)
    return list(block.periods_of(value)) if block and value else []


def _missing(settings: Settings, key: str, value: Block | None) -> str | None:
    """Return the name of a block with its parts that are not known; None where all are."""
    block = _block(settings, key)
    if block is None or not value:
        return key
    issue = block.missing(value)
    return f"{key} ({issue.placeholders['parts']})" if issue else None


def _period_parts(span: Span, number: int) -> dict[str, Any]:
    period = span.period
    return {
        f"start_{number}": period.start,
        f"end_{number}": period.end,
        f"enabled_{number}": True,
    }


def _conflicts(period: Period, span: Span) -> bool:
    """Return whether a period is on at some time of an override; one over midnight may have been set elsewhere."""
    own = span.period
    if period.enabled and period.start > period.end:
        return own.start < period.end or period.start < own.end
    return period.overlaps(own)
