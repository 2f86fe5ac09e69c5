"""The allowance of requests for a plant's daily energy: ten a day, whatever they ask for, two of which are the user's."""

from collections.abc import Iterable

# Requests of the import in 24 hours, of all plants.
REQUESTS_PER_DAY = 8
DAY_SECONDS = 24 * 3600.0


class EnergyAllowance:
    """The instants of the requests of the last 24 hours, seconds since 1970."""

    def __init__(self, requests: Iterable[object]) -> None:
        """Initialize with what was saved."""
        self.requests = [float(at) for at in requests if isinstance(at, int | float)]

    def seconds_until_next(self, now: float) -> float:
        """Return in how many seconds a request may be made; 0: now."""
        self.requests = [at for at in self.requests if now - DAY_SECONDS < at <= now]
        if len(self.requests) < REQUESTS_PER_DAY:
            return 0.0
        return min(self.requests) + DAY_SECONDS - now

    def record_request(self, now: float) -> None:
        """Record that a request is made."""
        self.requests.append(now)
