"""The reply of a request's record: what its last call brought, with its age."""

from datetime import datetime

from .errors import RefusedError
from .models import Reply
from .request_log import RequestRecord
from .transport import Envelope


def ready_in(record: RequestRecord, now: float) -> float:
    """Return the seconds until the request may be made again."""
    return max(record.ready_at - now, 0.0)


def stored_reply(record: RequestRecord | None, now: float) -> Reply[Envelope]:
    """Return the last reply, even if a later attempt failed. Raises RefusedError where there is none."""
    if record is None or record.envelope is None or record.received is None:
        raise RefusedError(None if record is None else ready_in(record, now))
    return _make_reply(record, record.envelope, record.received, 0, now)


def last_reply(
    record: RequestRecord, wait: float, now: float, *, is_new: bool = False
) -> Reply[Envelope]:
    """Return the last reply. Raises the error of the last attempt, unless that was a refusal and a reply is stored."""
    retry_after = max(wait, ready_in(record, now))
    if record.error is not None and not isinstance(record.error, RefusedError):
        record.error.retry_after = retry_after
        # Without its old traceback, which would grow for as long as the cloud is down.
        raise record.error.with_traceback(None)
    if record.envelope is None or record.received is None:
        raise RefusedError(retry_after)
    return _make_reply(
        record,
        record.envelope,
        record.received,
        wait,
        now,
        # After a refusal it is the reply to an earlier call.
        is_new=is_new and record.error is None,
    )


def _make_reply(
    record: RequestRecord,
    envelope: Envelope,
    received: datetime,
    wait: float,
    now: float,
    *,
    is_new: bool = False,
) -> Reply[Envelope]:
    return Reply(
        envelope,
        received,
        now - record.received_at,
        max(ready_in(record, now), wait),
        is_new,
    )
