"""SPH, device type 5, called mix by the cloud (the vendor's later pages)."""

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

# No limit is documented.
SPH_INFO = Endpoint(
    path="device/mix/mix_data_info", method="GET", kept=True, problems=LAST_DATA
)

SPH = DeviceEndpoints(
    serial="mix_sn",
    last_data=Endpoint(
        path="device/mix/mix_last_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=LAST_DATA,
    ),
    batch=Endpoint(
        path="device/mix/mixs_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=LAST_DATA,
    ),
    batch_serials="mixs",
    info=SPH_INFO,
    pages=((SPH_INFO, ""),),
    history=Endpoint(path="device/mix/mix_data", method="POST", problems=HISTORY),
    alarms=Endpoint(
        path="device/mix/alarm_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=ALARMS,
    ),
    write=Endpoint(path="mixSet", method="POST", interval=0, write=True, problems=SET),
    write_values=18,
    read_setting=Endpoint(path="readMixParam", method="POST", problems=READ_SETTING),
)
