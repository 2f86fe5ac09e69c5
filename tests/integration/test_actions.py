"""Actions that answer: figures and alarms of the past; and what all actions share."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers.service import async_get_all_descriptions
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
)

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.services import ACTIONS
from simulator.cloud import Cloud
from tests.helpers import (
    DATALOGGER,
    INVERTER,
    PLANT,
    STORAGE,
    Pass,
    ask,
    raise_alarm,
    value,
)


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
    raise_alarm(cloud, INVERTER)
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


async def test_what_is_for_administrators(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_read_only_user: MockUser,
) -> None:
    admins = {action.name for action in ACTIONS if action.for_admins}
    everyone = {action.name for action in ACTIONS if not action.for_admins}
    assert everyone == {
        "charge_now",
        "discharge_now",
        "find_plant",
        "get_alarms",
        "get_device_history",
        "get_energy_history",
        "get_power_curve",
        "get_schedules",
        "refresh",
        "set_active_power",
        "set_charge_periods",
        "set_charge_window",
        "set_discharge_periods",
        "set_forced_discharge_window",
        "set_load_first_periods",
        "set_reactive_power",
        "set_time_segments",
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
