"""MAX, device type 4: large inverters (the vendor's later pages)."""

from .device import DeviceEndpoints
from .endpoint import ALARMS, HISTORY, LAST_DATA, READ_SETTING, SET, Endpoint

# No limit is documented for this one, nor for alarms.
MAX_INFO = Endpoint(
    path="device/max/max_data_info", method="GET", kept=True, problems=LAST_DATA
)

MAX = DeviceEndpoints(
    serial="max_sn",
    last_data=Endpoint(
        path="device/max/max_last_data", method="POST", problems=LAST_DATA
    ),
    batch=Endpoint(path="device/max/maxs_data", method="POST", problems=LAST_DATA),
    batch_serials="maxs",
    info=MAX_INFO,
    pages=((MAX_INFO, ""),),
    history=Endpoint(path="device/max/max_data", method="POST", problems=HISTORY),
    alarms=Endpoint(path="device/max/alarm_data", method="POST", problems=ALARMS),
    write=Endpoint(path="maxSet", method="POST", interval=0, write=True, problems=SET),
    write_values=19,
    read_setting=Endpoint(path="readMaxParam", method="POST", problems=READ_SETTING),
)
