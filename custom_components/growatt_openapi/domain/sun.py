"""Where the sun stands over a plant."""

from datetime import datetime, timedelta
from functools import lru_cache

from astral import Observer
from astral.sun import elevation

from .freshness import LOW_SUN, SLEEPS_AFTER_SUNRISE, SunState

# The upper edge of the sun is at the horizon, refraction included.
_HORIZON = -0.833


# Inverters may wake when the sun is this far below the horizon.
_DAWN = -1.0
_STEP = timedelta(minutes=10)
_LOOK_AHEAD = 7


# All devices of a plant are judged at the same instant.
@lru_cache(maxsize=128)
def sun_state(place: tuple[float, float] | None, now: datetime) -> SunState:
    """Return the sun over a place (latitude, longitude)."""
    if place is None:
        return SunState(low=None, down_lately=None)
    observer = Observer(*place)
    here = elevation(observer, now)
    return SunState(
        low=here < LOW_SUN,
        down_lately=here < _HORIZON
        or elevation(observer, now - SLEEPS_AFTER_SUNRISE) < _HORIZON,
    )


@lru_cache(maxsize=128)
def darkness_left(place: tuple[float, float] | None, now: datetime) -> float | None:
    """Return for how many seconds the sun stays down, an hour and some at most; None where it is up, or nobody knows."""
    if place is None:
        return None
    observer = Observer(*place)
    if elevation(observer, now) >= _DAWN:
        return None
    for step in range(1, _LOOK_AHEAD):
        if elevation(observer, now + step * _STEP) >= _DAWN:
            return (step - 1) * _STEP.total_seconds()
    return (_LOOK_AHEAD - 1) * _STEP.total_seconds()
