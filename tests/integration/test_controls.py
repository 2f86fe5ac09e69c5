"""Controls: how settings are checked, written and stored."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.api import RefusedError
from custom_components.growatt_openapi.api.client.device_api import DeviceApi
from custom_components.growatt_openapi.families.inverter import INVERTER
from custom_components.growatt_openapi.families.settings import SwitchSetting
from custom_components.growatt_openapi.families.storage import STORAGE
from simulator.faults import Fault, FaultKind
from simulator.server import Server
from tests.helpers import (
    INVERTER as INVERTER_SERIAL,
    STORAGE as STORAGE_SERIAL,
    Pass,
    act,
    get_state,
    reload,
    set_options,
    set_up,
    value,
)

RATE = "number.south_roof_output_power_limit"
LIMIT = "number.storage_1054_ac_charge_stop_level"
AC_CHARGE = "switch.storage_1054_ac_charge"
FORCED = "switch.storage_1054_forced_discharge"


def controls_file(entry: MockConfigEntry) -> str:
    return f"growatt_openapi.{entry.entry_id}.controls"


async def set_number(hass: HomeAssistant, entity_id: str, number: float) -> None:
    await hass.services.async_call(
        "number", "set_value", {"entity_id": entity_id, "value": number}, blocking=True
    )


async def turn(hass: HomeAssistant, entity_id: str, to: str) -> None:
    await hass.services.async_call(
        "switch", f"turn_{to}", {"entity_id": entity_id}, blocking=True
    )


def written_parameters(server: Server) -> list[dict[str, str]]:
    return [
        call.parameters for call in server.cloud.journal if call.path.endswith("Set")
    ]


async def test_settings_are_unknown_until_set_and_assumed_afterwards(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    (plant,) = server.cloud.plants
    for entity_id in (RATE, LIMIT, AC_CHARGE, FORCED):
        state = get_state(hass, entity_id)
        assert state.state == "unknown"
        assert state.attributes["assumed_state"] is True
    await set_number(hass, RATE, 50)
    await set_number(hass, LIMIT, 55)
    await turn(hass, AC_CHARGE, "on")
    await turn(hass, FORCED, "on")
    assert plant.inverter.active_rate == 50
    assert plant.battery.ac_charge_limit == 0.55
    assert plant.battery.ac_charge
    assert plant.battery.forced_discharge
    assert float(value(hass, RATE)) == 50
    assert float(value(hass, LIMIT)) == 55
    assert value(hass, AC_CHARGE) == value(hass, FORCED) == "on"
    await turn(hass, AC_CHARGE, "off")
    await turn(hass, FORCED, "off")
    assert not plant.battery.ac_charge
    assert not plant.battery.forced_discharge
    assert value(hass, AC_CHARGE) == value(hass, FORCED) == "off"


async def test_switches_are_written_with_the_vendors_values(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    """Protocol of 2016, 4.3.7 and 4.3.12: forced discharge is enabled with 0."""
    await set_number(hass, RATE, 80)
    await turn(hass, FORCED, "on")
    await turn(hass, AC_CHARGE, "on")
    inverter, forced, ac_charge = written_parameters(server)
    assert inverter == {
        "device_sn": INVERTER_SERIAL,
        "paramId": "pv_active_p_rate",
        "command_1": "80",
        "command_2": "",
    }
    assert (forced["storage_sn"], forced["type"], forced["param1"]) == (
        STORAGE_SERIAL,
        "storage_cmd_forced_discharge_enable",
        "0",
    )
    assert [forced[f"param{index}"] for index in (2, 3, 4)] == ["", "", ""]
    assert (ac_charge["type"], ac_charge["param1"]) == (
        "storage_ac_charge_enable_disable",
        "1",
    )


@pytest.mark.parametrize(
    ("entity_id", "number"), [(RATE, 101), (RATE, -1), (LIMIT, 9), (LIMIT, 81)]
)
async def test_number_out_of_range_is_rejected_before_any_request(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    entity_id: str,
    number: float,
) -> None:
    with pytest.raises(ServiceValidationError):
        await set_number(hass, entity_id, number)
    assert written_parameters(server) == []


async def test_number_between_two_steps_is_rejected_before_any_request(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await set_number(hass, RATE, 50.5)
    assert error.value.translation_key == "not_in_range"
    assert error.value.translation_placeholders == {
        "value": "50.5",
        "minimum": "0",
        "maximum": "100",
        "step": "1",
    }
    controls = loaded.runtime_data.controls
    with pytest.raises(ServiceValidationError):
        await controls.writer.async_set(
            INVERTER, INVERTER_SERIAL, INVERTER.setting("active_power_rate"), 120
        )
    assert written_parameters(server) == []


async def test_settings_are_restored_after_a_reload(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await set_number(hass, LIMIT, 42)
    await turn(hass, AC_CHARGE, "on")
    await reload(hass, loaded)
    assert float(value(hass, LIMIT)) == 42
    assert value(hass, AC_CHARGE) == "on"
    assert value(hass, FORCED) == "unknown"
    stored = hass_storage[controls_file(loaded)]["data"]["settings"]
    assert stored[STORAGE_SERIAL]["ac_charge_limit"]["value"] == 42
    assert stored[STORAGE_SERIAL]["ac_charge_limit"]["at"].startswith("2026-06-20T11:")


async def test_damaged_parts_of_stored_settings_are_ignored(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    hass_storage[controls_file(entry)] = {
        "version": 1,
        "minor_version": 1,
        "key": controls_file(entry),
        "data": {
            "settings": {
                STORAGE_SERIAL: {
                    "ac_charge_limit": {"value": 42},
                    "ac_charge": {"value": True, "at": "yesterday"},
                    "mode": {"value": "party", "at": "2026-06-20T11:00:00+00:00"},
                    "ac_charge_window": {
                        "value": 5,
                        "at": "2026-06-20T11:00:00+00:00",
                    },
                    "forced_discharge": {
                        "value": True,
                        "at": "2026-06-20T11:00:00+00:00",
                    },
                },
                INVERTER_SERIAL: "x",
            },
            "writes": {STORAGE_SERIAL: "x", INVERTER_SERIAL: 5},
            "runs": {STORAGE_SERIAL: {}, INVERTER_SERIAL: None},
        },
    }
    await set_up(hass, entry)
    assert value(hass, LIMIT) == "unknown"
    assert value(hass, AC_CHARGE) == "unknown"
    assert value(hass, FORCED) == "on"


@pytest.mark.parametrize(
    ("code", "message", "key"),
    [
        (10003, "", "device_offline"),
        (10004, "", "serial_empty"),
        (10005, "", "datalogger_offline"),
        (10006, "", "no_such_parameter"),
        (10007, "", "value_empty"),
        (10008, "", "out_of_range"),
        (10009, "", "bad_date"),
        (10011, "error_permission_denied", "not_permitted"),
        (10012, "error_frequently_access", "refused_now"),
        (10012, "error_storage_not_exist", "device_not_found"),
        (10013, "", "end_before_start"),
        (-1, "", "wrong_server"),
    ],
)
async def test_rejected_write_keeps_the_old_value(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    code: int,
    message: str,
    key: str,
) -> None:
    await set_number(hass, LIMIT, 42)
    server.cloud.faults.append(
        Fault(FaultKind.CODE, path="storageSet", code=code, message=message, count=1)
    )
    with pytest.raises(HomeAssistantError) as error:
        await set_number(hass, LIMIT, 60)
    assert error.value.translation_key == key
    assert float(value(hass, LIMIT)) == 42
    # Writes are never repeated automatically.
    assert len(written_parameters(server)) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.ERROR_500, path="storageSet", count=1),
        Fault(FaultKind.HTML, path="storageSet", count=1),
        Fault(FaultKind.CODE, path="storageSet", code=10001, count=1),
        Fault(FaultKind.CODE, path="storageSet", code=10002, count=1),
        Fault(FaultKind.CODE, path="storageSet", code=4711, count=1),
    ],
)
async def test_write_with_unknown_outcome_is_unknown_until_set_again(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, fault: Fault
) -> None:
    await set_number(hass, LIMIT, 42)
    server.cloud.faults.append(fault)
    with pytest.raises(HomeAssistantError) as error:
        await set_number(hass, LIMIT, 60)
    assert error.value.translation_key == "outcome_unknown"
    assert str(error.value).startswith("It is not known whether the device took")
    assert value(hass, LIMIT) == "unknown"
    await reload(hass, loaded)
    assert value(hass, LIMIT) == "unknown"
    await set_number(hass, LIMIT, 60)
    assert float(value(hass, LIMIT)) == 60


async def test_setting_never_set_stays_unknown_after_a_failed_write(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server
) -> None:
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path="storageSet", count=1))
    with pytest.raises(HomeAssistantError):
        await turn(hass, AC_CHARGE, "on")
    assert value(hass, AC_CHARGE) == "unknown"


async def test_unreachable_server_keeps_the_old_value(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await set_number(hass, LIMIT, 42)
    await server.stop()
    await let_pass(300)  # until a poll has found the connection closed
    with pytest.raises(HomeAssistantError) as error:
        await set_number(hass, LIMIT, 60)
    assert error.value.translation_key == "cloud_down_connection"
    assert float(value(hass, LIMIT)) == 42


async def test_a_device_gets_one_write_at_a_time(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way = 0
    most = 0

    async def write(*_: object) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    monkeypatch.setattr(DeviceApi, "set", write)
    controls = loaded.runtime_data.controls
    await asyncio.gather(
        *(
            controls.writer.async_set(STORAGE, STORAGE_SERIAL, switch, True)
            for switch in STORAGE.settings_of(SwitchSetting)
        )
    )
    assert most == 1


async def test_option_without_controls_removes_their_entities(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    assert entity_registry.async_get(RATE)
    set_options(hass, loaded, controls=False)
    await reload(hass, loaded)
    for entity_id in (RATE, LIMIT, AC_CHARGE, FORCED):
        assert hass.states.get(entity_id) is None
        assert entity_registry.async_get(entity_id) is None
    assert hass.states.get("sensor.storage_1054_battery_power")


async def test_stored_settings_are_removed_with_the_entry(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await set_number(hass, LIMIT, 42)
    assert controls_file(loaded) in hass_storage
    await hass.config_entries.async_remove(loaded.entry_id)
    assert controls_file(loaded) not in hass_storage


async def test_refused_read_without_a_known_end_names_no_time(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise RefusedError

    monkeypatch.setattr(DeviceApi, "read_setting", refuse)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "button.storage_1054_read_settings", "press")
    assert error.value.translation_key == "refused_now"
    assert "{" not in str(error.value)
