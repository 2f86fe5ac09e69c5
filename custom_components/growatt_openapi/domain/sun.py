"""The position of the sun over a plant."""

from datetime import datetime, timedelta
from functools import lru_cache

from astral import Observer
from astral.sun import elevation

from .freshness import LOW_SUN, SLEEPS_AFTER_SUNRISE, SunState

# Elevation at sunrise and sunset, refraction included, degrees.
_HORIZON = -0.833
# Inverters may wake up from this elevation on, degrees.
_DAWN = -1.0
_STEP = timedelta(minutes=10)
_STEPS = 7


# Cached because all devices of a plant are assessed at the same instant.
@lru_cache(maxsize=128)
def sun_state(location: tuple[float, float] | None, now: datetime) -> SunState:
    """Return the state of the sun at a location (latitude, longitude)."""
    if location is None:
        return SunState(low=None, down_lately=None)
    observer = Observer(*location)
    present = elevation(observer, now)
    return SunState(
        low=present < LOW_SUN,
        down_lately=present < _HORIZON
        or elevation(observer, now - SLEEPS_AFTER_SUNRISE) < _HORIZON,
    )


@lru_cache(maxsize=128)
def darkness_left(location: tuple[float, float] | None, now: datetime) -> float | None:
    """Return for how many seconds the sun stays down, an hour at most; None where it is up or the location is unknown."""
    if location is None:
        return None
    observer = Observer(*location)
    if elevation(observer, now) >= _DAWN:
        return None
    for step in range(1, _STEPS):
        if elevation(observer, now + step * _STEP) >= _DAWN:
            return (step - 1) * _STEP.total_seconds()
    return (_STEPS - 1) * _STEP.total_seconds()
