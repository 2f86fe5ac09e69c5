"""Probing a token: which server accepts it, and which plants it lists."""

import asyncio
from dataclasses import dataclass
import re

from homeassistant.core import HomeAssistant
from yarl import URL

from ..api import (
    FOR_USER,
    CloudDownCause,
    CloudDownError,
    OpenApiError,
    RefusedError,
    TokenRefusedError,
    WrongServerError,
)
from ..api.models import Plant
from ..api.regions import REGIONS
from ..error_messages import format_ready_time
from ..persistence.clients import async_get_client

_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{32}(?![0-9A-Za-z])")
# A server that answers like this does not serve the OpenAPI.
_NOT_OPENAPI_CAUSES = frozenset(
    {
        CloudDownCause.NOT_FOUND,
        CloudDownCause.NOT_JSON,
        CloudDownCause.REDIRECT,
    }
)


def find_token(pasted: str) -> str | None:
    """Return the only run of 32 letters and digits in a text; None if there is none, or more than one."""
    found = set(_TOKEN.findall(pasted))
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """A server that accepts the token, and the plants it lists."""

    region: str
    url: str
    plants: list[Plant]


class ProbeError(Exception):
    """A failed probe: the key of the form error, and the placeholders of its text."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Initialize the error."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


async def probe_server(
    hass: HomeAssistant, region: str, url: str, token: str
) -> ProbeResult:
    """Return the plants of a token on one server; raise ProbeError if there are none."""
    try:
        result = await _ask(hass, region, url, token)
    except OpenApiError as err:
        official = region in REGIONS and REGIONS[region].official
        raise _to_probe_error(err, url, official=official) from err
    if not result.plants:
        raise ProbeError("no_plants")
    return result


async def probe_official(hass: HomeAssistant, token: str) -> ProbeResult:
    """Return the region that lists plants for a token, of the vendor's four; raise ProbeError if none does.

    The error is, in this order: no plants, if a region accepts the token; rate limited, if one refuses the call as too
    frequent; cannot connect, if one does not answer, because the token might be valid there; else token refused.
    """
    regions = {name: region for name, region in REGIONS.items() if region.official}
    results = dict(
        zip(
            regions,
            await asyncio.gather(
                *(
                    _ask(hass, name, region.url, token)
                    for name, region in regions.items()
                ),
                return_exceptions=True,
            ),
            strict=True,
        )
    )
    accepted = [one for one in results.values() if isinstance(one, ProbeResult)]
    for one in accepted:
        if one.plants:
            return one
    if accepted:
        raise ProbeError("no_plants")
    failures: dict[str, OpenApiError] = {}
    for name, result in results.items():
        if isinstance(result, OpenApiError):
            failures[name] = result
        elif isinstance(result, BaseException):
            raise result
    for error in failures.values():
        if isinstance(error, RefusedError):
            raise _to_probe_error(error, "", official=True)
    for name, error in failures.items():
        if not isinstance(error, TokenRefusedError):
            # This includes a server that redirects to another one.
            raise ProbeError("cannot_connect", server=_host(regions[name].url))
    raise ProbeError("token_refused")


async def _ask(hass: HomeAssistant, region: str, url: str, token: str) -> ProbeResult:
    client = async_get_client(hass, url, token)
    reply = await client.plants.list_plants(FOR_USER)
    return ProbeResult(region, url, reply.value)


def _to_probe_error(error: OpenApiError, url: str, *, official: bool) -> ProbeError:
    match error:
        case RefusedError(retry_after=None):
            return ProbeError("rate_limited_now")
        case RefusedError():
            wait = error.retry_after or 0.0
            return ProbeError("rate_limited", time=format_ready_time(wait))
        case TokenRefusedError():
            return ProbeError("token_refused")
        case WrongServerError():
            return ProbeError("wrong_server")
        case CloudDownError() if error.cause in _NOT_OPENAPI_CAUSES and not official:
            return ProbeError("wrong_server")
    return ProbeError("cannot_connect", server=_host(url))


def _host(url: str) -> str:
    return URL(url).authority
