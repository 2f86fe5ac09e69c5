"""Where the sun stands over a plant."""

from datetime import datetime
from functools import lru_cache

from astral import Observer
from astral.sun import elevation

from .truth import LOW_SUN, SLEEPS_AFTER_SUNRISE, Sun

# The upper edge of the sun is at the horizon, refraction included.
_HORIZON = -0.833


# All devices of a plant are judged at the same instant.
@lru_cache(maxsize=128)
def sun_over(place: tuple[float, float] | None, now: datetime) -> Sun:
    """Return the sun over a place (latitude, longitude)."""
    if place is None:
        return Sun(low=None, down_lately=None)
    observer = Observer(*place)
    here = elevation(observer, now)
    return Sun(
        low=here < LOW_SUN,
        down_lately=here < _HORIZON
        or elevation(observer, now - SLEEPS_AFTER_SUNRISE) < _HORIZON,
    )
