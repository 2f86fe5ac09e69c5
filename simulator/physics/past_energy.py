"""A plant's energy on days before the simulation: the same sun and clouds, in steps of an hour."""

from datetime import date, datetime, timedelta
import functools

from .plant import Plant
from .power_models import INVERTER_EFFICIENCY
from .sun import irradiance
from .weather import cloudiness

_STEP = timedelta(hours=1)


def compute_daily_energy(plant: Plant, day: date, today: date) -> float:
    """Return the energy of the inverters on a day, kWh; 0 before the plant was built and after today."""
    if day < plant.created or day > today:
        return 0.0
    if day in plant.daily_energy:
        return plant.daily_energy[day]
    strings = tuple(
        (string.peak, string.tilt, string.azimuth)
        for _, inverter in plant.iterate_inverters()
        for string in inverter.strings
    )
    start = datetime(day.year, day.month, day.day, tzinfo=plant.zone)
    return _simulate_day(start, plant.latitude, plant.longitude, plant.seed, strings)


@functools.cache
def _simulate_day(
    start: datetime,
    latitude: float,
    longitude: float,
    seed: int,
    strings: tuple[tuple[float, float, float], ...],
) -> float:
    watt_hours = 0.0
    for index in range(24):
        middle = start + (index + 0.5) * _STEP
        light = cloudiness(middle, seed)
        watt_hours += light * sum(
            peak / 1000 * irradiance(middle, latitude, longitude, tilt, azimuth)
            for peak, tilt, azimuth in strings
        )
    return watt_hours * INVERTER_EFFICIENCY / 1000
