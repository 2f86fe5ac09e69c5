"""Clouds and a household's load: smooth functions of time and a seed, the same in every run."""

from datetime import datetime, tzinfo
import math

_HOURS_PER_YEAR = 365.25 * 24
# When a summer is at its height: hours after the beginning of 1970.
_MIDSUMMER = 172 * 24
_FRIDGE = 90.0  # W
_FRIDGE_SHARE = 0.4


def cloudiness(moment: datetime, seed: int) -> float:
    """Return the share of a clear sky's light that reaches the ground, 0.07 to 1.

    Small clouds come and go on every day; fronts dim whole days, in winter more often than in summer. With them a roof in
    the middle of Europe makes about 1,000 kWh a year out of each kWp.
    """
    hours = moment.timestamp() / 3600
    waves = (
        math.sin(hours / 7.3 + seed)
        + 0.6 * math.sin(hours / 1.9 + 2.1 * seed)
        + 0.4 * math.sin(hours * 2.7 + 0.7 * seed)
    )
    clouds = max(0.25, min(1.0, 0.75 + 0.25 * waves))
    return clouds * (1.0 - _compute_overcast(hours - 2.0 * seed))


def _compute_overcast(hours: float) -> float:
    """Return the share of the light that a front takes away."""
    summer = math.cos(2 * math.pi * (hours - _MIDSUMMER) / _HOURS_PER_YEAR)
    front = math.sin(hours / 19.0 + 2.80) + math.sin(hours / 31.0 + 2.93)
    return max(0.0, min(0.72, 0.34 - 0.13 * summer + 0.42 * front))


def mean_house_load(moment: datetime, zone: tzinfo, seed: int) -> float:
    """Return a household's load in W: a base load, and peaks in the morning, at noon and in the evening."""
    local = moment.astimezone(zone)
    hour = local.hour + local.minute / 60
    base = 220.0
    morning = 900 * math.exp(-(((hour - 7.5) / 1.2) ** 2))
    noon = 500 * math.exp(-(((hour - 12.5) / 1.0) ** 2))
    evening = 1400 * math.exp(-(((hour - 19.3) / 2.0) ** 2))
    weekday = 1.0 + 0.1 * math.sin(local.toordinal() * 1.7 + seed)
    return (base + morning + noon + evening) * weekday + _FRIDGE * _FRIDGE_SHARE


def house_load(moment: datetime, zone: tzinfo, seed: int) -> float:
    """Return a household's load in W, with a fridge that runs for twelve minutes of every thirty."""
    minute = moment.astimezone(zone).minute
    is_running = (minute + 7 * seed) % 30 < 30 * _FRIDGE_SHARE
    fridge = _FRIDGE if is_running else 0.0
    return mean_house_load(moment, zone, seed) + fridge - _FRIDGE * _FRIDGE_SHARE
