"""The families of devices this integration knows, by the type that ``device/list`` gives."""

from collections.abc import Mapping

from .base import Family
from .inverter import INVERTER
from .max import MAX
from .min import MIN
from .spa import SPA
from .sph import SPH
from .storage import STORAGE

FAMILIES: Mapping[int, Family] = {
    family.device_type: family for family in (INVERTER, STORAGE, MAX, SPH, SPA, MIN)
}

# In device lists, but of no family yet: read by what comes with later families.
METERS_AND_SENSORS = 3

__all__ = ["FAMILIES", "METERS_AND_SENSORS", "Family"]
