"""Coordinators: one for the account, one per plant, one per family of devices, one for alarms, one for how it all goes."""

from .account import AccountCoordinator
from .alarms import AlarmCoordinator
from .device import DeviceState
from .energy import EnergyCoordinator
from .family import FamilyCoordinator
from .health import Figures, HealthCoordinator
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
