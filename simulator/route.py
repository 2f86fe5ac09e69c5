"""What an endpoint of the simulated cloud is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .envelope import Envelope, Parameters

if TYPE_CHECKING:
    from .cloud import Cloud

FIVE_MINUTES = 300.0
TEN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint of the pages: its method, how often, and what answers it."""

    method: str
    interval: float
    per_day: int | None
    answer: Callable[[Cloud, Parameters], Envelope]
    for_installers: bool = False


# The vendor's pages name no limit.
NO_LIMIT = 0.0
