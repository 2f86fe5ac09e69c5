"""Diagnostics say much, and nothing about whose they are."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from simulator.scenarios import TOKEN
from tests.components.conftest import DATALOGGER, INVERTER, PLANT, STORAGE

SECRETS = (
    TOKEN,
    DATALOGGER,
    INVERTER,
    STORAGE,
    PLANT,
    "Sunny",
    "South roof",
    "48.2",
    "11.6",
    "Munich",
    "127.0.0.1",
)


def without_secrets(found: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(found)
    for secret in SECRETS:
        assert secret not in text
    return found


async def test_of_an_account(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    found = without_secrets(await async_get_config_entry_diagnostics(hass, loaded))
    assert found["entry"] == {
        "region": "custom",
        "plants_chosen": None,
        "controls": True,
        "interval": None,
        "detail": "standard",
    }
    assert found["gateway"]["calls"] == 10
    assert found["gateway"]["refusals"] == 0
    (plant,) = found["plants"]
    assert (plant["zone_text"], plant["place_known"]) == ("GMT+1", True)
    assert plant["freshness"] == plant["power_freshness"] == "FRESH"
    assert plant["device_types"] == [1, 2, 3]
    inverter, storage = found["devices"]
    assert (inverter["family"], storage["family"]) == ("inverter", "storage")
    assert inverter["values"]["output_power"] > 1000
    assert inverter["newest"] == "2026-06-20T12:01:37"


@pytest.mark.parametrize(
    ("identifier", "key", "expected"),
    [
        (INVERTER, "family", "inverter"),
        (STORAGE, "family", "storage"),
        (f"plant_{PLANT}", "zone_text", "GMT+1"),
        (DATALOGGER, "model", "ShineWiFi-X"),
    ],
)
async def test_of_a_device(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    identifier: str,
    key: str,
    expected: str,
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), loaded.entry_id
    )
    assert device is not None
    found = without_secrets(await async_get_device_diagnostics(hass, loaded, device))
    assert found[key] == expected
