"""The action that adds the plants to the Energy dashboard, and the notification of what was added."""

from collections.abc import Iterable
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.translation import async_get_cached_translations
import voluptuous as vol

from ..const import DOMAIN
from ..error_messages import action_error, localize_error
from ..history.energy_preferences import (
    Outcome,
    SourceResult,
    async_set_up_energy_dashboard,
)
from ..issues import async_withdraw_offer
from ..runtime import GrowattConfigEntry
from .action import ACCOUNT, Action, get_config_entry

DRY_RUN = "dry_run"


async def async_set_up(
    hass: HomeAssistant, entry: GrowattConfigEntry
) -> list[SourceResult]:
    """Add the sources of all plants of an account to the Energy dashboard, and end the offer to do so.

    Raises HomeAssistantError if the Energy integration is not set up.
    """
    results = await async_set_up_energy_dashboard(hass, entry)
    async_withdraw_offer(hass, entry)
    return results


async def async_set_up_and_notify(
    hass: HomeAssistant, entry: GrowattConfigEntry
) -> None:
    """Add the sources, and show what became of each in a notification that replaces the former one."""
    results = await async_set_up(hass, entry)
    lines = [
        f"- **{result.plant}, {_kind_name(hass, result.kind)}**: {_explain(hass, result)}"
        for outcome in Outcome
        for result in results
        if result.outcome is outcome
    ]
    persistent_notification.async_create(
        hass,
        "\n".join(lines),
        localize_error(hass, action_error("energy_dashboard_of", name=entry.title)),
        f"{DOMAIN}_energy_dashboard_{entry.entry_id}",
    )


@callback
def _kind_name(hass: HomeAssistant, kind: str) -> str:
    texts = async_get_cached_translations(
        hass, hass.config.language, "selector", DOMAIN
    )
    return texts.get(f"component.{DOMAIN}.selector.energy_source.options.{kind}", kind)


@callback
def _explain(
    hass: HomeAssistant, result: SourceResult, *, dry_run: bool = False
) -> str:
    """Return in Home Assistant's language what became of a source."""
    return localize_error(hass, _explanation(result, dry_run=dry_run))


def _explanation(result: SourceResult, *, dry_run: bool) -> HomeAssistantError:
    """Return what became of a source as a translatable message."""
    counted_by = _list(
        one.statistic_id
        if one.name == one.statistic_id
        else f"{one.name} ({one.statistic_id})"
        for one in result.counted_by
    )
    match result.outcome:
        case Outcome.ADDED if dry_run:
            return action_error("energy_source_to_add")
        case Outcome.ADDED:
            return action_error("energy_source_added")
        case Outcome.ALREADY_THERE if counted_by:
            return action_error("energy_source_counted", statistics=counted_by)
        case Outcome.ALREADY_THERE:
            return action_error("energy_source_there")
        case Outcome.LEFT_TO_YOU:
            return action_error("energy_source_left", statistics=counted_by)
        case Outcome.NOT_IMPORTED_YET:
            return action_error(
                "energy_source_not_imported", statistics=_list(result.statistic_ids)
            )


def _list(texts: Iterable[str]) -> str:
    return ", ".join(texts)


async def _set_up_energy_dashboard(call: ServiceCall) -> ServiceResponse:
    entry = get_config_entry(call)
    dry_run = call.data[DRY_RUN]
    if dry_run:
        results = await async_set_up_energy_dashboard(call.hass, entry, dry_run=True)
    else:
        results = await async_set_up(call.hass, entry)
    return {
        str(outcome): [
            _row(call.hass, result, dry_run=dry_run)
            for result in results
            if result.outcome is outcome
        ]
        for outcome in Outcome
    }


def _row(hass: HomeAssistant, result: SourceResult, *, dry_run: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": result.kind,
        "plant": result.plant,
        "plant_id": result.plant_id,
        "statistic_ids": list(result.statistic_ids),
        "reason": _explain(hass, result, dry_run=dry_run),
    }
    if result.counted_by:
        row["counted_by"] = [
            {"statistic_id": one.statistic_id, "name": one.name}
            for one in result.counted_by
        ]
    return row


ENERGY_DASHBOARD_ACTIONS: tuple[Action, ...] = (
    Action(
        name="set_up_energy_dashboard",
        fields={**ACCOUNT, vol.Optional(DRY_RUN, default=False): cv.boolean},
        handler=_set_up_energy_dashboard,
        response=SupportsResponse.OPTIONAL,
        for_admins=True,
    ),
)
