"""When to ask next. Pure: instants are seconds since 1970, given by the caller.

The cloud allows the same request every five minutes, and dataloggers upload every five. Asked at a random place of the period
a figure is five minutes old on average; asked just after the upload, under three. So every ask is aimed at the instant at which
the next reading should be there (``rhythm.py``), by whichever of its requests may be made then: where one device can be
read alone and in a batch, the two take turns, so that none waits for its interval and the place in the period is kept. Where
there is one request only, the interval pushes it later each time, until the place is too far off and one upload is let go.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
import itertools
import math

from .upload_rhythm import PERIOD, UploadRhythm

INTERVAL = timedelta(minutes=5)
LISTS = timedelta(hours=1)
# Of a plant whose devices are all asleep.
LISTS_AT_NIGHT = timedelta(hours=2)
DETAILS = timedelta(days=1)
ALARMS = timedelta(minutes=30)
# How devices are set.
SETTINGS = timedelta(minutes=15)
# Ten plant lists a day are allowed in all: one that failed is not asked for at once again.
PLANT_LIST_RETRY = timedelta(hours=3)
# Hourly rounds come up to a second early each: what is due this soon is due.
SLACK = timedelta(minutes=1)
# From here on devices are read in batches, whatever datalogger they are behind.
BATCH_FROM = 10
# Above this many devices calls follow each other faster, or a round would not fit into its period.
FLEET_FROM = 50
# Details of single devices asked in one round: the rest follow in the next ones.
DETAILS_A_ROUND = 45

# So far from its place may an ask be before an upload is let go to find it again, seconds.
DRIFT = 15.0
# Asks in an hour that come before their turn, to look again for an upload that was not there yet.
OUT_OF_TURN = 5
AGAIN = 20.0
# What failed is asked for again after so many seconds, if the cloud's interval is over.
AFTER_FAILURE = 60.0
# An ask may be this much before its turn, or no place in the period could be kept.
TOLERANCE = 15.0
_HOUR = 3600.0

# Silent devices are asked less often: (silent for at least, seconds between asks).
SILENT_BY_DAY = 900.0
_SILENT = ((2 * _HOUR, SILENT_BY_DAY), (1800.0, 600.0))
_ASLEEP = _HOUR


def plant_list_interval(pages: int) -> timedelta:
    """Return how often plants are listed: ten lists a day are allowed, perhaps for all pages together; two are the user's."""
    return max(timedelta(hours=6), timedelta(days=1) * pages / 8)


def silence_interval(silent: float | None, *, dark: float | None) -> float:
    """Return the least seconds between asks of a device that has been silent for so long.

    dark: for how long it can have nothing to say, because the sun stays down; None where it may speak at any time.
    """
    if dark is not None:
        return min(_ASLEEP, dark)
    if silent is not None:
        for longer_than, rest in _SILENT:
            if silent >= longer_than:
                return rest
    return 0.0


def group_devices(
    devices: Iterable[tuple[str, str]],
    known: Sequence[tuple[str, ...]] = (),
    *,
    batch_size: int,
) -> list[tuple[str, ...]]:
    """Return which devices (serial, datalogger) are read together.

    Few devices: those of one datalogger, which upload at the same instant. Many: a hundred at a time, in groups (``known``)
    that stay as they are when devices come and go, since a batch of others is another request.
    """
    by_serial = dict(devices)
    if not needs_batches(len(by_serial)):
        loggers: dict[str, list[str]] = {}
        for serial, logger in sorted(by_serial.items()):
            loggers.setdefault(logger, []).append(serial)
        return [tuple(serials) for serials in loggers.values()]
    groups = [
        [serial for serial in serials if serial in by_serial] for serials in known
    ]
    placed = set(itertools.chain.from_iterable(groups))
    for serial in sorted(by_serial.keys() - placed):
        room = next((one for one in groups if len(one) < batch_size), None)
        if room is None:
            groups.append(room := [])
        room.append(serial)
    return [tuple(serials) for serials in groups if serials]


def needs_batches(devices: int) -> bool:
    """Tell whether devices are read in batches across dataloggers."""
    return devices >= BATCH_FROM


class ReadMode(Enum):
    """How the devices of a group are read."""

    BATCH = auto()
    SINGLES = auto()


@dataclass(slots=True)
class PollSchedule:
    """The asks of one group of devices, or of one plant: when each manner may be used again, and what was asked lately.

    min_interval: the user's interval, seconds.
    """

    min_interval: float
    ready_at: dict[ReadMode, float] = field(default_factory=dict)
    failed: bool = False
    _asks: deque[float] = field(default_factory=deque)

    def record_poll(
        self, now: float, manner: ReadMode, ready_in: float, *, failed: bool = False
    ) -> None:
        """Take note of an ask, and in how many seconds the same may be asked again.

        failed: the cloud gave nothing; what was to be had is asked for as soon as may be, wherever in the period that is.
        """
        self.ready_at[manner] = now + ready_in
        self.failed = failed
        self._asks.append(now)
        while self._asks and self._asks[0] <= now - _HOUR:
            self._asks.popleft()

    @property
    def last_poll(self) -> float | None:
        """When it was last asked."""
        return self._asks[-1] if self._asks else None

    def next_poll(
        self,
        now: float,
        manners: Sequence[ReadMode],
        rhythm: UploadRhythm | None,
        rest: float = 0.0,
        *,
        look_again: bool = True,
    ) -> tuple[float, ReadMode]:
        """Return when to ask next, and how.

        Never before a manner's interval is over, nor before the user's, but for a second look (``look_again``) at the place
        of an upload, as long as those are few. rest: more seconds between asks, of a silent device.
        """
        manner = min(manners, key=lambda one: self.ready_at.get(one, -math.inf))
        ready = max(now, self.ready_at.get(manner, now))
        last = self.last_poll
        if last is None:
            return ready, manner
        if self.failed:
            return max(ready, last + AFTER_FAILURE), manner
        regular = max(ready, last + max(self.min_interval - TOLERANCE, rest))
        if rhythm is None or rest > self.min_interval:
            return regular, manner
        can_look = look_again and self._can_look_again(manners)
        may_look = can_look and self._may_look_again(now)
        if may_look:
            due = rhythm.next_due(probing=True)
        else:
            # Who cannot look again finds the place by moving through the period, and loses it by and by.
            due = rhythm.next_due(probing=look_again and not can_look, fine=DRIFT)
        if due is None:
            return regular, manner
        if may_look and due < regular:
            # Sooner than it is its turn: to learn when uploads come, or because one was not there when it was looked for.
            soon = max(ready, due, last + AGAIN)
            if soon < regular and soon - due <= 4 * DRIFT:
                return soon, manner
        # Asked more seldom, it shows steps of several periods.
        seldom = self.min_interval > INTERVAL.total_seconds()
        return _at_its_place(due, regular, PERIOD if seldom else rhythm.period), manner

    def _can_look_again(self, manners: Sequence[ReadMode]) -> bool:
        """Tell whether the cloud's interval would let an ask follow another before its turn."""
        if self.min_interval > INTERVAL.total_seconds() or self.last_poll is None:
            return False
        soonest = min(self.ready_at.get(manner, -math.inf) for manner in manners)
        return len(manners) > 1 or soonest < self.last_poll + self.min_interval / 2

    def _may_look_again(self, now: float) -> bool:
        """Tell whether that has been done seldom enough."""
        turn = self.min_interval - TOLERANCE - 1
        lately = (at for at in self._asks if at > now - _HOUR)
        return sum(b - a < turn for a, b in itertools.pairwise(lately)) < OUT_OF_TURN


def _at_its_place(due: float, earliest: float, period: float) -> float:
    """Return the first instant from ``earliest`` on that is at most DRIFT after a place of the period."""
    late = (earliest - due) % period if earliest > due else 0.0
    if earliest <= due:
        return due
    if late <= DRIFT:
        return earliest
    return earliest + period - late


def estimate_daily_calls(
    *,
    sleeping: int,
    wakeful: int,
    plants: int,
    interval: timedelta,
    batch_size: int,
    telling: int = 0,
) -> int:
    """Return about how many calls a day it takes, for people who choose an interval.

    sleeping: devices that rest at night. wakeful: those that do not. telling: those of them that are asked how they are set.
    """
    rounds = timedelta(days=1) / interval
    if needs_batches(sleeping):
        sleeping = math.ceil(sleeping / batch_size)
    day = 0.55  # of the year's hours the sun is up, dusk and dawn included
    figures = rounds * (day * sleeping + wakeful + 2 * day * plants)
    figures += min(rounds, timedelta(days=1) / SETTINGS) * telling
    return round(figures + plants * (2 * 24 + 1) + 4)
