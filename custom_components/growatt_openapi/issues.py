"""Repair issues: what only the user can mend. Each disappears by itself when its cause does."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .api import Gateway
from .const import DOMAIN

CORE_DOMAIN = "growatt_server"

# The cloud has been down so long that it is worth a word, seconds.
DOWN_FOR = 2 * 3600.0
# We keep the limits: so many refusals in a day are somebody else's doing. Fewer than the second number end it.
REFUSALS = 6
FEW_REFUSALS = 3

WRONG_SERVER = "wrong_server"
_KINDS = (WRONG_SERVER, "cloud_down", "other_program", "core_same_token")


@callback
def async_update_issues(
    hass: HomeAssistant, entry: ConfigEntry, gateway: Gateway
) -> None:
    """Create the issues that there are, and remove those that are over."""
    registry = ir.async_get(hass)
    outage = gateway.connection.circuit_breaker
    refusals = gateway.refusals_last_day
    known = (DOMAIN, _issue_id(entry, "other_program")) in registry.issues
    present = {
        WRONG_SERVER: gateway.connection.wrong_server,
        "cloud_down": not gateway.connection.wrong_server
        and outage.since is not None
        and gateway.clock.monotonic() - outage.since >= DOWN_FOR,
        "other_program": refusals >= (FEW_REFUSALS if known else REFUSALS),
        "core_same_token": _core_has(hass, entry.data[CONF_TOKEN]),
    }
    for kind in _KINDS:
        issue_id = _issue_id(entry, kind)
        if not present[kind]:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        elif (DOMAIN, issue_id) not in registry.issues:
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                data={"entry_id": entry.entry_id},
                is_fixable=kind == WRONG_SERVER,
                severity=ir.IssueSeverity.ERROR
                if kind == WRONG_SERVER
                else ir.IssueSeverity.WARNING,
                translation_key=kind,
                translation_placeholders={"name": entry.title},
            )


@callback
def async_remove_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove all issues of an entry that is not loaded any more."""
    for kind in _KINDS:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, kind))


def _issue_id(entry: ConfigEntry, kind: str) -> str:
    return f"{kind}_{entry.entry_id}"


def _core_has(hass: HomeAssistant, token: str) -> bool:
    """Tell whether Home Assistant's own integration is set up, and not disabled, with the same token."""
    return any(
        entry.data.get(CONF_TOKEN) == token and entry.disabled_by is None
        for entry in hass.config_entries.async_entries(CORE_DOMAIN)
    )
