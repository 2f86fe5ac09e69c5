"""Alarm events: each fires once, also across restarts, within the limits of requests."""

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


def end_alarms(cloud: Cloud, serial: str) -> None:
    device = cloud.plants[0].find_device(serial)
    assert device is not None
    device.end_alarms(cloud.clock.now())


def watch(hass: HomeAssistant) -> list[Event[Any]]:
    events: list[Event[Any]] = async_capture_events(hass, "state_changed")
    return events


def event_states(events: list[Event[Any]], entity_id: str) -> list[State]:
    """Return the states of an event entity at each of its events."""
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


async def test_alarm_and_its_end_are_events(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await let_pass(5)
    assert value(hass, ROOF_ALARM) == value(hass, BATTERY_ALARM) == "unknown"
    events = watch(hass)
    raise_alarm(cloud, INVERTER)
    # The next upload shows the fault, so the alarm list is polled at once.
    await let_pass(660)
    (state,) = event_states(events, ROOF_ALARM)
    assert state.attributes["event_type"] == "alarm"
    assert state.attributes["code"] == "201"
    assert state.attributes["message"] == "No utility"
    assert state.attributes["start"].startswith("2026-06-20T12:02:4")
    assert state.attributes["end"] is None
    assert event_states(events, BATTERY_ALARM) == []
    end_alarms(cloud, INVERTER)
    await let_pass(660)
    _, ended = event_states(events, ROOF_ALARM)
    assert ended.attributes["event_type"] == "alarm_ended"
    assert ended.attributes["end"] > ended.attributes["start"]
    await let_pass(4000)
    assert len(event_states(events, ROOF_ALARM)) == 2


async def test_alarm_without_a_sign_in_readings_is_found_within_half_an_hour(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """Such an alarm shows in no reading, so only the regular poll of the alarm list finds it."""
    await let_pass(60)
    events = watch(hass)
    raise_alarm(cloud, STORAGE, "bit1", severity="none")
    await let_pass(1200)
    assert event_states(events, BATTERY_ALARM) == []
    await let_pass(1000)
    (state,) = event_states(events, BATTERY_ALARM)
    assert state.attributes["code"] == "bit1"


async def test_alarms_from_before_set_up_are_no_events(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    raise_alarm(cloud, STORAGE, "7")
    end_alarms(cloud, STORAGE)
    cloud.clock.advance(0)
    await set_up(hass, entry)
    events = watch(hass)
    await let_pass(4000)
    assert calls(cloud, STORAGE_ALARMS) >= 2
    assert event_states(events, BATTERY_ALARM) == []


async def test_reload_repeats_no_event_and_makes_no_request(
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
    assert event_states(events, ROOF_ALARM) == event_states(events, BATTERY_ALARM) == []
    end_alarms(cloud, STORAGE)
    await let_pass(700)
    (ended,) = event_states(events, BATTERY_ALARM)
    assert ended.attributes["event_type"] == "alarm_ended"


async def test_alarms_are_saved_before_their_events(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    storage: dict[str, Any],
) -> None:
    """A process killed right after an event must not repeat it when it is started again."""
    await let_pass(5)
    raise_alarm(cloud, INVERTER)
    events = watch(hass)
    while not event_states(events, ROOF_ALARM):
        await let_pass(10)
    saved = storage[f"growatt_openapi.{loaded.entry_id}.memory"]["data"]["alarms"]
    assert saved["books"][INVERTER]["known"][0][0] == "201"


async def test_alarm_list_is_not_polled_while_the_inverter_sleeps(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    """An alarm comes with an upload, and an inverter uploads nothing at night."""
    await let_pass(60)
    before = calls(cloud, INVERTER_ALARMS)
    await let_pass(3600 * 3)
    by_day = calls(cloud, INVERTER_ALARMS) - before
    assert 5 <= by_day <= 7
    await let_pass(3600 * 7)  # until night
    inverter, storage = calls(cloud, INVERTER_ALARMS), calls(cloud, STORAGE_ALARMS)
    await let_pass(3600 * 4)
    assert calls(cloud, INVERTER_ALARMS) - inverter <= 1
    assert calls(cloud, STORAGE_ALARMS) - storage >= 7


async def test_alarm_list_is_not_polled_for_disabled_entities(
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
async def test_last_alarm_and_fault_code_show_the_alarms_message(
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
    # The description is restored after a reload.
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
async def test_failing_alarm_list_leaves_other_entities_working(
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
    requests = [call for call in server.cloud.journal if call.path == INVERTER_ALARMS]
    assert len(requests) <= 13
    if fault.code == 10011:
        assert len(requests) == 1


async def test_only_devices_in_fault_are_polled_for_alarms_in_a_fleet(
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
    (state,) = event_states(events, ROOF_ALARM)
    assert state.attributes["event_type"] == "alarm"
    end_alarms(cloud, INVERTER)
    await let_pass(900)
    assert len(event_states(events, ROOF_ALARM)) == 2
    requests = calls(cloud, INVERTER_ALARMS)
    await let_pass(4000)
    assert calls(cloud, INVERTER_ALARMS) - requests <= 2
    assert calls(cloud, STORAGE_ALARMS) == 0
