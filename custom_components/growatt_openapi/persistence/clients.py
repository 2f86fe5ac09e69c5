"""The clients of this Home Assistant: one, with one gateway, per server and token, shared by config flow, entries and reloads.

A client outlives its entries, so that set-up uses the plant list that the config flow has fetched, and a reload repeats no
request. The request log of a server and token without an entry (an abandoned flow, a renewed token, a removed entry) is kept
until its limits end, since the cloud still counts; replies, which name people and places, are never stored for it.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
import hashlib
from pathlib import Path
import re
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from ..api import Gateway, OpenApiClient, SystemClock, Transport
from ..api.request_log import restore_log
from ..const import DOMAIN
from ..domain import poll_schedule as schedule
from .delayed_store import DelayedStore

_CLIENTS: HassKey[dict[str, tuple[OpenApiClient, _LogFiles]]] = HassKey(
    f"{DOMAIN}.clients"
)
_CLEANUP: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}.cleanup")
_FILE = re.compile(rf"{DOMAIN}\.([0-9a-f]{{16}})\.(?:ledger|replies)")


class _LogFiles:
    """A gateway's request log and replies, in separate files because the log is small and written often."""

    gateway: Gateway

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        self._hass = hass
        self._name = name
        self.log = DelayedStore(hass, f"{name}.ledger")
        self.replies = DelayedStore(hass, f"{name}.replies")

    async def load(self) -> tuple[Any, Any]:
        return await self.log.load(), await self.replies.load()

    async def save_log(self, log: Mapping[str, Any]) -> None:
        await self.log.save(log)

    @callback
    def schedule_save(self, *, replies: bool) -> None:
        self.log.schedule_save(self._dump_log)
        if replies and self._name in _names_in_use(self._hass):
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
    _schedule_cleanup(hass)
    return clients[name][0]


@callback
def _schedule_cleanup(hass: HomeAssistant) -> None:
    """Remove unused files once an hour from now on."""
    if _CLEANUP in hass.data:
        return
    hass.data[_CLEANUP] = asyncio.Lock()

    async def clean_up(_: datetime) -> None:
        await async_remove_unused_files(hass)

    async_track_time_interval(hass, clean_up, schedule.LISTS, cancel_on_shutdown=True)


async def async_remove_unused_files(hass: HomeAssistant) -> None:
    """Remove the files of each server and token that no entry uses: replies at once, the request log when its limits end."""
    _schedule_cleanup(hass)
    async with hass.data[_CLEANUP]:
        clients = hass.data.get(_CLIENTS, {})
        stored = await hass.async_add_executor_job(
            _list_names, hass.config.path(STORAGE_DIR)
        )
        for name in stored | clients.keys():
            if name in _names_in_use(hass):
                continue
            files = clients[name][1] if name in clients else _LogFiles(hass, name)
            await files.replies.remove()
            if not await _forbids_requests(files):
                await files.log.remove()


async def _forbids_requests(files: _LogFiles) -> bool:
    """Return whether a request log still forbids any request."""
    if hasattr(files, "gateway"):
        gateway = files.gateway
        return await gateway.end_of_waits() > gateway.clock.monotonic()
    clock = SystemClock()
    log = restore_log(await files.log.load(), None, clock)
    return log.end_of_waits() > clock.monotonic()


def _list_names(folder: str) -> set[str]:
    """Return the names under which files are stored."""
    return {
        match[1]
        for path in Path(folder).glob(f"{DOMAIN}.*")
        if (match := _FILE.fullmatch(path.name))
    }


def _names_in_use(hass: HomeAssistant) -> set[str]:
    return {
        _file_name(entry.data[CONF_URL], entry.data[CONF_TOKEN])
        for entry in hass.config_entries.async_entries(DOMAIN)
    }


def _file_name(url: str, token: str) -> str:
    """Return a file name for a server and token that reveals neither."""
    return hashlib.sha256(f"{url} {token}".encode()).hexdigest()[:16]
