"""The devices in Home Assistant's registry: account → plant → datalogger → device."""

import re

from homeassistant.const import CONF_REGION, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from yarl import URL

from ..api.models import Datalogger, Device, DeviceDetails
from ..api.regions import REGIONS
from ..const import DOMAIN, MANUFACTURER
from ..families import Family, get_family
from ..models import PLANT_PREFIX, PlantInfo
from ..runtime import GrowattConfigEntry

# A code of a model's options such as "A0B0D0T0PFU1M3S4", which is no readable name.
_MODEL_CODE = re.compile(r"(?:[A-Z][0-9A-F]){4,}|\d+")


def identified(identifier: str) -> DeviceInfo:
    """Return the device info that links an entity to a registered device."""
    return DeviceInfo(identifiers={(DOMAIN, identifier)})


def identifiers_of(device: dr.AnyDeviceEntry) -> set[str]:
    """Return the integration's identifiers of a registered device."""
    return {identifier for domain, identifier in device.identifiers if domain == DOMAIN}


def plant_identifier(plant_id: str) -> str:
    """Return a plant's identifier."""
    return f"{PLANT_PREFIX}{plant_id}"


def account_identifier(entry: GrowattConfigEntry) -> str:
    """Return the identifier of an entry's account."""
    return f"account_{entry.unique_id}"


def device_name(family: Family | None, device: Device, info: PlantInfo) -> str:
    """Return a device's name: its alias, else its model and the last four of its serial, or its address behind a datalogger."""
    if device.kind is not None and family is not None:
        return f"{family.name} {device.serial.rpartition('_')[2]}"
    details = info.device_details.get(device.serial)
    if details is not None and details.alias not in (None, device.serial):
        return str(details.alias)
    return f"{_model_name(device.model) or _kind(family, device)} {device.serial[-4:]}"


def _kind(family: Family | None, device: Device) -> str:
    """Return the name of the device's family, or the cloud's number of an unknown type."""
    return f"Type {device.type}" if family is None else family.name


def _model_name(model: str | None) -> str | None:
    return None if model is None or _MODEL_CODE.fullmatch(model) else model


@callback
def async_register_devices(hass: HomeAssistant, entry: GrowattConfigEntry) -> None:
    """Register or update all devices of the inventory, parents first."""
    registry = dr.async_get(hass)
    portal = _portal(entry)
    account = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, account_identifier(entry))},
        entry_type=dr.DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        model="OpenAPI",
        translation_key="account",
        configuration_url=portal,
    )
    for plant_id, info in entry.runtime_data.inventory.data.items():
        plant = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, plant_identifier(plant_id))},
            entry_type=dr.DeviceEntryType.SERVICE,
            manufacturer=MANUFACTURER,
            model="Plant",
            name=info.row.name,
            configuration_url=portal,
            via_device_id=account.id,
        )
        ids = {
            serial: registry.async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={(DOMAIN, serial)},
                manufacturer=datalogger.manufacturer or MANUFACTURER,
                model=datalogger.model or "Datalogger",
                name=_datalogger_name(datalogger),
                serial_number=serial,
                configuration_url=portal,
                via_device_id=plant.id,
            ).id
            for serial, datalogger in info.separate_dataloggers.items()
        }
        for serial, parent in _with_parents(info):
            device = info.devices[serial]
            family = get_family(device)
            details = info.device_details.get(serial)
            ids[serial] = registry.async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={(DOMAIN, serial)},
                manufacturer=device.manufacturer or MANUFACTURER,
                model=_model(family, device, details),
                model_id=device.model,
                name=device_name(family, device, info),
                serial_number=serial if device.kind is None else None,
                sw_version=details.firmware if details else None,
                configuration_url=portal,
                via_device_id=plant.id if parent is None else ids[parent],
            ).id


def _with_parents(info: PlantInfo) -> list[tuple[str, str | None]]:
    """Return the serials of a plant's devices, each with that of what it is behind (None: the plant itself), parents first.

    A device is behind its datalogger, or behind the device that has this datalogger built in, if they are listed in its plant.
    Home Assistant refuses a device that is behind itself, and devices behind each other would hang on nothing.
    """
    separate = info.separate_dataloggers
    direct: list[tuple[str, str | None]] = []
    indirect: list[tuple[str, str | None]] = []
    for serial, device in info.devices.items():
        datalogger = device.datalogger or ""
        if datalogger in separate:
            direct.append((serial, datalogger))
        elif datalogger == serial or datalogger not in info.devices:
            direct.append((serial, None))
        elif info.devices[datalogger].datalogger in info.devices and (
            info.devices[datalogger].datalogger != datalogger
        ):
            direct.append((serial, None))  # a chain, perhaps a circle
        else:
            indirect.append((serial, datalogger))
    return direct + indirect


def _model(family: Family | None, device: Device, details: DeviceDetails | None) -> str:
    """Return the model to show: its name, else the family and nominal power."""
    if (name := _model_name(device.model)) is not None:
        return name
    power = details.nominal_power if details else None
    kind = _kind(family, device)
    return f"{kind} {power / 1000:g} kW" if power else kind


def _datalogger_name(datalogger: Datalogger) -> str:
    return f"{datalogger.model or 'Datalogger'} {datalogger.serial[-4:]}"


def _portal(entry: GrowattConfigEntry) -> str:
    """Return the URL of the region's web portal, else of the server itself."""
    region = REGIONS.get(entry.data[CONF_REGION])
    return region.portal if region else str(URL(entry.data[CONF_URL]).origin())
