"""Charging and discharging now with a schedule of blocks: it is changed for a while, and is afterwards what it was before."""

import asyncio
from copy import deepcopy
from datetime import datetime, time
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.issues import LEFT_ON
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.physics.plant import Plant
from simulator.physics.power_models import Period, Storage
from simulator.router import Router
from simulator.scenarios import min_without_battery
from simulator.scenarios.newer import hybrid_home, min_home, spa_home
from tests.helpers import (
    HeldReplies,
    Pass,
    VirtualClock,
    act,
    ask,
    do,
    drop_stop_levels,
    fail_at,
    restart,
    set_up,
    written,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

MIN, SPH, SPA, ROOF = "MNK6D09077", "SPN4F11025", "SAN7G13041", "MNK5D09042"


def scenario(now: datetime) -> list[Plant]:
    """A MIN, an SPH, an SPA, and a MIN without a battery."""
    return [
        *min_home(now),
        *hybrid_home(now),
        *spa_home(now),
        *min_without_battery(now),
    ]


SCENARIO = scenario


@pytest.fixture
def batteries(cloud: Cloud) -> dict[str, Storage]:
    """The simulated batteries, with a schedule and at noon, by the serials of their ids."""
    first, second, third, _ = cloud.plants
    batteries = {MIN: first.battery, SPH: second.battery, SPA: third.battery}
    for battery in batteries.values():
        battery.level = 0.4
    segments = batteries[MIN].periods["segments"]
    segments[0] = Period("grid", time(18), time(21, 30), enabled=True)
    segments[1] = Period("load", time(2), time(5), enabled=True)
    segments[3] = Period("grid", time(12), time(13), enabled=True)
    charge, discharge = (
        batteries[SPH].periods[name] for name in ("charge", "discharge")
    )
    charge[0] = Period("battery", time(1), time(4), enabled=True)
    charge[2] = Period("battery", time(22), time(23), enabled=False)
    discharge[0] = Period("grid", time(11), time(13), enabled=True)
    discharge[1] = Period("grid", time(18), time(20), enabled=True)
    batteries[SPH].charge_rate, batteries[SPH].charge_stop = 0.6, 0.9
    return batteries


@pytest.fixture
async def loaded(
    hass: HomeAssistant,
    batteries: dict[str, Storage],
    entry: MockConfigEntry,
    let_pass: Pass,
) -> MockConfigEntry:
    """The config entry, some minutes after it was set up."""
    await set_up(hass, entry)
    await let_pass(400)
    return entry


def settings(battery: Storage) -> tuple[Any, ...]:
    """Return everything that an override may change."""
    return deepcopy(
        (
            battery.periods,
            battery.ac_charge,
            battery.charge_rate,
            battery.charge_stop,
            battery.discharge_rate,
            battery.discharge_stop,
        )
    )


def find_device(hass: HomeAssistant, entry: MockConfigEntry, serial: str) -> str:
    """Return the id of a device in the device registry."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, serial), entry.entry_id
    )
    assert device is not None
    return device.id


def now_on(battery: Storage, name: str) -> list[tuple[str, time]]:
    """Return the mode and start of the periods of a schedule that are on."""
    return [(one.mode, one.start) for one in battery.periods[name] if one.enabled]


async def pass_a_restart(
    how: str,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    storage: dict[str, Any],
    let_pass: Pass,
) -> None:
    """Let Home Assistant run on, restart it, kill it, or kill it and start it again after the time of the override."""
    if how == "late":
        await hass.config_entries.async_unload(entry.entry_id)
        await let_pass(3600)
        assert await hass.config_entries.async_setup(entry.entry_id)
    elif how != "none":
        await restart(hass, entry, storage, kill=how == "kill")
    await hass.async_block_till_done(wait_background_tasks=True)


HOWS = ("none", "restart", "kill", "late")


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(
    ("kind", "mode"), [("charge", "battery"), ("discharge", "grid")]
)
async def test_schedule_of_a_min_is_afterwards_what_it_was(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    storage: dict[str, Any],
    let_pass: Pass,
    kind: str,
    mode: str,
    how: str,
) -> None:
    battery = batteries[MIN]
    before = settings(battery)
    assert now_on(battery, "segments")[-1] == ("grid", time(12))
    await do(hass, f"{kind}_now", device_id=ids[MIN], minutes=40)
    # It is 12:09 by the device's clock: the segment from 12:00 to 13:00 makes room, the others are unchanged.
    expected = [("grid", time(18)), ("load", time(2)), (mode, time(12, 9))]
    assert now_on(battery, "segments") == expected
    assert battery.ac_charge is (kind == "charge")
    await let_pass(600)
    power = battery.charge_power if kind == "charge" else battery.discharge_power
    assert power > 2000
    await pass_a_restart(how, hass, loaded, storage, let_pass)
    if how != "late":
        assert now_on(battery, "segments") == expected
        await let_pass(1900)
    await let_pass(60)
    assert settings(battery) == before


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(
    ("kind", "mode"), [("charge", "battery"), ("discharge", "grid")]
)
async def test_schedule_of_an_sph_is_afterwards_what_it_was(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    storage: dict[str, Any],
    let_pass: Pass,
    kind: str,
    mode: str,
    how: str,
) -> None:
    battery = batteries[SPH]
    before = settings(battery)
    await do(hass, f"{kind}_now", device_id=ids[SPH], minutes=40)
    assert now_on(battery, kind) == [(mode, time(12, 9))]
    # The discharge period from 11:00 to 13:00 is off while it charges; others stay, since they are at other times.
    other = {
        "charge": ("discharge", [("grid", time(18))]),
        "discharge": ("charge", [("battery", time(1))]),
    }[kind]
    assert now_on(battery, other[0]) == other[1]
    assert battery.ac_charge is (kind == "charge")
    assert battery.charge_rate == 0.6
    await let_pass(600)
    power = battery.charge_power if kind == "charge" else battery.discharge_power
    assert power > 1500
    await pass_a_restart(how, hass, loaded, storage, let_pass)
    if how != "late":
        assert now_on(battery, kind) == [(mode, time(12, 9))]
        await let_pass(1900)
    await let_pass(60)
    assert settings(battery) == before


@pytest.mark.parametrize("serial", [MIN, SPH])
async def test_kill_between_two_writes_loses_nothing(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    storage: dict[str, Any],
    held: HeldReplies,
    let_pass: Pass,
    serial: str,
) -> None:
    """The first write has arrived, its confirmation has not."""
    before = settings(batteries[serial])
    starting = hass.async_create_task(
        do(hass, "charge_now", device_id=ids[serial], minutes=40)
    )
    await held.on_the_way.wait()
    assert settings(batteries[serial]) != before
    files = deepcopy(storage)
    held.delivered.set()
    await starting
    await hass.config_entries.async_unload(loaded.entry_id)
    storage.clear()
    storage.update(files)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await let_pass(2500)
    assert settings(batteries[serial]) == before


async def test_override_ends_also_if_its_start_was_cancelled(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    held: HeldReplies,
    let_pass: Pass,
) -> None:
    """As by an automation that is restarted."""
    before = settings(batteries[MIN])
    starting = hass.async_create_task(
        do(hass, "charge_now", device_id=ids[MIN], minutes=10)
    )
    await held.on_the_way.wait()
    starting.cancel()
    held.delivered.set()
    await asyncio.gather(starting, return_exceptions=True)
    assert settings(batteries[MIN]) != before
    await let_pass(700)
    assert settings(batteries[MIN]) == before


@pytest.mark.parametrize("serial", [MIN, SPH])
@pytest.mark.parametrize(
    ("kind", "level", "start"), [("charge", 60, 0.5), ("discharge", 30, 0.65)]
)
async def test_override_ends_at_the_charge_level(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    let_pass: Pass,
    serial: str,
    kind: str,
    level: int,
    start: float,
) -> None:
    battery = batteries[serial]
    battery.level = start
    await let_pass(310)
    before = settings(battery)
    answer = await ask(
        hass, f"{kind}_now", device_id=ids[serial], minutes=300, charge_level=level
    )
    assert answer["charge_level"] == level
    if serial == SPH:
        # The device itself stops there too.
        stop = battery.charge_stop if kind == "charge" else battery.discharge_stop
        assert stop == level / 100
    minutes = 0
    while settings(battery) != before:
        await let_pass(60)
        minutes += 1
    assert 5 < minutes < 60
    # At the first reading that has the level, which may be six minutes late.
    assert battery.level == pytest.approx(level / 100, abs=0.05)


async def test_own_limits_are_never_loosened(
    hass: HomeAssistant, ids: dict[str, str], batteries: dict[str, Storage]
) -> None:
    battery = batteries[SPH]
    await do(hass, "charge_now", device_id=ids[SPH], minutes=9, charge_level=100)
    assert battery.charge_stop == 0.9
    await do(hass, "discharge_now", device_id=ids[SPH], minutes=9, charge_level=1)
    assert battery.discharge_stop == 0.1


@pytest.mark.parametrize("serial", [MIN, SPH])
@pytest.mark.parametrize(("kind", "level"), [("charge", 30), ("discharge", 70)])
async def test_level_that_is_reached_already_is_rejected(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    serial: str,
    kind: str,
    level: int,
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await do(
            hass,
            f"{kind}_now",
            device_id=ids[serial],
            minutes=30,
            charge_level=level,
        )
    assert error.value.translation_key == "level_reached"
    assert written(cloud) == []


@pytest.mark.parametrize(
    ("serial", "paths"),
    [
        (MIN, ("device/tlx/tlx_set_info", "device/tlx/tlx_data_info")),
        (SPH, ("device/mix/mix_data_info",)),
    ],
)
async def test_schedule_that_cannot_be_read_is_left_alone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    batteries: dict[str, Storage],
    let_pass: Pass,
    serial: str,
    paths: tuple[str, ...],
) -> None:
    cloud.faults.extend(Fault(FaultKind.CODE, path, code=10011) for path in paths)
    await set_up(hass, entry)
    await let_pass(400)
    before = settings(batteries[serial])
    with pytest.raises(ServiceValidationError) as error:
        await do(
            hass, "charge_now", device_id=find_device(hass, entry, serial), minutes=30
        )
    assert error.value.translation_key == "settings_not_known"
    assert written(cloud) == []
    assert settings(batteries[serial]) == before


async def test_unknown_schedule_is_read_first(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    batteries: dict[str, Storage],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    await set_up(hass, entry)
    before = settings(batteries[MIN])
    device = find_device(hass, entry, MIN)
    await do(hass, "discharge_now", device_id=device, minutes=30)
    assert len(written(cloud)) == 1
    await let_pass(2000)
    assert settings(batteries[MIN]) == before


async def test_stop_level_that_the_device_does_not_return_is_asked_for(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    batteries: dict[str, Storage],
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
    let_pass: Pass,
) -> None:
    drop_stop_levels(monkeypatch, router)
    await set_up(hass, entry)
    await let_pass(400)
    device = find_device(hass, entry, SPH)
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "discharge_now", device_id=device, minutes=30)
    assert error.value.translation_placeholders == {
        "settings": "discharge_periods (stop_level)"
    }
    assert written(cloud) == []


@pytest.mark.parametrize("serial", [MIN, SPH])
async def test_start_on_an_offline_device_changes_nothing(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    batteries: dict[str, Storage],
    let_pass: Pass,
    serial: str,
) -> None:
    before = settings(batteries[serial])
    path = "tlxSet" if serial == MIN else "mixSet"
    cloud.faults.append(Fault(FaultKind.CODE, path, code=10003, count=1))
    with pytest.raises(HomeAssistantError) as error:
        await do(hass, "charge_now", device_id=ids[serial], minutes=30)
    assert error.value.translation_key == "device_offline"
    await let_pass(2500)
    assert len(written(cloud)) == 1
    assert settings(batteries[serial]) == before


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("code", [10003, 10001])
@pytest.mark.parametrize("serial", [MIN, SPH])
async def test_failed_start_is_undone(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    monkeypatch: pytest.MonkeyPatch,
    let_pass: Pass,
    serial: str,
    code: int,
    failing: int,
) -> None:
    before = settings(batteries[serial])
    fail_at(monkeypatch, failing, code, "tlxSet" if serial == MIN else "mixSet")
    with pytest.raises(HomeAssistantError):
        await do(hass, "charge_now", device_id=ids[serial], minutes=300)
    await let_pass(700)
    assert settings(batteries[serial]) == before


@pytest.mark.parametrize("kind", [FaultKind.CODE, FaultKind.ERROR_500])
@pytest.mark.parametrize("serial", [MIN, SPH])
async def test_schedule_is_restored_after_an_outage(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    batteries: dict[str, Storage],
    let_pass: Pass,
    serial: str,
    kind: FaultKind,
) -> None:
    before = settings(batteries[serial])
    await do(hass, "charge_now", device_id=ids[serial], minutes=10)
    path = "tlxSet" if serial == MIN else "mixSet"
    cloud.faults.append(
        Fault(kind, path, code=10003) if kind is FaultKind.CODE else Fault(kind)
    )
    await let_pass(2000)
    assert settings(batteries[serial]) != before
    cloud.faults.clear()
    await let_pass(1300)
    assert settings(batteries[serial]) == before


@pytest.mark.parametrize("serial", [MIN, SPH])
async def test_later_override_replaces_the_time_and_keeps_the_former_schedule(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    let_pass: Pass,
    serial: str,
) -> None:
    battery = batteries[serial]
    before = settings(battery)
    first, second = await asyncio.gather(
        ask(hass, "charge_now", device_id=ids[serial], minutes=20),
        ask(hass, "charge_now", device_id=ids[serial], minutes=60),
    )
    assert first["until"] < second["until"]
    await let_pass(1800)
    assert settings(battery) != before
    # Longer, so that it meets the next segment, or period, which makes room too.
    await do(hass, "charge_now", device_id=ids[serial], minutes=400)
    name = "segments" if serial == MIN else "discharge"
    assert ("grid", time(18)) not in now_on(battery, name)
    # Shorter again.
    await do(hass, "charge_now", device_id=ids[serial], minutes=5)
    assert ("grid", time(18)) in now_on(battery, name)
    # In the other direction: the first ends before.
    await do(hass, "discharge_now", device_id=ids[serial], minutes=5)
    assert not battery.ac_charge
    await let_pass(400)
    assert settings(battery) == before


async def test_override_in_the_time_of_a_charging_segment_keeps_it(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    battery = batteries[MIN]
    battery.periods["segments"][3].mode = "battery"
    battery.ac_charge = True
    await let_pass(1300)
    before = settings(battery)
    await do(hass, "charge_now", device_id=ids[MIN], minutes=60)
    assert len(written(cloud)) == 1  # AC charge is on already
    await let_pass(3700)
    assert settings(battery) == before


async def test_parts_of_a_block_set_meanwhile_stay(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    let_pass: Pass,
) -> None:
    """The schedule around them comes back."""
    battery = batteries[SPH]
    charge = deepcopy(battery.periods["charge"])
    await do(hass, "charge_now", device_id=ids[SPH], minutes=20)
    await act(hass, "number.mill_storage_charge_power_limit", "set_value", value=35)
    assert battery.charge_rate == 0.35
    assert now_on(battery, "charge") == [("battery", time(12, 9))]
    await let_pass(1300)
    assert battery.charge_rate == 0.35
    assert battery.periods["charge"] == charge
    assert not battery.ac_charge


async def test_edit_during_the_restore_does_not_undo_it(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    clock: VirtualClock,
    held: HeldReplies,
    let_pass: Pass,
) -> None:
    """The edit of one part is written with the others as they are restored."""
    battery = batteries[MIN]
    held.are_held = False
    await do(hass, "discharge_now", device_id=ids[MIN], minutes=1)
    held.are_held = True
    clock.advance(90)  # the settings are not read again so soon
    async_fire_time_changed(hass, dt_util.utcnow())
    await held.on_the_way.wait()
    editing = hass.async_create_task(
        act(hass, "time.brook_roof_time_segment_4_from", "set_value", time="11:30:00")
    )
    for _ in range(20):
        await asyncio.sleep(0)
    held.delivered.set()
    await editing
    await let_pass(60)
    fourth = battery.periods["segments"][3]
    assert fourth == Period("grid", time(11, 30), time(13), enabled=True)


async def test_periods_set_meanwhile_have_the_former_limits(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    let_pass: Pass,
) -> None:
    battery = batteries[SPH]
    await do(hass, "charge_now", device_id=ids[SPH], minutes=20, charge_level=70)
    await do(
        hass,
        "set_charge_periods",
        device_id=ids[SPH],
        periods=[{"start": "03:00", "end": "05:00"}],
        power=50,
    )
    await let_pass(1400)
    assert now_on(battery, "charge") == [("battery", time(3))]
    assert (battery.charge_rate, battery.charge_stop) == (0.5, 0.9)
    assert not battery.ac_charge


async def test_whole_schedule_set_meanwhile_stays(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    let_pass: Pass,
) -> None:
    await do(hass, "charge_now", device_id=ids[SPH], minutes=20)
    await do(
        hass,
        "set_charge_periods",
        device_id=ids[SPH],
        periods=[{"start": "03:00", "end": "05:00"}],
        ac_charge=True,
    )
    await do(hass, "discharge_now", device_id=ids[MIN], minutes=20)
    await do(
        hass,
        "set_time_segments",
        device_id=ids[MIN],
        segments=[{"start": "12:30", "end": "14:00", "mode": "battery_first"}],
    )
    await let_pass(1400)
    assert now_on(batteries[SPH], "charge") == [("battery", time(3))]
    assert batteries[SPH].ac_charge
    # What was not in its way is restored.
    assert len(now_on(batteries[SPH], "discharge")) == 2
    assert now_on(batteries[MIN], "segments") == [("battery", time(12, 30))]


async def test_segment_set_meanwhile_for_the_time_of_a_former_one_stays(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    battery = batteries[MIN]
    await do(hass, "charge_now", device_id=ids[MIN], minutes=10)
    await asyncio.gather(
        act(
            hass,
            "time.brook_roof_time_segment_6_from",
            "set_value",
            time="12:40:00",
        ),
        act(hass, "time.brook_roof_time_segment_6_to", "set_value", time="12:50:00"),
        act(hass, "switch.brook_roof_time_segment_6", "turn_on"),
    )
    await let_pass(700)
    assert now_on(battery, "segments")[-1] == ("load", time(12, 40))
    fourth = battery.periods["segments"][3]
    assert fourth == Period("grid", time(12), time(13), enabled=False)
    assert not battery.ac_charge


async def test_min_without_battery_has_neither_action_nor_entities(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "charge_now", device_id=ids[ROOF], minutes=30)
    assert error.value.translation_key == "no_battery"
    assert written(cloud) == []
    assert hass.states.get("button.garden_roof_charge_now") is None


async def test_spa_is_charged_by_action(
    hass: HomeAssistant,
    ids: dict[str, str],
    batteries: dict[str, Storage],
    let_pass: Pass,
) -> None:
    """Its settings endpoint does not return whether it charges from the grid."""
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "charge_now", device_id=ids[SPA], minutes=30)
    assert error.value.translation_placeholders == {
        "settings": "charge_periods (ac_charge)"
    }
    await do(
        hass,
        "set_charge_periods",
        device_id=ids[SPA],
        periods=[{"start": "01:00", "end": "05:00"}],
        ac_charge=False,
    )
    before = settings(batteries[SPA])
    await do(hass, "charge_now", device_id=ids[SPA], minutes=30)
    assert batteries[SPA].ac_charge
    await let_pass(2000)
    assert settings(batteries[SPA]) == before
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "discharge_now", device_id=ids[SPA], minutes=30)
    assert error.value.translation_key == "wrong_family"
    assert hass.states.get("button.orchard_storage_charge_now") is None
    assert hass.states.get("button.orchard_storage_stop_charging_or_discharging")


async def test_override_over_midnight_is_rejected(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "charge_now", device_id=ids[MIN], minutes=720)
    assert error.value.translation_key == "run_over_midnight"
    assert written(cloud) == []
    await do(hass, "charge_now", device_id=ids[MIN], minutes=710)
    assert written(cloud)[-2][1:] == ("1", "12", "9", "23", "59", "1")


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        (
            MIN,
            "time_segment_4: mode grid_first, start_1 12:00:00, end_1 13:00:00, enabled_1 on; ac_charge: off",
        ),
        (SPH, "discharge_periods: power 100.0, stop_level 10.0, start_1 11:00:00"),
    ],
)
async def test_issue_names_the_schedule_that_could_not_be_restored(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    ids: dict[str, str],
    cloud: Cloud,
    serial: str,
    text: str,
) -> None:
    await do(hass, "charge_now", device_id=ids[serial], minutes=30)
    for path in ("tlxSet", "mixSet"):
        cloud.faults.append(Fault(FaultKind.CODE, path, code=10003))
    await hass.config_entries.async_remove(loaded.entry_id)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{LEFT_ON}_{serial}")
    assert issue is not None
    assert issue.translation_key == "charge_left_on_schedule_removed"
    assert (issue.translation_placeholders or {})["settings"].startswith(text)
