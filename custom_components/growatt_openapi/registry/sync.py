"""Following the account's lists: what is new in them gets devices and readings, what is gone loses them."""

from homeassistant.core import HomeAssistant, callback

from ..const import CONF_DETAIL
from ..coordinator import PlantCoordinator
from ..detail_level import default_detail_level
from ..runtime import GrowattConfigEntry
from .cleanup import async_remove_devices
from .devices import async_register_devices, plant_identifier


@callback
def async_follow_account(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Bring plants, devices and the registry up to date with the lists."""
    runtime = entry.runtime_data
    account = runtime.inventory
    for plant_id in account.data.keys() - runtime.plants.keys():
        plant = PlantCoordinator(hass, account, plant_id, runtime.store)
        runtime.plants[plant_id] = plant
        plant.start()
    if account.gone:
        async_remove_devices(hass, entry, _identifiers(entry))
        account.gone.clear()
    for plant_id in runtime.plants.keys() - account.data.keys():
        runtime.plants.pop(plant_id).stop()
    if CONF_DETAIL not in entry.options and (count := _devices(entry)):
        # Chosen once: what is registered by default never changes by itself.
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_DETAIL: default_detail_level(count)}
        )
    async_register_devices(hass, entry)
    for poller in runtime.pollers:
        poller.sync_inventory()


def _identifiers(entry: GrowattConfigEntry) -> set[str]:
    """Return the identifiers of what is gone: serials, and plants by their ids."""
    account = entry.runtime_data.inventory
    plants = {
        plant_identifier(one)
        for one in account.gone
        if one in entry.runtime_data.plants and one not in account.data
    }
    return plants | account.gone


def _devices(entry: GrowattConfigEntry) -> int:
    return sum(len(info.devices) for info in entry.runtime_data.inventory.data.values())
