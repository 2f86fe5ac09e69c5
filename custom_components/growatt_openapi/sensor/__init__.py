"""The sensor platform: sensors of the account, its plants, dataloggers and devices."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import FamilyCoordinator
from ..detail_level import DetailLevel, detail_level
from ..entity_setup import EntityCandidate, async_add_entities_as_found
from ..runtime import GrowattConfigEntry, RuntimeData
from .account import account_sensors
from .alarm import alarm_sensors
from .datalogger import inventory_sensors
from .device import device_sensors, enable_used_sensors
from .energy import energy_sensors
from .history import history_sensors
from .plant import plant_sensors
from .power import power_sensors

PARALLEL_UPDATES = 0
# Home Assistant polls the data age sensors only.
SCAN_INTERVAL = timedelta(minutes=1)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account, its plants, dataloggers and devices."""
    registry = er.async_get(hass)
    essential = detail_level(entry) is DetailLevel.ESSENTIAL

    def iter_device_entities(
        coordinator: FamilyCoordinator, serial: str
    ) -> Iterator[EntityCandidate]:
        yield from device_sensors(registry, coordinator, serial, essential=essential)
        yield from alarm_sensors(entry.runtime_data.alarms, coordinator, serial)

    def iter_account_entities(runtime: RuntimeData) -> Iterator[EntityCandidate]:
        yield from account_sensors(registry, entry)
        yield from history_sensors(entry)
        for coordinator in runtime.plants.values():
            yield from plant_sensors(
                registry, runtime, coordinator, essential=essential
            )
        yield from inventory_sensors(runtime.inventory)
        yield from energy_sensors(registry, runtime.plant_energy)
        yield from power_sensors(registry, runtime.plant_power)

    async_add_entities_as_found(
        entry,
        async_add_entities,
        iter_device_entities=iter_device_entities,
        iter_account_entities=iter_account_entities,
    )
    if entry.pref_disable_new_entities:
        return  # the user wants to enable entities one by one

    @callback
    def enable_used(coordinator: FamilyCoordinator) -> None:
        for serial in coordinator.changed & coordinator.data.keys():
            enable_used_sensors(registry, coordinator, serial)

    for coordinator in entry.runtime_data.families.values():
        entry.async_on_unload(
            coordinator.async_add_listener(partial(enable_used, coordinator))
        )
