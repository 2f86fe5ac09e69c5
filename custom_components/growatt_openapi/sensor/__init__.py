"""The sensor platform: sensors of the account, its plants, dataloggers and devices."""

from collections.abc import Iterator
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import FamilyCoordinator
from ..detail_level import Detail, detail_of
from ..entity_setup import Candidate, add_as_they_appear
from ..runtime import GrowattConfigEntry, RuntimeData
from .account import account_sensors
from .alarm import alarm_sensors
from .datalogger import listed_sensors
from .device import device_sensors
from .energy import energy_sensors
from .plant import plant_sensors

PARALLEL_UPDATES = 0
# Home Assistant polls the data age sensors only.
SCAN_INTERVAL = timedelta(minutes=1)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of plants, dataloggers and devices."""
    registry = er.async_get(hass)

    def of_device(coordinator: FamilyCoordinator, serial: str) -> Iterator[Candidate]:
        yield from device_sensors(registry, coordinator, serial)
        yield from alarm_sensors(entry.runtime_data.alarms, coordinator, serial)

    def of_account(runtime: RuntimeData) -> Iterator[Candidate]:
        essential = detail_of(entry) is Detail.ESSENTIAL
        yield from account_sensors(entry)
        for coordinator in runtime.plants.values():
            yield from plant_sensors(coordinator, essential=essential)
        yield from listed_sensors(runtime.account)
        yield from energy_sensors(runtime.energy)

    add_as_they_appear(
        entry, async_add_entities, of_device=of_device, of_account=of_account
    )
