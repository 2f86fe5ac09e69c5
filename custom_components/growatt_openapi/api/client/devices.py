"""Devices of a plant (protocol of 2016, 4.3.4)."""

from .. import values
from ..endpoints.devices import DEVICE_LIST
from ..models import Device, Reply
from ..request_options import FOR_LISTS, RequestOptions
from .endpoint_group import EndpointGroup

# Later types (PCS, HPS, PBD, GroBoost) have no family: only their row is known.
NEWEST_KNOWN_TYPE = 7


class Devices(EndpointGroup):
    """The devices of a plant."""

    async def list_devices(
        self,
        plant_id: str,
        options: RequestOptions = FOR_LISTS,
    ) -> Reply[list[Device]]:
        """Return a plant's devices (4.3.4; once in 5 minutes).

        Rows without a serial or a type are left out. Type 3 rows (meters, sensors) have a kind in place of a serial.
        """
        reply = await self._rows(
            DEVICE_LIST,
            {"plant_id": plant_id},
            "devices",
            options,
        )
        devices = []
        for row in reply.value:
            serial = values.text(row.get("device_sn"))
            kind = values.integer(row.get("type"))
            if serial is None or kind is None:
                continue
            devices.append(
                Device(
                    serial=serial,
                    type=kind,
                    datalogger=values.text(row.get("datalogger_sn")),
                    manufacturer=values.text(row.get("manufacturer")),
                    model=values.text(row.get("model")),
                    lost=values.boolean(row.get("lost")),
                    status=values.integer(row.get("status")),
                    last_update=values.wall_time(row.get("last_update_time")),
                    fields=row if kind > NEWEST_KNOWN_TYPE else None,
                )
            )
        return reply.with_value(devices)
