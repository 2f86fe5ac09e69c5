"""The rate limits as pure functions: how long a request must wait, and for how long after an error. Times are monotonic seconds."""

from .endpoints.endpoint import FIVE_MINUTES, TEN_SECONDS, Endpoint
from .errors import (
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
)
from .request_log import DAY, RequestLog, RequestRecord
from .request_options import Priority

UNREACHED_DELAY = 10.0
LONGEST_DELAY = 3600.0
# The longest wait for an endpoint that was open to this token before.
CLOSED_DELAY = 900.0
# 10011 for a token may be due to region or source address and can come and go: retry at growing intervals.
TOKEN_REFUSED_DELAY = 900.0
LONGEST_TOKEN_REFUSED_DELAY = 3 * 3600.0
# Calls of the daily allowance that automatic requests leave to the user.
RESERVED_FOR_USER = 2
# Stored lists and details must survive a holiday.
KEPT_FOR = 30 * DAY


def required_wait(
    endpoint: Endpoint,
    record: RequestRecord,
    priority: Priority,
    log: RequestLog,
    now: float,
) -> float:
    """Return the seconds for which a request must not be made."""
    ready = max(record.ready_at, record.asked_at + endpoint.interval)
    if priority is Priority.USER and _may_be_retried(record.error):
        # A person who has just mended something must be able to see it.
        ready = record.asked_at + endpoint.interval
    if endpoint.interval > TEN_SECONDS:
        # After an unclean stop any request may have been made until the announced time.
        ready = max(ready, log.announced_until + endpoint.interval)
    wait = ready - now
    if endpoint.per_day is not None:
        while record.attempts and record.attempts[0] <= now - DAY:
            record.attempts.popleft()
        allowance = endpoint.per_day
        if priority > Priority.USER:
            allowance -= RESERVED_FOR_USER
        if len(record.attempts) >= allowance:
            wait = max(wait, record.attempts[-allowance] + DAY - now)
    return max(wait, 0.0)


def _may_be_retried(error: OpenApiError | None) -> bool:
    """Return whether the user may repeat a failed request after its interval, however often it failed before."""
    if isinstance(error, CloudDownError):
        return error.reached
    return isinstance(error, TokenRefusedError | RequestError)


def calls_left(endpoint: Endpoint, record: RequestRecord, now: float) -> int | None:
    """Return how often a request may still be made in these 24 hours; None without a daily limit."""
    if endpoint.per_day is None:
        return None
    return max(endpoint.per_day - sum(at > now - DAY for at in record.attempts), 0)


def retry_delay(interval: float, record: RequestRecord, error: OpenApiError) -> float:
    """Return the seconds until a request may be repeated, after failures or refusals in a row as counted in its record.

    interval: the least seconds between two of the same.
    """
    growth = 2.0 ** min(max(record.failures - 1, 0), 10)
    match error:
        case RefusedError():
            growth = 2.0 ** min(max(record.refusals - 1, 0), 10)
        case NotPermittedError() if not record.was_open:
            return DAY
        case NotPermittedError():
            # It was open before, and is closed for the moment: the cloud blocks addresses for a while.
            return min(interval * growth, CLOSED_DELAY)
        case TokenRefusedError():
            return min(TOKEN_REFUSED_DELAY * growth, LONGEST_TOKEN_REFUSED_DELAY)
        case CloudDownError() if not error.reached:
            return min(UNREACHED_DELAY, interval)
        case _ if record.failures > 1:
            # Even of an endpoint that may be asked often, what failed twice is not asked often.
            return min(max(interval, FIVE_MINUTES / 2) * growth, LONGEST_DELAY)
    return min(interval * growth, LONGEST_DELAY)


def is_worth_keeping(record: RequestRecord, now: float) -> bool:
    """Return True if a record can still matter."""
    if record.ready_at > now - DAY - LONGEST_TOKEN_REFUSED_DELAY:
        return True
    return record.persisted and record.received_at > now - KEPT_FOR
