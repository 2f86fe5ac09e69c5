"""Coordinators: one for the account, one per plant, one per family of devices, one for alarms, one for how it all goes."""

from .account_status import Figures, HealthCoordinator
from .alarms import AlarmCoordinator
from .device_state import DeviceState
from .energy import EnergyCoordinator
from .family import FamilyCoordinator
from .inventory import AccountCoordinator
from .plant import PlantCoordinator, PlantState

__all__ = [
    "AccountCoordinator",
    "AlarmCoordinator",
    "DeviceState",
    "EnergyCoordinator",
    "FamilyCoordinator",
    "Figures",
    "HealthCoordinator",
    "PlantCoordinator",
    "PlantState",
]
