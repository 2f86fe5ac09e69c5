"""Details of plants: time zone, location, size. They have other sources too, so nothing waits for details that fail."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..api import CircuitOpenError, OpenApiClient, OpenApiError, RequestOptions
from ..const import LOGGER
from ..domain import poll_schedule as schedule
from ..domain.sun import agrees_with_zone
from ..models import PlantInfo
from .failure_delays import FailureDelays


class PlantDetailsReader:
    """Reads the details of each plant once a day."""

    def __init__(self, client: OpenApiClient) -> None:
        """Initialize with every plant due."""
        self._client = client
        self._due: dict[str, float] = {}
        self._delays = FailureDelays[str](schedule.DETAILS.total_seconds())

    def due_at(self, plant_id: str) -> float:
        """Return when a plant's details are due."""
        return self._due.get(plant_id, 0.0)

    async def async_read(
        self, info: PlantInfo, options: RequestOptions, now: float
    ) -> None:
        """Read a plant's details. Raises CircuitOpenError; any other error only ends this attempt."""
        plant_id = info.plant_id
        try:
            reply = await self._client.plants.details(plant_id, options)
        except CircuitOpenError:
            raise
        except OpenApiError as err:
            LOGGER.debug("No details of a plant: %s", err)
            if options.may_call:
                self._due[plant_id] = now + self._delays.record_failure(plant_id, err)
        else:
            info.details = reply.value
            self._due[plant_id] = now + schedule.DETAILS.total_seconds() - reply.age
            self._delays.record_success(plant_id)
        info.details_checked |= options.may_call or info.details is not None


def update_location(hass: HomeAssistant, info: PlantInfo, now: datetime) -> None:
    """Set zone and location from the plant's details, its list row, or Home Assistant where the zones agree."""
    details = info.details
    if details is not None and details.zone is not None:
        info.zone, info.zone_known = details.zone, True
    latitude = (details and details.latitude) or info.row.latitude
    longitude = (details and details.longitude) or info.row.longitude
    home = dt_util.get_default_time_zone()
    if (
        latitude is not None
        and longitude is not None
        and abs(latitude) <= 90
        and abs(longitude) <= 180
        and (latitude, longitude) != (0, 0)
        and (
            not info.zone_known
            or agrees_with_zone(
                longitude, now.astimezone(info.zone).utcoffset() or timedelta()
            )
        )
    ):
        info.location = (latitude, longitude)
    elif now.astimezone(info.zone).utcoffset() == now.astimezone(home).utcoffset():
        info.location = (hass.config.latitude, hass.config.longitude)
    else:
        info.location = None
