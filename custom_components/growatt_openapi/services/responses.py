"""Responses of actions that list plants and users."""

from homeassistant.util.json import JsonObjectType

from ..api.models import PlantRow, User


def plant_response(plant: PlantRow) -> JsonObjectType:
    """Return a plant's row as a response. peak_power: kWp, current_power: W, total_energy: kWh."""
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


def user_response(user: User) -> JsonObjectType:
    """Return a user's row as a response."""
    return {
        "user_id": user.user_id,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "registered": user.registered.isoformat() if user.registered else None,
    }
