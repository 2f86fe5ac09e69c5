"""A client of Growatt's OpenAPI v1: async, typed, and inside the vendor's limits. Knows nothing of Home Assistant."""

from .client import OpenApiClient
from .clock import Clock, SystemClock
from .errors import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from .gateway import Gateway, Priority
from .transport import Transport

__all__ = [
    "Clock",
    "CloudDownCause",
    "CloudDownError",
    "Gateway",
    "NotPermittedError",
    "OpenApiClient",
    "OpenApiError",
    "Priority",
    "RefusedError",
    "RequestError",
    "SystemClock",
    "TokenRefusedError",
    "Transport",
    "WrongServerError",
]
