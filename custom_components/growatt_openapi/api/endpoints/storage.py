"""Storage, device type 2 (protocol of 2016, 4.3.11 to 4.3.14; its details are of later pages)."""

from .device_endpoints import DeviceEndpoints
from .endpoint import (
    ALARMS,
    HISTORY,
    LAST_DATA,
    READ_SETTING,
    SET,
    TEN_SECONDS,
    Endpoint,
)

STORAGE_ALARMS = Endpoint(
    path="device/storage/alarm_data",
    method="POST",
    interval=TEN_SECONDS,
    error_codes=ALARMS,
)
STORAGE_SET = Endpoint(
    path="storageSet", method="POST", interval=0, write=True, error_codes=SET
)
STORAGE_LAST_DATA = Endpoint(
    path="device/storage/storage_last_data",
    method="POST",
    interval=TEN_SECONDS,
    error_codes=LAST_DATA,
)
STORAGE_HISTORY = Endpoint(
    path="device/storage/storage_data",
    method="POST",
    interval=TEN_SECONDS,
    error_codes=HISTORY,
)
STORAGE_INFO = Endpoint(
    path="device/storage/storage_data_info",
    method="GET",
    interval=TEN_SECONDS,
    persisted=True,
    error_codes=LAST_DATA,
)
# In later pages only, and often not open to a token. No limit is documented.
STORAGE_READ_SETTING = Endpoint(
    path="readStorageParam", method="POST", error_codes=READ_SETTING
)

STORAGE = DeviceEndpoints(
    serial="storage_sn",
    last_data=STORAGE_LAST_DATA,
    info=STORAGE_INFO,
    history=STORAGE_HISTORY,
    alarms=STORAGE_ALARMS,
    write=STORAGE_SET,
    write_values=4,
    read_setting=STORAGE_READ_SETTING,
)
