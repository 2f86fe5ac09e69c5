"""Repair issues: problems that only the user can solve. Each is removed when its cause ends."""

from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from .api import Gateway
from .const import DOMAIN, LOGGER
from .domain.counters import Replacement

CORE_DOMAIN = "growatt_server"

# Seconds of outage before an issue is created.
DOWN_FOR = 2 * 3600.0
# Refusals per day of requests that were not made lately: this many mean that another program uses the token. Fewer than the
# second number remove the issue.
REFUSALS = 6
FEW_REFUSALS = 3

WRONG_SERVER = "wrong_server"
REPLACED = "total_replaced"
_KINDS = (WRONG_SERVER, "cloud_down", "other_program", "core_same_token")


@callback
def async_update_issues(
    hass: HomeAssistant, entry: ConfigEntry, gateway: Gateway
) -> None:
    """Create the issues whose cause exists, and remove those whose cause ended."""
    registry = ir.async_get(hass)
    breaker = gateway.connection.circuit_breaker
    refusals = gateway.refusals_for_others_last_day
    known = (DOMAIN, _issue_id(entry, "other_program")) in registry.issues
    present = {
        WRONG_SERVER: gateway.connection.wrong_server,
        "cloud_down": not gateway.connection.wrong_server
        and breaker.since is not None
        and gateway.clock.monotonic() - breaker.since >= DOWN_FOR,
        "other_program": refusals >= (FEW_REFUSALS if known else REFUSALS),
        "core_same_token": _core_uses_token(hass, entry.data[CONF_TOKEN]),
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
def async_report_replacements(
    hass: HomeAssistant, identifier: str, replacements: Iterable[Replacement]
) -> None:
    """Create the issue that a total has changed for good, for the user to confirm. identifier: of the device or plant."""
    for replacement in replacements:
        LOGGER.warning(
            "A total changed for good, from %s to %s: counting continues from the former value",
            replacement.before,
            replacement.after,
        )
        device = dr.async_get(hass).async_get_device({(DOMAIN, identifier)})
        ir.async_create_issue(
            hass,
            DOMAIN,
            f"{REPLACED}_{identifier}",
            is_fixable=True,
            # It is told once, and must survive a restart until it is read.
            is_persistent=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=REPLACED,
            translation_placeholders={
                "name": (device and (device.name_by_user or device.name)) or identifier,
                "before": f"{replacement.before:g}",
                "after": f"{replacement.after:g}",
            },
        )


@callback
def async_remove_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove all issues of an entry that is being unloaded."""
    for kind in _KINDS:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, kind))


def _issue_id(entry: ConfigEntry, kind: str) -> str:
    return f"{kind}_{entry.entry_id}"


def _core_uses_token(hass: HomeAssistant, token: str) -> bool:
    """Return whether Home Assistant's own integration has an enabled entry with the same token."""
    return any(
        entry.data.get(CONF_TOKEN) == token and entry.disabled_by is None
        for entry in hass.config_entries.async_entries(CORE_DOMAIN)
    )
