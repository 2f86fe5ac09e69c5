"""Totals that change for good: counting continues, and a repair issue says so."""

from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.router import Router
from tests.helpers import INVERTER, PLANT, Pass, alter_reply, value

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

ROOF_TOTAL = "sensor.south_roof_energy_total"
PLANT_TOTAL = "sensor.sunny_cottage_energy_total"


async def test_a_replaced_device_is_counted_on_and_reported(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    issue_registry: ir.IssueRegistry,
) -> None:
    before = float(value(hass, ROOF_TOTAL)), float(value(hass, PLANT_TOTAL))

    def replace_inverter(data: Any) -> None:
        for part in data.values() if isinstance(data, dict) else ():
            replace_inverter(part)
        if isinstance(data, dict) and "powerTotal" in data:
            data["powerTotal"] = float(data["powerTotal"]) - 8000

    def replace_in_plant(data: dict[str, Any]) -> None:
        data["total_energy"] = str(float(data["total_energy"]) - 8000)

    for path in ("device/inverter/last_new_data", "device/inverter/invs_data"):
        alter_reply(monkeypatch, router, path, replace_inverter)
    alter_reply(monkeypatch, router, "plant/data", replace_in_plant)
    await let_pass(26 * 3600, step=300)
    for entity_id, former in zip((ROOF_TOTAL, PLANT_TOTAL), before, strict=True):
        # A June day of a 5 kWp plant.
        assert former + 5 < float(value(hass, entity_id)) < former + 45

    issues = {
        key: issue.translation_placeholders
        for (domain, key), issue in issue_registry.issues.items()
        if domain == DOMAIN
    }
    assert set(issues) == {
        f"total_replaced_{INVERTER}",
        f"total_replaced_plant_{PLANT}",
    }
    shown = issues[f"total_replaced_{INVERTER}"]
    assert shown is not None
    assert shown["name"] == "South roof"
    assert float(shown["before"]) - float(shown["after"]) == pytest.approx(8000, abs=5)

    assert await async_setup_component(hass, REPAIRS, {})
    flows = hass.data[REPAIRS]["flow_manager"]
    for issue in issues:
        form = await flows.async_init(DOMAIN, context={"issue_id": issue})
        assert form["step_id"] == "confirm"
        done = await flows.async_configure(form["flow_id"], {})
        assert done["type"] is FlowResultType.CREATE_ENTRY
    assert not [key for key in issue_registry.issues if key[0] == DOMAIN]
