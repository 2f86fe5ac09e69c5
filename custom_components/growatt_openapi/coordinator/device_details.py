"""Details of single devices: alias, firmware, nominal power. Only names need them, so nothing fails without them."""

from collections.abc import Iterator

from ..api import (
    FOR_LISTS,
    STORED_ONLY,
    NotPermittedError,
    OpenApiClient,
    OpenApiError,
    RefusedError,
    RequestError,
)
from ..const import LOGGER
from ..domain import poll_schedule as schedule
from ..families import Family, get_family
from ..models import Inventory, PlantInfo
from .base import RETRY_AFTER, retry_after


class DeviceDetailsReader:
    """Reads the details of each device once a day, of a fleet in small shares."""

    def __init__(self, client: OpenApiClient) -> None:
        """Initialize with every device due."""
        self._client = client
        self._due: dict[str, float] = {}

    def next_due(self, inventory: Inventory) -> float | None:
        """Return when the next device's details are due; None where no device has any."""
        return min(
            (
                self._due.get(serial, 0.0)
                for _, serial, _ in _devices_with_details(inventory)
            ),
            default=None,
        )

    async def async_read_due(self, inventory: Inventory, now: float) -> None:
        """Read the details of due devices, at most one round's share of them."""
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
            except (NotPermittedError, RequestError, RefusedError) as err:
                LOGGER.debug("No details of a device: %s", err)
                if isinstance(err, RefusedError):
                    interval = retry_after(err, at_least=RETRY_AFTER)
            else:
                info.device_details[serial] = reply.value
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


def _devices_with_details(
    inventory: Inventory,
) -> Iterator[tuple[PlantInfo, str, Family]]:
    for info in inventory.values():
        for device in info.devices.values():
            family = get_family(device)
            if family is not None and family.endpoints.info is not None:
                yield info, device.serial, family
