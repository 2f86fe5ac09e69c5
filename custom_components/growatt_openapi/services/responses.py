"""The cloud's rows as an action answers them."""

from typing import Any

from ..api.models import PlantRow, User


def plant_in_words(plant: PlantRow) -> dict[str, Any]:
    """Return a plant: kWp, W, kWh."""
    return {
        "plant_id": plant.plant_id,
        "name": plant.name,
        "user_id": plant.user_id,
        "country": plant.country,
        "city": plant.city,
        "latitude": plant.latitude,
        "longitude": plant.longitude,
        "peak_power": plant.peak_power,
        "current_power": plant.current_power,
        "total_energy": plant.total_energy,
        "created": plant.created.isoformat() if plant.created else None,
        "installer": plant.installer,
        "operator": plant.operator,
        "status": plant.status,
    }


def user_in_words(user: User) -> dict[str, Any]:
    """Return a user."""
    return {
        "user_id": user.user_id,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "registered": user.registered.isoformat() if user.registered else None,
    }
