"""A client of Growatt's OpenAPI v1: async, typed, and inside the vendor's limits. Knows nothing of Home Assistant."""

from .client import OpenApiClient
from .clock import Clock, SystemClock
from .errors import (
    CloudDownCause,
    CloudDownError,
    HeldBackError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from .gateway import Gateway
from .replies import Reply, Status
from .request_log import Keeper
from .request_options import (
    FOR_ALARMS,
    FOR_LISTS,
    FOR_NEWS,
    FOR_SETTINGS,
    FOR_USER,
    FROM_MEMORY,
    Ask,
)
from .transport import Transport

__all__ = [
    "FOR_ALARMS",
    "FOR_LISTS",
    "FOR_NEWS",
    "FOR_SETTINGS",
    "FOR_USER",
    "FROM_MEMORY",
    "Ask",
    "Clock",
    "CloudDownCause",
    "CloudDownError",
    "Gateway",
    "HeldBackError",
    "Keeper",
    "NotPermittedError",
    "OpenApiClient",
    "OpenApiError",
    "RefusedError",
    "Reply",
    "RequestError",
    "Status",
    "SystemClock",
    "TokenRefusedError",
    "Transport",
    "WrongServerError",
]
