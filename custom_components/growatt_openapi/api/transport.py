"""The HTTP exchange with the server: sends a request, returns an envelope or raises a typed error."""

from collections.abc import Mapping
import logging
from typing import Any, Protocol

import aiohttp

from . import values
from .endpoints.endpoint import Endpoint
from .errors import CloudDownCause, CloudDownError, classify
from .safe_json import parse_json

_LOGGER = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)
# Unpacked. A batch of 100 devices is 500 kB, of the largest known readings 900 kB; more than this cannot be a reply of the
# OpenAPI, and four times as much, filled with empty lists, would hold up the event loop for seconds.
MAXIMUM_BYTES = 4 * 1024 * 1024

type Envelope = dict[str, Any]


def drop_private_fields(endpoint: Endpoint, envelope: Envelope) -> Envelope:
    """Return an envelope without the personal data that must never be stored."""
    data = envelope.get("data")
    if not endpoint.private_suffixes or not isinstance(data, dict):
        return envelope
    kept = {
        key: value
        for key, value in data.items()
        if not key.endswith(endpoint.private_suffixes)
    }
    return {**envelope, "data": kept}


class RequestSender(Protocol):
    """The interface of a transport."""

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        """Make one request and return the envelope of the reply."""
        ...


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request, and prevent aiohttp from sending it again.

    aiohttp repeats a GET whose connection is lost before the reply, at once and by itself, on a new connection too. The cloud
    may have received the first one: it then refuses the second for frequency. aiohttp repeats for its own two errors only.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # there was no connection, and aiohttp repeats nothing
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise CloudDownError(CloudDownCause.CONNECTION, type(err).__name__) from err


class Transport:
    """Makes requests to one server with one token. It keeps no limits: the gateway does."""

    def __init__(
        self, session: aiohttp.ClientSession, server_url: str, token: str
    ) -> None:
        """Initialize with ``server_url`` (with its trailing ``/v1/``); the session remains the caller's to close."""
        self._session = session
        self._server_url = server_url
        self._token = token

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        """Make one request and return the whole envelope if its code is 0.

        Raises CloudDownError, and the errors of ``errors.classify`` for every other code.
        """
        status, body = await self._fetch(endpoint, parameters)
        return _open_envelope(endpoint, status, body)

    async def _fetch(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> tuple[int, bytes]:
        is_query = endpoint.method == "GET"
        if self._session.closed:
            raise CloudDownError(
                CloudDownCause.CONNECTION, "closed session", reached=False
            )
        try:
            async with self._session.request(
                endpoint.method,
                f"{self._server_url}{endpoint.path}",
                headers={"token": self._token},
                # A redirect would carry the token's header to wherever it points.
                allow_redirects=False,
                # They replace those of the session; Home Assistant's own only checks where redirects lead.
                middlewares=(_send_once,),
                timeout=TIMEOUT,
                params=dict(parameters) if is_query else None,
                data=None if is_query else dict(parameters),
            ) as response:
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > MAXIMUM_BYTES:
                        raise CloudDownError(CloudDownCause.NOT_JSON, "too long")
                return response.status, bytes(body)
        except aiohttp.ClientConnectorDNSError as err:
            raise CloudDownError(CloudDownCause.NAME, reached=False) from err
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as err:
            raise CloudDownError(
                CloudDownCause.CONNECTION, type(err).__name__, reached=False
            ) from err
        except aiohttp.ConnectionTimeoutError as err:
            raise CloudDownError(CloudDownCause.TIMEOUT, reached=False) from err
        except TimeoutError as err:
            raise CloudDownError(CloudDownCause.TIMEOUT) from err
        # ValueError: a token or parameter that HTTP cannot carry, such as one with a line break.
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise CloudDownError(CloudDownCause.CONNECTION, type(err).__name__) from err


def _open_envelope(endpoint: Endpoint, status: int, body: bytes) -> Envelope:
    """Return the envelope of a reply with code 0, or raise the error that the reply stands for.

    The content type is ignored: the cloud sends JSON as text/html, and a login page with status 200.
    """
    if 300 <= status < 400:
        raise CloudDownError(CloudDownCause.REDIRECT, str(status))
    if status >= 500:
        raise CloudDownError(CloudDownCause.HTTP_ERROR, str(status))
    try:
        envelope = parse_json(body)
    except (ValueError, RecursionError) as err:
        raise CloudDownError(_cause_without_envelope(status), str(status)) from err
    if not isinstance(envelope, dict):
        raise CloudDownError(_cause_without_envelope(status), str(status))
    code = values.integer(envelope.get("error_code"))
    if code is None:
        raise CloudDownError(
            _cause_without_envelope(status), f"{status}, no error_code"
        )
    if code != 0:
        data = envelope.get("data")
        error = classify(
            endpoint,
            code,
            values.text(envelope.get("error_msg")) or "",
            data if isinstance(data, dict) else None,
        )
        _LOGGER.debug("%s: %s", endpoint.path, error)
        raise error
    return envelope


def _cause_without_envelope(status: int) -> CloudDownCause:
    if status == 404:
        return CloudDownCause.NOT_FOUND
    return CloudDownCause.HTTP_ERROR if status >= 400 else CloudDownCause.NOT_JSON
