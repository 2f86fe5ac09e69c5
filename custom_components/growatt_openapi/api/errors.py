"""The errors of the OpenAPI client, and their classification.

The same ``error_code`` has different meanings on different endpoints: 10011 and 10012 do, and the vendor numbers 10002 to 10014
per endpoint. ``classify`` maps a code to one of the classes below, by the table of codes of its endpoint (``endpoints/``).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from .endpoints.endpoint import Endpoint
from .error_codes import ErrorCode


class OpenApiError(Exception):
    """The base of all errors of this package. Its text never holds a token.

    ``retry_after``: seconds from now until the same request may be made again; ``None`` where that is not known, as for a set,
    which has no documented interval. The gateway fills it in for every error of a read.
    """

    retry_after: float | None = None


class CloudDownCause(StrEnum):
    """The way in which the cloud failed to answer."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    NAME = "name"
    HTTP_ERROR = "http_error"
    NOT_FOUND = "not_found"
    REDIRECT = "redirect"
    NOT_JSON = "not_json"
    INCOMPLETE = "incomplete"
    WRONG_SERVER = "wrong_server"


class CloudDownError(OpenApiError):
    """The cloud did not answer properly: no reply, HTML, 5xx, broken JSON, or a list without the rows it counts.

    ``reached`` is false only where the request provably never left for the server.
    """

    def __init__(
        self,
        cause: CloudDownCause,
        detail: str = "",
        *,
        reached: bool = True,
        retry_after: float | None = None,
    ) -> None:
        """Initialize the error; ``detail`` is the vendor's or the library's text."""
        super().__init__(f"The cloud is not answering ({cause}) {detail}".strip())
        self.cause = cause
        self.reached = reached
        self.retry_after = retry_after


class CircuitOpenError(CloudDownError):
    """The cloud is known to be down, and this call was not made. ``retry_after``: seconds until the next probe."""


class RefusedError(OpenApiError):
    """The request was refused for frequency (10012), or is known to be refused if made now."""

    def __init__(self, retry_after: float | None = None) -> None:
        """Initialize the error."""
        super().__init__("Refused: asked too often")
        self.retry_after = retry_after


class NotPermittedError(OpenApiError):
    """This endpoint is not open to this token (10011 from anything but ``plant/list``).

    ``for_installers``: the vendor opens it to installers' accounts.
    """

    def __init__(self, message: str = "", *, for_installers: bool = False) -> None:
        """Initialize the error with the vendor's message."""
        super().__init__(message)
        self.for_installers = for_installers


class TokenRefusedError(OpenApiError):
    """``plant/list`` answered 10011: wrong token, region or source address. The error can come and go."""


class WrongServerError(CloudDownError):
    """The account is on another server (-1): this one is of no more use than one that is down."""

    def __init__(self, message: str = "") -> None:
        """Initialize the error with the vendor's message."""
        super().__init__(CloudDownCause.WRONG_SERVER, message)


class RequestError(OpenApiError):
    """The request was invalid or could not be carried out.

    meaning: what the code means on this endpoint. code: the vendor's. data: what the cloud sent beside the code.
    """

    def __init__(
        self,
        meaning: ErrorCode,
        code: int,
        message: str,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Initialize the error with the vendor's code and message."""
        super().__init__(f"{meaning}: {code} {message}".strip())
        self.meaning = meaning
        self.code = code
        self.data = data or {}


def classify(
    endpoint: Endpoint,
    code: int,
    message: str,
    data: Mapping[str, Any] | None = None,
) -> OpenApiError:
    """Return the error for a code other than 0 on this endpoint; ``data`` is what the cloud sent beside the code."""
    if code == -1:
        return WrongServerError(message)
    if code == 10011:
        if endpoint.checks_token:
            return TokenRefusedError(message)
        return NotPermittedError(message, for_installers=endpoint.for_installers)
    # On a set 10012 without the word "frequently" means "device does not exist".
    if code == 10012 and (
        code not in endpoint.error_codes or "frequent" in message.casefold()
    ):
        return RefusedError()
    return RequestError(endpoint.meaning_of(code), code, message, data)
