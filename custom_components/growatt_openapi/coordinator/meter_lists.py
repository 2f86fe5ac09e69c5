"""Which meters and sensors a plant has: its list of devices only says that there are some behind a datalogger."""

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

_RETRY = 300.0
# What a row has for a serial, and which list tells more.
_NAMED = {"AMMETER": (DeviceKind.METER,), "ENV_DEVICE": (DeviceKind.SENSOR,)}


class MeterLists:
    """Asks each datalogger that has any once a day: meters seldom come and go."""

    def __init__(self, client: OpenApiClient) -> None:
        """Ask through ``client``."""
        self._client = client
        self._due: dict[tuple[str, DeviceKind], float] = {}

    async def expand_rows(
        self,
        found: dict[str, Device],
        known: dict[str, Device],
        ask: RequestOptions,
        now: float,
    ) -> None:
        """Put the meters and sensors themselves in the place of the rows that tell of them; those known stay where nothing new is told."""
        lists = {
            (row.datalogger, kind)
            for row in found.values()
            if row.type == METERS_AND_SENSORS and row.datalogger
            for kind in _NAMED.get(row.serial, tuple(DeviceKind))
        }
        for serial in [
            key for key, row in found.items() if row.type == METERS_AND_SENSORS
        ]:
            del found[serial]
        for logger, kind in sorted(lists):
            listed = await self._ask(logger, kind, ask, now)
            found |= {
                device.serial: device
                for device in (known.values() if listed is None else listed)
                if device.datalogger == logger and device.kind == kind
            }

    async def _ask(
        self, logger: str, kind: DeviceKind, ask: RequestOptions, now: float
    ) -> list[Device] | None:
        """Return what a datalogger has of a kind; None where nobody says."""
        if ask.may_call and self._due.get((logger, kind), 0.0) > now:
            return None
        meters = self._client.meters
        listing = (
            meters.list_meters if kind is DeviceKind.METER else meters.list_sensors
        )
        later = schedule.DETAILS.total_seconds()
        try:
            answer = await listing(logger, ask)
        except (NotPermittedError, RequestError) as err:
            LOGGER.debug("No list of meters or sensors: %s", err)
            self._due[logger, kind] = now + later
            return None
        except RefusedError as err:
            self._due[logger, kind] = now + max(err.retry_after or 0.0, _RETRY)
            return None
        except OpenApiError:
            if not ask.may_call:
                return None
            raise
        self._due[logger, kind] = now + later - answer.age
        return answer.value
