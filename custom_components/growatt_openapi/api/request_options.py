"""How something is asked: how urgent it is, whether it waits for news, whether it may call at all."""

from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """Who goes first when several wait."""

    WRITE = 0
    USER = 1
    READING = 2
    LIST = 3
    ALARM = 4
    HISTORY = 5


@dataclass(frozen=True, slots=True)
class Ask:
    """A manner of asking.

    scheduled: by a timer, for news: waits up to five seconds rather than be answered from the past.
    calls: whether the cloud may be asked; if not, only the last reply answers.
    """

    priority: Priority
    scheduled: bool = False
    calls: bool = True


FOR_USER = Ask(Priority.USER)
FOR_NEWS = Ask(Priority.READING, scheduled=True)
FOR_LISTS = Ask(Priority.LIST, scheduled=True)
# As old as the cloud's limits make it.
FOR_SETTINGS = Ask(Priority.LIST)
FOR_ALARMS = Ask(Priority.ALARM, scheduled=True)
FROM_MEMORY = Ask(Priority.LIST, calls=False)
