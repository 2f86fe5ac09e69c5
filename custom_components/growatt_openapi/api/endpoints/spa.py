"""SPA, device type 6 (the vendor's later pages)."""

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
SPA_INFO = Endpoint(
    path="device/spa/spa_data_info", method="GET", kept=True, problems=LAST_DATA
)

SPA = DeviceEndpoints(
    serial="spa_sn",
    last_data=Endpoint(
        path="device/spa/spa_last_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=LAST_DATA,
    ),
    batch=Endpoint(
        path="device/spa/spas_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=LAST_DATA,
    ),
    batch_serials="spas",
    info=SPA_INFO,
    pages=((SPA_INFO, ""),),
    history=Endpoint(
        path="device/spa/spa_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=HISTORY,
    ),
    alarms=Endpoint(
        path="device/spa/alarm_data",
        method="POST",
        interval=TEN_SECONDS,
        problems=ALARMS,
    ),
    write=Endpoint(path="spaSet", method="POST", interval=0, write=True, problems=SET),
    write_values=18,
    read_setting=Endpoint(path="readSpaParam", method="POST", problems=READ_SETTING),
)
