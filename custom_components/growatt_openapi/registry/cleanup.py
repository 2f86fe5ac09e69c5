"""The removal of devices and entities that are gone or no longer wanted."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import CONF_PLANTS, OVERRIDE_KEY
from ..detail_level import PLANT_ESSENTIALS, DetailLevel, detail_level
from ..families import get_family
from ..models import PLANT_PREFIX
from ..runtime import GrowattConfigEntry
from .devices import account_identifier, identifiers_of, plant_identifier

# Platforms whose entities are settings.
_CONTROL_PLATFORMS = ("number", "select", "switch", "time")


@callback
def async_remove_devices(
    hass: HomeAssistant, entry: GrowattConfigEntry, identifiers: set[str]
) -> None:
    """Remove devices with their entities; both are restored with their history if they are listed again."""
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if identifiers & identifiers_of(device):
            registry.async_remove_device(device.id)


@callback
def is_gone(entry: GrowattConfigEntry, device: dr.DeviceEntry) -> bool:
    """Return whether the newest lists do not show a device."""
    identifiers = identifiers_of(device)
    if account_identifier(entry) in identifiers:
        return False
    inventory = entry.runtime_data.inventory
    listed = {
        *(plant_identifier(plant_id) for plant_id in inventory.data),
        *(serial for info in inventory.data.values() for serial in info.devices),
        *(serial for info in inventory.data.values() for serial in info.dataloggers),
    }
    return not any(
        identifier in listed
        and identifier.removeprefix(PLANT_PREFIX) not in inventory.missing
        for identifier in identifiers
    )


@callback
def async_remove_unwanted(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Remove what the options leave out: plants not chosen, controls, details."""
    _remove_plants(hass, entry)
    registry = er.async_get(hass)
    devices = dr.async_get(hass)
    wanted = _wanted_keys(entry)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        is_control = entity.domain in _CONTROL_PLATFORMS or (
            # The account's buttons write no settings; the buttons of devices are controls.
            entity.domain == "button" and not entity.unique_id.startswith("account_")
        )
        is_control |= entity.unique_id.endswith(f"_{OVERRIDE_KEY}")
        if is_control and entry.runtime_data.controls is None:
            registry.async_remove(entity.entity_id)
            continue
        device = devices.async_get(entity.device_id) if entity.device_id else None
        for identifier in identifiers_of(device) if device else ():
            keys = wanted.get(identifier)
            if (
                keys is not None
                and entity.unique_id.removeprefix(f"{identifier}_") not in keys
            ):
                registry.async_remove(entity.entity_id)


def _wanted_keys(entry: GrowattConfigEntry) -> dict[str, frozenset[str]]:
    """Return the keys to be kept by identifier, where only some are wanted."""
    if detail_level(entry) is not DetailLevel.ESSENTIAL:
        return {}
    wanted: dict[str, frozenset[str]] = {}
    for plant_id, info in entry.runtime_data.inventory.data.items():
        wanted[plant_identifier(plant_id)] = PLANT_ESSENTIALS
        for serial, device in info.devices.items():
            if (family := get_family(device)) is not None:
                wanted[serial] = family.essentials
    return wanted


def _remove_plants(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Remove the plants that are not chosen, with their dataloggers and devices."""
    chosen = entry.options.get(CONF_PLANTS)
    if chosen is None:
        return
    registry = dr.async_get(hass)
    kept = {plant_identifier(plant_id) for plant_id in chosen}
    devices = dr.async_entries_for_config_entry(registry, entry.entry_id)
    unwanted = {
        device.id
        for device in devices
        if any(
            identifier.startswith(PLANT_PREFIX) and identifier not in kept
            for identifier in identifiers_of(device)
        )
    }
    # Its dataloggers, the devices behind them, and those behind a device with a datalogger built in.
    for _ in range(3):
        unwanted |= {
            device.id for device in devices if device.via_device_id in unwanted
        }
    for device_id in unwanted:
        registry.async_remove_device(device_id)
