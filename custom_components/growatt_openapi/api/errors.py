"""What can go wrong between us and the cloud, told apart in one place.

``error_code`` alone says little: 10011 and 10012 mean different things on different endpoints, and 10002 to 10014
are numbered anew on every page of the vendor. ``classify`` is where a code becomes one of the classes below; what a code
means on an endpoint is that endpoint's data (``endpoints.py``).
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
    """How the cloud failed to answer."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    NAME = "name"
    HTTP_ERROR = "http_error"
    NOT_FOUND = "not_found"
    REDIRECT = "redirect"
    NOT_JSON = "not_json"
    INCOMPLETE = "incomplete"


class CloudDownError(OpenApiError):
    """The cloud is not answering: nothing, HTML, 5xx, broken JSON, or a list that hides its rows.

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
        """Say for whom it is."""
        super().__init__(message)
        self.for_installers = for_installers


class TokenRefusedError(OpenApiError):
    """``plant/list`` answered 10011: the token, the region or the address we call from; it can come and go."""


class WrongServerError(OpenApiError):
    """The server says that another one is to be used (-1)."""


class RequestError(OpenApiError):
    """The request was wrong, or could not be carried out: the vendor's code and what it means here."""

    def __init__(
        self,
        problem: ErrorCode,
        code: int,
        message: str,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep the vendor's code and words beside our meaning of them, and what came with them all the same."""
        super().__init__(f"{problem}: {code} {message}".strip())
        self.meaning = problem
        self.code = code
        self.data = data or {}


def classify(
    endpoint: Endpoint,
    code: int,
    message: str,
    data: Mapping[str, Any] | None = None,
) -> OpenApiError:
    """Return the error that a code other than 0 means on this endpoint; ``data``: what came beside the code."""
    if code == -1:
        return WrongServerError(message)
    if code == 10011:
        if endpoint.checks_token:
            return TokenRefusedError(message)
        return NotPermittedError(message, for_installers=endpoint.for_installers)
    if code == 10012 and (
        code not in endpoint.error_codes or "frequent" in message.casefold()
    ):  # a set without these words: "device does not exist"
        return RefusedError()
    return RequestError(endpoint.meaning_of(code), code, message, data)
