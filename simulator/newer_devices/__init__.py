"""Devices of the vendor's later pages: MIN, SPH, SPA, MAX, meters and sensors, each in a file of its own."""

from .family import LaterFamily
from .max import MAX
from .min import MIN
from .spa import SPA
from .sph import SPH

LATER: tuple[LaterFamily, ...] = (MAX, MIN, SPH, SPA)

__all__ = ["LATER", "LaterFamily"]
