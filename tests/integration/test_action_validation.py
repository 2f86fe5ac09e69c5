"""Calls of actions that raise a validation error before any request is made."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import DeviceSelector
from homeassistant.util.yaml import load_yaml
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.growatt_openapi import const
from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.services import ACTIONS
from simulator.cloud import Cloud
from simulator.scenarios import home
from simulator.scenarios.newer import commercial
from tests.helpers import DATALOGGER, INVERTER, PLANT, STORAGE, act, sent, set_up

COMPONENT = Path(const.__file__).parent
PERIOD = {"start_date": "2026-06-19", "end_date": "2026-06-20"}
PLANT_ID = f"plant_{PLANT}"


@pytest.mark.parametrize(
    ("action", "device", "data", "key"),
    [
        ("set_active_power", STORAGE, {"rate": 60}, "wrong_family"),
        ("set_active_power", PLANT_ID, {"rate": 60}, "not_a_device"),
        ("set_active_power", INVERTER, {"rate": 101}, "not_in_range"),
        ("set_active_power", INVERTER, {"rate": 50.25}, "not_in_range"),
        ("set_reactive_power", INVERTER, {"rate": -101}, "not_in_range"),
        (
            "set_charge_window",
            INVERTER,
            {"start": "02:00", "end": "03:00"},
            "wrong_family",
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "03:00", "end": "03:00"},
            "window_empty",
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "22:00", "end": "06:00"},
            "window_over_midnight",
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "24:00", "end": "06:00"},
            "not_a_time",
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "11:187", "end": "24:00"},
            "not_a_time",
        ),
        (
            "set_forced_discharge_window",
            STORAGE,
            {"start": "02:00:30", "end": "03:00"},
            "whole_minutes",
        ),
        (
            "set_string_voltage",
            STORAGE,
            {"open_circuit_voltage": 299, "mpp_fraction": 0.8},
            "not_in_range",
        ),
        (
            "set_string_voltage",
            STORAGE,
            {"open_circuit_voltage": 400, "mpp_fraction": 0.95},
            "not_in_range",
        ),
        ("set_register", INVERTER, {"register": 77, "value": 1}, "unknown_register"),
        ("set_register", INVERTER, {"register": 3.5, "value": 1}, "no_register"),
        ("set_register", INVERTER, {"register": -1, "value": 1}, "no_register"),
        ("set_register", INVERTER, {"register": 0, "value": 1}, "not_one_of"),
        ("set_register", INVERTER, {"register": 20, "value": 2537}, "not_in_range"),
        ("set_register", INVERTER, {"register": 21, "value": 50.155}, "not_in_range"),
        (
            "set_register",
            INVERTER,
            {"register": 77, "value": 70_000, "allow_unknown_register": True},
            "not_in_range",
        ),
        ("set_register", STORAGE, {"register": 3, "value": 1}, "wrong_family"),
        ("charge_now", INVERTER, {"minutes": 10}, "wrong_family"),
        ("charge_now", STORAGE, {"minutes": 0}, "no_minutes"),
        ("discharge_now", STORAGE, {"minutes": 10.5}, "no_minutes"),
        ("discharge_now", STORAGE, {"minutes": 719}, "run_over_midnight"),
        ("get_power_curve", INVERTER, {}, "not_a_plant"),
        ("get_power_curve", PLANT_ID, {"date": "2026-06-21"}, "in_the_future"),
        ("get_energy_history", DATALOGGER, PERIOD, "not_a_plant"),
        (
            "get_energy_history",
            PLANT_ID,
            {"start_date": "2026-06-20", "end_date": "2026-06-19"},
            "reversed",
        ),
        (
            "get_energy_history",
            PLANT_ID,
            {"start_date": "2026-06-13", "end_date": "2026-06-20"},
            "too_many_days",
        ),
        (
            "get_energy_history",
            PLANT_ID,
            {"start_date": "2026-06-19", "end_date": "2026-06-21"},
            "in_the_future",
        ),
        (
            "get_energy_history",
            PLANT_ID,
            {
                "start_date": "2024-06-19",
                "end_date": "2026-06-20",
                "time_unit": "month",
            },
            "too_many_months",
        ),
        (
            "get_energy_history",
            PLANT_ID,
            {"start_date": "2006-06-19", "end_date": "2026-06-20", "time_unit": "year"},
            "too_many_years",
        ),
        ("get_device_history", PLANT_ID, PERIOD, "not_a_device"),
        (
            "get_device_history",
            STORAGE,
            {"start_date": "2026-06-01", "end_date": "2026-06-20"},
            "too_many_days",
        ),
        ("get_alarms", DATALOGGER, {}, "not_a_device"),
        ("get_alarms", STORAGE, {"date": "2027-01-01"}, "in_the_future"),
        ("check_user_name", None, {"user_name": " "}, "field_empty"),
        (
            "register_user",
            None,
            {"user_name": "a", "password": "b", "email": "c", "country": "d"},
            "no_email",
        ),
        (
            "register_user",
            None,
            {"user_name": "a", "password": "", "email": "c@d", "country": "d"},
            "field_empty",
        ),
        ("modify_user", None, {"user_id": "31", "phone": ""}, "field_empty"),
        ("list_user_plants", None, {"user_name": ""}, "field_empty"),
        (
            "add_plant",
            None,
            {"user_id": "31", "name": " ", "peak_power": 5},
            "field_empty",
        ),
        (
            "modify_plant",
            None,
            {"plant_id": "", "user_id": "31", "name": "x"},
            "field_empty",
        ),
        (
            "validate_datalogger",
            None,
            {"serial": "", "check_code": "1"},
            "field_empty",
        ),
        (
            "add_datalogger",
            None,
            {"plant_id": "1", "serial": "XGD9Z00042", "user_id": " "},
            "field_empty",
        ),
        ("delete_plant", None, {"plant_id": PLANT, "name": ""}, "field_empty"),
    ],
)
async def test_invalid_action_data_raises_before_any_request(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    action: str,
    device: str | None,
    data: dict[str, Any],
    key: str,
) -> None:
    requests = len(cloud.journal)
    response = next(one.response for one in ACTIONS if one.name == action)
    target = {} if device is None else {"device_id": ids[device]}
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(
            DOMAIN,
            action,
            target | data,
            blocking=True,
            return_response=response.value != "none",
        )
    assert error.value.translation_key == key
    assert len(cloud.journal) == requests


@pytest.mark.parametrize("number", ["nan", float("nan"), "inf", "1e999", 10**400])
@pytest.mark.parametrize(
    ("action", "field", "data"),
    [
        ("set_register", "register", {"value": 1}),
        ("set_register", "value", {"register": 3}),
        ("set_active_power", "rate", {}),
        ("charge_now", "minutes", {}),
        ("set_charge_periods", "power", {"periods": []}),
        ("add_plant", "peak_power", {"user_id": "31", "name": "Roof"}),
        ("add_plant", "latitude", {"user_id": "31", "name": "Roof", "peak_power": 5}),
    ],
)
async def test_numbers_that_are_none_are_rejected(
    hass: HomeAssistant,
    ids: dict[str, str],
    action: str,
    field: str,
    data: dict[str, Any],
    number: object,
) -> None:
    target = {} if action == "add_plant" else {"device_id": ids[STORAGE]}
    with pytest.raises(vol.Invalid, match="number"):
        await hass.services.async_call(
            DOMAIN, action, target | data | {field: number}, blocking=True
        )


async def test_entity_rejects_a_number_that_is_none(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await act(
            hass, "number.south_roof_output_power_limit", "set_value", value="nan"
        )
    assert error.value.translation_key == "not_in_range"
    assert sent(cloud) == []


def selected_devices(
    hass: HomeAssistant, entry: MockConfigEntry, action: str
) -> set[str]:
    """Return the identifiers of the devices that the form of an action offers, by its selector's filter of entities."""
    services: Any = load_yaml(str(COMPONENT / "services.yaml"))
    config = services[action]["fields"]["device_id"]["selector"]["device"]
    filters: Any = DeviceSelector(config).config["entity"]
    registry = dr.async_get(hass)
    found = set()
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        state = hass.states.get(entity.entity_id)
        device = registry.async_get(entity.device_id or "")
        if state is None or device is None:
            continue
        for one in filters:
            if entity.domain in one["domain"] and (
                "device_class" not in one
                or state.attributes.get("device_class") in one["device_class"]
            ):
                found |= {identifier for _, identifier in device.identifiers}
    return found


@pytest.mark.parametrize("detail", ["standard", "essential"])
@pytest.mark.parametrize(
    "make_plants", [lambda now: [*home(now), *commercial(now)]], ids=["all"]
)
async def test_forms_offer_the_devices_that_an_action_can_be_used_on(
    hass: HomeAssistant, entry: MockConfigEntry, detail: str
) -> None:
    """A plant and the account cannot be left out of those with a history: they have a power, as meters have."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "detail": detail}
    )
    await set_up(hass, entry)
    runtime = entry.runtime_data
    with_alarms = {
        serial
        for coordinator in runtime.families.values()
        if coordinator.family.endpoints.alarms
        for serial in coordinator.data
    }
    meters = {
        serial for key in ("meter", "sensor") for serial in runtime.families[key].data
    }
    assert len(with_alarms) > 2
    assert len(meters) == 2
    for action in ("get_alarms", "set_active_power", "get_schedules"):
        assert selected_devices(hass, entry, action) == with_alarms
    offered = selected_devices(hass, entry, "get_device_history")
    assert offered >= with_alarms | meters
    assert all(
        one.startswith(("plant_", "account_")) for one in offered - with_alarms - meters
    )
