"""The families of devices that this integration supports."""

from collections.abc import Mapping

from ..api.models import Device
from .base import Family
from .inverter import INVERTER
from .max import MAX
from .meter import METER
from .min import MIN
from .sensor import SENSOR
from .spa import SPA
from .sph import SPH
from .storage import STORAGE

FAMILIES: Mapping[str, Family] = {
    family.key: family
    for family in (INVERTER, STORAGE, MAX, SPH, SPA, MIN, METER, SENSOR)
}
_BY_TYPE = {(family.device_type, family.kind): family for family in FAMILIES.values()}


def get_family(device: Device) -> Family | None:
    """Return a device's family; None for unsupported types."""
    return _BY_TYPE.get((device.type, device.kind))


__all__ = ["FAMILIES", "Family", "get_family"]
