"""The runtime data of a config entry."""

import asyncio
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .api import FOR_USER, OpenApiClient
from .controls import Controls
from .coordinator import (
    AccountStatusCoordinator,
    AlarmCoordinator,
    FamilyCoordinator,
    InventoryCoordinator,
    PlantCoordinator,
    PlantEnergyCoordinator,
    PlantPowerCoordinator,
)
from .history.coordinator import HistoryCoordinator
from .history.energy_offer import OfferedStatistics
from .persistence.entry_store import EntryStore


@dataclass(kw_only=True)
class RuntimeData:
    """The client, store and coordinators of an entry, its controls if they are enabled, and its history if there is a recorder."""

    client: OpenApiClient
    store: EntryStore
    inventory: InventoryCoordinator
    plants: dict[str, PlantCoordinator]
    families: dict[str, FamilyCoordinator]
    alarms: AlarmCoordinator
    plant_energy: PlantEnergyCoordinator
    plant_power: PlantPowerCoordinator
    account_status: AccountStatusCoordinator
    history: HistoryCoordinator | None
    controls: Controls | None
    offered_statistics: OfferedStatistics

    @property
    def pollers(self) -> list[FamilyCoordinator | PlantCoordinator]:
        """The coordinators of plants and families; plants first, since devices' readings need their plant's zone."""
        return [*self.plants.values(), *self.families.values()]

    async def async_apply_time(self) -> None:
        """Assess all values again as time passes, in steps so that a fleet does not block other tasks."""
        for poller in self.pollers:
            await poller.async_apply_time()
            await asyncio.sleep(0)
        self.plant_energy.refresh()
        self.plant_power.refresh()
        self.account_status.refresh()

    async def async_read_now(self) -> float | None:
        """Read for the user what may be read now; return in how many seconds the next may be read, if any."""
        waits = [
            wait
            for poller in self.pollers
            if (wait := await poller.async_read_now(FOR_USER)) is not None
        ]
        return min(waits, default=None)


type GrowattConfigEntry = ConfigEntry[RuntimeData]
