"""Fix flows of repair issues."""

from abc import abstractmethod
from typing import Any, cast

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_REGION, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from .flows.token_probe import ProbeError, probe_official
from .issues import LEFT_ON, OFFER, REPLACED
from .runtime import GrowattConfigEntry
from .services.energy_dashboard import async_set_up_and_notify


class EntryFlow(RepairsFlow):
    """Fix flow of an entry, which asks for a confirmation."""

    def __init__(self, entry_id: str) -> None:
        """Initialize the flow of an entry."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the confirmation."""
        return await self.async_step_confirm()

    @abstractmethod
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the confirmation, and act once the user confirms."""


class MoveServerFlow(EntryFlow):
    """Fix flow of an entry whose server asks to use another one: finds the server that accepts the token, and moves the entry."""

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Find the server and move the entry, once the user confirms."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None:
            return self.async_abort(reason="entry_gone")
        errors: dict[str, str] = {}
        placeholders = {"name": entry.title}
        if user_input is not None:
            try:
                probed = await probe_official(self.hass, entry.data[CONF_TOKEN])
            except ProbeError as err:
                errors["base"] = err.key
                placeholders |= err.placeholders
            else:
                self.hass.config_entries.async_update_entry(
                    entry,
                    data={
                        **entry.data,
                        CONF_REGION: probed.region,
                        CONF_URL: probed.url,
                    },
                )
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders=placeholders,
        )


class SetUpEnergyDashboardFlow(EntryFlow):
    """Fix flow of the offer to set up the Energy dashboard: adds the account's plants once the user confirms."""

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Add the plants once the user confirms; a notification shows what was added."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None:
            return self.async_abort(reason="entry_gone")
        errors: dict[str, str] = {}
        if user_input is not None:
            if entry.state is not ConfigEntryState.LOADED:
                errors["base"] = "entry_not_loaded"
            else:
                try:
                    await async_set_up_and_notify(
                        self.hass, cast("GrowattConfigEntry", entry)
                    )
                except HomeAssistantError as err:
                    errors["base"] = str(err.translation_key)
                else:
                    return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"name": entry.title},
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the fix flow of an issue; those of totals and of what was left on only ask the user to confirm."""
    if issue_id.startswith((REPLACED, LEFT_ON)):
        return ConfirmRepairFlow()
    entry_id = str((data or {}).get("entry_id", ""))
    if issue_id.startswith(OFFER):
        return SetUpEnergyDashboardFlow(entry_id)
    return MoveServerFlow(entry_id)
