"""Repair issues: problems that only the user can solve. Each is removed when its cause ends."""

from collections.abc import Iterable, Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)

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

# A battery that was left charging or discharging: by the kind of override, whether a schedule or a window and a switch is to be
# restored, and whether the entry still exists.
LEFT_ON = "left_on"
LEFT_ON_KINDS = tuple(
    f"{kind}_{LEFT_ON}{what}{ending}"
    for kind in ("charge", "discharge")
    for what in ("", "_schedule")
    for ending in ("", "_removed")
)

# From so many enabled entities of an entry on, Home Assistant may not take those of the next plants: above 10,000 it leaves
# entities out (MAX_ENABLED_ENTITIES_PER_CONFIG_ENTRY). Fewer than the second number remove the issue.
MANY_ENTITIES = 9_000
FEWER_ENTITIES = 8_800

WRONG_SERVER = "wrong_server"
REPLACED = "total_replaced"
OFFER = "offer_energy_dashboard"
_KINDS = (
    WRONG_SERVER,
    "cloud_down",
    "other_program",
    "core_same_token",
    "many_entities",
)


@callback
def async_update_issues(
    hass: HomeAssistant, entry: ConfigEntry, gateway: Gateway
) -> None:
    """Create the issues whose cause exists, and remove those whose cause ended."""
    registry = ir.async_get(hass)
    breaker = gateway.connection.circuit_breaker
    refusals = gateway.refusals_for_others_last_day
    entities = er.async_get(hass).entities.get_enabled_count_for_config_entry_id(
        entry.entry_id
    )

    def is_known(kind: str) -> bool:
        return (DOMAIN, _issue_id(entry, kind)) in registry.issues

    present = {
        WRONG_SERVER: gateway.connection.wrong_server,
        "cloud_down": not gateway.connection.wrong_server
        and breaker.since is not None
        and gateway.clock.monotonic() - breaker.since >= DOWN_FOR,
        "other_program": refusals
        >= (FEW_REFUSALS if is_known("other_program") else REFUSALS),
        "core_same_token": _core_uses_token(hass, entry.data[CONF_TOKEN]),
        "many_entities": entities
        >= (FEWER_ENTITIES if is_known("many_entities") else MANY_ENTITIES),
    }
    for kind in _KINDS:
        issue_id = _issue_id(entry, kind)
        if not present[kind]:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        elif not is_known(kind):
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
        LOGGER.info(
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


@callback
def async_report_left_on(
    hass: HomeAssistant,
    entry: ConfigEntry,
    serial: str,
    kind: str,
    former: Mapping[str, str],
) -> None:
    """Create the issue of a battery whose override nobody ends; it outlasts restarts and the entry.

    kind: "charge" or "discharge". former: the former settings as placeholders: ``window`` and ``switch``, or ``settings``.
    """
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, serial), entry.entry_id
    )
    is_removed = hass.config_entries.async_get_entry(entry.entry_id) is None
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{LEFT_ON}_{serial}",
        data={"entry_id": entry.entry_id},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=(
            f"{kind}_{LEFT_ON}"
            f"{'_schedule' if 'settings' in former else ''}"
            f"{'_removed' if is_removed else ''}"
        ),
        translation_placeholders={
            "name": entry.title,
            "device": (device and (device.name_by_user or device.name)) or serial,
            "serial": serial,
            **former,
        },
    )


@callback
def async_remove_left_on(hass: HomeAssistant, serial: str) -> None:
    """Remove the issue of a battery whose former settings are restored, or will be."""
    ir.async_delete_issue(hass, DOMAIN, f"{LEFT_ON}_{serial}")


@callback
def async_create_offer(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Create the issue that offers to set up the Energy dashboard; it outlasts restarts until the user fixes or ignores it."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, OFFER),
        data={"entry_id": entry.entry_id},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=OFFER,
        translation_placeholders={"name": entry.title},
    )


@callback
def async_withdraw_offer(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the offer to set up the Energy dashboard. One that the user ignores is kept, so that it stays ignored."""
    issue_id = _issue_id(entry, OFFER)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if issue is not None and issue.dismissed_version is None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_remove_offer(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the offer of an entry that is removed."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, OFFER))


def _issue_id(entry: ConfigEntry, kind: str) -> str:
    return f"{kind}_{entry.entry_id}"


def _core_uses_token(hass: HomeAssistant, token: str) -> bool:
    """Return whether Home Assistant's own integration has an enabled entry with the same token."""
    return any(
        entry.data.get(CONF_TOKEN) == token and entry.disabled_by is None
        for entry in hass.config_entries.async_entries(CORE_DOMAIN)
    )
