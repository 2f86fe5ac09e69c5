"""System health: the servers in use, whether they can be reached, and how their calls went in the last 24 hours.

A user's own servers are summed up under their common region, "custom": people publish this page, and an address may be private.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from homeassistant.components.system_health import (
    SystemHealthRegistration,
    async_check_can_reach_url,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_REGION, CONF_URL
from homeassistant.core import HomeAssistant, callback
from yarl import URL

from .api import CloudStatus, Gateway
from .const import DOMAIN
from .runtime import GrowattConfigEntry

# Of several accounts the worst status is shown.
_WORST_FIRST = (
    CloudStatus.DOWN,
    CloudStatus.TOKEN_REFUSED,
    CloudStatus.SLOWED,
    CloudStatus.OK,
)


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the page."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page shows; of several regions the values are listed in one order."""
    regions: dict[str, list[GrowattConfigEntry]] = {}
    for entry in hass.config_entries.async_entries(DOMAIN, include_disabled=False):
        regions.setdefault(entry.data[CONF_REGION], []).append(entry)
    rows = [
        {
            "region": region,
            "entries": len(entries),
            **_summarize(_gateways(entries)),
        }
        for region, entries in sorted(regions.items())
    ]
    return {
        **{
            key: rows[0][key]
            if len(rows) == 1
            else ", ".join(str(row[key]) for row in rows)
            for key in ("region", "entries", "status", "calls", "refusals")
            if rows
        },
        **{
            f"reach_{region}": _check_reachable(
                hass, {entry.data[CONF_URL] for entry in entries}
            )
            for region, entries in sorted(regions.items())
        },
    }


def _gateways(entries: Iterable[GrowattConfigEntry]) -> set[Gateway]:
    """Return the gateways of those entries that are loaded; entries of one token share one."""
    return {
        entry.runtime_data.client.gateway
        for entry in entries
        if entry.state is ConfigEntryState.LOADED
    }


def _summarize(gateways: set[Gateway]) -> dict[str, str | int]:
    found = {gateway.status for gateway in gateways}
    return {
        "status": next(
            (one.value for one in _WORST_FIRST if one in found), "not_loaded"
        ),
        "calls": sum(gateway.calls_last_day for gateway in gateways),
        "refusals": sum(gateway.refusals_last_day for gateway in gateways),
    }


async def _check_reachable(hass: HomeAssistant, urls: set[str]) -> str | dict[str, str]:
    """Return "ok" if all servers can be reached, else the failure of one. The token is not sent, so the cloud counts no call."""
    results = await asyncio.gather(
        *(
            async_check_can_reach_url(hass, str(URL(url).origin()))
            for url in sorted(urls)
        )
    )
    return next((result for result in results if result != "ok"), "ok")
