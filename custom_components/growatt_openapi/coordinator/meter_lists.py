"""The lists of meters and sensors by datalogger: a plant's device list only has placeholder rows for them."""

from ..api import CircuitOpenError, OpenApiClient, OpenApiError, RequestOptions
from ..api.client.meters import METERS_AND_SENSORS
from ..api.models import Device, DeviceKind
from ..const import LOGGER
from ..domain import poll_schedule as schedule
from .failure_delays import FailureDelays

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
        self._delays = FailureDelays[tuple[str, DeviceKind]](
            schedule.DETAILS.total_seconds()
        )

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
        key = (datalogger, kind)
        if options.may_call and self._due.get(key, 0.0) > now:
            return None
        meters = self._client.meters
        list_devices = (
            meters.list_meters if kind is DeviceKind.METER else meters.list_sensors
        )
        try:
            reply = await list_devices(datalogger, options)
        except OpenApiError as err:
            # The plant's other devices do not depend on it.
            LOGGER.debug("No list of meters or sensors: %s", err)
            if options.may_call and not isinstance(err, CircuitOpenError):
                self._due[key] = now + self._delays.record_failure(key, err)
            return None
        self._delays.record_success(key)
        self._due[key] = now + schedule.DETAILS.total_seconds() - reply.age
        return reply.value
