"""Diagnostics of entries and devices, and what is redacted in them."""

from collections.abc import Iterable
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
from custom_components.growatt_openapi.diagnostics.redaction import (
    REDACTED,
    select_numbers,
)
from custom_components.growatt_openapi.families import FAMILIES, Family
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios import TOKEN
from simulator.scenarios.newer import min_home
from tests.helpers import (
    DATALOGGER,
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    VirtualClock,
    act,
    add_plants,
    alter_reply,
    calls,
    set_up,
)

NAMES = (
    TOKEN,
    DATALOGGER,
    INVERTER,
    STORAGE,
    PLANT,
    "Sunny",
    "South roof",
    "Munich",
    "Example Lane",
    "example.com",
    "Example Solar",
    "127.0.0.1",
)
# Latitude and longitude, which can also be values of counters.
SECRETS = (*NAMES, "48.2", "11.6")


def without_secrets(
    found: dict[str, Any], secrets: Iterable[str] = SECRETS
) -> dict[str, Any]:
    text = json.dumps(found)
    for secret in secrets:
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
        "writes": None,
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


def add_fields(
    monkeypatch: pytest.MonkeyPatch, router: Router, path: str, *keys: str
) -> None:
    """Let an endpoint send fields that no table knows: numbers, and the owner's data as numbers and as text."""
    unknown = {
        "brandNewPower": 12.5,
        "brandNewText": "-0.25",
        "hasBrandNewPart": True,
        "installerName": "Example Solar",
        "contactMail": "jane@example.com",
        "ownerPhone": "0171555123",
        "phoneNum": 4989123,
        "bmsSn": 4711,
        "meterBarcode": "0012345678",
        "lastSerial": 9007199254740991,
        "unitNo": 9007199254740991,
        "lat": 48.2,
        "plantLng": "11.6",
        "nothing": "",
        "nested": {"email": "jane@example.com"},
        INVERTER: 5,
    }

    def add(data: dict[str, Any]) -> None:
        for key in keys:
            data = data[key]
        data.update(unknown)

    alter_reply(monkeypatch, router, path, add)


async def test_reading_is_there_with_the_vendors_numbers_and_without_private_fields(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    clock: VirtualClock,
    cloud: Cloud,
) -> None:
    add_fields(monkeypatch, router, "device/inverter/last_new_data")
    add_fields(monkeypatch, router, "device/inverter/invs_data", INVERTER, INVERTER)
    await set_up(hass, entry)
    clock.advance(60)
    before = len(cloud.journal)
    found = without_secrets(
        await async_get_config_entry_diagnostics(hass, entry), NAMES
    )
    assert len(cloud.journal) == before, "diagnostics have made a call"
    inverter, storage = found["devices"]
    reading = inverter["reading"]
    assert reading["age"] >= 60
    assert reading["fields"]["pac"] == pytest.approx(inverter["values"]["output_power"])
    unknown = reading["unknown_fields"]
    assert {
        key: value
        for key, value in unknown.items()
        if key.startswith(("brand", "has", REDACTED))
    } == {
        "brandNewPower": 12.5,
        "brandNewText": "-0.25",
        "hasBrandNewPart": True,
        REDACTED: REDACTED,
    }
    for key in (
        *("installerName", "contactMail", "ownerPhone", "phoneNum", "bmsSn"),
        *("meterBarcode", "lastSerial", "unitNo", "lat", "plantLng"),
    ):
        assert unknown[key] == REDACTED
    assert not {"nothing", "nested", "pac"} & unknown.keys()
    # Computed values count as known too.
    assert not {"pCharge", "pDischarge2"} & storage["reading"]["unknown_fields"].keys()
    # An inverter of type 1 has no settings endpoint.
    assert inverter["settings"] is None


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_no_field_of_a_table_is_redacted(family: Family) -> None:
    keys = {key for reading in family.readings for key in reading.source}
    keys |= {key for setting in family.settings for key in setting.field_keys}
    numbers = select_numbers(dict.fromkeys(keys, "1.5"))
    assert numbers == dict.fromkeys(keys, "1.5")


@pytest.mark.parametrize("make_plants", [min_home], ids=["min"])
async def test_settings_are_there_with_source_and_age(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    add_fields(monkeypatch, router, "device/tlx/tlx_set_info")
    await let_pass(1200)
    found = without_secrets(
        await async_get_config_entry_diagnostics(hass, loaded),
        NAMES,
    )
    (device,) = (one for one in found["devices"] if one["family"] == "min")
    level = device["controls"]["charge_stop_level"]
    assert level["source"] == "device"
    assert 0 <= level["age"] <= 1200
    assert device["controls"]["time_segment_1"]["value"].keys() >= {"mode", "start_1"}
    settings = device["settings"]
    assert float(settings["fields"]["wchargeSOCLowLimit"]) == level["value"]
    assert settings["unknown_fields"]["brandNewPower"] == 12.5
    assert settings["unknown_fields"]["ownerPhone"] == REDACTED
    assert "wchargeSOCLowLimit" not in settings["unknown_fields"]


async def test_written_setting_is_there_as_accepted(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    # It cannot be read back.
    cloud.faults.append(Fault(FaultKind.CODE, "readInverterParam", code=10011))
    await act(hass, "number.south_roof_output_power_limit", "set_value", value=60)
    await let_pass(90)
    found = await async_get_config_entry_diagnostics(hass, loaded)
    controls = found["devices"][0]["controls"]
    assert controls["active_power_rate"]["value"] == 60
    assert controls["active_power_rate"]["source"] == "accepted_write"
    assert controls["active_power_rate"]["age"] >= 90
    assert controls["reactive_power_rate"] is None


async def test_readings_of_a_batch_are_there(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    add_plants(cloud, *range(1, 12))
    await set_up(hass, entry)
    await let_pass(900)
    assert calls(cloud, "device/inverter/invs_data")
    found = await async_get_config_entry_diagnostics(hass, entry)
    inverters = [one for one in found["devices"] if one["family"] == "inverter"]
    assert len(inverters) == 12
    for inverter in inverters:
        assert inverter["reading"]["fields"]["pac"] == pytest.approx(
            inverter["values"]["output_power"]
        )


async def test_calls_are_counted_by_endpoint_and_the_last_failed_ones_are_there(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    first = await async_get_config_entry_diagnostics(hass, loaded)
    endpoints = first["gateway"]["endpoints"]
    assert endpoints["plant/list"] == {
        "successes": 1,
        "refusals": 0,
        "failures": 0,
        "errors": 0,
    }
    assert sum(sum(counts.values()) for counts in endpoints.values()) == 12
    path = "device/inverter/last_new_data"
    for fault in (
        Fault(FaultKind.REFUSE, path, count=1),
        Fault(FaultKind.CODE, path, count=1, code=10002),
        Fault(FaultKind.ERROR_500, path, count=1),
        Fault(FaultKind.DATA, path, count=1, message="{}"),
    ):
        cloud.faults.append(fault)
        while not fault.is_over(0):
            await let_pass(300)
    found = without_secrets(
        await async_get_config_entry_diagnostics(hass, loaded), NAMES
    )
    gateway = found["gateway"]
    counts = gateway["endpoints"][path]
    assert (counts["refusals"], counts["failures"], counts["errors"]) == (1, 2, 1)
    assert [
        (call["path"], call["error"], call["code"]) for call in gateway["last_refusals"]
    ] == [(path, "RefusedError", 10012)]
    assert [
        (call["error"], call["cause"], call["code"])
        for call in gateway["last_failures"]
    ] == [
        ("RequestError", None, 10002),
        ("CloudDownError", "http_error", None),
        ("CloudDownError", "incomplete", None),
    ]
    # All of them are over after a day.
    await let_pass(26 * 3600, 1800)
    found = await async_get_config_entry_diagnostics(hass, loaded)
    counts = found["gateway"]["endpoints"][path]
    assert (counts["refusals"], counts["failures"], counts["errors"]) == (0, 0, 0)


async def test_learned_limits_are_there(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    gateway = loaded.runtime_data.client.gateway
    now = gateway.clock.monotonic()
    endpoint = loaded.runtime_data.families["min"].api.endpoints.history
    for _ in range(2):
        gateway.learned_limits.record_refusal(endpoint, 60, now)
    found = await async_get_config_entry_diagnostics(hass, loaded)
    assert found["gateway"]["learned_limits"] == {
        endpoint.path: {"interval": 292.5, "tried_again_in": 24 * 3600}
    }
