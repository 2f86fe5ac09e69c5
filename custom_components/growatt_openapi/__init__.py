"""Growatt's OpenAPI in Home Assistant."""

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

from .api.regions import REGIONS
from .const import CONF_CONTROLS, DOMAIN
from .controls import Controls, controls_store
from .coordinator import (
    AccountStatusCoordinator,
    AlarmCoordinator,
    FamilyCoordinator,
    InventoryCoordinator,
    PlantCoordinator,
    PlantEnergyCoordinator,
)
from .families import FAMILIES
from .issues import async_remove_issues
from .persistence.clients import async_forget_client, async_get_client
from .persistence.entry_store import EntryStore
from .registry.cleanup import async_remove_unwanted, is_gone
from .registry.sync import async_follow_account
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
    """Set up an account out of what is remembered of it; everything else is asked for when its time comes."""
    client = async_get_client(hass, entry.data[CONF_URL], entry.data[CONF_TOKEN])
    memory = EntryStore(hass, entry.entry_id)
    await memory.load()
    account = InventoryCoordinator(hass, entry, client, memory)
    await account.async_load()

    controls = None
    if entry.options.get(CONF_CONTROLS, True):
        controls = Controls(hass, entry, client)
        await controls.async_load()
        entry.async_on_unload(controls.stop)
    plants = {
        plant_id: PlantCoordinator(hass, account, plant_id, memory)
        for plant_id in account.data
    }
    families = {
        family.key: FamilyCoordinator(hass, account, family, memory)
        for family in FAMILIES.values()
    }
    runtime = entry.runtime_data = RuntimeData(
        client=client,
        store=memory,
        inventory=account,
        plants=plants,
        families=families,
        alarms=AlarmCoordinator(hass, account, families, memory),
        plant_energy=PlantEnergyCoordinator(hass, account, families, memory),
        account_status=AccountStatusCoordinator(hass, account, plants, families),
        controls=controls,
    )
    async_follow_account(hass, entry)
    async_remove_unwanted(hass, entry)
    # Before the entities listen: a device is registered before what belongs to it.
    entry.async_on_unload(
        account.async_add_listener(lambda: async_follow_account(hass, entry))
    )
    if controls is not None:
        for family in families.values():
            controls.settings_reader.track_family(family)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    for coordinator in (
        account,
        *runtime.pollers,
        runtime.alarms,
        runtime.plant_energy,
        runtime.account_status,
    ):
        coordinator.start()

    if controls is not None:
        controls.timed_overrides.resume()

    @callback
    def age(_: datetime) -> None:
        entry.async_create_background_task(
            hass,
            runtime.async_apply_time(account.steady_clock.take_jump()),
            f"{entry.title} age",
        )

    @callback
    def stop(_: Event) -> None:
        for coordinator in (account, *runtime.pollers, runtime.alarms):
            coordinator.stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    # On the minute, so that midnight is met.
    entry.async_on_unload(async_track_time_change(hass, age, second=0))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> bool:
    """Unload an account, and save what it knows."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.store.flush()
    async_remove_issues(hass, entry)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Forget what was set, and what was remembered."""
    await controls_store(hass, entry.entry_id).remove()
    await EntryStore(hass, entry.entry_id).remove()
    if not any(
        other.data[CONF_TOKEN] == entry.data[CONF_TOKEN]
        for other in hass.config_entries.async_entries(DOMAIN)
        if other.entry_id != entry.entry_id
    ):
        # The official servers were offered the token when its region was looked for.
        official = {region.url for region in REGIONS.values() if region.official}
        for url in official | {entry.data[CONF_URL]}:
            await async_forget_client(hass, url, entry.data[CONF_TOKEN])


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: GrowattConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let the user delete a device that the cloud does not list any more."""
    return is_gone(entry, device)
