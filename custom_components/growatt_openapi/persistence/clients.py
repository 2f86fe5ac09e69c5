"""One client, and so one gateway, per server and token: shared by flow, entries and reloads.

It outlives entries on purpose: the plant list that the flow asked serves the set-up that follows, and a reload asks nothing
twice.
"""

from collections.abc import Mapping
import hashlib
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.hass_dict import HassKey

from ..api import Gateway, OpenApiClient, SystemClock, Transport
from ..const import DOMAIN
from .delayed_store import DelayedStore

_CLIENTS: HassKey[dict[str, tuple[OpenApiClient, _Files]]] = HassKey(
    f"{DOMAIN}.clients"
)


class _Files:
    """A gateway's ledger and replies, each in a file of its own: the ledger is small and written often."""

    gateway: Gateway

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        self.log = DelayedStore(hass, f"{name}.ledger")
        self.replies = DelayedStore(hass, f"{name}.replies")

    async def load(self) -> tuple[Any, Any]:
        return await self.log.load(), await self.replies.load()

    async def save_log(self, log: Mapping[str, Any]) -> None:
        await self.log.save(log)

    @callback
    def schedule_save(self, *, replies: bool) -> None:
        self.log.schedule_save(self._dump_log)
        if replies:
            self.replies.schedule_save(self._dump_replies)

    async def _dump_log(self) -> Mapping[str, Any]:
        return self.gateway.dump_log()

    async def _dump_replies(self) -> Mapping[str, Any]:
        return self.gateway.dump_replies()


@callback
def async_get_client(hass: HomeAssistant, url: str, token: str) -> OpenApiClient:
    """Return the client of this server and token."""
    clients = hass.data.setdefault(_CLIENTS, {})
    key = _key(url, token)
    if key not in clients:
        transport = Transport(async_get_clientsession(hass), url, token)
        files = _Files(hass, key)
        files.gateway = Gateway(transport, SystemClock(), keeper=files)
        clients[key] = OpenApiClient(files.gateway), files
    return clients[key][0]


async def async_forget_client(hass: HomeAssistant, url: str, token: str) -> None:
    """Remove what was saved of a server and token that no entry uses any more."""
    key = _key(url, token)
    known = hass.data.get(_CLIENTS, {}).get(key)
    files = known[1] if known else _Files(hass, key)
    await files.log.remove()
    await files.replies.remove()


def _key(url: str, token: str) -> str:
    """Return the name of a server and token, from which neither can be read."""
    return hashlib.sha256(f"{url} {token}".encode()).hexdigest()[:16]
