"""MIN, device type 7, called tlx by the cloud; also MIC, NEO, MOD-XH and MID-XH (the vendor's later pages)."""

from .device import DeviceEndpoints
from .endpoint import (
    ALARMS,
    HISTORY,
    LAST_DATA,
    READ_SETTING,
    SET,
    TEN_SECONDS,
    Endpoint,
)

MIN_INFO = Endpoint(
    path="device/tlx/tlx_data_info", method="GET", kept=True, problems=LAST_DATA
)

MIN = DeviceEndpoints(
    serial="tlx_sn",
    last_data=Endpoint(
        path="device/tlx/tlx_last_data", method="POST", problems=LAST_DATA
    ),
    batch=Endpoint(path="device/tlx/tlxs_data", method="POST", problems=LAST_DATA),
    batch_serials="tlxs",
    info=MIN_INFO,
    # No limit is documented for the first; the second is often not open to a token.
    pages=(
        (
            Endpoint(path="device/tlx/tlx_set_info", method="GET", problems=LAST_DATA),
            "",
        ),
        (MIN_INFO, "tlxSetbean"),
    ),
    history=Endpoint(
        path="device/tlx/tlx_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=HISTORY,
    ),
    alarms=Endpoint(path="device/tlx/alarm_data", method="POST", problems=ALARMS),
    write=Endpoint(path="tlxSet", method="POST", interval=0, write=True, problems=SET),
    write_values=19,
    read_setting=Endpoint(path="readMinParam", method="POST", problems=READ_SETTING),
)
