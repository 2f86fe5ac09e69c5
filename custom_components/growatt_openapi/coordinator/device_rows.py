"""The rows of a plant's lists as its equipment: one row per serial, and one plant per serial.

Serials identify devices in Home Assistant. The cloud has listed one twice with different types, and in two plants at once.
"""

from collections.abc import Iterable

from ..api.client.meters import METERS_AND_SENSORS
from ..api.models import Datalogger, Device
from ..domain.missing_tracker import MissingTracker
from ..families import Family, get_family
from ..models import PLANT_PREFIX, Inventory, PlantInfo


def _is_usable(serial: str) -> bool:
    """Return whether a serial cannot be taken for the identifier of a plant."""
    return not serial.startswith(PLANT_PREFIX)


def choose_rows(rows: Iterable[Device], known: dict[str, Device]) -> dict[str, Device]:
    """Return the rows of a device list by serial; of several with one serial that of the known type, else of a supported one."""
    found: dict[str, Device] = {}
    for row in rows:
        if not _is_usable(row.serial):
            continue
        # Rows of meters and sensors have a kind for a serial, the same behind every datalogger.
        key = row.serial
        if row.type == METERS_AND_SENSORS:
            key = f"{row.datalogger}/{row.serial}"
        other = found.get(key)
        if other is None or _rank(row, known.get(key)) < _rank(other, known.get(key)):
            found[key] = row
    return found


def _rank(row: Device, known: Device | None) -> tuple[bool, bool, int]:
    """Return the order of preference of a row, least first. It must not depend on the order of the list."""
    is_known = known is not None and row.type == known.type
    return not is_known, get_family(row) is None, row.type


def claim_devices(
    inventory: Inventory,
    plant: PlantInfo,
    found: dict[str, Device],
    missing: MissingTracker,
) -> None:
    """Remove from ``found`` the devices that another plant has, unless its newest list lacks them: then they have moved here."""
    for other in inventory.values():
        if other is plant:
            continue
        for serial in found.keys() & other.devices.keys():
            if serial not in missing:
                del found[serial]
                continue
            del other.devices[serial]
            if (details := other.device_details.pop(serial, None)) is not None:
                plant.device_details.setdefault(serial, details)
        for serial in found.keys() & other.dataloggers.keys():
            del other.dataloggers[serial]  # a device with a datalogger built in


def claim_dataloggers(
    inventory: Inventory,
    plant: PlantInfo,
    found: dict[str, Datalogger],
    missing: MissingTracker,
) -> None:
    """Remove from ``found`` the dataloggers that another plant has, unless its newest list lacks them, and unusable ones."""
    for serial in [serial for serial in found if not _is_usable(serial)]:
        del found[serial]
    for other in inventory.values():
        if other is plant:
            continue
        for serial in found.keys() & other.devices.keys():
            del found[serial]
        for serial in found.keys() & other.dataloggers.keys():
            if serial in missing:
                del other.dataloggers[serial]
            else:
                del found[serial]


def devices_of(
    family: Family, inventory: Inventory
) -> dict[str, tuple[Device, PlantInfo]]:
    """Return the listed devices of a family by serial, with their plants."""
    return {
        serial: (device, info)
        for info in inventory.values()
        for serial, device in info.devices.items()
        if get_family(device) is family
    }


def is_listed(inventory: Inventory, serial: str) -> bool:
    """Return whether any plant has a device or datalogger with this serial."""
    return any(
        serial in info.devices or serial in info.dataloggers
        for info in inventory.values()
    )
