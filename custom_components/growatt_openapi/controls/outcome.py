"""What became of a write that was not confirmed."""

from homeassistant.exceptions import HomeAssistantError

from ..api import CloudDownError, OpenApiError, RequestError
from ..api.error_codes import ErrorCode
from ..const import DOMAIN

# After these nobody knows whether the device has the new value.
_UNKNOWN = frozenset({ErrorCode.SYSTEM, ErrorCode.SERVER, ErrorCode.UNKNOWN})


class OutcomeUnknownError(HomeAssistantError):
    """The device may have the new value, or the old one."""

    def __init__(self, error: OpenApiError) -> None:
        """Tell what happened instead of a confirmation."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="outcome_unknown",
            translation_placeholders={"error": str(error)},
        )


def is_outcome_unknown(error: OpenApiError) -> bool:
    """Tell whether the device may have the new value in spite of the error."""
    if isinstance(error, CloudDownError):
        return error.reached
    return isinstance(error, RequestError) and error.meaning in _UNKNOWN
