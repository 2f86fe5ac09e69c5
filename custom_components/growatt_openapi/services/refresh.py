"""Refreshing at the user's wish, inside the limits."""

from homeassistant.core import ServiceCall

from ..error_messages import failed, ready_at
from ..runtime import GrowattConfigEntry
from .action import ACCOUNT, Action, entry_of


async def async_refresh(entry: GrowattConfigEntry) -> None:
    """Read what may be read now.

    Raises HomeAssistantError, with the time at which it makes sense again, where nothing may be; and where the cloud does
    not answer.
    """
    runtime = entry.runtime_data
    before = runtime.client.gateway.calls_of_a_day
    wait = await runtime.async_read_now()
    if runtime.client.gateway.line.outage.is_on:
        raise failed("cloud_is_down")
    if runtime.client.gateway.calls_of_a_day == before and wait is not None:
        raise failed("nothing_new_before", time=ready_at(wait))


async def _refresh(call: ServiceCall) -> None:
    await async_refresh(entry_of(call))


REFRESHING: tuple[Action, ...] = (
    Action(name="refresh", fields=ACCOUNT, handler=_refresh),
)
