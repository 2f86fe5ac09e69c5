"""Instants that a change of the system's clock does not move."""

from dataclasses import dataclass

from ..api import Clock

# Smaller differences are the machine's clock being set right by and by.
_A_JUMP = 30.0


@dataclass(slots=True)
class SteadyClock:
    """Seconds since 1970 as the clock had them when it was first read, going on at the pace of the monotonic clock."""

    clock: Clock
    offset: float
    _jumped: float = 0.0

    @classmethod
    def starting_now(cls, clock: Clock) -> SteadyClock:
        """Begin with what the clock shows."""
        return cls(clock, clock.now().timestamp() - clock.monotonic())

    def now(self) -> float:
        """Return the present instant."""
        return self.clock.monotonic() + self.offset

    def take_jump(self) -> float:
        """Return by how much the system's clock was set since this was last asked; 0 where it goes on as it did."""
        jump = self.clock.now().timestamp() - self.now() - self._jumped
        if abs(jump) < _A_JUMP:
            return 0.0
        self._jumped += jump
        return jump
