"""What to tell the user when the cloud does not do as asked: one place from errors to translated words."""

from datetime import timedelta

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from .api import (
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from .api.error_codes import ErrorCode
from .const import DOMAIN


def translation_for(error: OpenApiError) -> tuple[str, dict[str, str]]:
    """Return the translation key (of ``exceptions``) and placeholders that tell this error."""
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
        case WrongServerError():
            return "wrong_server", {}
        case CloudDownError():
            return f"cloud_down_{error.cause}", {}
        case RequestError() if error.meaning is not ErrorCode.UNKNOWN:
            return error.meaning.value, {}
    return "request_failed", {"code": str(getattr(error, "code", ""))}


def format_ready_time(wait: float) -> str:
    """Return the time of day in so many seconds: the next whole second, or a try at the time told would come too early."""
    ready = dt_util.now() + timedelta(seconds=wait + 1)
    return ready.strftime("%H:%M:%S")


def action_error(key: str, **placeholders: str) -> HomeAssistantError:
    """Return what is raised where something could not be done, in words (of ``exceptions``)."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )


def validation_error(key: str, **placeholders: str) -> ServiceValidationError:
    """Return what is raised where something wrong was asked for, before any call."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )


def to_action_error(error: OpenApiError) -> HomeAssistantError:
    """Return what an entity's method or an action raises for this error."""
    key, placeholders = translation_for(error)
    return action_error(key, **placeholders)
