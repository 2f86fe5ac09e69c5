"""The alarms of a device, and which of them are new.

The rules, and the failure each prevents:

- Alarms that started before the log did are not reported: the first check must not report years of old alarms.
- An alarm is identified by code and start. It is reported once, however many pages, checks and restarts show it.
- An alarm has ended when its end lies after its start: until then the cloud repeats the start as the end, or gives none.
- Checks start with the last checked day, so that an outage over midnight hides no alarm.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from ..api.models import Alarm

# Alarms that started longer ago are neither reported nor stored.
OLD = timedelta(days=8)
# The most days that are checked after an outage.
DAYS_BACK = 3
# The most running alarms whose first days are checked until they end.
FOLLOWED = 2
# Messages of the vendor without information.
MEANINGLESS_TEXTS = frozenset({"undown error", "unknown", "unknown error"})
_MAX_FAULT_TEXTS = 300


class AlarmEventType(StrEnum):
    """The kinds of changes to an alarm."""

    ALARM = "alarm"
    ALARM_ENDED = "alarm_ended"


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """The start or the end of an alarm."""

    kind: AlarmEventType
    alarm: Alarm


@dataclass(slots=True)
class AlarmLog:
    """The known alarms of a device.

    since: the start of the log. last: the alarm that started last. checked_day: the last day that was checked. checked_at: the
    instant of that check.
    """

    STORED_AS: ClassVar = {
        "since": "since",
        "looked_at": "checked_day",
        "asked_at": "checked_at",
        "last": "last",
        "known": "_running",
    }

    since: datetime
    last: Alarm | None = None
    checked_day: date | None = None
    checked_at: datetime | None = None
    # Whether an alarm is running, by code and start.
    _running: dict[tuple[str, datetime], bool] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """True while any alarm has not ended."""
        return any(self._running.values())

    def days_to_check(self, today: date) -> list[date]:
        """Return the days to check, the oldest first."""
        first = max(self.checked_day or today, today - timedelta(days=DAYS_BACK - 1))
        days = {first + timedelta(days=n) for n in range((today - first).days + 1)}
        running = sorted(
            {start.date() for (_, start), runs in self._running.items() if runs},
            reverse=True,
        )
        return sorted({today} | days | set(running[:FOLLOWED]))

    def record_alarms(
        self, alarms: Iterable[Alarm], today: date, since: datetime
    ) -> list[AlarmChange]:
        """Record listed alarms and return the changes, in the order in which the alarms started.

        today, since: the present day and the start of the log by the device's clock, as far as that is known.
        """
        changes = []
        oldest = datetime.combine(today - OLD, datetime.min.time())
        for alarm in sorted(alarms, key=lambda alarm: alarm.start):
            if self.last is None or alarm.start >= self.last.start:
                self.last = alarm
            if alarm.start < oldest:
                continue
            key = alarm.code, alarm.start
            was_running = self._running.get(key)
            self._running[key] = alarm.end is None
            if was_running is None and alarm.start >= since:
                changes.append(AlarmChange(AlarmEventType.ALARM, alarm))
                was_running = True
            if was_running and alarm.end is not None:
                changes.append(AlarmChange(AlarmEventType.ALARM_ENDED, alarm))
        self._running = {
            key: runs for key, runs in self._running.items() if key[1] >= oldest
        }
        return changes


def update_fault_texts(texts: dict[int, str], alarms: Iterable[Alarm]) -> bool:
    """Add the messages of alarms to the texts of their codes; return whether that changed any."""
    is_changed = False
    for alarm in alarms:
        if (
            alarm.code.isdigit()
            and alarm.message is not None
            and alarm.message.casefold() not in MEANINGLESS_TEXTS
            and texts.get(int(alarm.code)) != alarm.message
            and len(texts) < _MAX_FAULT_TEXTS
        ):
            texts[int(alarm.code)] = alarm.message
            is_changed = True
    return is_changed
