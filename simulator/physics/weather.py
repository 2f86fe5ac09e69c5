"""Clouds and a household's load: smooth functions of time and a seed, the same in every run."""

from datetime import datetime, tzinfo
import math


def cloudiness(moment: datetime, seed: int) -> float:
    """Return the share of a clear sky's light that reaches the ground, 0.25 to 1."""
    hours = moment.timestamp() / 3600
    waves = (
        math.sin(hours / 7.3 + seed)
        + 0.6 * math.sin(hours / 1.9 + 2.1 * seed)
        + 0.4 * math.sin(hours * 2.7 + 0.7 * seed)
    )
    return max(0.25, min(1.0, 0.75 + 0.25 * waves))


def house_load(moment: datetime, zone: tzinfo, seed: int) -> float:
    """Return a household's load in W: a base load, peaks in the morning, at noon and in the evening, and a fridge."""
    local = moment.astimezone(zone)
    hour = local.hour + local.minute / 60
    base = 220.0
    morning = 900 * math.exp(-(((hour - 7.5) / 1.2) ** 2))
    noon = 500 * math.exp(-(((hour - 12.5) / 1.0) ** 2))
    evening = 1400 * math.exp(-(((hour - 19.3) / 2.0) ** 2))
    fridge = 90.0 if (local.minute + 7 * seed) % 30 < 12 else 0.0
    weekday = 1.0 + 0.1 * math.sin(local.toordinal() * 1.7 + seed)
    return (base + morning + noon + evening) * weekday + fridge
