"""The position of the sun over a plant."""

from datetime import datetime, timedelta
from functools import lru_cache

from astral import Observer
from astral.sun import elevation

from .freshness import LOW_SUN, SLEEPS_AFTER_SUNRISE, SMALL_POWER, SunState

# Elevation at sunrise and sunset, refraction included, degrees.
_HORIZON = -0.833
# Inverters may wake up from this elevation on, degrees.
_DAWN = -1.0
_STEP = timedelta(minutes=10)
_STEPS = 7

UNKNOWN_SUN = SunState(low=None, down_lately=None)


# No panel has a power worth mentioning below this elevation.
_NIGHT = -6.0
# The time zone of a place is at most this far from its solar time: China has one zone, and summer time adds an hour.
_MOST_ZONE_OFFSET = timedelta(hours=4)


def agrees_with_zone(longitude: float, utc_offset: timedelta) -> bool:
    """Return whether a place can have this zone; the vendor's example location is in China, whatever the plant's zone."""
    difference = abs(utc_offset - timedelta(hours=longitude / 15))
    return min(difference, timedelta(days=1) - difference) <= _MOST_ZONE_OFFSET


def believed_sun_state(
    location: tuple[float, float] | None,
    now: datetime,
    measured_at: datetime | None,
    power: float | None,
) -> SunState:
    """Return the state of the sun, unknown where the last power, W, was measured in what would be night there."""
    state = sun_state(location, now)
    if (
        state.down_lately
        and location is not None
        and measured_at is not None
        and (power or 0.0) >= SMALL_POWER
        and elevation(Observer(*location), measured_at) < _NIGHT
    ):
        return UNKNOWN_SUN
    return state


# Cached because all devices of a plant are assessed at the same instant.
@lru_cache(maxsize=128)
def sun_state(location: tuple[float, float] | None, now: datetime) -> SunState:
    """Return the state of the sun at a location (latitude, longitude)."""
    if location is None:
        return UNKNOWN_SUN
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
