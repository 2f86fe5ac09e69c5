"""The response to a refused token: after how long it counts, and which other official server knows the token."""

from collections.abc import Sequence
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_REGION, CONF_TOKEN
from homeassistant.core import HomeAssistant

from ..api import FOR_USER, Gateway, OpenApiError, TokenRefusedError
from ..api.regions import REGIONS
from ..domain import poll_schedule as schedule
from ..persistence.clients import async_get_client

# A token must be refused this often, over this time, before the user is asked for another: a refusal can be a matter of
# region or address, and can be temporary.
TOKEN_REFUSALS = 3
TOKEN_REFUSED_FOR = timedelta(hours=6)


def is_refused_for_good(refusals: Sequence[float]) -> bool:
    """Return whether the token was refused at enough of these instants, in seconds, over enough time."""
    lasts = (TOKEN_REFUSED_FOR - schedule.SLACK).total_seconds()
    return len(refusals) >= TOKEN_REFUSALS and refusals[-1] - refusals[0] >= lasts


async def async_report_refused_token(
    hass: HomeAssistant, entry: ConfigEntry, gateway: Gateway, plant_ids: set[str]
) -> None:
    """Ask the user for another token, or for another server where the token is known there."""
    region = entry.data[CONF_REGION]
    elsewhere: bool | None = False
    if region in REGIONS and REGIONS[region].official:
        elsewhere = await is_known_elsewhere(
            hass, region, entry.data[CONF_TOKEN], plant_ids
        )
    if elsewhere:
        gateway.connection.wrong_server = True
    elif elsewhere is False:
        entry.async_start_reauth(hass)


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
