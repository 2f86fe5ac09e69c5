"""What an account holds: its plants, where they are, and what stands in them."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .api.models import Datalogger, Device, DeviceDetails, Plant, PlantDetails
from .const import CONF_PLANTS, DOMAIN
from .domain.upload_rhythm import UploadRhythm
from .families import family_of

PLANT_PREFIX = "plant_"


@dataclass(slots=True)
class PlantInfo:
    """One plant: as listed, in space and time, with its equipment by serial.

    zone: the plant's, or Home Assistant's until the cloud gives one (``zone_known``). place: latitude and longitude.
    listed_at: when the device list was last read. is_located: its details have been asked for; before, its readings would be
    taken for those of another time.
    """

    row: Plant
    zone: tzinfo
    zone_known: bool = False
    details_checked: bool = False
    details: PlantDetails | None = None
    location: tuple[float, float] | None = None
    devices: dict[str, Device] = field(default_factory=dict)
    dataloggers: dict[str, Datalogger] = field(default_factory=dict)
    device_details: dict[str, DeviceDetails] = field(default_factory=dict)
    listed_at: datetime | None = None
    # Devices that are asleep.
    sleeping: set[str] = field(default_factory=set)
    # Of the devices that make its power: when their readings come, and how long there can be no news of it.
    power_rhythms: dict[str, UploadRhythm] = field(default_factory=dict)
    power_intervals: dict[str, float] = field(default_factory=dict)

    @property
    def is_asleep(self) -> bool:
        """Whether all of its devices are left alone for the night."""
        known = [one.serial for one in self.devices.values() if family_of(one)]
        return bool(known) and self.sleeping.issuperset(known)


type Inventory = dict[str, PlantInfo]


@callback
def plant_ids_of(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the ids of the plants an entry holds: those chosen, or those it has devices of where it takes all.

    Out of the registry, so that it is known of entries that are not loaded too.
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
def plant_ids_of_others(hass: HomeAssistant, entry: ConfigEntry | None) -> set[str]:
    """Return the ids of all plants that entries other than this one hold."""
    return {
        plant_id
        for other in hass.config_entries.async_entries(DOMAIN)
        if entry is None or other.entry_id != entry.entry_id
        for plant_id in plant_ids_of(hass, other)
    }
