"""Devices whose type or plant changes in the lists, and serials that are listed twice."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.physics.device import DeviceKind
from simulator.router import Router
from tests.helpers import (
    DATALOGGER,
    INVERTER,
    PLANT,
    Pass,
    add_plants,
    alter_reply,
    get_state,
    logged_warnings,
    reload,
    set_up,
    value,
)

HOUR = 3600.0
# Both inverters and MAX have it.
BOTH = "sensor.south_roof_output_power"
PCS_TYPE = 8


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.levelno >= 40
    ] + [
        text for text in logged_warnings(caplog) if "nothing more is known" not in text
    ]


def live(hass: HomeAssistant, entity_id: str) -> bool:
    state = get_state(hass, entity_id)
    return state.state != "unavailable" and "restored" not in state.attributes


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_device_that_changes_its_type_and_back(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    device = cloud.plants[0].find_device(INVERTER)
    assert device is not None
    families = loaded.runtime_data.families
    for _ in range(2):
        device.kind = DeviceKind.MAX
        await let_pass(1.2 * HOUR)
        assert INVERTER not in families["inverter"].data
        assert INVERTER in families["max"].data
        assert float(value(hass, BOTH)) > 1000
        before = value(hass, BOTH)
        await let_pass(600)
        assert value(hass, BOTH) != before
        old = {
            state.entity_id
            for state in hass.states.async_all()
            if state.entity_id.partition(".")[2].startswith("south_roof")
            and "restored" in state.attributes
        }
        assert old
        for entity_id in old:
            assert value(hass, entity_id) == "unavailable"
        device.kind = DeviceKind.INVERTER
        await let_pass(1.2 * HOUR)
        assert float(value(hass, BOTH)) > 1000
        for entity_id in old:
            assert live(hass, entity_id), entity_id
    assert not errors(caplog)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_device_of_an_unknown_type_becomes_known_and_back(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patch:

        def unknown(data: dict[str, Any]) -> None:
            data["devices"][0]["type"] = PCS_TYPE

        alter_reply(patch, router, "device/list", unknown)
        await let_pass(1.2 * HOUR)
        assert value(hass, BOTH) == "unavailable"
        assert live(hass, "binary_sensor.south_roof_online")
        assert value(hass, "sensor.south_roof_device_type_number") == "8"
    await let_pass(1.2 * HOUR)
    assert float(value(hass, BOTH)) > 1000
    assert live(hass, "binary_sensor.south_roof_online")
    assert value(hass, "sensor.south_roof_device_type_number") == "unavailable"
    assert not errors(caplog)


async def test_device_that_becomes_a_datalogger_too_and_back(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_up(hass, entry)
    with monkeypatch.context() as patch:

        def also_device(data: dict[str, Any]) -> None:
            data["devices"][0]["device_sn"] = DATALOGGER

        alter_reply(patch, router, "device/list", also_device)
        await let_pass(1.2 * HOUR)
        assert DATALOGGER in entry.runtime_data.families["inverter"].data
        assert live(hass, "binary_sensor.shinewifi_x_0117_online")
    await let_pass(26 * HOUR, 300)
    assert live(hass, "binary_sensor.shinewifi_x_0117_online")
    assert live(hass, "sensor.shinewifi_x_0117_last_update")
    assert not errors(caplog)


def duplicate_first(rows: list[dict[str, Any]]) -> None:
    rows.insert(0, {**rows[0], "type": 4})


def duplicate_last(rows: list[dict[str, Any]]) -> None:
    rows.append({**rows[0], "type": 4})


async def test_serial_listed_with_two_types_keeps_one(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    changes: list[Callable[[list[dict[str, Any]]], None]] = [duplicate_last]

    def change(data: dict[str, Any]) -> None:
        changes[0](data["devices"])
        data["count"] = len(data["devices"])

    alter_reply(monkeypatch, router, "device/list", change)
    await set_up(hass, entry)
    for next_change in (duplicate_first, duplicate_last):
        assert INVERTER in entry.runtime_data.families["inverter"].data
        assert INVERTER not in entry.runtime_data.families["max"].data
        changes[0] = next_change
        await let_pass(1.2 * HOUR)
        assert float(value(hass, BOTH)) > 1000
    await reload(hass, entry)
    assert INVERTER in entry.runtime_data.families["inverter"].data
    assert not errors(caplog)


@pytest.mark.parametrize("other_type", [1, 4])
async def test_serial_in_two_plants_belongs_to_one_until_that_drops_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
    device_registry: dr.DeviceRegistry,
    other_type: int,
) -> None:
    add_plants(cloud, 9)
    hidden: list[str] = []
    logger_row: dict[str, Any] = {}

    def share_device(data: dict[str, Any]) -> None:
        rows = data["devices"]
        if rows[0]["device_sn"] == INVERTER:
            del rows[: len(hidden)]
        else:
            rows.append({**rows[0], "device_sn": INVERTER, "type": other_type})
        data["count"] = len(rows)

    def share_datalogger(data: dict[str, Any]) -> None:
        rows = data["dataloggers"]
        if rows[0]["sn"] == DATALOGGER:
            logger_row.update(rows[0])
            del rows[: len(hidden)]
        else:
            rows.append({**logger_row})
        data["count"] = len(rows)

    alter_reply(monkeypatch, router, "device/list", share_device)
    alter_reply(monkeypatch, router, "device/datalogger/list", share_datalogger)
    await set_up(hass, entry)

    def parent() -> str:
        device = device_registry.async_get_device_by_identifier(
            (DOMAIN, DATALOGGER), entry.entry_id
        )
        assert device is not None
        assert device.via_device_id is not None
        plant = device_registry.async_get(device.via_device_id)
        assert isinstance(plant, dr.DeviceEntry)
        ((_, identifier),) = plant.identifiers
        return identifier

    inventory = entry.runtime_data.inventory
    for _ in range(2):
        assert INVERTER in inventory.data[PLANT].devices
        assert INVERTER not in inventory.data["9"].devices
        assert parent() == f"plant_{PLANT}"
        await let_pass(3 * HOUR, 300)
        assert value(hass, BOTH) != "unavailable"
        await reload(hass, entry)
    hidden.append(INVERTER)
    await let_pass(27 * HOUR, 600)
    inventory = entry.runtime_data.inventory
    assert INVERTER not in inventory.data[PLANT].devices
    assert INVERTER in inventory.data["9"].devices
    assert parent() == "plant_9"
    assert live(hass, "binary_sensor.shinewifi_x_0117_online")
    if other_type == 1:
        assert live(hass, BOTH)
    assert not errors(caplog)
