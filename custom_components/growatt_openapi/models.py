"""The inventory: plants with their locations, devices and dataloggers; and which plants each config entry holds."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .api.models import Datalogger, Device, DeviceDetails, Plant, PlantDetails
from .const import CONF_PLANTS, DOMAIN
from .domain.upload_rhythm import UploadRhythm
from .families import get_family

PLANT_PREFIX = "plant_"


@dataclass(slots=True)
class PlantInfo:
    """One plant: its row of the plant list, time zone, location, and equipment by serial.

    Each field has one writer, named above it.
    """

    # InventoryCoordinator:
    row: Plant
    # Home Assistant's until the cloud gives one.
    zone: tzinfo
    zone_known: bool = False
    # Whether its details have been requested. Until then its zone is a guess, and so is the age of its readings.
    details_checked: bool = False
    details: PlantDetails | None = None
    # Latitude and longitude.
    location: tuple[float, float] | None = None
    devices: dict[str, Device] = field(default_factory=dict)
    dataloggers: dict[str, Datalogger] = field(default_factory=dict)
    # When the device list was last read.
    listed_at: datetime | None = None
    # DeviceDetailsReader:
    device_details: dict[str, DeviceDetails] = field(default_factory=dict)
    # FamilyCoordinator, through read_group.update_plant: the devices that are asleep, and of the devices that make the plant's
    # power the upload rhythm and the seconds between polls.
    sleeping: set[str] = field(default_factory=set)
    power_rhythms: dict[str, UploadRhythm] = field(default_factory=dict)
    power_intervals: dict[str, float] = field(default_factory=dict)

    @property
    def plant_id(self) -> str:
        """The cloud's id of the plant."""
        return self.row.plant_id

    @property
    def separate_dataloggers(self) -> dict[str, Datalogger]:
        """The dataloggers that are no devices: a device with a datalogger built in can be listed as both, under one serial."""
        return {
            serial: datalogger
            for serial, datalogger in self.dataloggers.items()
            if serial not in self.devices
        }

    @property
    def is_asleep(self) -> bool:
        """True while all of its devices are asleep."""
        known = [
            device.serial for device in self.devices.values() if get_family(device)
        ]
        return bool(known) and self.sleeping.issuperset(known)


type Inventory = dict[str, PlantInfo]


@callback
def get_plant_ids(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the ids of an entry's plants: the chosen ones, or the registered ones where it takes all.

    They come from the device registry, so that entries that are not loaded count too.
    """
    chosen = entry.options.get(CONF_PLANTS)
    if chosen is not None:
        return set(chosen)
    return {
        identifier.removeprefix(PLANT_PREFIX)
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        for domain, identifier in device.identifiers
        if domain == DOMAIN and identifier.startswith(PLANT_PREFIX)
    } | ({entry.unique_id} if entry.unique_id else set())


@callback
def get_plant_ids_of_others(hass: HomeAssistant, entry: ConfigEntry | None) -> set[str]:
    """Return the ids of the plants of all other entries."""
    return {
        plant_id
        for other in hass.config_entries.async_entries(DOMAIN)
        if entry is None or other.entry_id != entry.entry_id
        for plant_id in get_plant_ids(hass, other)
    }
