"""Growatt's OpenAPI in Home Assistant."""

from datetime import datetime

from homeassistant.const import CONF_TOKEN, CONF_URL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.storage import Store

from .clients import async_get_client
from .const import CONF_CONTROLS, DOMAIN
from .controls import STORE_VERSION, Controls, store_key
from .coordinator import AccountCoordinator, FamilyCoordinator, PlantCoordinator
from .devices import async_register_devices
from .families import FAMILIES
from .runtime import GrowattConfigEntry, RuntimeData

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = (Platform.BINARY_SENSOR, Platform.NUMBER, Platform.SENSOR, Platform.SWITCH)
CONTROL_PLATFORMS = (Platform.NUMBER, Platform.SWITCH)


async def async_setup_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> bool:
    """Set up an account: lists first, then readings, then entities."""
    client = async_get_client(hass, entry.data[CONF_URL], entry.data[CONF_TOKEN])
    account = AccountCoordinator(hass, entry, client)
    await account.async_config_entry_first_refresh()

    controls = None
    if entry.options.get(CONF_CONTROLS, True):
        controls = Controls(hass, entry.entry_id, client)
        await controls.async_load()
    runtime = entry.runtime_data = RuntimeData(
        client=client,
        account=account,
        plants={
            plant_id: PlantCoordinator(hass, account, plant_id)
            for plant_id in account.data
        },
        families={
            family.device_type: FamilyCoordinator(hass, account, family)
            for family in FAMILIES.values()
        },
        controls=controls,
    )
    async_register_devices(hass, entry)
    # No reading is needed to be set up: what has none yet is unavailable until the next round.
    for coordinator in runtime.pollers:
        await coordinator.async_refresh()
    _remove_unwanted_controls(hass, entry)
    entry.async_on_unload(
        account.async_add_listener(lambda: _follow_account(hass, entry))
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)

    @callback
    def age(_: datetime) -> None:
        for coordinator in runtime.pollers:
            coordinator.async_age()

    # On the minute, so that midnight is met.
    entry.async_on_unload(async_track_time_change(hass, age, second=0))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> bool:
    """Unload an account."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Forget what was set."""
    await Store(hass, STORE_VERSION, store_key(entry.entry_id)).async_remove()


@callback
def _follow_account(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Follow the account's lists: new plants, new devices, new names."""
    runtime = entry.runtime_data
    for plant_id in runtime.account.data.keys() - runtime.plants.keys():
        coordinator = PlantCoordinator(hass, runtime.account, plant_id)
        runtime.plants[plant_id] = coordinator
        entry.async_create_background_task(
            hass, coordinator.async_refresh(), f"{coordinator.name} first refresh"
        )
    async_register_devices(hass, entry)


@callback
def _remove_unwanted_controls(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Without controls none are left in the registry either."""
    if entry.runtime_data.controls is not None:
        return
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.domain in CONTROL_PLATFORMS:
            registry.async_remove(entity.entity_id)
