"""The energy that Home Assistant adds from what is shown, over days with clocks and readings gone wrong, against the truth."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
import itertools

import pytest

from custom_components.growatt_openapi.domain.counters import (
    DailyCounters,
    LifetimeTotals,
)
from custom_components.growatt_openapi.domain.device_clock import DeviceClock
from custom_components.growatt_openapi.domain.freshness import (
    SunState,
    ValueKind,
    assess,
)

ZONE = timezone(timedelta(hours=2))
# 22:00 at the plant.
START = datetime(2026, 6, 20, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATENCY = timedelta(seconds=40)
# A house's evening: a battery feeds it with this power, kW.
POWER = 0.4


@dataclass
class Readings:
    """A storage that uploads every five minutes, its counters, and what is shown of them.

    behind: the device's clock behind the plant's. late: its midnight after that of its clock. system: the error of the system's
    clock at an instant. lost, altered: readings that are not read, and other values instead.
    """

    behind: timedelta = timedelta()
    late: timedelta = timedelta()
    system: Callable[[datetime], timedelta] = lambda _: timedelta()
    is_lost: Callable[[datetime], bool] = lambda _: False
    alter: Callable[[datetime, datetime, float], tuple[datetime, float]] = (
        lambda _, time, value: (time, value)
    )
    clock: DeviceClock = field(default_factory=lambda: DeviceClock(ZONE))
    daily: DailyCounters = field(default_factory=DailyCounters)
    totals: LifetimeTotals = field(default_factory=LifetimeTotals)
    today: float | None = None
    total: float | None = None
    shown_today: list[float] = field(default_factory=list)
    shown_total: list[float] = field(default_factory=list)
    counter: float = 25.0
    energy: float = 0.0

    def run(self, duration: timedelta) -> None:
        """Let time pass, in minutes."""
        error = self.system(START)
        device_day = self._device_time(START) - self.late
        for minute in range(1, int(duration / MINUTE) + 1):
            instant = START + minute * MINUTE
            self.counter += POWER / 60
            self.energy += POWER / 60
            wall = self._device_time(instant) - self.late
            if wall.date() != device_day.date():
                self.counter = 0.0
            device_day = wall
            if (jump := self.system(instant) - error) != timedelta():
                error = self.system(instant)
                self.clock.follow_clock_jump(jump)
                self.totals.follow_clock_jump(jump)
            now = instant + error
            if minute % 5 == 0 and not self.is_lost(instant):
                self._read(instant, now + LATENCY)
            self._show(now + LATENCY)

    def _device_time(self, instant: datetime) -> datetime:
        return instant.astimezone(ZONE).replace(tzinfo=None) - self.behind

    def _read(self, instant: datetime, now: datetime) -> None:
        time, value = self.alter(instant, self._device_time(instant), self.counter)
        if not self.clock.record_reading(time, now):
            return
        self.today = self.daily.record_value("today", round(value, 1), time, 5000.0)
        self.total = self.totals.record_value(
            "total", round(1000 + self.energy, 1), now, 5000.0
        )
        self.totals.end_round(now)

    def _show(self, now: datetime) -> None:
        assessment = assess(
            self.clock, now, sleeps=False, sun=SunState(False, False), power=None
        )
        status = assessment.status_of(ValueKind.TODAY)
        shown = status.apply(self.today)
        if shown is not None:
            self.shown_today.append(shown)
        if self.total is not None:
            self.shown_total.append(self.total)

    def check(self) -> None:
        """Assert that what Home Assistant adds is what was used since the first figure."""
        assert self.shown_today
        assert added(self.shown_today) == pytest.approx(self.energy, abs=0.2)
        assert added(self.shown_total) == pytest.approx(self.energy, abs=0.2)


def added(shown: list[float]) -> float:
    """Return what Home Assistant adds for a total_increasing sensor with these states."""
    return sum(
        after - before if after >= 0.9 * before else after
        for before, after in itertools.pairwise(shown)
    )


def test_an_ordinary_night() -> None:
    readings = Readings()
    readings.run(timedelta(hours=14))
    readings.check()


@pytest.mark.parametrize("late", [10, 30, 90])
@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_counter_that_restarts_after_midnight(late: int, lost: int) -> None:
    """Readings just before midnight are lost too."""
    readings = Readings(
        late=late * MINUTE,
        is_lost=lambda instant: (
            timedelta(hours=2) - lost * 5 * MINUTE
            <= instant - START
            < timedelta(hours=2)
        ),
    )
    readings.run(timedelta(hours=30))
    readings.check()


@pytest.mark.parametrize("lost", [0, 1])
def test_yesterdays_value_until_the_counter_is_uploaded(lost: int) -> None:
    midnight = START + timedelta(hours=2)

    def repeat(
        instant: datetime, time: datetime, value: float
    ) -> tuple[datetime, float]:
        is_repeated = midnight <= instant < midnight + 20 * MINUTE
        return time, 25.8 if is_repeated else value

    readings = Readings(
        alter=repeat,
        is_lost=lambda instant: midnight - lost * 5 * MINUTE <= instant < midnight,
    )
    readings.run(timedelta(hours=14))
    readings.check()


@pytest.mark.parametrize("days", [1, 3, 27_000])
def test_a_reading_of_the_future(days: int) -> None:
    def shift(
        instant: datetime, time: datetime, value: float
    ) -> tuple[datetime, float]:
        is_wrong = instant == START + timedelta(hours=1)
        return time + timedelta(days=days if is_wrong else 0), value

    readings = Readings(alter=shift)
    readings.run(timedelta(days=3))
    readings.check()


@pytest.mark.parametrize(
    "error",
    [
        timedelta(hours=-1),
        timedelta(days=-1),
        timedelta(hours=1),
        timedelta(days=1),
        datetime(1970, 1, 1, tzinfo=UTC) - START,
    ],
)
@pytest.mark.parametrize("minute", [7, 117, 123, 240])
def test_the_system_clock_is_set(error: timedelta, minute: int) -> None:
    """The clock of the machine is wrong until the network's time comes, or from then on."""
    for is_wrong_first in (True, False):

        def system(instant: datetime, *, first: bool = is_wrong_first) -> timedelta:
            is_wrong = (instant < START + minute * MINUTE) is first
            return error if is_wrong else timedelta()

        readings = Readings(system=system)
        readings.run(timedelta(hours=14))
        readings.check()


@pytest.mark.parametrize("hours", [24, 25, 1, -1])
def test_a_device_whose_clock_is_wrong(hours: int) -> None:
    readings = Readings(behind=timedelta(hours=hours))
    readings.run(timedelta(hours=30))
    readings.check()
