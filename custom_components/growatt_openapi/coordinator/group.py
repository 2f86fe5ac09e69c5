"""Devices that are read together."""

from ..schedule import Asking, Manner


class Group:
    """Devices that are read together, and when."""

    def __init__(self, serials: tuple[str, ...], floor: float) -> None:
        """Hold these devices."""
        self.serials = serials
        self.asking = Asking(floor)
        self.next_at = 0.0
        self.manner = Manner.SINGLES
