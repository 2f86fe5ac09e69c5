"""Devices of the vendor's newer pages: MIN, SPH, SPA, MAX, meters and sensors."""

from .family import DeviceFamily
from .max import MAX
from .min import MIN
from .spa import SPA
from .sph import SPH

NEWER_FAMILIES: tuple[DeviceFamily, ...] = (MAX, MIN, SPH, SPA)

__all__ = ["NEWER_FAMILIES", "DeviceFamily"]
