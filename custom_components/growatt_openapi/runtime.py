"""What one entry owns while it runs."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .api import OpenApiClient
from .controls import Controls
from .coordinator import AccountCoordinator, FamilyCoordinator, PlantCoordinator


@dataclass(kw_only=True)
class RuntimeData:
    """Coordinators by what they are of, and the controls where they are wanted."""

    client: OpenApiClient
    account: AccountCoordinator
    plants: dict[str, PlantCoordinator]
    families: dict[int, FamilyCoordinator]
    controls: Controls | None

    @property
    def pollers(self) -> list[FamilyCoordinator | PlantCoordinator]:
        """The coordinators that keep figures; a plant's learns its zone, which the devices' readings need."""
        return [*self.plants.values(), *self.families.values()]


type GrowattConfigEntry = ConfigEntry[RuntimeData]
