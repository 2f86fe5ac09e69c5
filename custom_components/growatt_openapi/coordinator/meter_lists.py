"""The lists of meters and sensors by datalogger: a plant's device list only has placeholder rows for them."""

from ..api import (
    NotPermittedError,
    OpenApiClient,
    OpenApiError,
    RefusedError,
    RequestError,
    RequestOptions,
)
from ..api.client.meters import METERS_AND_SENSORS
from ..api.models import Device, DeviceKind
from ..const import LOGGER
from ..domain import poll_schedule as schedule
from .base import RETRY_AFTER, retry_after

# The lists to read, by what a placeholder row has for a serial.
_KINDS_BY_PLACEHOLDER = {
    "AMMETER": (DeviceKind.METER,),
    "ENV_DEVICE": (DeviceKind.SENSOR,),
}


class MeterLists:
    """Reads the lists of each datalogger with placeholder rows once a day: meters are seldom added or removed."""

    def __init__(self, client: OpenApiClient) -> None:
        """Initialize with every list due."""
        self._client = client
        self._due: dict[tuple[str, DeviceKind], float] = {}

    async def expand_rows(
        self,
        found: dict[str, Device],
        known: dict[str, Device],
        options: RequestOptions,
        now: float,
    ) -> None:
        """Replace placeholder rows with the actual meters and sensors: those just listed, or the known ones where no list was read."""
        lists = {
            (row.datalogger, kind)
            for row in found.values()
            if row.type == METERS_AND_SENSORS and row.datalogger
            for kind in _KINDS_BY_PLACEHOLDER.get(row.serial, tuple(DeviceKind))
        }
        for serial in [
            key for key, row in found.items() if row.type == METERS_AND_SENSORS
        ]:
            del found[serial]
        for datalogger, kind in sorted(lists):
            listed = await self._read_list(datalogger, kind, options, now)
            found |= {
                device.serial: device
                for device in (known.values() if listed is None else listed)
                if device.datalogger == datalogger and device.kind == kind
            }

    async def _read_list(
        self, datalogger: str, kind: DeviceKind, options: RequestOptions, now: float
    ) -> list[Device] | None:
        """Return a datalogger's devices of a kind; None where the list is not due or cannot be read."""
        if options.may_call and self._due.get((datalogger, kind), 0.0) > now:
            return None
        meters = self._client.meters
        list_devices = (
            meters.list_meters if kind is DeviceKind.METER else meters.list_sensors
        )
        interval = schedule.DETAILS.total_seconds()
        try:
            reply = await list_devices(datalogger, options)
        except (NotPermittedError, RequestError, RefusedError) as err:
            LOGGER.debug("No list of meters or sensors: %s", err)
            self._due[datalogger, kind] = now + retry_after(
                err, failed=interval, at_least=RETRY_AFTER
            )
            return None
        except OpenApiError:
            if not options.may_call:
                return None
            raise
        self._due[datalogger, kind] = now + interval - reply.age
        return reply.value
