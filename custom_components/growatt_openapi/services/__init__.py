"""The integration's actions. ``ACTIONS`` lists all of them."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from ..const import DOMAIN
from .action import Action
from .energy_dashboard import ENERGY_DASHBOARD_ACTIONS
from .history import HISTORY_ACTIONS
from .history_import import HISTORY_IMPORT_ACTIONS
from .installer import INSTALLER_ACTIONS
from .refresh import REFRESH_ACTIONS
from .schedules import SCHEDULE_ACTIONS
from .settings import SETTING_ACTIONS
from .timed_override import TIMED_OVERRIDE_ACTIONS

ACTIONS: tuple[Action, ...] = (
    *REFRESH_ACTIONS,
    *HISTORY_ACTIONS,
    *HISTORY_IMPORT_ACTIONS,
    *ENERGY_DASHBOARD_ACTIONS,
    *SETTING_ACTIONS,
    *SCHEDULE_ACTIONS,
    *TIMED_OVERRIDE_ACTIONS,
    *INSTALLER_ACTIONS,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
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
