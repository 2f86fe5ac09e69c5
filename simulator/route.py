"""The description of one endpoint."""

from collections.abc import Callable
from dataclasses import dataclass

from .cloud import Cloud
from .envelope import Envelope, Parameters

type Handler = Callable[[Cloud, Parameters], Envelope]

FIVE_MINUTES = 300.0
TEN_SECONDS = 10.0
# The vendor's pages state no limit.
NO_LIMIT = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint: its HTTP method, the interval and daily allowance of identical requests, and its handler."""

    method: str
    interval: float
    per_day: int | None
    handler: Handler
    for_installers: bool = False
