"""What the gateway answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .endpoints import Endpoint
from .transport import Envelope


class CloudStatus(StrEnum):
    """How the cloud treats us."""

    OK = "ok"
    SLOWED = "slowed"
    DOWN = "down"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a state and no secret


@dataclass(frozen=True, slots=True)
class Reply:
    """The envelope of a successful call, when it came, and how many seconds old it is.

    ready_in: seconds until the same request may be made again. is_new: it was called for by this ask, or one at the same time.
    """

    envelope: Envelope
    received: datetime
    age: float
    ready_in: float
    is_new: bool


def without_personal(endpoint: Endpoint, envelope: Envelope) -> Envelope:
    """Return an envelope without what is kept of nobody."""
    data = envelope.get("data")
    if not endpoint.private_suffixes or not isinstance(data, dict):
        return envelope
    kept = {
        key: value
        for key, value in data.items()
        if not key.endswith(endpoint.private_suffixes)
    }
    return {**envelope, "data": kept}
