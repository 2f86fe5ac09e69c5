"""An async, typed client of Growatt's OpenAPI v1 that keeps the vendor's limits. Independent of Home Assistant."""

from .client import OpenApiClient
from .clock import Clock, SystemClock
from .connection import CloudStatus
from .errors import (
    CircuitOpenError,
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from .gateway import Gateway
from .models import Reply
from .request_log import LogKeeper
from .request_options import (
    FOR_ALARMS,
    FOR_HISTORY,
    FOR_LISTS,
    FOR_READINGS,
    FOR_SETTINGS,
    FOR_USER,
    STORED_ONLY,
    RequestOptions,
)
from .transport import Transport

__all__ = [
    "FOR_ALARMS",
    "FOR_HISTORY",
    "FOR_LISTS",
    "FOR_READINGS",
    "FOR_SETTINGS",
    "FOR_USER",
    "STORED_ONLY",
    "CircuitOpenError",
    "Clock",
    "CloudDownCause",
    "CloudDownError",
    "CloudStatus",
    "Gateway",
    "LogKeeper",
    "NotPermittedError",
    "OpenApiClient",
    "OpenApiError",
    "RefusedError",
    "Reply",
    "RequestError",
    "RequestOptions",
    "SystemClock",
    "TokenRefusedError",
    "Transport",
    "WrongServerError",
]
