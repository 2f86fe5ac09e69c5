"""Sensors of parts that a storage may have: disabled while unused, enabled once they show something."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.router import Router
from tests.helpers import (
    STORAGE,
    Pass,
    VirtualClock,
    alter_reply,
    refused,
    set_up,
    value,
)

POWER = "sensor.storage_1054_solar_power"


@pytest.fixture(name="panels")
def panels_fixture(router: Router, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the storage says of its panels; a test may change it."""
    panels: dict[str, Any] = {"ppv": 0, "ppv2": 0, "epvToday": 0, "epvTotal": 0}
    path = "device/storage/storage_last_data"
    alter_reply(monkeypatch, router, path, lambda data: data.update(panels))
    return panels


def disabled_by(hass: HomeAssistant, key: str) -> er.RegistryEntryDisabler | None:
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id(
        "sensor", "growatt_openapi", f"{STORAGE}_{key}"
    )
    assert entity_id is not None
    entity = registry.async_get(entity_id)
    assert entity is not None
    return entity.disabled_by


async def test_set_up_at_night_ends_as_set_up_at_noon(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    let_pass: Pass,
    panels: dict[str, Any],
) -> None:
    clock.advance(12.5 * 3600)
    await set_up(hass, entry)
    assert disabled_by(hass, "pv_power") is er.RegistryEntryDisabler.INTEGRATION
    registry = er.async_get(hass)
    await let_pass(6 * 3600, 300)
    panels |= {"ppv": 812.5, "epvToday": 0.3, "epvTotal": 1220.4}
    before = len(cloud.journal)
    await let_pass(1800)
    assert float(value(hass, POWER)) == 812.5
    # The reload has repeated no request.
    assert not refused(cloud)
    assert len(cloud.journal) - before < 40
    # What the user disables afterwards stays disabled.
    registry.async_update_entity(POWER, disabled_by=er.RegistryEntryDisabler.USER)
    panels["ppv"] = 900.0
    await let_pass(1800)
    assert disabled_by(hass, "pv_power") is er.RegistryEntryDisabler.USER


async def test_first_reply_of_garbage_leaves_nothing_disabled(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    panels: dict[str, Any],
) -> None:
    panels |= {"ppv": "☀", "ppv2": None, "epvToday": [], "epvTotal": "NaN"}
    await set_up(hass, entry)
    assert disabled_by(hass, "pv_power") is er.RegistryEntryDisabler.INTEGRATION
    panels |= {"ppv": "812.5", "ppv2": 0, "epvToday": 0.3, "epvTotal": 1220.4}
    await let_pass(1200)
    assert float(value(hass, POWER)) == 812.5


async def test_nothing_is_enabled_where_the_user_enables_new_entities(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    panels: dict[str, Any],
) -> None:
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, pref_disable_new_entities=True)
    await set_up(hass, entry)
    panels["ppv"] = 812.5
    await let_pass(1800)
    assert disabled_by(hass, "pv_power") is er.RegistryEntryDisabler.INTEGRATION
