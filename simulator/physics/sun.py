"""The sun's position, and the irradiance on a tilted panel.

The usual low-precision formulae (declination, equation of time, hour angle; Meinel's clear sky) are right within half a
degree, which is enough for a simulation.
"""

from datetime import UTC, datetime
import math


def elevation(moment: datetime, latitude: float, longitude: float) -> float:
    """Return the sun's elevation in degrees, negative below the horizon."""
    return math.degrees(_angles(moment, latitude, longitude)[0])


def _angles(
    moment: datetime, latitude: float, longitude: float
) -> tuple[float, float, float]:
    """Return elevation, declination and hour angle in radians."""
    moment = moment.astimezone(UTC)
    day = moment.timetuple().tm_yday
    hours = moment.hour + moment.minute / 60 + moment.second / 3600
    gamma = 2 * math.pi / 365 * (day - 1 + (hours - 12) / 24)
    declination = (
        0.006918
        - 0.399912 * math.cos(gamma)
        + 0.070257 * math.sin(gamma)
        - 0.006758 * math.cos(2 * gamma)
        + 0.000907 * math.sin(2 * gamma)
    )
    equation_of_time = 229.18 * (
        0.000075
        + 0.001868 * math.cos(gamma)
        - 0.032077 * math.sin(gamma)
        - 0.014615 * math.cos(2 * gamma)
        - 0.040849 * math.sin(2 * gamma)
    )
    hour_angle = math.radians((hours * 60 + equation_of_time + 4 * longitude) / 4 - 180)
    phi = math.radians(latitude)
    sine = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(
        declination
    ) * math.cos(hour_angle)
    return math.asin(max(-1.0, min(1.0, sine))), declination, hour_angle


def irradiance(
    moment: datetime, latitude: float, longitude: float, tilt: float, azimuth: float
) -> float:
    """Return W/m² on a panel under a clear sky. ``azimuth``: 0 faces the equator, positive to the west; degrees."""
    altitude, declination, hour_angle = _angles(moment, latitude, longitude)
    if altitude <= 0:
        return 0.0
    zenith = math.pi / 2 - altitude
    air_mass: float = 1 / (
        math.cos(zenith) + 0.50572 * (96.07995 - math.degrees(zenith)) ** -1.6364
    )
    beam: float = 1353 * 0.7 ** (air_mass**0.678)
    phi = math.radians(latitude)
    # The sun's direction as south, west, up; the panel's normal likewise.
    south = math.sin(phi) * math.cos(declination) * math.cos(hour_angle) - math.cos(
        phi
    ) * math.sin(declination)
    west = math.cos(declination) * math.sin(hour_angle)
    up = math.sin(altitude)
    sign = 1 if latitude >= 0 else -1
    lean, facing = math.radians(tilt), math.radians(azimuth)
    cosine = (
        sign * south * math.sin(lean) * math.cos(facing)
        + west * math.sin(lean) * math.sin(facing)
        + up * math.cos(lean)
    )
    diffuse = 0.1 * beam * (1 + math.cos(lean)) / 2
    return max(0.0, beam * cosine) + diffuse
