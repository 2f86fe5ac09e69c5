"""Registering the actions."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from .actions import ACTIONS
from .const import DOMAIN


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
