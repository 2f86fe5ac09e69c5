"""The 18 settings that the vendor documents: what is written for each, and what is rejected."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.families.inverter import INVERTER
from custom_components.growatt_openapi.families.storage import STORAGE
from simulator.cloud import Cloud
from simulator.router import Router
from tests.helpers import VirtualClock, act, alter_reply, sent, set_up

RATE = "number.south_roof_output_power_limit"
LIMIT = "number.storage_1054_ac_charge_stop_level"


# Entity, action, its data, and the documented parameter with its values.
ENTITIES: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
    # inverterSet, protocol of 2016, 4.3.7
    ("switch.south_roof_inverter_output", "turn_off", {}, ("pv_on_off", "0000", "")),
    ("switch.south_roof_inverter_output", "turn_on", {}, ("pv_on_off", "0101", "")),
    (
        "switch.south_roof_power_factor_memory",
        "turn_on",
        {},
        ("pv_pf_cmd_memory_state", "1", ""),
    ),
    (RATE, "set_value", {"value": 60}, ("pv_active_p_rate", "60", "")),
    (
        "number.south_roof_reactive_power_setpoint",
        "set_value",
        {"value": -30},
        ("pv_reactive_p_rate", "30", "under"),
    ),
    (
        "number.south_roof_reactive_power_setpoint",
        "set_value",
        {"value": 45},
        ("pv_reactive_p_rate", "45", "over"),
    ),
    (
        "number.south_roof_power_factor_setpoint",
        "set_value",
        {"value": -0.95},
        ("pv_power_factor", "-0.95", ""),
    ),
    (
        "number.south_roof_grid_voltage_upper_limit",
        "set_value",
        {"value": 240.7},
        ("pv_grid_voltage_high", "240.7", ""),
    ),
    (
        "button.south_roof_synchronise_clock",
        "press",
        {},
        # The plant's wall clock, GMT+1.
        ("pf_sys_year", "2026-06-20 12:03:40", ""),
    ),
    # storageSet, 4.3.12
    (
        "switch.storage_1054_inverter_output",
        "turn_off",
        {},
        ("storage_cmd_on_off", "0000", "", "", ""),
    ),
    (
        "select.storage_1054_mode",
        "select_option",
        {"option": "free"},
        ("storage_cmd_mode", "1", "", "", ""),
    ),
    (
        "switch.storage_1054_forced_discharge",
        "turn_on",
        {},
        ("storage_cmd_forced_discharge_enable", "0", "", "", ""),
    ),
    (
        "number.storage_1054_discharge_stop_level",
        "set_value",
        {"value": 7},
        ("storage_lithium_battery", "7", "", "", ""),
    ),
    (
        "button.storage_1054_synchronise_clock",
        "press",
        {},
        ("storage_cmd_sys_year", "2026-06-20 12:03", "", "", ""),
    ),
    (
        "switch.storage_1054_ac_charge",
        "turn_on",
        {},
        ("storage_ac_charge_enable_disable", "1", "", "", ""),
    ),
    (
        LIMIT,
        "set_value",
        {"value": 65},
        ("storage_ac_charge_soc_limit", "65", "", "", ""),
    ),
]


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize(
    ("entity_id", "action", "data", "expected"),
    ENTITIES,
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_entities_write_the_vendors_parameters(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    clock: VirtualClock,
    entity_id: str,
    action: str,
    data: dict[str, Any],
    expected: tuple[str, ...],
) -> None:
    clock.advance((60 - clock.now().second) + 40)
    await act(hass, entity_id, action, **data)
    assert sent(cloud) == [expected]
    # The simulated cloud, which has its own checks of parameters, accepts it.
    assert cloud.journal[-1].code == "0"


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_every_documented_setting_is_covered(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """inverterSet has 8 parameters and storageSet 10."""
    assert len(INVERTER.settings) == 8
    assert len(STORAGE.settings) == 10
    parameters = {
        setting.parameter for setting in (*INVERTER.settings, *STORAGE.settings)
    }
    by_entity = {expected[0] for _, _, _, expected in ENTITIES}
    # Windows and settings that only actions write are tested elsewhere.
    assert parameters - by_entity == {
        "set_any_reg",
        "storage_fdt_open_voltage",
        "storage_cmd_forced_discharge_time1",
        "storage_ac_charge_hour_start",
    }


async def test_dangerous_settings_are_disabled_by_default(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    for entity_id in (
        "switch.south_roof_inverter_output",
        "number.south_roof_grid_voltage_upper_limit",
        "switch.storage_1054_inverter_output",
    ):
        entity = entity_registry.async_get(entity_id)
        assert entity is not None
        assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION


@pytest.mark.parametrize(
    ("entity_id", "number", "key"),
    [
        ("number.south_roof_power_factor_setpoint", 0.5, "in_gap"),
        ("number.south_roof_power_factor_setpoint", -0.79, "in_gap"),
        ("number.south_roof_power_factor_setpoint", 0.905, "not_in_range"),
        ("number.south_roof_reactive_power_setpoint", 0.5, "not_in_range"),
        ("number.storage_1054_discharge_stop_level", 3.5, "not_in_range"),
    ],
)
async def test_invalid_numbers_are_rejected(
    hass: HomeAssistant,
    entity_registry_enabled_by_default: None,
    loaded: MockConfigEntry,
    cloud: Cloud,
    entity_id: str,
    number: float,
    key: str,
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, entity_id, "set_value", value=number)
    assert error.value.translation_key == key
    assert sent(cloud) == []


async def test_clock_is_not_set_without_a_known_time_zone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    for path in ("plant/details", "plant/data"):
        alter_reply(monkeypatch, router, path, lambda data: data.update(timezone=""))
    await set_up(hass, entry)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "button.south_roof_synchronise_clock", "press")
    assert error.value.translation_key == "zone_not_known"
    assert sent(cloud) == []
