"""The meters and sensors behind a datalogger (the vendor's later pages)."""

from .. import values
from ..endpoints.endpoint import Endpoint
from ..endpoints.meter import METER_LIST, SENSOR_LIST
from ..models import Device, DeviceKind, Reply
from ..request_options import FOR_LISTS, RequestOptions
from .endpoint_group import EndpointGroup

# Their type in ``device/list``, which has neither an address nor a serial for them.
METERS_AND_SENSORS = 3


class Meters(EndpointGroup):
    """The lists of meters and sensors of a datalogger."""

    async def list_meters(
        self, datalogger: str, options: RequestOptions = FOR_LISTS
    ) -> Reply[list[Device]]:
        """Return the meters behind a datalogger. Their serial is its serial and their address, joined by an underscore."""
        return await self._list(
            METER_LIST, datalogger, "meters", DeviceKind.METER, options
        )

    async def list_sensors(
        self, datalogger: str, options: RequestOptions = FOR_LISTS
    ) -> Reply[list[Device]]:
        """Return the environment sensors behind a datalogger."""
        return await self._list(
            SENSOR_LIST, datalogger, "envs", DeviceKind.SENSOR, options
        )

    async def _list(
        self,
        endpoint: Endpoint,
        datalogger: str,
        key: str,
        kind: DeviceKind,
        options: RequestOptions,
    ) -> Reply[list[Device]]:
        """Return the devices of all rows with an address; the list has no pages."""
        reply = await self._data(
            endpoint, {"datalog_sn": datalogger}, options, part=key
        )
        devices = []
        for row in reply.value[key]:
            address = (
                values.integer(row.get("address")) if isinstance(row, dict) else None
            )
            if address is None:
                continue
            devices.append(
                Device(
                    serial=f"{datalogger}_{address}",
                    type=METERS_AND_SENSORS,
                    kind=kind,
                    datalogger=datalogger,
                    model=values.text(row.get("device_type")),
                    lost=values.boolean(row.get("lost")),
                    last_update=values.wall_time(row.get("last_update_time")),
                )
            )
        return reply.with_value(devices)
