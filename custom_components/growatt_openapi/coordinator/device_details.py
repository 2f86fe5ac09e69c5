"""Details of single devices: alias, firmware, nominal power. Only names need them, so nothing fails without them."""

from collections.abc import Iterator

from ..api import (
    FOR_LISTS,
    STORED_ONLY,
    CircuitOpenError,
    CloudDownError,
    OpenApiClient,
    OpenApiError,
    RequestError,
)
from ..api.errors import CloudDownCause
from ..const import LOGGER
from ..domain import poll_schedule as schedule
from ..families import Family, get_family
from ..models import Inventory, PlantInfo
from .base import RETRY_AFTER
from .failure_delays import FailureDelays


class DeviceDetailsReader:
    """Reads the details of each device once a day, of a fleet in small shares."""

    def __init__(self, client: OpenApiClient) -> None:
        """Initialize with every device due."""
        self._client = client
        self._due: dict[str, float] = {}
        self._delays = FailureDelays[str](schedule.DETAILS.total_seconds())
        self._paused_until = 0.0

    def next_due(self, inventory: Inventory) -> float | None:
        """Return when the next device's details are due; None where no device has any."""
        due = min(
            (
                self._due.get(serial, 0.0)
                for _, serial, _ in _devices_with_details(inventory)
            ),
            default=None,
        )
        return None if due is None else max(due, self._paused_until)

    async def async_read_due(self, inventory: Inventory, now: float) -> None:
        """Read the details of due devices, at most one round's share of them.

        What fails for one device is due again later and later. Raises CircuitOpenError.
        """
        if now < self._paused_until:
            return
        devices = list(_devices_with_details(inventory))
        left = schedule.DETAILS_A_ROUND
        for position, (info, serial, family) in enumerate(devices, 1):
            due = self._due.get(serial)
            if due is not None and due > now:
                continue
            if left == 0:
                return
            left -= 1
            interval = schedule.DETAILS.total_seconds()
            if due is None:
                # The first time all are read; from then on they are spread over half a day.
                interval *= 0.5 + position / len(devices) / 2
            try:
                reply = await self._client.device_api(family.endpoints).info(
                    serial, FOR_LISTS
                )
            except CircuitOpenError:
                raise
            except OpenApiError as err:
                LOGGER.debug("No details of a device: %s", err)
                if not isinstance(err, RequestError):
                    interval = self._delays.record_failure(serial, err)
                self._due[serial] = now + interval
                if _is_unanswered(err):
                    # Several failures in a row would be taken for an outage, which would hold up the readings.
                    self._paused_until = now + RETRY_AFTER
                    return
            else:
                info.device_details[serial] = reply.value
                self._delays.record_success(serial)
                self._due[serial] = now + interval

    async def async_load(self, inventory: Inventory, now: float) -> None:
        """Restore the details that the gateway has stored."""
        for info, serial, family in _devices_with_details(inventory):
            api = self._client.device_api(family.endpoints)
            try:
                reply = await api.info(serial, STORED_ONLY)
            except OpenApiError:
                continue
            info.device_details[serial] = reply.value
            self._due[serial] = now + schedule.DETAILS.total_seconds() - reply.age


def _is_unanswered(error: OpenApiError) -> bool:
    """Return whether the cloud gave no answer at all, rather than one without details."""
    return (
        isinstance(error, CloudDownError)
        and error.cause is not CloudDownCause.INCOMPLETE
    )


def _devices_with_details(
    inventory: Inventory,
) -> Iterator[tuple[PlantInfo, str, Family]]:
    for info in inventory.values():
        for device in info.devices.values():
            family = get_family(device)
            if family is not None and family.endpoints.info is not None:
                yield info, device.serial, family
