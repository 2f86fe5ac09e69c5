"""All 18 settings of the vendor's pages: what is sent for each, and how two ends of a window find together."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.families.inverter import INVERTER
from custom_components.growatt_openapi.families.settings import Window
from custom_components.growatt_openapi.families.storage import STORAGE
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.components.conftest import (
    INVERTER as INVERTER_SERIAL,
    STORAGE as STORAGE_SERIAL,
    Pass,
    calls,
    set_up,
    value,
)
from tests.conftest import FrozenClock, alter_reply

RATE = "number.south_roof_active_power_rate"
LIMIT = "number.storage_1054_ac_charge_limit"
CHARGE_START = "time.storage_1054_ac_charge_start"
CHARGE_END = "time.storage_1054_ac_charge_end"

# Entity, action, its data, and what the page wants: the parameter with its values.
ENTITIES: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
    # inverterSet, protocol of 2016, 4.3.7
    ("switch.south_roof_on", "turn_off", {}, ("pv_on_off", "0000", "")),
    ("switch.south_roof_on", "turn_on", {}, ("pv_on_off", "0101", "")),
    (
        "switch.south_roof_power_factor_memory",
        "turn_on",
        {},
        ("pv_pf_cmd_memory_state", "1", ""),
    ),
    (RATE, "set_value", {"value": 60}, ("pv_active_p_rate", "60", "")),
    (
        "number.south_roof_reactive_power_rate",
        "set_value",
        {"value": -30},
        ("pv_reactive_p_rate", "30", "under"),
    ),
    (
        "number.south_roof_reactive_power_rate",
        "set_value",
        {"value": 45},
        ("pv_reactive_p_rate", "45", "over"),
    ),
    (
        "number.south_roof_power_factor",
        "set_value",
        {"value": -0.95},
        ("pv_power_factor", "-0.95", ""),
    ),
    (
        "number.south_roof_grid_voltage_limit",
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
        "switch.storage_1054_on",
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
        "number.storage_1054_discharge_limit",
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


def sent(cloud: Cloud) -> list[tuple[str, ...]]:
    """Return what was set: the parameter, and its values in their order."""
    return [
        tuple(
            text
            for name, text in call.parameters.items()
            if name not in ("device_sn", "storage_sn")
        )
        for call in cloud.journal
        if call.path.endswith("Set")
    ]


async def act(hass: HomeAssistant, entity_id: str, action: str, **data: Any) -> None:
    domain = entity_id.partition(".")[0]
    await hass.services.async_call(
        domain, action, {"entity_id": entity_id, **data}, blocking=True
    )


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize(
    ("entity_id", "action", "data", "expected"),
    ENTITIES,
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_what_is_sent(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    clock: FrozenClock,
    entity_id: str,
    action: str,
    data: dict[str, Any],
    expected: tuple[str, ...],
) -> None:
    clock.advance((60 - clock.now().second) + 40)
    await act(hass, entity_id, action, **data)
    assert sent(cloud) == [expected]
    # The simulated cloud takes it: by its own reading of the page.
    assert cloud.journal[-1].code == "0"


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_every_setting_of_the_pages_is_set_by_something(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """8 of inverterSet and 10 of storageSet."""
    assert len(INVERTER.settings) == 8
    assert len(STORAGE.settings) == 10
    parameters = {
        setting.parameter for setting in (*INVERTER.settings, *STORAGE.settings)
    }
    by_entity = {expected[0] for _, _, _, expected in ENTITIES}
    # Windows and those of actions are tested apart.
    assert parameters - by_entity == {
        "set_any_reg",
        "storage_fdt_open_voltage",
        "storage_cmd_forced_discharge_time1",
        "storage_ac_charge_hour_start",
    }


async def test_what_is_dangerous_is_disabled(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    for entity_id in (
        "switch.south_roof_on",
        "number.south_roof_grid_voltage_limit",
        "switch.storage_1054_on",
    ):
        entity = entity_registry.async_get(entity_id)
        assert entity is not None
        assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION


@pytest.mark.parametrize(
    ("entity_id", "number", "key"),
    [
        ("number.south_roof_power_factor", 0.5, "in_gap"),
        ("number.south_roof_power_factor", -0.79, "in_gap"),
        ("number.south_roof_power_factor", 0.905, "not_in_range"),
        ("number.south_roof_reactive_power_rate", 0.5, "not_in_range"),
        ("number.storage_1054_discharge_limit", 3.5, "not_in_range"),
    ],
)
async def test_values_that_are_none(
    hass: HomeAssistant,
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


async def test_the_clock_of_a_plant_in_no_known_zone_is_left_alone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path in ("plant/details", "plant/data"):
        alter_reply(monkeypatch, path, lambda data: data.update(timezone=""))
    await set_up(hass, entry)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "button.south_roof_synchronise_clock", "press")
    assert error.value.translation_key == "zone_not_known"
    assert sent(cloud) == []


# Windows


async def set_time(hass: HomeAssistant, entity_id: str, time: str) -> None:
    await act(hass, entity_id, "set_value", time=time)


async def test_both_ends_within_three_seconds_are_one_write(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    assert value(hass, CHARGE_START) == value(hass, CHARGE_END) == "unknown"
    await asyncio.gather(
        set_time(hass, CHARGE_START, "02:05:00"), set_time(hass, CHARGE_END, "05:30:00")
    )
    assert sent(cloud) == [("storage_ac_charge_hour_start", "2", "5", "5", "30")]
    assert (value(hass, CHARGE_START), value(hass, CHARGE_END)) == (
        "02:05:00",
        "05:30:00",
    )
    # The other end goes with each later one.
    await set_time(hass, CHARGE_END, "06:00:00")
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "2", "5", "6", "0")
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert value(hass, CHARGE_END) == "06:00:00"


async def test_midnight_as_an_end_is_the_one_that_ends_the_day(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    start = "time.storage_1054_forced_discharge_start"
    end = "time.storage_1054_forced_discharge_end"
    await asyncio.gather(
        set_time(hass, start, "18:00:00"), set_time(hass, end, "00:00:00")
    )
    assert sent(cloud) == [("storage_cmd_forced_discharge_time1", "18", "0", "24", "0")]
    await set_time(hass, start, "00:00:00")
    # The whole day.
    assert sent(cloud)[-1] == (
        "storage_cmd_forced_discharge_time1",
        "0",
        "0",
        "24",
        "0",
    )


async def test_an_end_alone_is_kept_until_the_other_comes(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, clock: FrozenClock
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await set_time(hass, CHARGE_END, "05:00:00")
    assert error.value.translation_key == "start_missing"
    assert sent(cloud) == []
    assert value(hass, CHARGE_END) == "unknown"
    await set_time(hass, CHARGE_START, "02:00:00")
    assert sent(cloud) == [("storage_ac_charge_hour_start", "2", "0", "5", "0")]
    # An end that came long ago is not remembered.
    with pytest.raises(ServiceValidationError):
        await set_time(hass, CHARGE_START, "07:00:00")
    clock.advance(400)
    await set_time(hass, CHARGE_END, "04:00:00")
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "2", "0", "4", "0")


async def test_a_window_is_moved_end_by_end(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Nothing is lost on the way: what would run over midnight waits for its other end."""
    await asyncio.gather(
        set_time(hass, CHARGE_START, "01:00:00"), set_time(hass, CHARGE_END, "03:00:00")
    )
    with pytest.raises(ServiceValidationError) as error:
        await set_time(hass, CHARGE_START, "04:00:00")
    assert error.value.translation_key == "half_over_midnight"
    assert value(hass, CHARGE_START) == "01:00:00"
    await set_time(hass, CHARGE_END, "06:00:00")
    assert sent(cloud)[1:] == [("storage_ac_charge_hour_start", "4", "0", "6", "0")]


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [
        ("03:00:00", "03:00:00", "window_empty"),
        ("22:00:00", "06:00:00", "half_over_midnight"),
        ("22:00:30", "23:00:00", "whole_minutes"),
    ],
)
async def test_windows_that_are_none(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    start: str,
    end: str,
    key: str,
) -> None:
    found = await asyncio.gather(
        set_time(hass, CHARGE_START, start),
        set_time(hass, CHARGE_END, end),
        return_exceptions=True,
    )
    for error in found:
        assert isinstance(error, ServiceValidationError)
        assert error.translation_key == key
    assert sent(cloud) == []


@pytest.mark.parametrize("text", ["00:00-24:00", "06:30-24:00", "01:02-03:04"])
def test_windows_as_they_are_remembered(text: str) -> None:
    assert str(Window.parse(text)) == text


# Confirming


async def test_the_device_confirms(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await act(hass, RATE, "set_value", value=70)
    state = hass.states.get(RATE)
    assert state is not None
    assert state.attributes["assumed_state"] is True
    await let_pass(15)
    assert calls(cloud, "readInverterParam") == 1
    state = hass.states.get(RATE)
    assert state is not None
    assert float(state.state) == 70
    assert "assumed_state" not in state.attributes
    # Once, and not for ever.
    await let_pass(4000)
    assert calls(cloud, "readInverterParam") == 1
    # Confirmed by the device within ten minutes, the same value needs no writing; later it does.
    await act(hass, RATE, "set_value", value=70)
    assert len(sent(cloud)) == 2
    await let_pass(15)
    await act(hass, RATE, "set_value", value=70)
    assert len(sent(cloud)) == 2
    await let_pass(650)
    await act(hass, RATE, "set_value", value=70)
    assert len(sent(cloud)) == 3


async def test_without_reading_back_it_stays_assumed_and_is_always_sent(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.CODE, "readStorageParam", code=10011))
    await act(hass, LIMIT, "set_value", value=50)
    await let_pass(15)
    await act(hass, "switch.storage_1054_ac_charge", "turn_on")
    await act(hass, LIMIT, "set_value", value=50)
    await let_pass(15)
    state = hass.states.get(LIMIT)
    assert state is not None
    assert state.attributes["assumed_state"] is True
    assert len(sent(cloud)) == 3
    # Refused once, the others are not tried.
    assert calls(cloud, "readStorageParam") == 1


async def test_a_device_that_says_otherwise_is_asked_again_before_it_is_believed(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await act(hass, RATE, "set_value", value=70)
    cloud.sites[0].inverter.active_rate = 100
    await let_pass(15)
    assert float(value(hass, RATE)) == 70
    await let_pass(310)
    assert calls(cloud, "readInverterParam") == 2
    assert float(value(hass, RATE)) == 100
    assert "was set to 70" in caplog.text


async def test_a_lagging_device_is_believed_when_it_has_caught_up(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await act(hass, RATE, "set_value", value=70)
    cloud.sites[0].inverter.active_rate = 100
    await let_pass(15)
    cloud.sites[0].inverter.active_rate = 70
    await let_pass(310)
    state = hass.states.get(RATE)
    assert state is not None
    assert float(state.state) == 70
    assert "assumed_state" not in state.attributes


async def test_an_unknown_outcome_is_read_back(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """A write can report an error although the device has changed."""
    cloud.faults.append(Fault(FaultKind.CODE, "inverterSet", code=10001, count=1))
    with pytest.raises(HomeAssistantError):
        await act(hass, RATE, "set_value", value=30)
    assert value(hass, RATE) == "unknown"
    cloud.sites[0].inverter.active_rate = 30
    await let_pass(15)
    assert float(value(hass, RATE)) == 30


async def test_reading_all_settings(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.sites[0].battery.ac_charge = True
    await act(hass, "button.storage_1054_read_settings", "press")
    assert value(hass, "switch.storage_1054_ac_charge") == "on"
    assert value(hass, "switch.storage_1054_forced_discharge") == "off"
    assert float(value(hass, LIMIT)) == 80
    assert value(hass, "select.storage_1054_mode") == "standard"
    assert value(hass, CHARGE_START) == "unknown"
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "button.storage_1054_read_settings", "press")
    assert error.value.translation_key == "settings_were_just_read"
    await let_pass(310)
    await act(hass, "button.storage_1054_read_settings", "press")


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault(FaultKind.CODE, "readInverterParam", code=10011), "not_permitted"),
        (Fault(FaultKind.CODE, "readInverterParam", code=10006), "not_readable"),
        (Fault(FaultKind.CODE, "readInverterParam", code=10003), "device_offline"),
        (Fault(FaultKind.HTML, "readInverterParam"), "cloud_down_not_json"),
    ],
)
async def test_settings_that_cannot_be_read(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, fault: Fault, key: str
) -> None:
    cloud.faults.append(fault)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "button.south_roof_read_settings", "press")
    assert error.value.translation_key == key
    assert value(hass, RATE) == "unknown"


# Writing seldom


async def settle() -> None:
    """Let everybody go as far as they can."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_of_two_values_that_wait_the_later_is_sent(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    gate = asyncio.Event()
    gateway = loaded.runtime_data.client.gateway
    exchange = gateway.line.exchange

    async def wait(*arguments: Any) -> Any:
        await gate.wait()
        return await exchange(*arguments)

    gateway.line.exchange = wait
    first = hass.async_create_task(
        act(hass, "switch.storage_1054_ac_charge", "turn_on")
    )
    await settle()  # it is under way, and all others wait
    others = [
        hass.async_create_task(act(hass, LIMIT, "set_value", value=number))
        for number in (20, 30, 40)
    ]
    await settle()
    gate.set()
    await asyncio.gather(first, *others)
    assert sent(cloud) == [
        ("storage_ac_charge_enable_disable", "1", "", "", ""),
        ("storage_ac_charge_soc_limit", "40", "", "", ""),
    ]
    assert float(value(hass, LIMIT)) == 40


async def test_a_device_is_spared(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """By default 30 writes an hour; each is counted also across a restart."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "writes": 3}
    )
    await set_up(hass, entry)
    for number in (20, 30, 40):
        await act(hass, LIMIT, "set_value", value=number)
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, LIMIT, "set_value", value=50)
    assert error.value.translation_key == "too_many_writes"
    assert (error.value.translation_placeholders or {})["limit"] == "3"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    with pytest.raises(HomeAssistantError):
        await act(hass, LIMIT, "set_value", value=50)
    # Another device has a count of its own.
    await act(hass, RATE, "set_value", value=50)
    await let_pass(3601)
    await act(hass, LIMIT, "set_value", value=50)
    assert len(sets_of(cloud, STORAGE_SERIAL)) == 4
    assert len(sets_of(cloud, INVERTER_SERIAL)) == 1


def sets_of(cloud: Cloud, serial: str) -> list[dict[str, str]]:
    return [
        call.parameters
        for call in cloud.journal
        if call.path.endswith("Set") and serial in call.parameters.values()
    ]


async def test_what_was_refused_is_not_counted(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud
) -> None:
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "writes": 1}
    )
    await set_up(hass, entry)
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003, count=2))
    for _ in range(2):
        with pytest.raises(HomeAssistantError):
            await act(hass, LIMIT, "set_value", value=50)
    await act(hass, LIMIT, "set_value", value=50)
    assert len(sent(cloud)) == 3
