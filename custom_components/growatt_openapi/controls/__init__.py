"""Writing settings: check, send, confirm, store.

The cloud of the vendor's pages of 2016 and 2022 cannot be asked for a setting, so a setting's value is the one last confirmed:
code 0 confirms a write, and the value is stored with its time. Where later endpoints read settings back and are open to the
token, the device itself confirms. A write that may or may not have happened makes the value unknown; nothing is sent twice
without being asked for.
"""

from .controls import Controls, async_end_overrides
from .store import ConfirmedValue, controls_store, encode_value
from .timed_override import OverrideRequest, TimedOverride
from .writer import check_value

__all__ = [
    "ConfirmedValue",
    "Controls",
    "OverrideRequest",
    "TimedOverride",
    "async_end_overrides",
    "check_value",
    "controls_store",
    "encode_value",
]
