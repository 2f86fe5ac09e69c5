"""MIN, device type 7, called tlx by the cloud; also MIC, NEO, MOD-XH and MID-XH (the vendor's later pages)."""

from dataclasses import replace

from .endpoint import LAST_DATA, Endpoint
from .newer_devices import newer_device

_MIN = newer_device(
    "tlx",
    write="tlxSet",
    write_values=19,
    read_setting="readMinParam",
    fast=("tlx_data",),
)
_SETTINGS = Endpoint(
    path="device/tlx/tlx_set_info", method="GET", error_codes=LAST_DATA
)

# The settings have an endpoint of their own; the details contain them too, but are often not open to a token.
MIN = replace(
    _MIN,
    settings=(
        (_SETTINGS, ""),
        *((details, "tlxSetbean") for details, _ in _MIN.settings),
    ),
)
