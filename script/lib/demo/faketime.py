"""Another time for the children: later today, and faster. Nothing in the integration knows of it."""

from datetime import UTC, datetime, timedelta, timezone
import os
from pathlib import Path
import sys
import time

from simulator.physics.sun import elevation

# Where the houses of the scenarios stand, by their own clock.
PLACE = (48.2, 11.6)
ZONE = timezone(timedelta(hours=1))
LIBRARIES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
)
DUSK = 4.0  # degrees above the horizon
_BEFORE = timedelta(minutes=20)
_STEP = timedelta(minutes=1)


def library() -> str:
    """Return where libfaketime is; end with what to do where it is not."""
    named = os.environ.get("LIBFAKETIME")
    if named and Path(named).exists():
        return named
    for pattern in LIBRARIES:
        for found in Path("/").glob(pattern.removeprefix("/")):
            return str(found)
    sys.exit(
        "error: --at and --speed need libfaketime. On Debian and Ubuntu: apt install faketime. "
        "Elsewhere: set LIBFAKETIME to libfaketimeMT.so.1."
    )


def begin_at(what: str | None, now: datetime) -> datetime:
    """Return the next time at which to see something: twenty minutes before dusk or midnight, or noon."""
    moment = now
    for _ in range(2 * 24 * 60):
        later = moment + _STEP
        match what:
            case "dusk":
                is_it = elevation(later, *PLACE) <= DUSK < elevation(moment, *PLACE)
            case "midnight":
                is_it = later.astimezone(ZONE).strftime("%H:%M") == "00:00"
            case "noon":
                is_it = later.astimezone(ZONE).strftime("%H:%M") == "12:00"
            case _:
                return now
        if is_it:
            return moment if what == "noon" else moment - _BEFORE
        moment = later
    return now


class FastClock:
    """A time that began when this was made, and runs faster; the same for every child, whenever it is started."""

    def __init__(self, begin: datetime, speed: float) -> None:
        """Begin at an instant; ``speed``: seconds in a second."""
        self._library = library()
        self._begin = begin.timestamp()
        self._real = time.time()
        self.speed = speed

    def now(self) -> datetime:
        """Return the children's present instant."""
        passed = (time.time() - self._real) * self.speed
        return datetime.fromtimestamp(self._begin + passed, UTC)

    def prefix(self) -> list[str]:
        """Return what to put before the command of a child that is started now."""
        offset = self.now().timestamp() - time.time()
        return [
            "env",
            f"LD_PRELOAD={self._library}",
            f"FAKETIME={offset:+.3f} x{self.speed:g}",
            "FAKETIME_DONT_RESET=1",
        ]
