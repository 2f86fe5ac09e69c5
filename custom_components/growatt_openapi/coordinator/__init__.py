"""Coordinators: one for the account, one per plant, one per family of devices."""

from .account import AccountCoordinator
from .family import DeviceState, FamilyCoordinator
from .plant import PlantCoordinator, PlantState

__all__ = [
    "AccountCoordinator",
    "DeviceState",
    "FamilyCoordinator",
    "PlantCoordinator",
    "PlantState",
]
