"""Endpoints that give nothing of use while all others work: readings and lists go on, and the broken one is asked ever less often."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.coordinator.inventory import (
    InventoryCoordinator,
)
from simulator.cloud import Cloud
from simulator.envelope import Parameters
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios.newer import commercial
from tests.helpers import (
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    add_plants,
    calls,
    logged_warnings,
    reload,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

HOUR = 3600.0
INFO = "device/inverter/inv_data_info"
STORAGE_INFO = "device/storage/storage_data_info"

# What the cloud gives: a fault, or the data of a reply.
BREAKAGES = [FaultKind.ERROR_500, FaultKind.HTML, FaultKind.OLD_HOST, "", [1]]

type Break = Callable[..., None]


@pytest.fixture(name="break_endpoint")
def break_endpoint_fixture(
    cloud: Cloud, router: Router, monkeypatch: pytest.MonkeyPatch
) -> Break:
    """A function that breaks an endpoint, of one plant, device or datalogger if it is named."""

    def break_endpoint(path: str, how: Any, only: str | None = None) -> None:
        if isinstance(how, FaultKind):
            cloud.faults.append(Fault(how, path=path))
            return
        route = router.routes[path]

        def handler(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
            reply = route.handler(cloud, parameters)
            if only is None or only in parameters.values():
                reply["data"] = how
            return reply

        monkeypatch.setitem(router.routes, path, replace(route, handler=handler))

    return break_endpoint


@pytest.fixture(name="rounds")
def rounds_fixture(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """A list that grows by one with each round of the inventory coordinator."""
    rounds: list[None] = []
    read = InventoryCoordinator._read_due

    async def counted(self: InventoryCoordinator) -> None:
        rounds.append(None)
        await read(self)

    monkeypatch.setattr(InventoryCoordinator, "_read_due", counted)
    return rounds


def firmware(hass: HomeAssistant, entry: MockConfigEntry, serial: str) -> str | None:
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, serial), entry.entry_id)
    assert device is not None
    return device.sw_version


@pytest.mark.parametrize("how", BREAKAGES)
async def test_broken_plant_details_hold_up_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    rounds: list[None],
    break_endpoint: Break,
    caplog: pytest.LogCaptureFixture,
    how: Any,
) -> None:
    break_endpoint("plant/details", how)
    await set_up(hass, entry)
    await let_pass(2 * HOUR, 300)
    assert float(value(hass, "sensor.south_roof_output_power")) > 1000
    assert float(value(hass, "sensor.sunny_cottage_energy_today")) > 0
    assert firmware(hass, entry, INVERTER) == "GH1.0"
    # After 5, 10, 20, 40 and 80 minutes.
    assert calls(cloud, "plant/details") <= 6
    assert len(rounds) < 20
    assert not [text for text in logged_warnings(caplog) if "not answer" not in text]
    # Also after a restart with the broken reply stored.
    await reload(hass, entry)
    await let_pass(300, 30)
    assert float(value(hass, "sensor.south_roof_output_power")) > 1000


@pytest.mark.parametrize("how", BREAKAGES)
async def test_broken_details_of_a_device_hold_up_no_others(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    rounds: list[None],
    break_endpoint: Break,
    how: Any,
) -> None:
    break_endpoint(INFO, how)
    await set_up(hass, entry)
    await let_pass(HOUR)
    assert len(rounds) < 15
    assert 3 <= calls(cloud, INFO) <= 5
    assert firmware(hass, entry, STORAGE) == "FA1.0"
    assert value(hass, "sensor.storage_1054_battery_power") != "unavailable"
    await let_pass(23 * HOUR, 300)
    assert calls(cloud, INFO) <= 10


async def test_broken_details_recover(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    for path in ("plant/details", INFO):
        cloud.faults.append(Fault(FaultKind.ERROR_500, path=path, count=3))
    await set_up(hass, entry)
    await let_pass(HOUR)
    assert firmware(hass, entry, INVERTER) == "GH1.0"
    assert entry.runtime_data.inventory.data[PLANT].details is not None


@pytest.mark.parametrize("path", ["device/list", "device/datalogger/list"])
@pytest.mark.parametrize("how", ["", {}])
async def test_broken_list_of_a_plant_holds_up_no_other_plant(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    rounds: list[None],
    break_endpoint: Break,
    path: str,
    how: Any,
) -> None:
    add_plants(cloud, 9)
    break_endpoint(path, how, PLANT)
    await set_up(hass, entry)
    await let_pass(HOUR)
    assert value(hass, "sensor.storage_sto9_grid_power") != "unavailable"
    inventory = entry.runtime_data.inventory
    assert set(inventory.data["9"].devices) >= {"INV9", "STO9"}
    assert "LOG9" in inventory.data["9"].dataloggers
    asked = [
        call
        for call in cloud.journal
        if call.path == path and call.parameters["plant_id"] == PLANT
    ]
    assert 3 <= len(asked) <= 6
    assert len(rounds) < 20
    await let_pass(6 * HOUR, 300)
    assert len(rounds) < 70


@pytest.mark.parametrize("make_plants", [commercial])
@pytest.mark.parametrize("how", [FaultKind.ERROR_500, ""])
async def test_broken_meter_lists_hold_up_no_devices(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    break_endpoint: Break,
    how: Any,
) -> None:
    break_endpoint("device/ammeter/meter_list", how)
    await set_up(hass, entry)
    await let_pass(2 * HOUR, 300)
    (info,) = entry.runtime_data.inventory.data.values()
    assert info.listed_at is not None
    assert info.dataloggers
    assert any(device.kind == "sensor" for device in info.devices.values())
    assert 1 <= calls(cloud, "device/ammeter/meter_list") <= 6


async def test_broken_plant_list_holds_up_no_device_lists(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.OLD_HOST, path="plant/list"))
    before = calls(cloud, "device/list")
    await let_pass(13 * HOUR, 300)
    assert calls(cloud, "device/list") - before > 6
    assert calls(cloud, "plant/list") < 6
    assert loaded.runtime_data.inventory.last_update_success
