"""Coordinators: inventory, plants, families of devices, alarms, plant energy, plant power and account status."""

from .account_status import AccountStatus, AccountStatusCoordinator
from .alarms import AlarmCoordinator
from .device_state import DeviceState
from .energy import PlantEnergyCoordinator
from .family import FamilyCoordinator
from .inventory import InventoryCoordinator
from .plant import PlantCoordinator, PlantState
from .power import PlantPowerCoordinator

__all__ = [
    "AccountStatus",
    "AccountStatusCoordinator",
    "AlarmCoordinator",
    "DeviceState",
    "FamilyCoordinator",
    "InventoryCoordinator",
    "PlantCoordinator",
    "PlantEnergyCoordinator",
    "PlantPowerCoordinator",
    "PlantState",
]
