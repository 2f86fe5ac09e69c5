"""Actions: what they answer, what they send, and what they refuse before anything is sent."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceResponse
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service import async_get_all_descriptions
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
)
import voluptuous as vol

from custom_components.growatt_openapi.actions import ACTIONS
from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.people import check_code
from simulator.scenarios import TOKEN
from tests.components.conftest import (
    DATALOGGER,
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    set_up,
    value,
)
from tests.components.test_alarms import complain
from tests.components.test_settings import sent

type Act = Callable[..., Any]


@pytest.fixture
def ids(hass: HomeAssistant, loaded: MockConfigEntry) -> dict[str, str]:
    """The registry's ids of all devices, by what we call them."""
    registry = dr.async_get(hass)
    return {
        identifier: device.id
        for device in dr.async_entries_for_config_entry(registry, loaded.entry_id)
        for domain, identifier in device.identifiers
        if domain == DOMAIN
    }


async def ask(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action and return what it answers."""
    response: ServiceResponse = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    return response


async def do(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


# Figures


async def test_power_curve(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    answer = await ask(hass, "get_power_curve", device_id=ids[f"plant_{PLANT}"])
    assert (answer["date"], answer["unit"]) == ("2026-06-20", "W")
    first, last = answer["powers"][0], answer["powers"][-1]
    assert first["time"] == "2026-06-20T00:00:00+01:00"
    assert last["power"] > 1000
    answer = await ask(
        hass, "get_power_curve", device_id=ids[f"plant_{PLANT}"], date="2026-06-19"
    )
    assert len(answer["powers"]) == 288


async def test_energy_history(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    answer = await ask(
        hass,
        "get_energy_history",
        device_id=ids[f"plant_{PLANT}"],
        start_date="2026-06-14",
        end_date="2026-06-20",
    )
    assert (answer["time_unit"], answer["unit"]) == ("day", "kWh")
    assert [one["period"] for one in answer["periods"]] == [
        f"2026-06-{day}" for day in range(14, 21)
    ]
    answer = await ask(
        hass,
        "get_energy_history",
        device_id=ids[f"plant_{PLANT}"],
        start_date="2025-01-01",
        end_date="2026-06-20",
        time_unit="month",
    )
    assert len(answer["periods"]) == 18


@pytest.mark.parametrize(
    ("serial", "keys"),
    [
        (
            INVERTER,
            {"output_power", "energy_today", "energy_total", "grid_frequency"},
        ),
        (STORAGE, {"battery_power", "charge_level", "import_energy_total", "status"}),
    ],
)
async def test_device_history_has_the_sensors_names(
    hass: HomeAssistant, ids: dict[str, str], serial: str, keys: set[str]
) -> None:
    answer = await ask(
        hass,
        "get_device_history",
        device_id=ids[serial],
        start_date="2026-06-20",
        end_date="2026-06-20",
    )
    assert answer["serial"] == serial
    newest = answer["readings"][-1]
    assert newest["time"].startswith("2026-06-20T1")
    assert newest["time"].endswith("+01:00")
    assert keys <= set(newest)
    sensor = {
        INVERTER: ("sensor.south_roof_output_power", "output_power"),
        STORAGE: ("sensor.storage_1054_battery_power", "battery_power"),
    }[serial]
    assert float(value(hass, sensor[0])) == pytest.approx(newest[sensor[1]])


async def test_alarms(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud, let_pass: Pass
) -> None:
    complain(cloud, INVERTER)
    await let_pass(660)
    answer = await ask(hass, "get_alarms", device_id=ids[INVERTER])
    ((alarm),) = answer["alarms"]
    assert (alarm["code"], alarm["message"], alarm["end"]) == (
        "201",
        "No utility",
        None,
    )
    assert alarm["start"].endswith("+01:00")
    answer = await ask(hass, "get_alarms", device_id=ids[INVERTER], date="2026-06-19")
    assert answer["alarms"] == []


async def test_find_plant(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    answer = await ask(hass, "find_plant", serial=f" {STORAGE} ")
    assert (answer["plant_id"], answer["name"]) == (PLANT, "Sunny Cottage")
    with pytest.raises(HomeAssistantError) as error:
        await ask(hass, "find_plant", serial=DATALOGGER)
    assert error.value.translation_key == "device_not_found"


PERIOD = {"start_date": "2026-06-19", "end_date": "2026-06-20"}
PLANT_ID, DEVICE_ID = f"plant_{PLANT}", INVERTER


@pytest.mark.parametrize(
    ("action", "whom", "data", "key"),
    [
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
    ],
)
async def test_questions_that_are_not_asked(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    action: str,
    whom: str,
    data: dict[str, Any],
    key: str,
) -> None:
    asked = len(cloud.journal)
    with pytest.raises(ServiceValidationError) as error:
        await ask(hass, action, device_id=ids[whom], **data)
    assert error.value.translation_key == key
    assert len(cloud.journal) == asked


async def test_who_is_not_ours(
    hass: HomeAssistant, ids: dict[str, str], loaded: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError):
        await ask(hass, "get_alarms", device_id="nobody")
    with pytest.raises(ServiceValidationError):
        await ask(hass, "find_plant", serial=STORAGE, config_entry_id="nobody")
    with pytest.raises(ServiceValidationError) as error:
        await ask(hass, "find_plant", serial="  ")
    assert error.value.translation_key == "field_empty"
    await hass.config_entries.async_unload(loaded.entry_id)
    with pytest.raises(ServiceValidationError):
        await ask(hass, "get_alarms", device_id=ids[INVERTER])


# Settings


@pytest.mark.parametrize(
    ("action", "whom", "data", "expected"),
    [
        ("set_active_power", INVERTER, {"rate": 60}, ("pv_active_p_rate", "60", "")),
        (
            "set_reactive_power",
            INVERTER,
            {"rate": -30},
            ("pv_reactive_p_rate", "30", "under"),
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "02:05", "end": "05:30:00"},
            ("storage_ac_charge_hour_start", "2", "5", "5", "30"),
        ),
        (
            "set_charge_window",
            STORAGE,
            {"start": "00:00", "end": "00:00"},
            ("storage_ac_charge_hour_start", "0", "0", "24", "0"),
        ),
        (
            "set_forced_discharge_window",
            STORAGE,
            {"start": "18:00", "end": "24:00"},
            ("storage_cmd_forced_discharge_time1", "18", "0", "24", "0"),
        ),
        (
            "set_string_voltage",
            STORAGE,
            {"open_circuit_voltage": 380.5, "mpp_fraction": 0.8},
            ("storage_fdt_open_voltage", "380.5", "0.8", "", ""),
        ),
        # The seed's table of registers, with its factors of 10 and 100.
        (
            "set_register",
            INVERTER,
            {"register": 19, "value": 221.5},
            ("set_any_reg", "19", "2215"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 22, "value": 50.15},
            ("set_any_reg", "22", "5015"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 0, "value": 257},
            ("set_any_reg", "0", "257"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 30, "value": 7},
            ("set_any_reg", "30", "7"),
        ),
        (
            "set_register",
            INVERTER,
            {"register": 77, "value": 1234, "allow_unknown_register": True},
            ("set_any_reg", "77", "1234"),
        ),
    ],
)
async def test_what_is_sent(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    action: str,
    whom: str,
    data: dict[str, Any],
    expected: tuple[str, ...],
) -> None:
    await do(hass, action, device_id=ids[whom], **data)
    assert sent(cloud) == [expected]
    assert cloud.journal[-1].code == "0"


@pytest.mark.parametrize(
    ("action", "whom", "data", "key"),
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
    ],
)
async def test_what_is_not_sent(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    action: str,
    whom: str,
    data: dict[str, Any],
    key: str,
) -> None:
    asked = len(cloud.journal)
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, action, device_id=ids[whom], **data)
    assert error.value.translation_key == key
    assert len(cloud.journal) == asked


async def test_all_devices_are_checked_before_the_first_is_written_to(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    with pytest.raises(ServiceValidationError):
        await do(
            hass, "set_active_power", device_id=[ids[INVERTER], ids[STORAGE]], rate=50
        )
    with pytest.raises(ServiceValidationError) as error:
        await do(
            hass,
            "set_active_power",
            device_id=[ids[INVERTER], *map(str, range(100))],
            rate=50,
        )
    assert error.value.translation_key == "too_many_devices"
    assert sent(cloud) == []


async def test_read_only_accounts(
    hass: HomeAssistant, ids: dict[str, str], loaded: MockConfigEntry, cloud: Cloud
) -> None:
    hass.config_entries.async_update_entry(
        loaded, options={**loaded.options, "controls": False}
    )
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50)
    assert error.value.translation_key == "controls_are_off"
    assert sent(cloud) == []


async def test_force_sends_what_is_known_to_be_so(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud, let_pass: Pass
) -> None:
    await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50)
    await let_pass(15)
    await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50)
    assert len(sent(cloud)) == 1
    await do(hass, "set_active_power", device_id=ids[INVERTER], rate=50, force=True)
    assert len(sent(cloud)) == 2


# Installers


async def test_an_installers_day(
    hass: HomeAssistant,
    ids: dict[str, str],
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
    storage: dict[str, Any],
) -> None:
    assert await ask(hass, "check_user_name", user_name="ann") == {"is_free": True}
    user = await ask(
        hass,
        "register_user",
        user_name="ann",
        password="S3cretWord",
        email="ann@example.org",
        country="Other",
    )
    await do(
        hass,
        "modify_user",
        user_id=user["user_id"],
        phone="0151-777",
        installer_code="AFLF6",
    )
    users = (await ask(hass, "list_users"))["users"]
    assert users[-1].pop("registered").startswith("2026-06-20T11:02")
    assert users[-1] == {
        "user_id": user["user_id"],
        "name": "ann",
        "email": "ann@example.org",
        "phone": "0151-777",
    }
    plant = await ask(
        hass,
        "add_plant",
        user_id=user["user_id"],
        name="Barn",
        peak_power=9.9,
        plant_type="commercial",
        timezone=1,
    )
    assert cloud.journal[-1].parameters["plant_type"] == "1"
    plant_id = plant["plant_id"]
    check = await ask(
        hass,
        "validate_datalogger",
        serial="XGD9Z00042",
        check_code=check_code("XGD9Z00042"),
    )
    assert check == {
        "is_valid": True,
        "is_taken": False,
        "plant_id": None,
        "user_id": None,
    }
    await do(
        hass,
        "add_datalogger",
        plant_id=plant_id,
        serial="XGD9Z00042",
        user_id=user["user_id"],
    )
    plants = (await ask(hass, "list_user_plants", user_name="ann"))["plants"]
    assert [one["name"] for one in plants] == ["Barn"]
    await do(
        hass,
        "modify_plant",
        plant_id=plant_id,
        user_id=user["user_id"],
        name="New barn",
    )
    # It is looked for, and appears by itself.
    await let_pass(400)
    assert value(hass, "sensor.new_barn_power") is not None
    found = (await ask(hass, "list_plants", search="barn"))["plants"]
    assert [one["plant_id"] for one in found] == [plant_id]
    with pytest.raises(ServiceValidationError) as error:
        await do(
            hass,
            "delete_datalogger",
            plant_id=plant_id,
            serial="XGD9Z00042",
            confirm_serial="XGD9Z00043",
        )
    assert error.value.translation_key == "serial_differs"
    await do(
        hass,
        "delete_datalogger",
        plant_id=plant_id,
        serial="XGD9Z00042",
        confirm_serial="XGD9Z00042",
    )
    for name in ("Barn", "new barn", "Sunny Cottage"):
        with pytest.raises(ServiceValidationError) as error:
            await do(hass, "delete_plant", plant_id=plant_id, name=name)
        assert error.value.translation_key == "name_differs"
    await do(hass, "delete_plant", plant_id=plant_id, name="New barn")
    assert [site.name for site in cloud.sites] == ["Sunny Cottage"]
    # Other people's data is in the answers and nowhere else.
    await hass.config_entries.async_unload(loaded.entry_id)
    kept = caplog.text + str(storage) + str(hass.states.async_all())
    for secret in ("S3cretWord", "ann@example.org", "0151-777", "owner@example.com"):
        assert secret not in kept


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("check_user_name", {"user_name": " "}, "field_empty"),
        (
            "register_user",
            {"user_name": "a", "password": "b", "email": "c", "country": "d"},
            "no_email",
        ),
        (
            "register_user",
            {"user_name": "a", "password": "", "email": "c@d", "country": "d"},
            "field_empty",
        ),
        ("modify_user", {"user_id": "31", "phone": ""}, "field_empty"),
        ("list_user_plants", {"user_name": ""}, "field_empty"),
        ("add_plant", {"user_id": "31", "name": " ", "peak_power": 5}, "field_empty"),
        (
            "modify_plant",
            {"plant_id": "", "user_id": "31", "name": "x"},
            "field_empty",
        ),
        (
            "validate_datalogger",
            {"serial": "", "check_code": "1"},
            "field_empty",
        ),
        (
            "add_datalogger",
            {"plant_id": "1", "serial": "XGD9Z00042", "user_id": " "},
            "field_empty",
        ),
        ("delete_plant", {"plant_id": PLANT, "name": ""}, "field_empty"),
    ],
)
async def test_what_no_installer_can_mean(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    action: str,
    data: dict[str, Any],
    key: str,
) -> None:
    asked = len(cloud.journal)
    response = next(one.response for one in ACTIONS if one.name == action)
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            return_response=response.value != "none",
        )
    assert error.value.translation_key == key
    assert len(cloud.journal) == asked


async def test_a_plant_that_nobody_has_is_not_deleted(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "delete_plant", plant_id="999", name="Sunny Cottage")
    assert error.value.translation_key == "no_such_plant"
    assert not any(call.path == "plant/delete" for call in cloud.journal)


async def test_an_owners_token(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    cloud.owners = {TOKEN}
    with pytest.raises(HomeAssistantError) as error:
        await ask(hass, "list_users")
    assert error.value.translation_key == "not_permitted_installer"


async def test_numbers_out_of_the_world(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    asked = len(cloud.journal)
    for data in ({"latitude": 91}, {"timezone": 15}, {"peak_power": 0}):
        with pytest.raises(vol.Invalid):
            await ask(
                hass,
                "add_plant",
                **{"user_id": "31", "name": "x", "peak_power": 5, **data},
            )
    assert len(cloud.journal) == asked


async def test_what_is_for_administrators(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_read_only_user: MockUser,
) -> None:
    admins = {action.name for action in ACTIONS if action.for_admins}
    everyone = {action.name for action in ACTIONS if not action.for_admins}
    assert everyone == {
        "refresh",
        "get_power_curve",
        "get_energy_history",
        "get_device_history",
        "get_alarms",
        "find_plant",
        "set_active_power",
        "set_reactive_power",
        "set_charge_window",
        "set_forced_discharge_window",
        "charge_now",
        "discharge_now",
    }
    context = Context(user_id=hass_read_only_user.id)
    for name in ("list_users", "list_plants"):
        assert name in admins
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN, name, {}, blocking=True, return_response=True, context=context
            )


async def test_home_assistant_takes_the_descriptions(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    descriptions = (await async_get_all_descriptions(hass))[DOMAIN]
    assert set(descriptions) == {action.name for action in ACTIONS}
    assert all(one["fields"] for one in descriptions.values())


async def test_some_devices_fail(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud
) -> None:
    from copy import deepcopy
    from dataclasses import replace

    site = cloud.sites[0]
    first = site.unit(INVERTER)
    assert first is not None
    site.units.append(
        replace(
            first,
            serial="TPJ4A18034",
            device=deepcopy(first.device),
            alias="North roof",
        )
    )
    await set_up(hass, entry)
    registry = dr.async_get(hass)
    devices = [
        device.id
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if device.serial_number in (INVERTER, "TPJ4A18034")
    ]
    cloud.faults.append(Fault(FaultKind.CODE, "inverterSet", code=10003, count=1))
    with pytest.raises(HomeAssistantError) as error:
        await do(hass, "set_active_power", device_id=devices, rate=50)
    assert error.value.translation_key == "some_failed"
    placeholders = error.value.translation_placeholders or {}
    assert (placeholders["failed"], placeholders["devices"]) == ("1", "2")
    assert "offline" in placeholders["details"]
    assert "roof" in placeholders["details"]
