"""Diagnostics say much, and nothing about whose they are."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.diagnostics import (
    REDACTED,
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from simulator.scenarios import TOKEN
from tests.helpers import DATALOGGER, INVERTER, PLANT, STORAGE

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
    "Example Lane",
    "example.com",
    "Example Solar",
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
    assert found["gateway"]["calls"] == 12
    assert found["gateway"]["refusals"] == 0
    (plant,) = found["plants"]
    assert (plant["zone_text"], plant["place_known"]) == ("GMT+1", True)
    assert plant["freshness"] == plant["power_freshness"] == "FRESH"
    assert plant["device_types"] == [1, 2]
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


async def test_details_that_are_no_entity(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """plant/details and inv_data_info, without what says whose and where."""
    found = without_secrets(await async_get_config_entry_diagnostics(hass, loaded))
    plant = found["plants"][0]["details"]
    assert plant["timezone"] == "GMT+1"
    assert plant["arrays"] == [
        {"num_modules": 0, "module_md": "", "module_man": "Growatt"}
    ]
    assert plant["address1"] == plant["latitude"] == plant["name"] == REDACTED
    assert plant["address2"] == ""
    # Contacts are not even known.
    assert not any(key.endswith(("contact", "organization")) for key in plant)
    inverter = found["devices"][0]["details"]
    assert (inverter["fwVersion"], inverter["nominalPower"]) == ("GH1.0", 5000)
    assert inverter["tcpServerIp"] == inverter["alias"] == REDACTED
    storage = found["devices"][1]["details"]
    assert (storage["fwVersion"], storage["dataLogSn"]) == ("FA1.0", REDACTED)
