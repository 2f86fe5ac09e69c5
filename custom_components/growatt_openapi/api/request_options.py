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
class RequestOptions:
    """A manner of asking.

    scheduled: by a timer, for news: waits up to five seconds rather than be answered from the past.
    may_call: whether the cloud may be asked; if not, only the last reply answers.
    """

    priority: Priority
    scheduled: bool = False
    may_call: bool = True


FOR_USER = RequestOptions(Priority.USER)
FOR_READINGS = RequestOptions(Priority.READING, scheduled=True)
FOR_LISTS = RequestOptions(Priority.LIST, scheduled=True)
# As old as the cloud's limits make it.
FOR_SETTINGS = RequestOptions(Priority.LIST)
FOR_ALARMS = RequestOptions(Priority.ALARM, scheduled=True)
STORED_ONLY = RequestOptions(Priority.LIST, may_call=False)
