"""The options of a read: its priority, whether it waits for a new reply, and whether it may call at all."""

from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """The order in which waiting requests are served, lowest first."""

    WRITE = 0
    USER = 1
    READING = 2
    LIST = 3
    ALARM = 4
    HISTORY = 5


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """The options of a read.

    scheduled: the request comes from a timer: it waits up to five seconds for its interval instead of returning the last reply.
    may_call: whether a call may be made; if not, the read returns the stored reply only.
    """

    priority: Priority
    scheduled: bool = False
    may_call: bool = True


FOR_USER = RequestOptions(Priority.USER)
FOR_READINGS = RequestOptions(Priority.READING, scheduled=True)
FOR_LISTS = RequestOptions(Priority.LIST, scheduled=True)
# Not scheduled: a reply as old as the interval will do.
FOR_SETTINGS = RequestOptions(Priority.LIST)
FOR_ALARMS = RequestOptions(Priority.ALARM, scheduled=True)
FOR_HISTORY = RequestOptions(Priority.HISTORY)
STORED_ONLY = RequestOptions(Priority.LIST, may_call=False)
