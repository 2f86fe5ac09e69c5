"""What each registered device is behind, whatever the lists say of dataloggers."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.router import Router
from tests.helpers import (
    DATALOGGER,
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    alter_reply,
    logged_warnings,
    reload,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

type Rows = list[dict[str, Any]]


def own_datalogger(rows: Rows) -> None:
    rows[0]["datalogger_sn"] = INVERTER


def behind_another_device(rows: Rows) -> None:
    rows[0]["datalogger_sn"] = INVERTER
    rows[1]["datalogger_sn"] = INVERTER


def behind_each_other(rows: Rows) -> None:
    rows[0]["datalogger_sn"] = STORAGE
    rows[1]["datalogger_sn"] = INVERTER


def behind_unlisted_datalogger(rows: Rows) -> None:
    rows[0]["datalogger_sn"] = "NOWHERE"
    rows[1]["datalogger_sn"] = ""


PLANT_DEVICE = f"plant_{PLANT}"


@pytest.mark.parametrize("is_listed_as_datalogger", [False, True])
@pytest.mark.parametrize(
    ("change", "inverter_parent", "storage_parent"),
    [
        (own_datalogger, PLANT_DEVICE, DATALOGGER),
        (behind_another_device, PLANT_DEVICE, INVERTER),
        (behind_each_other, PLANT_DEVICE, PLANT_DEVICE),
        (behind_unlisted_datalogger, PLANT_DEVICE, PLANT_DEVICE),
    ],
)
async def test_devices_with_odd_dataloggers_are_read(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[Rows], None],
    inverter_parent: str,
    storage_parent: str,
    is_listed_as_datalogger: bool,
) -> None:
    def more_dataloggers(data: dict[str, Any]) -> None:
        if is_listed_as_datalogger:
            (row,) = data["dataloggers"]
            data["dataloggers"] = [row, {**row, "sn": INVERTER}, {**row, "sn": STORAGE}]
            data["count"] = 3

    alter_reply(
        monkeypatch, router, "device/list", lambda data: change(data["devices"])
    )
    alter_reply(monkeypatch, router, "device/datalogger/list", more_dataloggers)
    await set_up(hass, entry)
    await let_pass(2 * 3600, 300)
    for _ in range(2):
        assert entry.state is ConfigEntryState.LOADED
        assert parent(hass, entry, INVERTER) == inverter_parent
        assert parent(hass, entry, STORAGE) == storage_parent
        assert parent(hass, entry, DATALOGGER) == PLANT_DEVICE
        assert float(value(hass, "sensor.south_roof_output_power")) > 1000
        assert value(hass, "sensor.storage_1054_grid_power") != "unavailable"
        assert value(hass, "binary_sensor.south_roof_online") == "on"
        await reload(hass, entry)
    assert not logged_warnings(caplog)
    assert not [
        record for record in caplog.records if "unique IDs" in record.getMessage()
    ]


def parent(hass: HomeAssistant, entry: MockConfigEntry, serial: str) -> str:
    """Return the identifier of what a device is behind."""
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, serial), entry.entry_id)
    assert device is not None
    assert device.via_device_id is not None
    found = registry.async_get(device.via_device_id)
    assert isinstance(found, dr.DeviceEntry)
    ((_, identifier),) = found.identifiers
    return identifier
