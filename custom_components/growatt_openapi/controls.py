"""Writing settings: check, send, confirm, remember.

The cloud of the vendor's pages cannot be asked what a setting is. The truth is what was last confirmed: code 0 confirms, and the
value is remembered with its time. What may or may not have happened makes the value unknown; nothing is sent twice by
itself.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .api import CloudDownError, OpenApiClient, OpenApiError, RequestError
from .api.problems import Problem
from .const import DOMAIN
from .families import Family
from .families.base import NumberSetting, Setting
from .messages import message
from .storage import Shelf

# After these nobody knows whether the device has the new value.
_OUTCOME_UNKNOWN = frozenset({Problem.SYSTEM, Problem.SERVER, Problem.UNKNOWN})


def controls_shelf(hass: HomeAssistant, entry_id: str) -> Shelf:
    """Return where an entry's confirmed settings are kept."""
    return Shelf(hass, f"{entry_id}.controls")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A setting's last confirmed value, and when it was confirmed."""

    value: float | bool
    at: datetime


class Controls:
    """The settings of an entry's devices."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, client: OpenApiClient
    ) -> None:
        """Write through ``client``."""
        self._client = client
        self._shelf = controls_shelf(hass, entry_id)
        self._confirmed: dict[str, dict[str, Confirmed]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def async_load(self) -> None:
        """Remember what earlier runs confirmed; what cannot be read is not known."""
        for serial, settings in (await self._shelf.load() or {}).items():
            for key, record in settings.items() if isinstance(settings, dict) else ():
                try:
                    confirmed = Confirmed(
                        record["value"], datetime.fromisoformat(record["at"])
                    )
                except KeyError, TypeError, ValueError:
                    continue
                self._confirmed.setdefault(serial, {})[key] = confirmed

    def confirmed(self, serial: str, setting: Setting) -> Confirmed | None:
        """Return a setting's last confirmed value; None where it was never set, or an attempt ended unknown."""
        return self._confirmed.get(serial, {}).get(setting.key)

    async def async_set(
        self, family: Family, serial: str, setting: Setting, value: float | bool
    ) -> None:
        """Check a value and send it, one write at a time per device.

        Raises ServiceValidationError before any call, HomeAssistantError after one, both in words for the user.
        """
        if isinstance(setting, NumberSetting):
            _check(setting, value)
            commands = setting.commands(value)
        else:
            commands = setting.commands(bool(value))
        async with self._locks[serial]:
            try:
                await family.write(self._client, serial, setting.parameter, commands)
            except OpenApiError as err:
                key, placeholders = message(err)
                if _is_outcome_unknown(err):
                    key, placeholders = "outcome_unknown", {"error": str(err)}
                    if setting.key in self._confirmed.get(serial, {}):
                        del self._confirmed[serial][setting.key]
                        await self._save()
                raise HomeAssistantError(
                    translation_domain=DOMAIN,
                    translation_key=key,
                    translation_placeholders=placeholders,
                ) from err
            self._confirmed.setdefault(serial, {})[setting.key] = Confirmed(
                value, self._client.gateway.clock.now()
            )
            await self._save()

    async def _save(self) -> None:
        await self._shelf.save(
            {
                serial: {
                    key: {"value": confirmed.value, "at": confirmed.at.isoformat()}
                    for key, confirmed in settings.items()
                }
                for serial, settings in self._confirmed.items()
            }
        )


def _check(setting: NumberSetting, value: float) -> None:
    """Raise ServiceValidationError where a number is out of its range or off its step."""
    low, high = setting.native_min_value, setting.native_max_value
    step = setting.native_step
    assert low is not None
    assert high is not None
    assert step is not None
    steps = (value - low) / step
    if not low <= value <= high or abs(steps - round(steps)) > 1e-6:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_in_range",
            translation_placeholders={
                "value": f"{value:g}",
                "minimum": f"{low:g}",
                "maximum": f"{high:g}",
                "step": f"{step:g}",
            },
        )


def _is_outcome_unknown(error: OpenApiError) -> bool:
    """Tell whether the device may have the new value in spite of the error."""
    if isinstance(error, CloudDownError):
        return error.reached
    return isinstance(error, RequestError) and error.problem in _OUTCOME_UNKNOWN
