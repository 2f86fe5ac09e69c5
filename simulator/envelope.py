"""The envelope of every reply, its error codes, and the pages of a list."""

from collections.abc import Mapping
from typing import Any

type Parameters = Mapping[str, str]
type Envelope = dict[str, Any]

MESSAGES = {
    10001: "error_system_error",
    10011: "error_permission_denied",
    10012: "error_frequently_access",
}


class ApiError(Exception):
    """The request is answered with an error code."""

    def __init__(self, code: int, message: str = "") -> None:
        """Initialize with the vendor's message for ``code``, unless another one is given."""
        super().__init__(str(code))
        self.code = code
        self.message = message or MESSAGES.get(code, f"error_{code}")


class BreakdownError(Exception):
    """The request is answered with HTTP 500."""


def error_envelope(code: int, message: str) -> Envelope:
    """Return the envelope of an error. ``data`` is empty text, and missing when a request came too early."""
    envelope: Envelope = {"error_code": code, "error_msg": message}
    return envelope if message == MESSAGES[10012] else {"data": "", **envelope}


def ok(data: Any, **siblings: Any) -> Envelope:
    """Return the envelope of a success, with more keys beside ``data``."""
    return {**siblings, "data": data, "error_code": 0, "error_msg": ""}


def select_page(rows: list[Any], parameters: Parameters) -> list[Any]:
    """Return the rows of the requested page."""
    page = _parse_page_number(parameters.get("page") or "1")
    per_page = _parse_page_number(parameters.get("perpage") or "20")
    if per_page > 100:
        raise ApiError(10013)
    if page > 250:
        raise ApiError(10014)
    return rows[(page - 1) * per_page : page * per_page]


def _parse_page_number(text: str) -> int:
    try:
        return max(1, int(text))
    except ValueError as err:
        raise ApiError(10001) from err
