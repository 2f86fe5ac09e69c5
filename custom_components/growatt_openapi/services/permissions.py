"""The permissions of the user who calls an action: Home Assistant checks them for entities, and leaves actions to the integration.

An action on a device reads or changes more than any of its entities, so that all of these must be allowed.
"""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN


async def async_check_permission(
    call: ServiceCall, device: dr.AnyDeviceEntry | None, policy: str
) -> None:
    """Raise Unauthorized unless the calling user has a permission on all of a device's entities.

    device: None for something that is no registered device, which only administrators may ask for. policy: POLICY_READ or
    POLICY_CONTROL. Automations call without a user, and may do everything.
    """
    user_id = call.context.user_id
    if user_id is None:
        return
    user = await call.hass.auth.async_get_user(user_id)
    if user is None:
        raise UnknownUser(context=call.context, permission=policy, user_id=user_id)
    if user.is_admin:
        return
    if device is None or not _may_access(call, user, device.id, policy):
        raise Unauthorized(
            context=call.context,
            user_id=user_id,
            permission=policy,
            perm_category=CAT_ENTITIES,
        )


async def async_check_admin(hass: HomeAssistant, context: Context | None) -> None:
    """Raise Unauthorized if the user of a context is no administrator. Automations have no user, and may do everything."""
    user_id = None if context is None else context.user_id
    if user_id is None:
        return
    user = await hass.auth.async_get_user(user_id)
    if user is None:
        raise UnknownUser(context=context, user_id=user_id)
    if not user.is_admin:
        raise Unauthorized(context=context, user_id=user_id)


def _may_access(call: ServiceCall, user: User, device_id: str, policy: str) -> bool:
    """Return whether a user has a permission on all entities of a device; without any, on all entities there are."""
    if user.permissions.access_all_entities(policy):
        return True
    entities = [
        entity.entity_id
        for entity in er.async_entries_for_device(
            er.async_get(call.hass), device_id, include_disabled_entities=True
        )
        if entity.platform == DOMAIN
    ]
    return bool(entities) and all(
        user.permissions.check_entity(entity_id, policy) for entity_id in entities
    )
