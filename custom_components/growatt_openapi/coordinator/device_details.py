"""What single devices are: alias, firmware, size. Only for names, so nothing fails without it."""

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
from ..families import Family, family_of
from ..models import Inventory, PlantInfo

_RETRY = 300.0


class DeviceDetailsReader:
    """Asks about each device once a day; a fleet's trickle in."""

    def __init__(self, client: OpenApiClient) -> None:
        """Ask through ``client``."""
        self._client = client
        self._due: dict[str, float] = {}

    def next_due(self, account: Inventory) -> float | None:
        """Return when the next device is to be asked about."""
        return min(
            (self._due.get(serial, 0.0) for _, serial, _ in _asked(account)),
            default=None,
        )

    async def async_read_due(self, account: Inventory, now: float) -> None:
        """Ask about the devices that are due, a round's share of them."""
        asked = list(_asked(account))
        left = schedule.DETAILS_A_ROUND
        for count, (info, serial, family) in enumerate(asked, 1):
            due = self._due.get(serial)
            if due is not None and due > now:
                continue
            if left == 0:
                return
            left -= 1
            later = schedule.DETAILS.total_seconds()
            if due is None:
                # The first time all are asked; from then on they are spread over half a day.
                later *= 0.5 + count / len(asked) / 2
            try:
                answer = await self._client.device_api(family.endpoints).info(
                    serial, FOR_LISTS
                )
            except (NotPermittedError, RequestError) as err:
                LOGGER.debug("No details of a device: %s", err)
            except RefusedError as err:
                later = max(err.retry_after or 0.0, _RETRY)
            else:
                info.device_details[serial] = answer.value
            self._due[serial] = now + later

    async def async_load(self, account: Inventory, now: float) -> None:
        """Take up what is known from earlier runs."""
        for info, serial, family in _asked(account):
            devices = self._client.device_api(family.endpoints)
            try:
                answer = await devices.info(serial, STORED_ONLY)
            except OpenApiError:
                continue
            info.device_details[serial] = answer.value
            self._due[serial] = now + schedule.DETAILS.total_seconds() - answer.age


def _asked(account: Inventory) -> Iterator[tuple[PlantInfo, str, Family]]:
    for info in account.values():
        for device in info.devices.values():
            family = family_of(device)
            if family is not None and family.endpoints.info is not None:
                yield info, device.serial, family
