"""Diagnostics of entries and devices, and what is redacted in them."""

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
from simulator.router import Router
from simulator.scenarios import TOKEN
from tests.helpers import DATALOGGER, INVERTER, PLANT, STORAGE, alter_reply, set_up

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


async def test_entry_diagnostics_describe_the_account_without_secrets(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
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
async def test_device_diagnostics_hold_no_secrets(
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


async def test_nested_details_are_redacted(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    """The cloud has put whole plants, users and devices where its pages show a number."""
    owner = {
        "email": "jane@example.com",
        "name": "South roof",
        "latitude": 48.2,
        "place": ["11.6", {"address": "1 Example Lane"}],
        "token": TOKEN,
        "status": {"serial": INVERTER, "model": [DATALOGGER, [STORAGE]]},
    }

    def nest(data: dict[str, Any]) -> None:
        data["dataloggers"] = [INVERTER, [DATALOGGER], owner, {"inverters": [owner]}]
        data["arrays"] = {PLANT: owner, "status": owner, "num_modules": 12}
        data["currency"] = [[owner], TOKEN]
        data["model"] = {"deviceType": owner, "power": 5}

    for path in ("plant/details", "device/inverter/inv_data_info"):
        alter_reply(monkeypatch, router, path, nest)

    def nest_rows(data: dict[str, Any]) -> None:
        row = {**data["devices"][0], "device_sn": "NEW1", "type": 42}
        data["devices"].append({**row, "manufacturer": owner, "status": [owner]})
        data["count"] = len(data["devices"])

    alter_reply(monkeypatch, router, "device/list", nest_rows)
    await set_up(hass, entry)
    found = without_secrets(await async_get_config_entry_diagnostics(hass, entry))
    plant = found["plants"][0]["details"]
    assert plant["arrays"]["num_modules"] == 12
    assert plant["dataloggers"][0] == plant["dataloggers"][1] == REDACTED
    assert found["devices"][0]["details"]["model"]["power"] == 5
    assert found["unknown_devices"][0]["row"]["type"] == 42


async def test_details_are_in_diagnostics_and_redacted(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """Details of plant/details and inv_data_info that no entity shows, without owner and location."""
    found = without_secrets(await async_get_config_entry_diagnostics(hass, loaded))
    plant = found["plants"][0]["details"]
    assert plant["timezone"] == "GMT+1"
    assert plant["arrays"] == [
        {"num_modules": 0, "module_md": "", "module_man": "Growatt"}
    ]
    assert plant["address1"] == plant["latitude"] == plant["name"] == REDACTED
    assert plant["address2"] == ""
    # Contacts are not kept at all.
    assert not any(key.endswith(("contact", "organization")) for key in plant)
    inverter = found["devices"][0]["details"]
    assert (inverter["fwVersion"], inverter["nominalPower"]) == ("GH1.0", 5000)
    assert inverter["tcpServerIp"] == inverter["alias"] == REDACTED
    storage = found["devices"][1]["details"]
    assert (storage["fwVersion"], storage["dataLogSn"]) == ("FA1.0", REDACTED)
