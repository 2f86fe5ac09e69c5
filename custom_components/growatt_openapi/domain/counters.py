"""Corrections of counters, so that what is shown neither falls nor jumps, and every kilowatt hour is counted once.

Home Assistant adds each increase of a counter, and the whole new value after a fall. The rules, and the failure each prevents:

- A value that cannot follow from the last one is doubted: a lower one, and one that is higher by more than can have been made
  in between (``most_energy``). The last value is shown instead. The cloud sometimes gives a 0, an older value or a spike.
- A doubt that lasts is a replaced or moved device: counting continues from the value shown, by what was added since the first
  doubted value. Small falls of a lifetime total never are: they are corrections, held until they are made up for.
- A daily counter restarts at 0. After midnight it can go on with yesterday's energy, because the cloud has no newer value or the
  device's own midnight is later: it is then shown from 0, by its increases, until its restart is seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, NamedTuple

# A doubt of a lifetime total that lasts this long is a replaced device.
REPLACED_AFTER = timedelta(days=1)
# The same of a daily counter: a device that was restarted.
RESTARTED_AFTER = timedelta(hours=1)
# A fall by no more than this, kWh, to more than half of the total is a correction.
CORRECTION = 20.0
# A total may be this much, kWh, behind the energy of today on the device's first day.
TOTAL_LAG = 0.5
# In this time after midnight the cloud may give yesterday's last value once more.
REPEATED_UNTIL = timedelta(hours=3)
# Readings further apart than this may have missed the restart of a daily counter and much of the new day.
LONG_GAP = timedelta(hours=1)
# A day that counts less than this, kWh, can easily end with the same value as the day before.
TINY_DAY = 1.0

# Powers are taken this many times as high as known, since inverters exceed them and meters count more than an inverter.
_POWER_MARGIN = 3.0
# Any house may have this power, W: more than a three-phase connection of 63 A.
_LEAST_POWER = 50_000.0
# Whatever is known, this energy, kWh, may be added between two readings.
_LEAST_ENERGY = 1.0


def most_energy(max_power: float, duration: timedelta) -> float:
    """Return the most energy, kWh, that may be counted in this time. max_power: of device or plant, W; 0 where unknown."""
    hours = max(duration.total_seconds(), 0.0) / 3600
    power = max(max_power * _POWER_MARGIN, _LEAST_POWER)
    return _LEAST_ENERGY + power / 1000 * hours


class _Doubt(NamedTuple):
    """Successive values that follow from each other, but not from the value shown."""

    since: datetime
    first: float
    last: float
    last_at: datetime


def _extend_doubt(
    doubt: _Doubt | None, value: float, now: datetime, max_power: float
) -> _Doubt:
    """Return a doubt with a further value, or a new one where the value does not follow from its last."""
    if doubt is not None and (
        doubt.last <= value <= doubt.last + most_energy(max_power, now - doubt.last_at)
    ):
        return doubt._replace(last=value, last_at=now)
    return _Doubt(now, value, value, now)


def find_impossible_totals(
    values: Mapping[str, object], lifetime_keys: Iterable[str]
) -> set[str]:
    """Return the totals of a reading that are 0 although it shows more energy today than in the lifetime.

    Where one counter's total is less than its energy of today, the cloud has no totals for now, and the other zeros are none either.
    """
    totals = {
        key: value
        for key in lifetime_keys
        if isinstance(value := values.get(key), float)
    }
    is_impossible = any(
        isinstance(today := values.get(f"{key.removesuffix('_total')}_today"), float)
        and total < today - TOTAL_LAG
        for key, total in totals.items()
    )
    return (
        {key for key, total in totals.items() if total == 0} if is_impossible else set()
    )


@dataclass(frozen=True, slots=True)
class Replacement:
    """A lasting change of a total that is taken for a replaced device: the values before and after it, kWh."""

    key: str
    before: float
    after: float


@dataclass(slots=True)
class LifetimeTotals:
    """The lifetime totals of a device or plant. ``dips``: how often a value was doubted.

    replacements: those not reported yet.
    """

    STORED_AS: ClassVar = {
        "dips": "dips",
        "highest": "_values",
        "at?": "_read_at",
        "offsets?": "_offsets",
        "doubts?": "_doubts",
        "missing?": "_missing_since",
    }

    dips: int = 0
    replacements: list[Replacement] = field(default_factory=list)
    # The last value of each that was not doubted, as the cloud gave it, and what is added to it.
    _values: dict[str, float] = field(default_factory=dict)
    _offsets: dict[str, float] = field(default_factory=dict)
    _doubts: dict[str, _Doubt] = field(default_factory=dict)
    # When the last value of any was recorded, and of those that later readings did not have.
    _read_at: datetime | None = None
    _missing_since: dict[str, datetime] = field(default_factory=dict)

    def knows(self, key: str) -> bool:
        """Return whether a value of a total has been recorded."""
        return key in self._values

    def record_value(
        self, key: str, value: float | None, now: datetime, max_power: float | None
    ) -> float | None:
        """Record a total and return the one to show. max_power: see ``most_energy``; None for what is no energy."""
        if value is None:
            if key in self._values and self._read_at is not None:
                self._missing_since.setdefault(key, self._read_at)
            return None
        known = self._values.get(key, value)
        since = self._missing_since.pop(key, self._read_at)
        if key in self._doubts:
            since = self._doubts[key].since
        most = (
            float("inf")
            if max_power is None or since is None
            else most_energy(max_power, now - since)
        )
        if known <= value <= known + most:
            self._doubts.pop(key, None)
            self._values[key] = value
        else:
            self._record_doubt(key, known, value, now, max_power)
        return self._shown(key)

    def end_round(self, now: datetime) -> None:
        """Record that all totals of one reading have been recorded."""
        self._read_at = now

    def _record_doubt(
        self,
        key: str,
        known: float,
        value: float,
        now: datetime,
        max_power: float | None,
    ) -> None:
        self.dips += key not in self._doubts
        doubt = self._doubts[key] = _extend_doubt(
            self._doubts.get(key), value, now, max_power or 0.0
        )
        is_correction = known / 2 < doubt.first < known <= doubt.first + CORRECTION
        if now - doubt.since < REPLACED_AFTER or is_correction:
            return
        del self._doubts[key]
        self._values[key] = value
        if max_power is not None:
            self._offsets[key] = round(
                self._offsets.get(key, 0.0) + known - doubt.first, 3
            )
            self.replacements.append(Replacement(key, known, doubt.first))

    def _shown(self, key: str) -> float:
        value, offset = self._values[key], self._offsets.get(key)
        return round(value + offset, 3) if offset else value

    def rebase(self, values: Mapping[str, float | None]) -> None:
        """Continue from what is shown, now that these totals count something else, such as one device more."""
        for key, value in values.items():
            if value is not None and key in self._values:
                self._offsets[key] = round(self._shown(key) - value, 3)
                self._values[key] = value
                self._doubts.pop(key, None)

    def take_replacements(self) -> list[Replacement]:
        """Return the replacements that were not reported yet, once."""
        taken, self.replacements = self.replacements, []
        return taken

    def follow_clock_jump(self, jump: timedelta) -> None:
        """Shift the recorded instants by a jump of the system's clock."""
        if self._read_at is not None:
            self._read_at += jump
        self._doubts = {
            key: doubt._replace(since=doubt.since + jump, last_at=doubt.last_at + jump)
            for key, doubt in self._doubts.items()
        }
        self._missing_since = {
            key: since + jump for key, since in self._missing_since.items()
        }


class _Day(NamedTuple):
    """The day of a counter.

    value: the newest. previous: the last value of the day before. has_restarted: whether the counter was seen to restart on the
    day. offset: what is added to the value to show the energy of the day.
    """

    date: date
    value: float
    previous: float | None
    has_restarted: bool
    offset: float = 0.0

    @property
    def shown(self) -> float:
        """The energy of the day."""
        return round(self.value + self.offset, 3) if self.offset else self.value


@dataclass(slots=True)
class DailyCounters:
    """The daily counters of a device or plant."""

    STORED_AS: ClassVar = "_days"

    _days: dict[str, _Day] = field(default_factory=dict)
    _doubts: dict[str, _Doubt] = field(default_factory=dict)
    # When each was last read, by the device's clock; empty after a restart.
    _read_at: dict[str, datetime] = field(default_factory=dict)

    def record_value(
        self, key: str, value: float | None, time: datetime, max_power: float
    ) -> float | None:
        """Record a counter and return the energy of the day to show.

        time: the reading's, by the device's clock. max_power: see ``most_energy``.
        """
        if value is None:
            return None
        known = self._days.get(key)
        if known is None:
            self._days[key] = _Day(time.date(), value, None, has_restarted=True)
            self._read_at[key] = time
            return value
        midnight = datetime.combine(time.date(), datetime.min.time())
        gap = time - self._read_at.get(key, midnight)
        is_first = time.date() > known.date
        if is_first:
            self._doubts.pop(key, None)
            day = _Day(
                time.date(),
                known.value,
                known.value,
                has_restarted=False,
                offset=-known.value,
            )
        else:
            # A time of an earlier day: the former one was wrong.
            day = known._replace(date=time.date())
        self._days[key] = (
            self._continue_day(key, day, value, gap, time, max_power)
            if day.has_restarted
            else self._await_restart(
                day, value, gap, time - midnight, max_power, is_first=is_first
            )
        )
        self._read_at[key] = time
        return self._days[key].shown

    def _await_restart(
        self,
        day: _Day,
        value: float,
        gap: timedelta,
        elapsed: timedelta,
        max_power: float,
        *,
        is_first: bool,
    ) -> _Day:
        """Return a day whose counter has not restarted so far. gap, elapsed: since the last reading, and since midnight."""
        is_long = gap >= LONG_GAP
        is_late = elapsed >= REPEATED_UNTIL
        if value < day.value:
            has_restarted = value <= most_energy(max_power, elapsed) and (
                value < max(day.value / 2, TINY_DAY) or is_late
            )
            if not has_restarted:
                return day  # an older value
        elif value == day.value:
            has_restarted = 0 < value < TINY_DAY and is_long and is_late
        else:
            has_restarted = is_long and value <= most_energy(
                max_power, min(gap, elapsed)
            )
        if has_restarted:
            # What it has counted since midnight stays counted.
            return day._replace(
                value=value, has_restarted=True, offset=max(day.shown, 0.0)
            )
        if is_first:
            # What came before this reading is yesterday's.
            return day._replace(value=value, previous=value, offset=-value)
        return day._replace(value=value)

    def _continue_day(
        self,
        key: str,
        day: _Day,
        value: float,
        gap: timedelta,
        time: datetime,
        max_power: float,
    ) -> _Day:
        """Return a day whose counter has restarted before."""
        is_repeated = (
            value == day.previous
            and value > 0
            and time - datetime.combine(day.date, datetime.min.time()) < REPEATED_UNTIL
        )
        if not is_repeated and (
            day.value <= value <= day.value + most_energy(max_power, gap)
        ):
            self._doubts.pop(key, None)
            return day._replace(value=value)
        doubt = self._doubts[key] = _extend_doubt(
            self._doubts.get(key), value, time, max_power
        )
        if time - doubt.since < RESTARTED_AFTER or is_repeated:
            return day
        del self._doubts[key]
        return day._replace(value=value, offset=day.shown - doubt.first)
