"""The options flow: plants, controls, interval, detail level, write limit."""

from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..api import FOR_USER, STORED_ONLY, OpenApiError
from ..api.client.endpoint_group import BATCH_SIZE
from ..api.models import Plant
from ..const import (
    CONF_CONTROLS,
    CONF_DETAIL,
    CONF_HISTORY_DAYS,
    CONF_INTERVAL,
    CONF_PLANTS,
    CONF_WRITES,
)
from ..controls.write_limit import DEFAULT_WRITES_AN_HOUR
from ..coordinator import InventoryCoordinator
from ..detail_level import DetailLevel, detail_level
from ..domain import poll_schedule as schedule
from ..families import get_family
from ..history.options import LONGEST_DAYS, history_days
from ..models import get_plant_ids, get_plant_ids_of_others
from ..persistence.clients import async_get_client
from .selectors import plants_selector

MINIMUM_INTERVAL, MAXIMUM_INTERVAL = 5, 60
# The folded part of the form: what few owners change. Its fields are options like the others.
_MORE = "more"


_MORE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_INTERVAL): vol.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=MINIMUM_INTERVAL,
                    max=MAXIMUM_INTERVAL,
                    step=1,
                    unit_of_measurement="min",
                    mode=NumberSelectorMode.SLIDER,
                )
            ),
            vol.Coerce(int),
        ),
        vol.Required(CONF_DETAIL): SelectSelector(
            SelectSelectorConfig(
                options=[detail.value for detail in DetailLevel],
                translation_key="detail",
                mode=SelectSelectorMode.LIST,
            )
        ),
        vol.Required(CONF_WRITES): vol.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=1, max=240, step=1, mode=NumberSelectorMode.BOX
                )
            ),
            vol.Coerce(int),
        ),
        vol.Required(CONF_HISTORY_DAYS): vol.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=0,
                    max=LONGEST_DAYS,
                    step=1,
                    unit_of_measurement="d",
                    mode=NumberSelectorMode.BOX,
                )
            ),
            vol.Coerce(int),
        ),
    }
)


class GrowattOpenApiOptionsFlow(OptionsFlowWithReload):
    """Options flow of one form; the entry is reloaded afterwards."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the form of all options, or store what was chosen."""
        entry = self.config_entry
        free = await self._list_plants()
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = set(user_input[CONF_PLANTS])
            ids = [plant.plant_id for plant in free if plant.plant_id in chosen]
            if chosen & get_plant_ids_of_others(self.hass, entry):
                return self.async_abort(reason="already_configured")
            more = user_input[_MORE]
            if ids:
                return self.async_create_entry(
                    data={
                        # None: all plants, including those added later.
                        CONF_PLANTS: None if len(ids) == len(free) else ids,
                        CONF_CONTROLS: user_input[CONF_CONTROLS],
                        CONF_INTERVAL: int(more[CONF_INTERVAL]),
                        CONF_DETAIL: more[CONF_DETAIL],
                        CONF_WRITES: int(more[CONF_WRITES]),
                        CONF_HISTORY_DAYS: int(more[CONF_HISTORY_DAYS]),
                    }
                )
            errors[CONF_PLANTS] = "no_plant_chosen"
        selected = get_plant_ids(self.hass, entry)
        current = {
            CONF_PLANTS: [
                plant.plant_id for plant in free if plant.plant_id in selected
            ],
            CONF_CONTROLS: entry.options.get(CONF_CONTROLS, True),
            _MORE: {
                CONF_INTERVAL: entry.options.get(CONF_INTERVAL, MINIMUM_INTERVAL),
                CONF_DETAIL: detail_level(entry),
                CONF_WRITES: entry.options.get(CONF_WRITES, DEFAULT_WRITES_AN_HOUR),
                CONF_HISTORY_DAYS: history_days(entry),
            },
        }
        schema = self.add_suggested_values_to_schema(
            _schema(free), user_input or current
        )
        inventory = self._inventory()
        if inventory is None:
            return self.async_show_form(
                step_id="not_loaded", data_schema=schema, errors=errors
            )
        return self.async_show_form(
            step_id="init",
            data_schema=schema,
            errors=errors,
            description_placeholders=self._estimate_calls(inventory),
        )

    async def async_step_not_loaded(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Do the same for an entry that is not loaded: its devices, and so the calls they cost, are not known."""
        return await self.async_step_init(user_input)

    async def _list_plants(self) -> list[Plant]:
        """Return the plants to choose from: those listed now or in the stored list, and those that the entry has already."""
        entry = self.config_entry
        client = async_get_client(self.hass, entry.data["url"], entry.data["token"])
        listed: list[Plant] = []
        for options in (FOR_USER, STORED_ONLY):
            try:
                listed = (await client.plants.list_plants(options)).value
            except OpenApiError:
                continue
            break
        plants = {plant.plant_id: plant for plant in listed}
        inventory = self._inventory()
        for plant_id, info in inventory.data.items() if inventory else ():
            plants.setdefault(plant_id, info.row)
        taken = get_plant_ids_of_others(self.hass, entry)
        return [plant for plant in plants.values() if plant.plant_id not in taken]

    def _inventory(self) -> InventoryCoordinator | None:
        runtime = getattr(self.config_entry, "runtime_data", None)
        return runtime.inventory if runtime else None

    def _estimate_calls(self, inventory: InventoryCoordinator) -> dict[str, str]:
        """Return the estimated calls per day at intervals of 5, 15 and 60 minutes, as placeholders."""
        infos = list(inventory.data.values())
        known = [
            family
            for info in infos
            for device in info.devices.values()
            if (family := get_family(device)) is not None
        ]
        controlled = self.config_entry.options.get(CONF_CONTROLS, True)
        with_settings = sum(bool(family.endpoints.settings) for family in known)
        sleeping = sum(family.sleeps for family in known)
        return {
            f"calls_{minutes}": str(
                schedule.estimate_daily_calls(
                    sleeping=sleeping,
                    wakeful=len(known) - sleeping,
                    plants=len(infos),
                    interval=timedelta(minutes=minutes),
                    batch_size=BATCH_SIZE,
                    with_settings=with_settings if controlled else 0,
                )
            )
            for minutes in (5, 15, 60)
        }


def _schema(plants: list[Plant]) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_PLANTS): plants_selector(plants),
            vol.Required(CONF_CONTROLS): BooleanSelector(),
            vol.Required(_MORE): section(_MORE_SCHEMA, {"collapsed": True}),
        }
    )
