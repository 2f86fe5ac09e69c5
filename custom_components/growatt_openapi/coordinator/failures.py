"""Errors of the cloud as errors of a coordinator."""

from homeassistant.helpers.update_coordinator import UpdateFailed

from ..api import OpenApiError
from ..const import DOMAIN
from ..messages import message


def update_failed(error: OpenApiError) -> UpdateFailed:
    """Return an error of the cloud as one of a coordinator, in words for the user."""
    key, placeholders = message(error)
    return UpdateFailed(
        str(error),
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
