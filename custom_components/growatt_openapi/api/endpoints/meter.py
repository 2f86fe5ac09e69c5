"""Meters and environment sensors, device type 3: behind a datalogger at an address (the vendor's later pages)."""

from .device_endpoints import DeviceEndpoints
from .endpoint import HISTORY, LAST_DATA, Endpoint

METER_LIST = Endpoint(path="device/ammeter/meter_list", method="GET", persisted=True)
SENSOR_LIST = Endpoint(path="device/env/env_list", method="GET", persisted=True)

METER = DeviceEndpoints(
    serial="datalog_sn",
    addressed=True,
    last_data=Endpoint(
        path="device/ammeter/meter_last_data", method="GET", error_codes=LAST_DATA
    ),
    history=Endpoint(
        path="device/ammeter/meter_data", method="GET", error_codes=HISTORY
    ),
    rows="meterData",
)
SENSOR = DeviceEndpoints(
    serial="datalog_sn",
    addressed=True,
    last_data=Endpoint(
        path="device/env/env_last_data", method="GET", error_codes=LAST_DATA
    ),
    history=Endpoint(path="device/env/env_data", method="GET", error_codes=HISTORY),
    rows="envData",
)
