"""Environment sensors, device type 3 in lists of devices, with a list of their own (the vendor's later pages).

Instruments that are not fitted send nothing. The units of rain, pressure and daily radiation are not documented, so these are
left out; wind is in m/s as in comparable weather stations.
"""

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    DEGREE,
    PERCENTAGE,
    UnitOfIrradiance,
    UnitOfSpeed,
)

from ..api.endpoints import meter as endpoints
from ..api.models import DeviceKind
from .base import Family, Presence, ReadingDescription
from .descriptions import measurement, temperature

_USED = Presence.WHEN_USED

READINGS: tuple[ReadingDescription, ...] = (
    measurement(
        "irradiance",
        "radiant",
        SensorDeviceClass.IRRADIANCE,
        UnitOfIrradiance.WATTS_PER_SQUARE_METER,
        0,
        enabled=True,
        bounds=(0, 3_000),
    ),
    temperature("ambient_temperature", "envTemp", enabled=True),
    temperature("panel_temperature", "panelTemp", enabled=True),
    measurement(
        "wind_speed",
        "windSpeed",
        SensorDeviceClass.WIND_SPEED,
        UnitOfSpeed.METERS_PER_SECOND,
        1,
        enabled=True,
        presence=_USED,
        bounds=(0, 120),
    ),
    measurement(
        "wind_direction",
        "windAngle",
        SensorDeviceClass.WIND_DIRECTION,
        DEGREE,
        0,
        state_class=SensorStateClass.MEASUREMENT_ANGLE,
        presence=_USED,
        bounds=(0, 360),
    ),
    measurement(
        "humidity",
        "envHumidity",
        SensorDeviceClass.HUMIDITY,
        PERCENTAGE,
        0,
        presence=_USED,
        bounds=(0, 100),
    ),
)

SENSOR = Family(
    key="sensor",
    device_type=3,
    kind=DeviceKind.SENSOR,
    name="Environment sensor",
    sleeps=False,
    power_key="irradiance",
    fault_codes=(),
    warning_codes=(),
    readings=READINGS,
    essentials=frozenset(
        {"irradiance", "ambient_temperature", "panel_temperature", "online"}
    ),
    endpoints=endpoints.SENSOR,
)
