"""What the device list says about each kind of device, whatever the single device does."""

from dataclasses import dataclass

from .physics.device import DeviceKind


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One kind of device in the device list.

    type_number: the vendor's number for it. model: the text in the list. status: the number listed while all is well.
    placeholder: the text in place of the serial of a meter or sensor, whose row has neither ``lost`` nor ``status``.
    """

    type_number: int
    model: str = ""
    status: int = 1
    placeholder: str | None = None


CATALOG: dict[DeviceKind, CatalogEntry] = {
    DeviceKind.INVERTER: CatalogEntry(1, "A0B0D0T0PFU1M3S4"),
    DeviceKind.STORAGE: CatalogEntry(2, "A0B0D1T2P3U0M0S0"),
    DeviceKind.METER: CatalogEntry(3, placeholder="AMMETER"),
    DeviceKind.SENSOR: CatalogEntry(3, placeholder="ENV_DEVICE"),
    DeviceKind.MAX: CatalogEntry(4, "MAX 60KTL3"),
    DeviceKind.SPH: CatalogEntry(5, "SPH 5000", status=5),
    DeviceKind.SPA: CatalogEntry(6, "SPA 3000", status=6),
    DeviceKind.MIN: CatalogEntry(7, "MIN 5000TL-X"),
    DeviceKind.PCS: CatalogEntry(8, "PCS 100"),
}
