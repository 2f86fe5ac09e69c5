"""The limits as rules: how long a request must wait, and how long it rests after what happened. Times are monotonic seconds."""

from .endpoints.endpoint import TEN_SECONDS, Endpoint
from .errors import (
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    TokenRefusedError,
)
from .request_log import DAY, RequestLog, RequestRecord
from .request_options import Priority

REST_WHEN_UNREACHED = 10.0
LONGEST_REST = 3600.0
# A refused token may be a matter of region or address and can come and go: ask again, ever less often.
REST_WHEN_TOKEN_REFUSED = 900.0
LONGEST_REST_WHEN_TOKEN_REFUSED = 3 * 3600.0
# Of ten calls a day, automatic ones leave these to the user.
RESERVED_FOR_USER = 2
# Lists and details outlive a holiday.
KEPT_FOR = 30 * DAY


def required_wait(
    endpoint: Endpoint,
    record: RequestRecord,
    priority: Priority,
    ledger: RequestLog,
    now: float,
) -> float:
    """Return for how many seconds a request must not be made."""
    ready = record.ready_at
    if endpoint.interval > TEN_SECONDS:
        # After an unclean stop anything may have been asked as late as was announced.
        ready = max(ready, ledger.announced_until + endpoint.interval)
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


def calls_left(endpoint: Endpoint, record: RequestRecord, now: float) -> int | None:
    """Return how often a request may still be made in these 24 hours; None where the vendor does not say."""
    if endpoint.per_day is None:
        return None
    return max(endpoint.per_day - sum(at > now - DAY for at in record.attempts), 0)


def retry_delay(
    endpoint: Endpoint, record: RequestRecord, error: OpenApiError
) -> float:
    """Return for how many seconds a request rests after it failed, ``record.failures`` times in a row."""
    growth = 2.0 ** min(record.failures - 1, 10)
    match error:
        case RefusedError():
            return min(endpoint.interval * growth, LONGEST_REST)
        case NotPermittedError() if not record.was_open:
            # Where it was open before, it is a matter of region or address, which comes and goes.
            return DAY
        case TokenRefusedError():
            return min(
                REST_WHEN_TOKEN_REFUSED * growth, LONGEST_REST_WHEN_TOKEN_REFUSED
            )
        case CloudDownError() if not error.reached:
            return min(REST_WHEN_UNREACHED, endpoint.interval)
    return endpoint.interval


def is_worth_keeping(record: RequestRecord, now: float) -> bool:
    """Tell whether a record still says anything."""
    if record.ready_at > now - DAY - LONGEST_REST_WHEN_TOKEN_REFUSED:
        return True
    return record.persisted and record.received_at > now - KEPT_FOR
