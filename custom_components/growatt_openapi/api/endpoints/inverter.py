"""Inverters, device type 1 (protocol of 2016, 4.3.5 to 4.3.9 and 4.3.15)."""

from ..error_codes import ErrorCode
from .device_endpoints import DeviceEndpoints
from .endpoint import ALARMS, HISTORY, LAST_DATA, READ_SETTING, SET, Endpoint

INVERTER_HISTORY = Endpoint(
    path="device/inverter/data", method="GET", error_codes=HISTORY
)
INVERTER_ALARMS = Endpoint(
    path="device/inverter/alarm", method="GET", error_codes=ALARMS
)
INVERTER_SET = Endpoint(
    path="inverterSet",
    method="POST",
    interval=0,
    write=True,
    error_codes=SET | {10004: ErrorCode.DATALOGGER_UNKNOWN},
)
INVERTER_LAST_DATA = Endpoint(
    path="device/inverter/last_new_data", method="GET", error_codes=LAST_DATA
)
INVERTER_BATCH = Endpoint(
    path="device/inverter/invs_data", method="POST", error_codes=LAST_DATA
)
# ``nominalPower`` is W.
INVERTER_INFO = Endpoint(
    path="device/inverter/inv_data_info",
    method="GET",
    persisted=True,
    error_codes=LAST_DATA,
)
# In later pages only, and often not open to a token. No limit is documented.
INVERTER_READ_SETTING = Endpoint(
    path="readInverterParam", method="POST", error_codes=READ_SETTING
)

INVERTER = DeviceEndpoints(
    # The protocol says device_id for history and alarms, later pages and the live service device_sn.
    serial="device_sn",
    last_data=INVERTER_LAST_DATA,
    batch=INVERTER_BATCH,
    batch_serials="inverters",
    info=INVERTER_INFO,
    # Its field names differ from those of a reading: ``power``, ``iac1``, ``today_energy``.
    history=INVERTER_HISTORY,
    # The date is required, though not in the protocol.
    alarms=INVERTER_ALARMS,
    write=INVERTER_SET,
    write_type="paramId",
    write_value="command_",
    write_values=2,
    read_setting=INVERTER_READ_SETTING,
)
