"""Error messages: the mapping from errors of the API to translated exceptions."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .api import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
)
from .api.error_codes import ErrorCode
from .const import DOMAIN


def translation_for(error: OpenApiError) -> tuple[str, dict[str, str]]:
    """Return the translation key (of ``exceptions``) and placeholders of the message for this error."""
    match error:
        case RefusedError(retry_after=None):
            return "refused_now", {}
        case RefusedError():
            return "refused", {"time": format_ready_time(error.retry_after or 0)}
        case NotPermittedError(for_installers=True):
            return "not_permitted_installer", {}
        case NotPermittedError():
            return "not_permitted", {}
        case TokenRefusedError():
            return "token_refused", {}
        case CloudDownError(cause=CloudDownCause.WRONG_SERVER):
            return "wrong_server", {}
        case CloudDownError():
            return f"cloud_down_{error.cause}", {}
        case RequestError(meaning=ErrorCode.UNKNOWN):
            return "request_failed", {"code": str(error.code)}
        case RequestError():
            return error.meaning.value, {}
    return "request_failed_unknown", {}


def format_ready_time(wait: float) -> str:
    """Return the time of day in so many seconds, rounded up so that a call at the time shown is not too early."""
    ready = dt_util.now() + timedelta(seconds=wait + 1)
    return ready.strftime("%H:%M:%S")


def action_error(key: str, **placeholders: str) -> HomeAssistantError:
    """Return the error for an action that failed, with the message of this key (of ``exceptions``)."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )


def validation_error(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for invalid input, raised before any call."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )


def localize_error(hass: HomeAssistant, error: HomeAssistantError) -> str:
    """Return an error's message in Home Assistant's language, to be part of another message; ``str`` is always English."""
    texts = async_get_cached_translations(
        hass, hass.config.language, "exceptions", DOMAIN
    )
    text = texts.get(f"component.{DOMAIN}.exceptions.{error.translation_key}.message")
    if text is None:
        return str(error)
    return text.format(**(error.translation_placeholders or {}))


def to_action_error(error: OpenApiError) -> HomeAssistantError:
    """Return the Home Assistant error for an error of the API."""
    key, placeholders = translation_for(error)
    return action_error(key, **placeholders)
