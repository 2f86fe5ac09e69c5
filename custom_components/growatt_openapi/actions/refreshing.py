"""Refreshing at the user's wish, inside the limits."""

from datetime import timedelta

from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
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
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="cloud_is_down"
        )
    if runtime.client.gateway.calls_of_a_day == before and wait is not None:
        # The next whole second, or a try at the time told would come too early.
        ready = dt_util.now() + timedelta(seconds=wait + 1)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="nothing_new_before",
            translation_placeholders={"time": ready.strftime("%H:%M:%S")},
        )


async def _refresh(call: ServiceCall) -> None:
    await async_refresh(entry_of(call))


REFRESHING: tuple[Action, ...] = (
    Action(name="refresh", fields=ACCOUNT, handler=_refresh),
)
