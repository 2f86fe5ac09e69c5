"""The action that reads everything now, within the vendor's limits."""

from homeassistant.core import ServiceCall

from ..error_messages import action_error, format_ready_time
from ..runtime import GrowattConfigEntry
from .action import ACCOUNT, Action, get_config_entry


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
    await async_refresh(get_config_entry(call))


REFRESH_ACTIONS: tuple[Action, ...] = (
    Action(name="refresh", fields=ACCOUNT, handler=_refresh),
)
