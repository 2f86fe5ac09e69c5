"""Delays between attempts while the same request keeps failing."""

from collections.abc import Hashable

from ..api import NotPermittedError, OpenApiError, RefusedError
from .base import NOT_PERMITTED_FOR, RETRY_AFTER, retry_after


class FailureDelays[KeyT: Hashable]:
    """Counts the failures in a row of each request, by a key of the caller's, and doubles its delay with each of them.

    What only names and settings need must not be asked for again and again because the cloud cannot give it.
    """

    def __init__(self, longest: float) -> None:
        """Initialize without failures; ``longest``: the greatest delay, seconds."""
        self._longest = longest
        self._failures: dict[KeyT, int] = {}

    def record_failure(self, key: KeyT, error: OpenApiError) -> float:
        """Record a failure and return in how many seconds the request may be made again."""
        match error:
            case NotPermittedError():
                return NOT_PERMITTED_FOR
            case RefusedError():
                return retry_after(error, at_least=RETRY_AFTER)
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        delay = min(RETRY_AFTER * 2.0 ** min(failures - 1, 20), self._longest)
        return max(delay, error.retry_after or 0.0)

    def record_success(self, key: KeyT) -> None:
        """Start again with the shortest delay."""
        self._failures.pop(key, None)
