"""Actions: requests that are not an entity. ``ACTIONS`` lists all of them."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from ..const import DOMAIN
from .action import Action
from .history import FIGURES
from .installer import INSTALLER
from .refresh import REFRESHING
from .schedules import SCHEDULES
from .settings import SETTINGS
from .timed_override import AT_ONCE

ACTIONS: tuple[Action, ...] = (
    *REFRESHING,
    *FIGURES,
    *SETTINGS,
    *SCHEDULES,
    *AT_ONCE,
    *INSTALLER,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; those that change what belongs to others are for administrators."""
    for action in ACTIONS:
        schema = vol.Schema(dict(action.fields))
        if action.for_admins:
            async_register_admin_service(
                hass, DOMAIN, action.name, action.handler, schema, action.response
            )
        else:
            hass.services.async_register(
                DOMAIN, action.name, action.handler, schema, action.response
            )


__all__ = ["ACTIONS", "Action", "async_setup_services"]
