"""Devices of the vendor's later pages: MIN, SPH, SPA, MAX, meters and sensors, each in a file of its own."""

from .family import LaterFamily
from .min import MIN

LATER: tuple[LaterFamily, ...] = (MIN,)

__all__ = ["LATER", "LaterFamily"]
