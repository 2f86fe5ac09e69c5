"""The action that reads everything now, within the vendor's limits."""

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..error_messages import action_error, format_ready_time
from ..registry.devices import account_identifier
from ..runtime import GrowattConfigEntry
from .action import ACCOUNT, Action, get_config_entry
from .permissions import async_check_permission


async def async_refresh(entry: GrowattConfigEntry) -> None:
    """Read everything that the limits allow now.

    Raise HomeAssistantError if they allow nothing (with the time of the next possible call), or if the cloud does not answer.
    """
    runtime = entry.runtime_data
    calls_before = runtime.client.gateway.calls_last_day
    retry_after = await runtime.async_read_now()
    if runtime.client.gateway.connection.circuit_breaker.is_open:
        raise action_error("cloud_is_down")
    if (
        runtime.client.gateway.calls_last_day == calls_before
        and retry_after is not None
    ):
        raise action_error("nothing_new_before", time=format_ready_time(retry_after))


async def _refresh(call: ServiceCall) -> None:
    entry = get_config_entry(call)
    account = dr.async_get(call.hass).async_get_device_by_identifier(
        (DOMAIN, account_identifier(entry)), entry.entry_id
    )
    await async_check_permission(call, account, POLICY_CONTROL)
    await async_refresh(entry)


REFRESH_ACTIONS: tuple[Action, ...] = (
    Action(name="refresh", fields=ACCOUNT, handler=_refresh),
)
