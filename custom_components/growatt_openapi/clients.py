"""One client, and so one gateway, per server and token: shared by flow, entries and reloads.

It outlives entries on purpose: the plant list that the flow asked serves the set-up that follows, and a reload asks nothing
twice.
"""

import hashlib

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.hass_dict import HassKey

from .api import Gateway, OpenApiClient, SystemClock, Transport
from .const import DOMAIN

_CLIENTS: HassKey[dict[tuple[str, str], OpenApiClient]] = HassKey(f"{DOMAIN}.clients")


@callback
def async_get_client(hass: HomeAssistant, url: str, token: str) -> OpenApiClient:
    """Return the client of this server and token."""
    clients = hass.data.setdefault(_CLIENTS, {})
    key = (url, hashlib.sha256(token.encode()).hexdigest())
    if key not in clients:
        transport = Transport(async_get_clientsession(hass), url, token)
        clients[key] = OpenApiClient(Gateway(transport, SystemClock()))
    return clients[key]
