"""The config flow: setting up an account, renewing its token, and changing its server."""

from collections.abc import Awaitable, Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_REGION, CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.selector import BooleanSelector
from probatio import Secret
import voluptuous as vol

from .api.models import Plant
from .api.regions import REGIONS, InvalidServerUrlError, normalize_server_url
from .const import CONF_CONTROLS, CONF_PLANTS, DOCUMENTATION_URL, DOMAIN
from .flows.options import GrowattOpenApiOptionsFlow
from .flows.selectors import (
    AUTO,
    CUSTOM,
    REGION_SELECTOR,
    TOKEN_SELECTOR,
    URL_SELECTOR,
    plants_selector,
)
from .flows.token_probe import (
    ProbeError,
    ProbeResult,
    find_token,
    probe_official,
    probe_server,
)
from .models import get_plant_ids, get_plant_ids_of_others

# Forms may not contain addresses in their texts.
_TOKEN_HELP = {"token_help": f"{DOCUMENTATION_URL}#get-a-token"}

_USER_SCHEMA = vol.Schema(
    {
        vol.Required(Secret(CONF_TOKEN)): TOKEN_SELECTOR,
        vol.Required(CONF_REGION, default=AUTO): REGION_SELECTOR,
    }
)
_SERVER_SCHEMA = vol.Schema({vol.Required(CONF_URL): URL_SELECTOR})
_REAUTH_SCHEMA = vol.Schema({vol.Required(Secret(CONF_TOKEN)): TOKEN_SELECTOR})
_RECONFIGURE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_REGION): REGION_SELECTOR,
        # Never shown again: if left empty, the present one is kept.
        vol.Optional(Secret(CONF_TOKEN)): TOKEN_SELECTOR,
    }
)


class GrowattOpenApiConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow: token, region or server, plants; reauthentication and reconfiguration."""

    VERSION = 1

    _token: str
    _probed: ProbeResult

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> GrowattOpenApiOptionsFlow:
        """Return the options flow."""
        return GrowattOpenApiOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the token and its region."""
        errors: dict[str, str] = {}
        placeholders = dict(_TOKEN_HELP)
        if user_input is not None:
            region = user_input[CONF_REGION]
            token = find_token(user_input[CONF_TOKEN])
            if token is None:
                errors[CONF_TOKEN] = "invalid_token"
            else:
                self._token = token
                if region == CUSTOM:
                    return await self.async_step_server()
                probe = self._probe_region(region, token)
                if await self._keep_probe(probe, errors, placeholders):
                    return await self.async_step_plants()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _USER_SCHEMA,
                {CONF_REGION: user_input[CONF_REGION]} if user_input else {},
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_server(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of another server, of a new entry or of the one that is reconfigured."""
        errors: dict[str, str] = {}
        suggested = user_input or {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                url = normalize_server_url(user_input[CONF_URL])
            except InvalidServerUrlError:
                errors[CONF_URL] = "invalid_url"
            else:
                probe = probe_server(self.hass, CUSTOM, url, self._token)
                if await self._keep_probe(probe, errors, placeholders):
                    if self.source != SOURCE_RECONFIGURE:
                        return await self.async_step_plants()
                    if self._lists_plants_of(self._get_reconfigure_entry()):
                        return self._move_entry()
                    errors["base"] = "different_account"
        elif self.source == SOURCE_RECONFIGURE:
            present = self._get_reconfigure_entry().data
            if present[CONF_REGION] == CUSTOM:
                suggested = {CONF_URL: present[CONF_URL]}
        return self.async_show_form(
            step_id="server",
            data_schema=self.add_suggested_values_to_schema(_SERVER_SCHEMA, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_plants(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which plants to add, and whether settings may be changed."""
        taken = get_plant_ids_of_others(self.hass, None)
        free = [plant for plant in self._probed.plants if plant.plant_id not in taken]
        if not free:
            return self.async_abort(reason="already_configured")
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = set(user_input[CONF_PLANTS])
            plants = [plant for plant in free if plant.plant_id in chosen]
            if chosen & taken:
                return self.async_abort(reason="already_configured")
            if plants:
                return await self._create_entry(
                    plants, len(plants) == len(free), user_input[CONF_CONTROLS]
                )
            errors[CONF_PLANTS] = "no_plant_chosen"
        return self.async_show_form(
            step_id="plants",
            data_schema=self.add_suggested_values_to_schema(
                _plants_schema(free), user_input or {}
            ),
            errors=errors,
        )

    async def _create_entry(
        self, plants: list[Plant], everything: bool, controls: bool
    ) -> ConfigFlowResult:
        """Create the entry. Its unique id is the lowest of its plants' ids that no entry has yet, and never changes."""
        unique_ids = {
            entry.unique_id for entry in self.hass.config_entries.async_entries(DOMAIN)
        }
        ids = sorted(
            (plant.plant_id for plant in plants), key=lambda text: (len(text), text)
        )
        await self.async_set_unique_id(
            next((plant_id for plant_id in ids if plant_id not in unique_ids), ids[0])
        )
        self._abort_if_unique_id_configured()
        return self.async_create_entry(
            title=plants[0].name
            if len(plants) == 1
            else f"{plants[0].name} + {len(plants) - 1}",
            data={
                CONF_REGION: self._probed.region,
                CONF_URL: self._probed.url,
                CONF_TOKEN: self._token,
            },
            options={
                # None: all plants, including those added later.
                CONF_PLANTS: None if everything else ids,
                CONF_CONTROLS: controls,
            },
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start reauthentication: the token has been refused for hours."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new token of the same account."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        placeholders = {"name": entry.title, **_TOKEN_HELP}
        if user_input is not None:
            token = find_token(user_input[CONF_TOKEN])
            if token is None:
                errors[CONF_TOKEN] = "invalid_token"
            else:
                probe = probe_server(
                    self.hass, entry.data[CONF_REGION], entry.data[CONF_URL], token
                )
                if await self._keep_probe(probe, errors, placeholders):
                    if self._lists_plants_of(entry):
                        return self._renew_token(token)
                    errors["base"] = "different_account"
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_REAUTH_SCHEMA,
            errors=errors,
            description_placeholders=placeholders,
        )

    def _renew_token(self, token: str) -> ConfigFlowResult:
        """Store the new token in every entry that has the old one."""
        entry = self._get_reauth_entry()
        self._update_siblings(entry, {CONF_TOKEN: token})
        return self.async_update_reload_and_abort(
            entry, data_updates={CONF_TOKEN: token}
        )

    def _update_siblings(self, entry: ConfigEntry, updates: dict[str, Any]) -> None:
        """Apply the same changes to all other entries of the same token."""
        for other in self.hass.config_entries.async_entries(DOMAIN):
            if (
                other.entry_id != entry.entry_id
                and other.data[CONF_TOKEN] == entry.data[CONF_TOKEN]
            ):
                self.hass.config_entries.async_update_entry(
                    other, data={**other.data, **updates}
                )
                self.hass.config_entries.async_schedule_reload(other.entry_id)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another region or token of the same account; the next step asks for the address of the user's own server."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        placeholders = {"name": entry.title, **_TOKEN_HELP}
        region = entry.data[CONF_REGION]
        if user_input is not None:
            region = user_input[CONF_REGION]
            pasted = user_input.get(CONF_TOKEN)
            token = find_token(pasted) if pasted else entry.data[CONF_TOKEN]
            if token is None:
                errors[CONF_TOKEN] = "invalid_token"
            else:
                self._token = token
                if region == CUSTOM:
                    return await self.async_step_server()
                probe = self._probe_region(region, token)
                if await self._keep_probe(probe, errors, placeholders):
                    if self._lists_plants_of(entry):
                        return self._move_entry()
                    errors["base"] = "different_account"
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _RECONFIGURE_SCHEMA, {CONF_REGION: region}
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _keep_probe(
        self,
        probe: Awaitable[ProbeResult],
        errors: dict[str, str],
        placeholders: dict[str, str],
    ) -> bool:
        """Keep the result of a probe; where it fails, add its error to those of the form and return False."""
        try:
            self._probed = await probe
        except ProbeError as err:
            errors["base"] = err.key
            placeholders |= err.placeholders
            return False
        return True

    async def _probe_region(self, region: str, token: str) -> ProbeResult:
        """Return the probe of a region's server, or of the official ones where it is to be found; raise ProbeError."""
        if region == AUTO:
            return await probe_official(self.hass, token)
        return await probe_server(self.hass, region, REGIONS[region].url, token)

    def _lists_plants_of(self, entry: ConfigEntry) -> bool:
        """Return whether the token that was probed lists a plant of an entry."""
        listed = {plant.plant_id for plant in self._probed.plants}
        return bool(listed & get_plant_ids(self.hass, entry))

    def _move_entry(self) -> ConfigFlowResult:
        """Store the probed server and token in the entry that is reconfigured, and in all others of its token."""
        entry = self._get_reconfigure_entry()
        updates = {
            CONF_REGION: self._probed.region,
            CONF_URL: self._probed.url,
            CONF_TOKEN: self._token,
        }
        self._update_siblings(entry, updates)
        return self.async_update_reload_and_abort(entry, data_updates=updates)


def _plants_schema(plants: list[Plant]) -> vol.Schema:
    ids = [plant.plant_id for plant in plants]
    return vol.Schema(
        {
            vol.Required(CONF_PLANTS, default=ids): plants_selector(plants),
            vol.Required(CONF_CONTROLS, default=True): BooleanSelector(),
        }
    )
