"""The schedule of polls: when to poll next, and in which mode.

The cloud allows the same request every five minutes, and dataloggers upload every five minutes. A poll in a random phase of
that period finds readings five minutes old on average; a poll just after the upload finds them under three minutes old. So
every poll is aimed at the instant at which the next reading should be available (``upload_rhythm.py``), with whichever request
is allowed by then: where a device can be read alone and in a batch, the two alternate, so that neither waits for its interval
and the phase is kept. Where there is only one request, its interval delays every poll a little more, until the phase has
drifted too far and one upload is skipped; with an interval a few seconds under five minutes the phase is kept, but a poll just
before an upload costs five minutes, so these polls wait longer for late ones.

Instants are seconds since 1970, given by the caller.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
import itertools
import math

from .upload_rhythm import LAG_TOLERANCE, PERIOD, UploadRhythm

INTERVAL = timedelta(minutes=5)
# Lists of devices and dataloggers; the second while all devices of a plant are asleep.
LISTS = timedelta(hours=1)
LISTS_AT_NIGHT = timedelta(hours=2)
DETAILS = timedelta(days=1)
ALARMS = timedelta(minutes=30)
SETTINGS = timedelta(minutes=15)
# Ten plant lists a day are allowed, so a failed one is not repeated at once.
PLANT_LIST_RETRY = timedelta(hours=3)
# What is due this soon is polled now: hourly rounds may start up to a second early each.
SLACK = timedelta(minutes=1)
# From this many devices on they are read in batches across dataloggers.
BATCH_FROM = 10
# Above this many devices calls follow each other faster, or a round would not fit into its period.
FLEET_FROM = 50
# Details of at most this many devices are requested in one round.
DETAILS_A_ROUND = 45

# Seconds a poll may be off its phase before an upload is skipped to restore it.
MAX_DRIFT = 15.0
# Seconds by which polls must be able to come earlier from one upload to the next, to be moved to just after them.
_ROOM = 2.0
# Without early polls a poll just before a late upload is not made up for. So they wait for twice the delay of recent uploads:
# seconds of every reading against five minutes of a few.
_PATIENCE = 2.0
# Polls per hour that may come before the regular interval is over, to find the instant of an upload.
MAX_EARLY_POLLS = 5
# Seconds between a poll and an early one.
EARLY_POLL_GAP = 20.0
# Seconds until a failed poll is repeated, if the cloud's interval is over.
FAILURE_RETRY = 60.0
# Seconds by which a poll may precede the regular interval, without which no phase could be kept.
INTERVAL_TOLERANCE = 15.0
_HOUR = 3600.0

# Intervals of silent devices: (silent for at least, seconds between polls).
SILENT_BY_DAY = 900.0
_SILENT = ((2 * _HOUR, SILENT_BY_DAY), (1800.0, 600.0))
_ASLEEP = _HOUR
# The part of the year's hours with the sun up, dusk and dawn included.
_DAYLIGHT = 0.55


def plant_list_interval(pages: int) -> timedelta:
    """Return the interval between plant lists.

    Ten requests a day are allowed, perhaps for all pages together; two of them are left to the user.
    """
    return max(timedelta(hours=6), timedelta(days=1) * pages / 8)


def silence_interval(silent: float | None, *, dark: float | None) -> float:
    """Return the least seconds between polls of a device without a new reading for ``silent`` seconds.

    dark: for how many more seconds the device sends nothing because the sun is down; None where it may send at any time.
    """
    if dark is not None:
        return min(_ASLEEP, dark)
    if silent is not None:
        for threshold, interval in _SILENT:
            if silent >= threshold:
                return interval
    return 0.0


def group_devices(
    devices: Iterable[tuple[str, str]],
    known: Sequence[tuple[str, ...]] = (),
    *,
    batch_size: int,
) -> list[tuple[str, ...]]:
    """Return which devices (serial, datalogger) are read together.

    Few devices are grouped by datalogger, which uploads all of its devices at once. Many are grouped by ``batch_size``. The
    groups in ``known`` then change as little as possible when devices come and go, because a different batch is a different
    request to the cloud.
    """
    by_serial = dict(devices)
    if not needs_batches(len(by_serial)):
        dataloggers: dict[str, list[str]] = {}
        for serial, datalogger in sorted(by_serial.items()):
            dataloggers.setdefault(datalogger, []).append(serial)
        return [tuple(serials) for serials in dataloggers.values()]
    groups = [
        [serial for serial in serials if serial in by_serial] for serials in known
    ]
    grouped = set(itertools.chain.from_iterable(groups))
    for serial in sorted(by_serial.keys() - grouped):
        group = next((one for one in groups if len(one) < batch_size), None)
        if group is None:
            groups.append(group := [])
        group.append(serial)
    return [tuple(serials) for serials in groups if serials]


def needs_batches(devices: int) -> bool:
    """Return whether devices are read in batches across dataloggers."""
    return devices >= BATCH_FROM


class ReadMode(Enum):
    """The ways to read the devices of a group."""

    BATCH = auto()
    SINGLES = auto()


@dataclass(slots=True)
class PollSchedule:
    """The polls of one group of devices, or of one plant.

    min_interval: the user's interval, seconds. ready_at: when each mode may be used again. failed: whether the last poll failed.
    """

    min_interval: float
    ready_at: dict[ReadMode, float] = field(default_factory=dict)
    failed: bool = False
    # The polls of the last hour.
    _polls: deque[float] = field(default_factory=deque)

    def record_poll(
        self, now: float, mode: ReadMode, ready_in: float, *, failed: bool = False
    ) -> None:
        """Record a poll, and in how many seconds its mode may be used again.

        failed: the cloud gave nothing; the next poll then ignores the phase.
        """
        self.ready_at[mode] = now + ready_in
        self.failed = failed
        self._polls.append(now)
        while self._polls and self._polls[0] <= now - _HOUR:
            self._polls.popleft()

    def record_refusal(self, now: float, mode: ReadMode, ready_in: float) -> None:
        """Record that a mode was refused, and in how many seconds it may be used again.

        It is no poll: the other mode, if there is one, is used as soon as it may be.
        """
        self.ready_at[mode] = now + ready_in

    @property
    def last_poll(self) -> float | None:
        """The instant of the last poll."""
        return self._polls[-1] if self._polls else None

    def next_poll(
        self,
        now: float,
        modes: Sequence[ReadMode],
        rhythm: UploadRhythm | None,
        interval: float = 0.0,
        *,
        allow_early: bool = True,
    ) -> tuple[float, ReadMode]:
        """Return when to poll next, and in which mode.

        Never before the mode's interval is over. Never before the user's interval is over either, but for a limited number of
        early polls (``allow_early``) that find the instant of an upload. interval: least seconds between polls of a silent device.
        """
        mode = min(modes, key=lambda one: self.ready_at.get(one, -math.inf))
        ready = max(now, self.ready_at.get(mode, now))
        last = self.last_poll
        if last is None:
            return ready, mode
        if self.failed:
            return max(ready, last + FAILURE_RETRY), mode
        regular = max(
            ready, last + max(self.min_interval - INTERVAL_TOLERANCE, interval)
        )
        if rhythm is None or interval > self.min_interval:
            return regular, mode
        can_be_early = allow_early and self._can_poll_early(modes)
        is_early_allowed = can_be_early and self._has_early_polls_left(now)
        if is_early_allowed:
            due = rhythm.next_due(probing=True)
        else:
            # Without early polls the lag is found by polls that move through the period. Where they cannot come earlier
            # each time, they come late anyway, and what they lose of the phase costs less than the uploads skipped to restore it.
            can_move = regular <= last + rhythm.period - _ROOM
            due = rhythm.next_due(
                probing=allow_early and not can_be_early,
                tolerance=LAG_TOLERANCE if can_move else MAX_DRIFT,
                patience=_PATIENCE if can_move and not can_be_early else 1.0,
            )
        if due is None:
            return regular, mode
        if is_early_allowed and due < regular:
            # Poll before the interval is over, to narrow the lag down or because the expected reading was still missing.
            early = max(ready, due, last + EARLY_POLL_GAP)
            if early < regular and early - due <= 4 * MAX_DRIFT:
                return early, mode
        # With a longer interval the observed steps span several uploads.
        is_longer = self.min_interval > INTERVAL.total_seconds()
        return _align_to_phase(
            due,
            regular,
            PERIOD if is_longer else rhythm.period,
            MAX_DRIFT + rhythm.jitter,
        ), mode

    def _can_poll_early(self, modes: Sequence[ReadMode]) -> bool:
        """Return whether the cloud's intervals allow a poll before the user's interval is over."""
        if self.min_interval > INTERVAL.total_seconds() or self.last_poll is None:
            return False
        soonest = min(self.ready_at.get(mode, -math.inf) for mode in modes)
        return len(modes) > 1 or soonest < self.last_poll + self.min_interval / 2

    def _has_early_polls_left(self, now: float) -> bool:
        """Return whether the last hour had fewer early polls than allowed."""
        regular = self.min_interval - INTERVAL_TOLERANCE - 1
        polls = (at for at in self._polls if at > now - _HOUR)
        early = sum(b - a < regular for a, b in itertools.pairwise(polls))
        return early < MAX_EARLY_POLLS


def _align_to_phase(due: float, earliest: float, period: float, drift: float) -> float:
    """Return the first instant from ``earliest`` on that is at most ``drift`` after ``due`` plus whole periods."""
    if earliest <= due:
        return due
    late = (earliest - due) % period
    return earliest if late <= drift else earliest + period - late


def estimate_daily_calls(
    *,
    sleeping: int,
    wakeful: int,
    plants: int,
    interval: timedelta,
    batch_size: int,
    with_settings: int = 0,
) -> int:
    """Return about how many calls a day an interval takes, to help the user choose one.

    sleeping: devices that sleep at night. wakeful: all others. with_settings: those whose settings are read.
    """
    rounds = timedelta(days=1) / interval
    if needs_batches(sleeping):
        sleeping = math.ceil(sleeping / batch_size)
    calls = rounds * (_DAYLIGHT * sleeping + wakeful + 2 * _DAYLIGHT * plants)
    calls += min(rounds, timedelta(days=1) / SETTINGS) * with_settings
    return round(calls + plants * (2 * 24 + 1) + 4)
