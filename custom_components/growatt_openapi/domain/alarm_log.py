"""Which alarms of a device are news. Pure: no Home Assistant, no clock of its own.

The rules, and the failure each prevents:

- What began before a device was watched is no news: the first look must not tell of years of old alarms.
- Code and start name an alarm. Each is told once, however many pages, looks and restarts show it.
- An alarm ends when its end lies after its start: until then the cloud gives the start for an end, or nothing.
- Days are asked for from the last one that was looked at on, so that a night without a connection hides nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ..api.models import Alarm

# What began longer ago than this is no news, and not remembered.
OLD = timedelta(days=8)
# Days that are looked at again after a silence, and running alarms that are followed.
DAYS_BACK = 3
FOLLOWED = 2
# What the vendor says where it has nothing to say.
MEANINGLESS_TEXTS = frozenset({"undown error", "unknown", "unknown error"})
_MOST_WORDS = 300


class AlarmEventType(StrEnum):
    """What happens to an alarm."""

    ALARM = "alarm"
    ALARM_ENDED = "alarm_ended"


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """Something that happened to an alarm."""

    kind: AlarmEventType
    alarm: Alarm


@dataclass(slots=True)
class AlarmLog:
    """What is known of a device's alarms.

    since: the instant from which on it is watched. looked_at: the last day that was looked at; asked_at: the instant of that look.
    """

    since: datetime
    last: Alarm | None = None
    checked_day: date | None = None
    checked_at: datetime | None = None
    # By code and start, whether it is still going on.
    _is_running: dict[tuple[str, datetime], bool] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether any alarm has not ended."""
        return any(self._is_running.values())

    def days_to_check(self, today: date) -> list[date]:
        """Return the days to ask for, the oldest first."""
        first = max(self.checked_day or today, today - timedelta(days=DAYS_BACK - 1))
        days = {first + timedelta(days=n) for n in range((today - first).days + 1)}
        running = sorted(
            {start.date() for (_, start), runs in self._is_running.items() if runs},
            reverse=True,
        )
        return sorted({today} | days | set(running[:FOLLOWED]))

    def record_alarms(
        self, alarms: Iterable[Alarm], today: date, since: datetime
    ) -> list[AlarmChange]:
        """Take note of what the cloud lists, and return what is new in it, in the order in which it began.

        today, since: the day, and the beginning of the watch, by the device's clock as far as it is known by now.
        """
        news = []
        oldest = datetime.combine(today - OLD, datetime.min.time())
        for alarm in sorted(alarms, key=lambda one: one.start):
            if self.last is None or alarm.start >= self.last.start:
                self.last = alarm
            if alarm.start < oldest:
                continue
            name = alarm.code, alarm.start
            was_running = self._is_running.get(name)
            self._is_running[name] = alarm.end is None
            if was_running is None and alarm.start >= since:
                news.append(AlarmChange(AlarmEventType.ALARM, alarm))
                was_running = True
            if was_running and alarm.end is not None:
                news.append(AlarmChange(AlarmEventType.ALARM_ENDED, alarm))
        self._is_running = {
            name: runs for name, runs in self._is_running.items() if name[1] >= oldest
        }
        return news

    def dump(self) -> dict[str, Any]:
        """Return what is to be remembered."""
        return {
            "since": self.since.isoformat(),
            "looked_at": self.checked_day.isoformat() if self.checked_day else None,
            "asked_at": self.checked_at.isoformat() if self.checked_at else None,
            "last": _dump(self.last) if self.last else None,
            "known": [
                [code, start.isoformat(), runs]
                for (code, start), runs in self._is_running.items()
            ],
        }

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> AlarmLog:
        """Return what was remembered; raise KeyError, TypeError or ValueError where it cannot be read."""
        looked_at, asked_at = saved["looked_at"], saved["asked_at"]
        last = saved["last"]
        return cls(
            datetime.fromisoformat(saved["since"]),
            None if last is None else _load(last),
            None if looked_at is None else date.fromisoformat(looked_at),
            None if asked_at is None else datetime.fromisoformat(asked_at),
            {
                (str(code), datetime.fromisoformat(start)): bool(runs)
                for code, start, runs in saved["known"]
            },
        )


def _dump(alarm: Alarm) -> dict[str, Any]:
    return {
        "code": alarm.code,
        "message": alarm.message,
        "start": alarm.start.isoformat(),
        "end": alarm.end.isoformat() if alarm.end else None,
    }


def _load(saved: Mapping[str, Any]) -> Alarm:
    message, end = saved["message"], saved["end"]
    return Alarm(
        code=str(saved["code"]),
        start=datetime.fromisoformat(saved["start"]),
        message=None if message is None else str(message),
        end=None if end is None else datetime.fromisoformat(end),
    )


def update_fault_texts(words: dict[int, str], alarms: Iterable[Alarm]) -> bool:
    """Take from alarms what their codes mean, as far as it says anything; tell whether something was new."""
    is_new = False
    for alarm in alarms:
        if (
            alarm.code.isdigit()
            and alarm.message is not None
            and alarm.message.casefold() not in MEANINGLESS_TEXTS
            and words.get(int(alarm.code)) != alarm.message
            and len(words) < _MOST_WORDS
        ):
            words[int(alarm.code)] = alarm.message
            is_new = True
    return is_new
