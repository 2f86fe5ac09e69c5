"""Finding out what a token opens: which server knows it, and which plants it shows."""

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
from ..error_messages import translation_for
from ..persistence.clients import async_get_client

_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{32}(?![0-9A-Za-z])")
# What answers these is some server, but not an OpenAPI.
_SOMETHING_ELSE = frozenset(
    {
        CloudDownCause.NOT_FOUND,
        CloudDownCause.NOT_JSON,
        CloudDownCause.REDIRECT,
    }
)


def find_token(pasted: str) -> str | None:
    """Return the one run of 32 letters and digits in what was pasted."""
    found = set(_TOKEN.findall(pasted))
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """A server that knows the token, and the plants it shows."""

    region: str
    url: str
    plants: list[Plant]


class ProbeError(Exception):
    """The form error, and the placeholders of its text."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Name the error."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


async def probe_server(
    hass: HomeAssistant, region: str, url: str, token: str
) -> ProbeResult:
    """Return what a token opens on one server; raise ProbeError."""
    try:
        opened = await _ask(hass, region, url, token)
    except OpenApiError as err:
        official = region in REGIONS and REGIONS[region].official
        raise _as_probe_error(err, url, official=official) from err
    if not opened.plants:
        raise ProbeError("no_plants")
    return opened


async def probe_official(hass: HomeAssistant, token: str) -> ProbeResult:
    """Return what a token opens on the vendor's four servers; raise ProbeError.

    A region with plants wins; else one that knows the token but lists none; else, in this order, one that asks us to wait and
    one that does not answer, for the token might be known there; else it is refused everywhere.
    """
    regions = {name: region for name, region in REGIONS.items() if region.official}
    answers = dict(
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
    opened = [answer for answer in answers.values() if isinstance(answer, ProbeResult)]
    for one in opened:
        if one.plants:
            return one
    if opened:
        raise ProbeError("no_plants")
    failures: dict[str, OpenApiError] = {}
    for name, answer in answers.items():
        if isinstance(answer, OpenApiError):
            failures[name] = answer
        elif isinstance(answer, BaseException):
            raise answer
    for error in failures.values():
        if isinstance(error, RefusedError):
            raise _as_probe_error(error, "", official=True)
    for name, error in failures.items():
        if not isinstance(error, TokenRefusedError):
            # One that sends us to another server is as good as none.
            raise ProbeError("cannot_connect", server=_host(regions[name].url))
    raise ProbeError("token_refused")


async def _ask(hass: HomeAssistant, region: str, url: str, token: str) -> ProbeResult:
    client = async_get_client(hass, url, token)
    answer = await client.plants.list_plants(FOR_USER)
    return ProbeResult(region, url, answer.value)


def _as_probe_error(error: OpenApiError, url: str, *, official: bool) -> ProbeError:
    match error:
        case RefusedError():
            _, placeholders = translation_for(error)
            return ProbeError("rate_limited", **{"time": "?", **placeholders})
        case TokenRefusedError():
            return ProbeError("token_refused")
        case WrongServerError():
            return ProbeError("wrong_server")
        case CloudDownError() if error.cause in _SOMETHING_ELSE and not official:
            return ProbeError("wrong_server")
    return ProbeError("cannot_connect", server=_host(url))


def _host(url: str) -> str:
    return URL(url).authority
