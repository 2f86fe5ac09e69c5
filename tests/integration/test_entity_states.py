"""States of the scenario "home" through days and nights: nothing is shown that was not measured."""

from datetime import UTC, datetime, timedelta

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import encoding as wire
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.server import Server
from tests.helpers import (
    BATTERY,
    HOUSE,
    INVERTER,
    ROOF,
    STORAGE,
    Pass,
    VirtualClock,
    alter_reply,
    failed,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


async def test_states_through_a_night(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    """The test runs from noon to the next morning; the plant's midnight is at 23:00 UTC."""

    async def until(hour: int, minute: int, day: int = 20) -> None:
        end = datetime(2026, 6, day, hour, minute, 5, tzinfo=UTC)
        await let_pass((end - clock.now()).total_seconds() - 300, 300)
        await let_pass((end - clock.now()).total_seconds())

    await until(20, 30)
    produced = value(hass, f"sensor.{ROOF}_energy_today")
    total = value(hass, f"sensor.{ROOF}_energy_total")
    assert float(produced) > 15
    # The cloud still returns the last power before the inverter went to sleep.
    upload = server.cloud.plants[0].get_newest_upload(INVERTER, clock.now())
    assert upload is not None
    assert upload.values["power"] > 0
    assert value(hass, f"sensor.{ROOF}_status") == "asleep"
    assert float(value(hass, f"sensor.{ROOF}_output_power")) == 0
    assert value(hass, f"sensor.{ROOF}_temperature") == "unknown"
    assert value(hass, f"binary_sensor.{ROOF}_online") == "on"
    assert value(hass, f"binary_sensor.{ROOF}_fault") == "off"
    assert float(value(hass, f"sensor.{HOUSE}_power")) == 0
    assert value(hass, f"sensor.{BATTERY}_status") == "discharging"

    await until(22, 59)
    assert value(hass, f"sensor.{ROOF}_energy_today") == produced
    assert float(value(hass, f"sensor.{BATTERY}_discharge_energy_today")) > 1
    requests = len(server.cloud.journal)
    clock.advance(55)
    await let_pass(1)
    # A timer resets them, without a request or an upload.
    assert len(server.cloud.journal) == requests
    assert clock.now() == datetime(2026, 6, 20, 23, 0, 1, tzinfo=UTC)
    assert float(value(hass, f"sensor.{ROOF}_energy_today")) == 0
    assert float(value(hass, f"sensor.{BATTERY}_discharge_energy_today")) == 0
    assert float(value(hass, f"sensor.{HOUSE}_energy_today")) == 0

    await until(2, 0, 21)
    assert float(value(hass, f"sensor.{ROOF}_energy_today")) == 0
    assert value(hass, f"sensor.{ROOF}_energy_total") == total
    assert value(hass, f"sensor.{ROOF}_status") == "asleep"

    await until(6, 0, 21)
    assert value(hass, f"sensor.{ROOF}_status") == "normal"
    assert 0 < float(value(hass, f"sensor.{ROOF}_energy_today")) < 5
    assert float(value(hass, f"sensor.{ROOF}_energy_total")) > float(total)
    assert failed(server.cloud) == []


async def test_daily_energy_equals_the_last_upload_of_each_day(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    server: Server,
    clock: VirtualClock,
    let_pass: Pass,
) -> None:
    """Just before midnight every energy sensor shows its counter in the last upload."""
    counters = {
        INVERTER: {
            f"sensor.{ROOF}_energy_today": "today",
            f"sensor.{ROOF}_energy_total": "total",
        },
        STORAGE: {
            f"sensor.{BATTERY}_charge_energy_today": "charge_today",
            f"sensor.{BATTERY}_discharge_energy_today": "discharge_today",
            f"sensor.{HOUSE}_import_energy_total": "imported_total",
            f"sensor.{HOUSE}_export_energy_total": "exported_total",
        },
    }
    (plant,) = server.cloud.plants
    families = {
        serial: family
        for family in loaded.runtime_data.families.values()
        for serial in family.data
    }
    await let_pass(11 * 3600 + 55 * 60 - 120, 300)
    for day in range(7):
        # Just before the plant's midnight
        assert plant.get_local_time(clock.now()).strftime("%H:%M") == "23:55"
        for serial, entities in counters.items():
            seen = families[serial].data[serial].clock.newest
            (upload,) = (
                upload
                for device in plant.devices
                if device.serial == serial
                for upload in device.uploads
                if plant.get_local_time(upload.measured).replace(microsecond=0) == seen
            )
            newest = plant.get_newest_upload(serial, clock.now())
            assert newest is not None
            assert newest.measured - upload.measured <= timedelta(minutes=5)
            for entity_id, register in entities.items():
                assert float(value(hass, entity_id)) == upload.values[register], (
                    day,
                    entity_id,
                )
        await let_pass(86_400, 300)
    assert failed(server.cloud) == []


async def test_datalogger_without_uploads_makes_its_devices_unavailable(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    await let_pass(600)
    (plant,) = server.cloud.plants
    plant.datalogger.period = 10**9
    await let_pass(26 * 60)
    assert value(hass, f"sensor.{ROOF}_output_power") == "unavailable"
    assert value(hass, f"sensor.{ROOF}_status") == "unavailable"
    assert float(value(hass, f"sensor.{ROOF}_energy_today")) > 5
    # The device list was polled when the reading became stale, and lists both as lost.
    assert value(hass, f"binary_sensor.{ROOF}_online") == "off"
    assert value(hass, f"binary_sensor.{BATTERY}_online") == "off"
    assert value(hass, "binary_sensor.shinewifi_x_0117_online") == "off"
    # It is unknown once the list itself is too old.
    server.cloud.faults.append(Fault(FaultKind.ERROR_500, path="device/list"))
    await let_pass(3 * 3600, 300)
    assert value(hass, f"binary_sensor.{ROOF}_online") == "unknown"


async def test_plant_power_is_taken_from_the_curve_when_the_overview_is_zero(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    alter_reply(
        monkeypatch, router, "plant/data", lambda data: data.update(current_power=0)
    )
    await set_up(hass, entry)
    assert float(value(hass, f"sensor.{HOUSE}_power")) > 1000


async def test_plant_power_is_taken_from_the_overview_without_the_curve(
    hass: HomeAssistant, entry: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    server.cloud.faults.append(Fault(FaultKind.CODE, path="plant/power", code=10011))
    await set_up(hass, entry)
    assert float(value(hass, f"sensor.{HOUSE}_power")) > 1000
    await let_pass(900)
    # The curve is polled once a day.
    assert [call.path for call in server.cloud.journal].count("plant/power") == 1


async def test_only_listeners_with_news_are_notified(
    hass: HomeAssistant, loaded: MockConfigEntry, server: Server, let_pass: Pass
) -> None:
    """Listeners of other devices are not called, and an exception in one keeps the others from nothing."""
    coordinator = loaded.runtime_data.families["inverter"]
    notified: list[str] = []

    def broken() -> None:
        notified.append("broken")
        raise ValueError

    stops = [
        coordinator.async_add_listener(broken, INVERTER),
        coordinator.async_add_listener(lambda: notified.append("its"), INVERTER),
        coordinator.async_add_listener(lambda: notified.append("other"), "OTHER"),
        coordinator.async_add_listener(lambda: notified.append("all")),
    ]
    await let_pass(600)
    assert set(notified) == {"broken", "its", "all"}
    for stop in stops:
        stop()
    notified.clear()
    server.cloud.plants[0].datalogger.period = 10**9
    await let_pass(600)
    assert notified == []


async def test_total_that_dips_for_one_reading_does_not_fall(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    entities = (
        f"sensor.{ROOF}_energy_total",
        f"sensor.{HOUSE}_export_energy_total",
        f"sensor.{HOUSE}_energy_total",
    )
    before = [float(value(hass, entity_id)) for entity_id in entities]
    inverter, storage = wire.encode_inverter_reading, wire.encode_storage_reading
    with monkeypatch.context() as patch:
        patch.setattr(
            wire, "encode_inverter_reading", lambda *a: inverter(*a) | {"powerTotal": 0}
        )
        patch.setattr(
            wire, "encode_storage_reading", lambda *a: storage(*a) | {"eToGridTotal": 0}
        )
        alter_reply(
            patch, router, "plant/data", lambda data: data.update(total_energy="0")
        )
        await let_pass(310)
        assert [float(value(hass, entity_id)) for entity_id in entities] == before
    await let_pass(310)
    after = [float(value(hass, entity_id)) for entity_id in entities]
    assert all(now > then for now, then in zip(after, before, strict=True))


async def test_readings_without_a_time_are_new_when_they_differ(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: Server,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    storage = wire.encode_storage_reading
    monkeypatch.setattr(
        wire, "encode_storage_reading", lambda *a: storage(*a) | {"time": ""}
    )
    alter_reply(
        monkeypatch, router, "plant/data", lambda data: data.pop("last_update_time")
    )
    await set_up(hass, entry)
    assert value(hass, f"sensor.{BATTERY}_grid_power") != "unavailable"
    assert float(value(hass, f"sensor.{HOUSE}_energy_today")) > 5
    await let_pass(1800)
    assert value(hass, f"sensor.{BATTERY}_grid_power") != "unavailable"
    server.cloud.plants[0].datalogger.period = 10**9
    await let_pass(1800)
    assert value(hass, f"sensor.{BATTERY}_grid_power") == "unavailable"


async def test_overview_older_than_the_last_is_ignored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    before = value(hass, f"sensor.{HOUSE}_energy_today")
    with monkeypatch.context() as patch:
        alter_reply(
            patch,
            router,
            "plant/data",
            lambda data: data.update(
                last_update_time="2026-06-20 09:00:00", today_energy="1"
            ),
        )
        await let_pass(310)
        assert value(hass, f"sensor.{HOUSE}_energy_today") == before
    await let_pass(310)
    assert float(value(hass, f"sensor.{HOUSE}_energy_today")) > float(before)


async def test_yesterdays_energy_with_todays_time_is_ignored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    clock: VirtualClock,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    await let_pass(11 * 3600 + 56 * 60, 300)  # 23:58 at the plant
    discharged = value(hass, f"sensor.{BATTERY}_discharge_energy_today")
    produced = value(hass, f"sensor.{HOUSE}_energy_today")
    assert float(discharged) > 1
    assert float(produced) > 10
    storage = wire.encode_storage_reading

    with monkeypatch.context() as patch:
        patch.setattr(
            wire,
            "encode_storage_reading",
            lambda *a: storage(*a) | {"eDischargeToday": float(discharged)},
        )
        alter_reply(
            patch, router, "plant/data", lambda data: data.update(today_energy=produced)
        )
        await let_pass(900)
        assert float(value(hass, f"sensor.{BATTERY}_discharge_energy_today")) == 0
        assert float(value(hass, f"sensor.{HOUSE}_energy_today")) == 0
    await let_pass(3600, 300)
    assert 0 < float(value(hass, f"sensor.{BATTERY}_discharge_energy_today")) < 1
