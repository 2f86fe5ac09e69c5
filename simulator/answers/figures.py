"""What several endpoints say of a plant."""

from datetime import datetime, timedelta
from typing import Any

from ..physics.site import Site


def peak(site: Site) -> float:
    """Return a plant's peak power, kWp."""
    return sum(string.peak for string in site.inverter.strings) / 1000


def inverter_values(site: Site, moment: datetime) -> dict[str, Any]:
    """Return the newest visible values of a plant's inverter; nothing is produced while it is lost."""
    upload = site.newest(site.inverter_serial, moment)
    if upload is None:
        return dict.fromkeys(("power", "today", "total", "month", "year"), 0.0)
    if is_lost(site, site.inverter_serial, moment):
        return {**upload.values, "power": 0.0}
    return upload.values


def is_lost(site: Site, serial: str, moment: datetime) -> bool:
    """Tell whether a device has not been heard of for 20 minutes."""
    upload = site.newest(serial, moment)
    return upload is None or moment - upload.measured > timedelta(minutes=20)
