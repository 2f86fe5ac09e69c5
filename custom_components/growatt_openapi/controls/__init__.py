"""Writing settings: check, send, confirm, remember."""

from .controls import Controls, controls_store
from .store import ConfirmedValue
from .timed_override import TimedOverride, TimedOverrides

__all__ = [
    "ConfirmedValue",
    "Controls",
    "TimedOverride",
    "TimedOverrides",
    "controls_store",
]
