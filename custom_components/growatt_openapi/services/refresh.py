"""Refreshing at the user's wish, inside the limits."""

from homeassistant.core import ServiceCall

from ..error_messages import action_error, format_ready_time
from ..runtime import GrowattConfigEntry
from .action import ACCOUNT, Action, config_entry_of


async def async_refresh(entry: GrowattConfigEntry) -> None:
    """Read what may be read now.

    Raises HomeAssistantError, with the time at which it makes sense again, where nothing may be; and where the cloud does
    not answer.
    """
    runtime = entry.runtime_data
    before = runtime.client.gateway.calls_last_day
    wait = await runtime.async_read_now()
    if runtime.client.gateway.connection.circuit_breaker.is_open:
        raise action_error("cloud_is_down")
    if runtime.client.gateway.calls_last_day == before and wait is not None:
        raise action_error("nothing_new_before", time=format_ready_time(wait))


async def _refresh(call: ServiceCall) -> None:
    await async_refresh(config_entry_of(call))


REFRESHING: tuple[Action, ...] = (
    Action(name="refresh", fields=ACCOUNT, handler=_refresh),
)
