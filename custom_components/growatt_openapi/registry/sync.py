"""The update of registry and coordinators to the inventory: new plants and devices are added, those gone removed."""

from homeassistant.core import HomeAssistant, callback

from ..const import CONF_DETAIL
from ..coordinator import PlantCoordinator
from ..detail_level import default_detail_level
from ..runtime import GrowattConfigEntry
from .cleanup import async_remove_devices, async_remove_unwanted
from .devices import async_register_devices, plant_identifier


@callback
def async_sync_inventory(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Update the plants' coordinators, the registry and the states to the inventory."""
    runtime = entry.runtime_data
    inventory = runtime.inventory
    for plant_id in inventory.data.keys() - runtime.plants.keys():
        plant = PlantCoordinator(hass, inventory, plant_id, runtime.store)
        runtime.plants[plant_id] = plant
        plant.start()
    if inventory.gone:
        async_remove_devices(hass, entry, _gone_identifiers(entry))
        inventory.gone.clear()
    for plant_id in runtime.plants.keys() - inventory.data.keys():
        runtime.plants.pop(plant_id).stop()
    if CONF_DETAIL not in entry.options and (count := _device_count(entry)):
        # Chosen once: what is registered by default never changes by itself.
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_DETAIL: default_detail_level(count)}
        )
        async_remove_unwanted(hass, entry)
    # Before any family takes over a device whose type has changed.
    for family in runtime.families.values():
        family.drop_unlisted()
    async_register_devices(hass, entry)
    for poller in runtime.pollers:
        poller.sync_inventory()


def _gone_identifiers(entry: GrowattConfigEntry) -> set[str]:
    """Return the identifiers of what is gone: serials, and plants by their ids."""
    inventory = entry.runtime_data.inventory
    plants = {
        plant_identifier(key)
        for key in inventory.gone
        if key in entry.runtime_data.plants and key not in inventory.data
    }
    return plants | inventory.gone


def _device_count(entry: GrowattConfigEntry) -> int:
    return sum(len(info.devices) for info in entry.runtime_data.inventory.data.values())
