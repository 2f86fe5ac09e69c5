"""The Growatt OpenAPI integration."""

from datetime import datetime

from homeassistant.const import (
    CONF_TOKEN,
    CONF_URL,
    EVENT_HOMEASSISTANT_STOP,
    Platform,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.typing import ConfigType

from .const import CONF_CONTROLS, DOMAIN
from .controls import Controls, async_end_overrides, controls_store
from .coordinator import (
    AccountStatusCoordinator,
    AlarmCoordinator,
    FamilyCoordinator,
    InventoryCoordinator,
    PlantCoordinator,
    PlantEnergyCoordinator,
    PlantPowerCoordinator,
)
from .families import FAMILIES
from .history.coordinator import HistoryCoordinator
from .history.energy_offer import OfferedStatistics
from .history.options import is_history_wanted
from .issues import async_remove_issues, async_remove_offer
from .persistence.clients import async_get_client, async_remove_unused_files
from .persistence.entry_store import EntryStore
from .registry.cleanup import async_remove_unwanted, is_gone
from .registry.sync import async_sync_inventory
from .runtime import GrowattConfigEntry, RuntimeData
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> bool:
    """Set up an entry from its saved state; everything else is read when it is due."""
    client = async_get_client(hass, entry.data[CONF_URL], entry.data[CONF_TOKEN])
    store = EntryStore(hass, entry.entry_id)
    await store.load()
    inventory = InventoryCoordinator(hass, entry, client, store)
    await inventory.async_load()

    controls = None
    if entry.options.get(CONF_CONTROLS, True):
        controls = Controls(hass, entry, client)
        await controls.async_load()
        entry.async_on_unload(controls.stop)
    else:
        await async_end_overrides(hass, entry, client)
    plants = {
        plant_id: PlantCoordinator(hass, inventory, plant_id, store)
        for plant_id in inventory.data
    }
    families = {
        family.key: FamilyCoordinator(hass, inventory, family, store)
        for family in FAMILIES.values()
    }
    plant_energy = PlantEnergyCoordinator(hass, inventory, families, store)
    history = None
    if "recorder" in hass.config.components and is_history_wanted(entry):
        history = HistoryCoordinator(hass, inventory, families, plant_energy, store)
    runtime = entry.runtime_data = RuntimeData(
        client=client,
        store=store,
        inventory=inventory,
        plants=plants,
        families=families,
        alarms=AlarmCoordinator(hass, inventory, families, store),
        plant_energy=plant_energy,
        plant_power=PlantPowerCoordinator(hass, plant_energy, families),
        account_status=AccountStatusCoordinator(hass, inventory, plants, families),
        history=history,
        controls=controls,
        offered_statistics=OfferedStatistics(store),
    )
    async_sync_inventory(hass, entry)
    async_remove_unwanted(hass, entry)
    # Added before the entities' listeners, so that a device is registered before its entities.
    entry.async_on_unload(
        inventory.async_add_listener(lambda: async_sync_inventory(hass, entry))
    )
    if controls is not None:
        for family in families.values():
            controls.track_family(family)
    # The entry's token or server may just have been changed.
    entry.async_create_background_task(
        hass, async_remove_unused_files(hass), f"{entry.title} files"
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    for coordinator in (
        inventory,
        *runtime.pollers,
        runtime.alarms,
        runtime.plant_energy,
        runtime.plant_power,
        runtime.account_status,
    ):
        coordinator.start()

    if history is not None:
        history.start()
    if controls is not None:
        controls.timed_overrides.resume()

    @callback
    def apply_time(_: datetime) -> None:
        entry.async_create_background_task(
            hass,
            runtime.async_apply_time(),
            f"{entry.title} age",
        )

    @callback
    def stop(_: Event) -> None:
        for coordinator in (inventory, *runtime.pollers, runtime.alarms):
            coordinator.stop()
        if runtime.history is not None:
            runtime.history.stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    # On the minute, so that values of the day end at midnight.
    entry.async_on_unload(async_track_time_change(hass, apply_time, second=0))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> bool:
    """Unload an entry and save its state."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    if (controls := entry.runtime_data.controls) is not None:
        await controls.async_close(restore_overrides=entry.disabled_by is not None)
    await entry.runtime_data.store.flush()
    async_remove_issues(hass, entry)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Restore what its overrides have changed, remove its files, and its client's as far as no other entry uses them."""
    client = async_get_client(hass, entry.data[CONF_URL], entry.data[CONF_TOKEN])
    await async_end_overrides(hass, entry, client)
    await controls_store(hass, entry.entry_id).remove()
    await EntryStore(hass, entry.entry_id).remove()
    async_remove_offer(hass, entry)
    await async_remove_unused_files(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: GrowattConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Return whether the user may delete a device: only one that the cloud does not list any more."""
    return is_gone(entry, device)
