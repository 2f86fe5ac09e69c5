"""The clients of this Home Assistant: one, with one gateway, per server and token, shared by config flow, entries and reloads.

A client outlives its entries, so that set-up uses the plant list that the config flow has fetched, and a reload repeats no
request.
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

_CLIENTS: HassKey[dict[str, tuple[OpenApiClient, _LogFiles]]] = HassKey(
    f"{DOMAIN}.clients"
)


class _LogFiles:
    """A gateway's request log and replies, in separate files because the log is small and written often."""

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
    name = _file_name(url, token)
    if name not in clients:
        transport = Transport(async_get_clientsession(hass), url, token)
        files = _LogFiles(hass, name)
        files.gateway = Gateway(transport, SystemClock(), keeper=files)
        clients[name] = OpenApiClient(files.gateway), files
    return clients[name][0]


async def async_forget_client(hass: HomeAssistant, url: str, token: str) -> None:
    """Remove the files of a server and token that no entry uses any more."""
    name = _file_name(url, token)
    known = hass.data.get(_CLIENTS, {}).get(name)
    files = known[1] if known else _LogFiles(hass, name)
    await files.log.remove()
    await files.replies.remove()


def _file_name(url: str, token: str) -> str:
    """Return a file name for a server and token that reveals neither."""
    return hashlib.sha256(f"{url} {token}".encode()).hexdigest()[:16]
