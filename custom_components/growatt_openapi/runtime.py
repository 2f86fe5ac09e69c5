"""What one entry owns while it runs."""

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
)
from .persistence.entry_store import EntryStore


@dataclass(kw_only=True)
class RuntimeData:
    """Coordinators by what they are of, and the controls where they are wanted."""

    client: OpenApiClient
    store: EntryStore
    inventory: InventoryCoordinator
    plants: dict[str, PlantCoordinator]
    families: dict[str, FamilyCoordinator]
    alarms: AlarmCoordinator
    plant_energy: PlantEnergyCoordinator
    account_status: AccountStatusCoordinator
    controls: Controls | None

    @property
    def pollers(self) -> list[FamilyCoordinator | PlantCoordinator]:
        """The coordinators that keep figures; a plant's learns its zone, which the devices' readings need."""
        return [*self.plants.values(), *self.families.values()]

    async def async_apply_time(self, jump: float) -> None:
        """Let time pass for all that is known, a little at a time: a fleet's would hold others up."""
        for poller in self.pollers:
            await poller.async_apply_time(jump)
            await asyncio.sleep(0)
        self.plant_energy.refresh()
        self.account_status.refresh()

    async def async_read_now(self) -> float | None:
        """Read for the user what may be read now; return in how many seconds the first of the rest may be, if any."""
        waits = [
            wait
            for poller in self.pollers
            if (wait := await poller.async_read_now(FOR_USER)) is not None
        ]
        return min(waits, default=None)


type GrowattConfigEntry = ConfigEntry[RuntimeData]
