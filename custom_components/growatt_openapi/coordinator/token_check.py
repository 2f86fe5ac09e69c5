"""A check whether another official server accepts a token that one of them refuses."""

from homeassistant.core import HomeAssistant

from ..api import FOR_USER, OpenApiError, TokenRefusedError
from ..api.regions import REGIONS
from ..persistence.clients import async_get_client


async def is_known_elsewhere(
    hass: HomeAssistant, region: str, token: str, plant_ids: set[str]
) -> bool | None:
    """Return whether another official server shows one of these plants to the token; None where one gives no clear answer.

    The plants are compared because the same token may open another person's account on another server.
    """
    is_unclear = False
    for name, other in REGIONS.items():
        if not other.official or name == region:
            continue
        client = async_get_client(hass, other.url, token)
        try:
            reply = await client.plants.list_plants(FOR_USER)
        except TokenRefusedError:
            continue
        except OpenApiError:
            is_unclear = True
            continue
        if any(plant.plant_id in plant_ids for plant in reply.value):
            return True
    return None if is_unclear else False
