"""Where plants are: in which zone, and under which sun."""

from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .plants import PlantInfo


@callback
def locate(hass: HomeAssistant, info: PlantInfo, now: datetime) -> None:
    """Take zone and place from the plant's details, its list row, or Home Assistant where the zones agree."""
    details = info.details
    if details is not None and details.zone is not None:
        info.zone, info.zone_known = details.zone, True
    latitude = (details and details.latitude) or info.plant.latitude
    longitude = (details and details.longitude) or info.plant.longitude
    home = dt_util.get_default_time_zone()
    if (
        latitude is not None
        and longitude is not None
        and abs(latitude) <= 90
        and abs(longitude) <= 180
        and (latitude, longitude) != (0, 0)
    ):
        info.place = (latitude, longitude)
    elif now.astimezone(info.zone).utcoffset() == now.astimezone(home).utcoffset():
        info.place = (hass.config.latitude, hass.config.longitude)
    else:
        info.place = None
