"""Instants that a change of the system's clock does not move."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# Smaller differences, in seconds, are gradual corrections of the system's clock.
_JUMP_THRESHOLD = 30.0


class TimeSource(Protocol):
    """The two clocks of a machine."""

    def now(self) -> datetime:
        """Return the present instant, aware."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary start."""
        ...


@dataclass(slots=True)
class SteadyClock:
    """A clock in seconds since 1970 that starts at the system's time and advances with the monotonic clock."""

    clock: TimeSource
    offset: float
    _jumped: float = 0.0

    @classmethod
    def starting_now(cls, clock: TimeSource) -> SteadyClock:
        """Return a steady clock that agrees with the system's clock now."""
        return cls(clock, clock.now().timestamp() - clock.monotonic())

    def now(self) -> float:
        """Return the present instant."""
        return self.clock.monotonic() + self.offset

    def take_jump(self) -> float:
        """Return by how many seconds the system's clock was set since the last call; 0 where it was not.

        A jump is returned once.
        """
        jump = self.clock.now().timestamp() - self.now() - self._jumped
        if abs(jump) < _JUMP_THRESHOLD:
            return 0.0
        self._jumped += jump
        return jump
