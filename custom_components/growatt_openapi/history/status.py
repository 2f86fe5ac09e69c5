"""The progress of the import of history."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Wait(StrEnum):
    """What an import waits for."""

    CLOUD = "cloud"
    LIMIT = "limit"
    PAUSE = "pause"
    PERMISSION = "permission"
    RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class HistoryStatus:
    """The progress of the import of all plants of an account.

    imported_until: up to this hour the statistics of all plants are complete, as far as no days are left. percent: of the days asked
    for. days_left: those still to be read. expected_end: when they should be, None while that depends on the user or on
    the token.
    """

    imported_until: datetime | None = None
    percent: int = 100
    days_left: int = 0
    expected_end: datetime | None = None
    waiting_for: Wait | None = None
