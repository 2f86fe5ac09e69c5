"""Limits stricter than the vendor's pages, learned from refusals.

The vendor's general limit is one identical request in five minutes; its later pages allow some endpoints one in ten seconds. A
cloud that keeps refusing what those pages allow is believed. A single refusal proves nothing: another program with the same
token may have made the same request a moment before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .endpoints.endpoint import FIVE_MINUTES, Endpoint

# So many refusals, without an answer to a request repeated as soon, are believed.
_REFUSALS = 2
# What is learned, in seconds: the vendor's general limit, at first less what lets polls still move to just after an upload.
_STEPS = (FIVE_MINUTES - 7.5, FIVE_MINUTES)
# Seconds after which the pages' interval is tried again: a limit may have been lifted.
_TRIED_AFTER = 24 * 3600.0


@dataclass(slots=True)
class _Limit:
    """The limit of one endpoint as far as its refusals show it, in seconds.

    interval: the least between two requests, 0 while the pages are believed. try_at: when theirs is tried again (monotonic).
    refusals: those not disproved since. refused_after: the longest time since the same request that was refused.
    """

    interval: float = 0.0
    try_at: float = 0.0
    refusals: int = 0
    refused_after: float = 0.0


class LearnedLimits:
    """The learned intervals, by the endpoints' paths."""

    def __init__(self) -> None:
        """Initialize with the vendor's pages believed."""
        self._limits: dict[str, _Limit] = {}

    def interval_of(self, endpoint: Endpoint, now: float) -> float:
        """Return the least seconds between two identical requests."""
        limit = self._limits.get(endpoint.path)
        if limit is None or not endpoint.interval or now >= limit.try_at:
            return endpoint.interval
        return max(endpoint.interval, limit.interval)

    def record_answer(self, endpoint: Endpoint, since_last: float) -> None:
        """Record that a request was answered so many seconds after the same one."""
        limit = self._limits.get(endpoint.path)
        if limit is None:
            return
        if since_last <= limit.refused_after:
            limit.refusals, limit.refused_after = 0, 0.0
        limit.interval = min(limit.interval, since_last)
        if limit.interval < 2 * endpoint.interval and not limit.refusals:
            del self._limits[endpoint.path]

    def record_refusal(self, endpoint: Endpoint, since_last: float, now: float) -> None:
        """Record that a request was refused so many seconds after the same one, and learn from it."""
        if not is_refusal_our_own(since_last) or not (
            0 < endpoint.interval < FIVE_MINUTES
        ):
            return
        limit = self._limits.setdefault(endpoint.path, _Limit())
        limit.refusals += 1
        limit.refused_after = max(limit.refused_after, since_last)
        if limit.refusals < _REFUSALS and not limit.interval:
            return
        limit.try_at = now + _TRIED_AFTER
        if since_last >= limit.interval:
            limit.interval = next(one for one in _STEPS if one > limit.refused_after)

    def dump(self, now: float) -> dict[str, list[float]]:
        """Return the learned intervals for saving, their instants relative to now."""
        return {
            path: [round(limit.interval, 3), round(limit.try_at - now, 3)]
            for path, limit in self._limits.items()
            if limit.interval
        }

    def load(self, saved: Mapping[str, Any], now: float) -> None:
        """Restore what was saved; ``now`` is the instant of the saving. Raises ValueError or TypeError for invalid data."""
        for path, (interval, try_in) in saved.items():
            self._limits[str(path)] = _Limit(
                interval=min(float(interval), FIVE_MINUTES),
                try_at=now + min(float(try_in), _TRIED_AFTER),
                refusals=_REFUSALS,
            )


def is_refusal_our_own(since_last: float) -> bool:
    """Return whether a refusal so many seconds after the same request can be due to that request.

    Later ones are not: five minutes is the vendor's general limit. Then another program uses the token.
    """
    return since_last < FIVE_MINUTES
