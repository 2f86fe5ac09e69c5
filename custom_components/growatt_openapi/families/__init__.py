"""The families of devices this integration knows, by what ``device/list`` and the lists of meters and sensors give."""

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
_OF_DEVICES = {
    (family.device_type, family.kind): family for family in FAMILIES.values()
}


def family_of(device: Device) -> Family | None:
    """Return a device's family; None for devices of a type that nobody here knows yet."""
    return _OF_DEVICES.get((device.type, device.kind))


__all__ = ["FAMILIES", "Family", "family_of"]
