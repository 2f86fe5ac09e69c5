"""Alarms as events: each once, across restarts, inside the limits."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.server import Server
from tests.helpers import (
    INVERTER,
    STORAGE,
    Pass,
    calls,
    get_state,
    raise_alarm,
    reload,
    set_up,
    value,
)

ROOF_ALARM, BATTERY_ALARM = "event.south_roof_alarm", "event.storage_1054_alarm"
INVERTER_ALARMS = "device/inverter/alarm"
STORAGE_ALARMS = "device/storage/alarm_data"


def recover(cloud: Cloud, serial: str) -> None:
    device = cloud.plants[0].find_device(serial)
    assert device is not None
    device.end_alarms(cloud.clock.now())


def watch(hass: HomeAssistant) -> list[Event[Any]]:
    events: list[Event[Any]] = async_capture_events(hass, "state_changed")
    return events


def told(events: list[Event[Any]], entity_id: str) -> list[State]:
    """Return the states in which an event entity has told something."""
    return [
        state
        for event in events
        if event.data["entity_id"] == entity_id
        and (state := event.data["new_state"]) is not None
        and (old := event.data["old_state"]) is not None
        and state.state != old.state
        and state.state not in ("unknown", "unavailable")
        and old.state != "unavailable"
    ]


async def test_an_alarm_and_its_end(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(5)
    assert value(hass, ROOF_ALARM) == value(hass, BATTERY_ALARM) == "unknown"
    events = watch(hass)
    raise_alarm(cloud, INVERTER)
    # The next upload tells, and its reading says so: at once, not in half an hour.
    await let_pass(660)
    (state,) = told(events, ROOF_ALARM)
    assert state.attributes["event_type"] == "alarm"
    assert state.attributes["code"] == "201"
    assert state.attributes["message"] == "No utility"
    assert state.attributes["start"].startswith("2026-06-20T12:02:4")
    assert state.attributes["end"] is None
    assert told(events, BATTERY_ALARM) == []
    recover(cloud, INVERTER)
    await let_pass(660)
    _, ended = told(events, ROOF_ALARM)
    assert ended.attributes["event_type"] == "alarm_ended"
    assert ended.attributes["end"] > ended.attributes["start"]
    await let_pass(4000)
    assert len(told(events, ROOF_ALARM)) == 2


async def test_what_is_silent_is_found_within_half_an_hour(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """An alarm that shows in no reading."""
    await let_pass(60)
    events = watch(hass)
    raise_alarm(cloud, STORAGE, "bit1", severity="none")
    await let_pass(1200)
    assert told(events, BATTERY_ALARM) == []
    await let_pass(1000)
    (state,) = told(events, BATTERY_ALARM)
    assert state.attributes["code"] == "bit1"


async def test_old_alarms_are_no_news(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    raise_alarm(cloud, STORAGE, "7")
    recover(cloud, STORAGE)
    cloud.clock.advance(0)
    await set_up(hass, entry)
    events = watch(hass)
    await let_pass(4000)
    assert calls(cloud, STORAGE_ALARMS) >= 2
    assert told(events, BATTERY_ALARM) == []


async def test_a_restart_tells_nothing_twice_and_asks_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(5)
    raise_alarm(cloud, INVERTER)
    raise_alarm(cloud, STORAGE, "31", severity="warning")
    await let_pass(660)
    before = {path: calls(cloud, path) for path in (INVERTER_ALARMS, STORAGE_ALARMS)}
    events = watch(hass)
    for _ in range(2):
        await reload(hass, loaded)
    assert before == {path: calls(cloud, path) for path in before}
    await let_pass(4000)
    assert told(events, ROOF_ALARM) == told(events, BATTERY_ALARM) == []
    recover(cloud, STORAGE)
    await let_pass(700)
    (ended,) = told(events, BATTERY_ALARM)
    assert ended.attributes["event_type"] == "alarm_ended"


async def test_told_once_although_the_program_is_killed_after_it(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    """What is told has been saved before."""
    await let_pass(5)
    raise_alarm(cloud, INVERTER)
    events = watch(hass)
    while not told(events, ROOF_ALARM):
        await let_pass(10)
    saved = storage[f"growatt_openapi.{loaded.entry_id}.memory"]["data"]["alarms"]
    assert saved["books"][INVERTER]["known"][0][0] == "201"


async def test_nothing_is_asked_while_nothing_can_be_new(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """An alarm comes with an upload: an inverter that sleeps is left alone."""
    await let_pass(60)
    before = calls(cloud, INVERTER_ALARMS)
    await let_pass(3600 * 3)
    by_day = calls(cloud, INVERTER_ALARMS) - before
    assert 5 <= by_day <= 7
    await let_pass(3600 * 7)  # it is night now
    inverter, storage = calls(cloud, INVERTER_ALARMS), calls(cloud, STORAGE_ALARMS)
    await let_pass(3600 * 4)
    assert calls(cloud, INVERTER_ALARMS) - inverter <= 1
    assert calls(cloud, STORAGE_ALARMS) - storage >= 7


async def test_nothing_is_asked_for_entities_that_nobody_wants(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    entity_registry: er.EntityRegistry,
) -> None:
    await let_pass(5)
    for entity_id in (ROOF_ALARM, BATTERY_ALARM):
        entity_registry.async_update_entity(
            entity_id, disabled_by=er.RegistryEntryDisabler.USER
        )
    await reload(hass, loaded)
    before = calls(cloud, STORAGE_ALARMS)
    await let_pass(4000)
    assert calls(cloud, STORAGE_ALARMS) == before


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_the_last_alarm_and_what_a_code_means(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(5)
    assert value(hass, "sensor.south_roof_last_alarm") == "unknown"
    raise_alarm(cloud, INVERTER)
    await let_pass(660)
    state = get_state(hass, "sensor.south_roof_last_alarm")
    assert state.state == "No utility"
    assert state.attributes["code"] == "201"
    assert value(hass, "sensor.south_roof_last_alarm_time").startswith(
        "2026-06-20T11:02"
    )
    code = get_state(hass, "sensor.south_roof_fault_code")
    assert (code.state, code.attributes["description"]) == ("201", "No utility")
    # Also after a restart.
    await reload(hass, loaded)
    code = get_state(hass, "sensor.south_roof_fault_code")
    assert code.attributes["description"] == "No utility"
    assert value(hass, "sensor.south_roof_last_alarm") == "No utility"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.CODE, "device/inverter/alarm", code=10011),
        Fault(FaultKind.CODE, "device/inverter/alarm", code=10002),
        Fault(FaultKind.REFUSE, "device/inverter/alarm"),
        Fault(FaultKind.HTML, "device/inverter/alarm"),
        Fault(FaultKind.GARBAGE, "device/inverter/alarm"),
    ],
    ids=lambda fault: f"{fault.kind}{fault.code}",
)
async def test_an_alarm_list_that_fails_harms_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    fault: Fault,
) -> None:
    server.cloud.faults.append(fault)
    await set_up(hass, entry)
    await let_pass(3700)
    assert value(hass, ROOF_ALARM) == "unknown"
    assert float(value(hass, "sensor.south_roof_output_power")) > 0
    asked = [call for call in server.cloud.journal if call.path == INVERTER_ALARMS]
    assert len(asked) <= 13
    if fault.code == 10011:
        assert len(asked) == 1


async def test_of_a_fleet_only_those_in_trouble_are_asked(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.growatt_openapi.domain.poll_schedule.BATCH_FROM", 1
    )
    await set_up(hass, entry)
    await let_pass(2000)
    assert calls(cloud, INVERTER_ALARMS) == calls(cloud, STORAGE_ALARMS) == 0
    events = watch(hass)
    raise_alarm(cloud, INVERTER)
    await let_pass(660)
    (state,) = told(events, ROOF_ALARM)
    assert state.attributes["event_type"] == "alarm"
    recover(cloud, INVERTER)
    await let_pass(900)
    assert len(told(events, ROOF_ALARM)) == 2
    asked = calls(cloud, INVERTER_ALARMS)
    await let_pass(4000)
    assert calls(cloud, INVERTER_ALARMS) - asked <= 2
    assert calls(cloud, STORAGE_ALARMS) == 0
