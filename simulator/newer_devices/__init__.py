"""Devices of the vendor's later pages: MIN, SPH, SPA, MAX, meters and sensors, each in a file of its own."""

from .family import DeviceFamily
from .max import MAX
from .min import MIN
from .spa import SPA
from .sph import SPH

NEWER_FAMILIES: tuple[DeviceFamily, ...] = (MAX, MIN, SPH, SPA)

__all__ = ["NEWER_FAMILIES", "DeviceFamily"]
