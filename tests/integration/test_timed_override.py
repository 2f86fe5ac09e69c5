"""The actions charge_now and discharge_now: the former settings are restored at the end."""

import asyncio
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import (
    STORAGE,
    HeldReplies,
    Pass,
    VirtualClock,
    act,
    ask,
    do,
    fail_at,
    reload,
    sent,
    set_time,
    set_up,
    value,
)

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

AC_CHARGE = "switch.storage_1054_ac_charge"
FORCED = "switch.storage_1054_forced_discharge"
START, END = (
    "time.storage_1054_ac_charge_period_from",
    "time.storage_1054_ac_charge_period_to",
)
WINDOW, SWITCH = "storage_ac_charge_hour_start", "storage_ac_charge_enable_disable"


async def test_former_settings_are_restored_at_the_end(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    cloud.plants[0].battery.level = 0.3
    await do(
        hass, "set_charge_window", device_id=ids[STORAGE], start="02:00", end="05:00"
    )
    await act(hass, AC_CHARGE, "turn_off")
    answer = await ask(hass, "charge_now", device_id=ids[STORAGE], minutes=30)
    # It is 12:02:30 by the device's clock, so a window from 12:02 ends a minute later.
    assert sent(cloud)[2:] == [
        (WINDOW, "12", "2", "12", "33"),
        (SWITCH, "1", "", "", ""),
    ]
    assert answer["window_afterwards"] == "02:00-05:00"
    assert answer["switch_afterwards"] == "off"
    assert answer["former_switch_is_known"] is True
    assert answer["until"].startswith("2026-06-20T13:33:0")
    await let_pass(600)
    assert cloud.plants[0].battery.charge_power == 3000
    await let_pass(1300)
    assert sent(cloud)[4:] == [
        (SWITCH, "0", "", "", ""),
        (WINDOW, "2", "0", "5", "0"),
    ]
    assert value(hass, AC_CHARGE) == "off"
    assert value(hass, START) == "02:00:00"
    await let_pass(4000)
    assert len(sent(cloud)) == 6


async def test_former_window_that_is_none_is_restored(
    hass: HomeAssistant,
    ids: dict[str, str],
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    await do(
        hass, "set_charge_window", device_id=ids[STORAGE], start="00:00", end="00:00"
    )
    answer = await ask(hass, "charge_now", device_id=ids[STORAGE], minutes=5)
    assert answer["window_afterwards"] == "00:00-00:00"
    assert answer["former_window_is_known"] is True
    await reload(hass, loaded)
    await let_pass(400)
    assert sent(cloud)[-2:] == [(SWITCH, "0", "", "", ""), (WINDOW, "0", "0", "0", "0")]


async def test_unknown_former_switch_is_turned_off(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    answer = await ask(hass, "discharge_now", device_id=ids[STORAGE], minutes=5)
    assert answer["former_switch_is_known"] is False
    assert answer["window_afterwards"] is None
    assert value(hass, FORCED) == "on"
    await let_pass(400)
    assert sent(cloud)[2:] == [("storage_cmd_forced_discharge_enable", "1", "", "", "")]
    assert value(hass, FORCED) == "off"


async def test_switch_is_turned_off_when_the_former_window_is_unknown(
    hass: HomeAssistant,
    ids: dict[str, str],
    let_pass: Pass,
) -> None:
    """Left on in the window of the override, it would charge at this time every day."""
    await act(hass, AC_CHARGE, "turn_on")
    answer = await ask(hass, "charge_now", device_id=ids[STORAGE], minutes=5)
    assert answer["former_switch_is_known"] is True
    assert answer["former_window_is_known"] is False
    assert answer["switch_afterwards"] == "off"
    await let_pass(400)
    assert value(hass, AC_CHARGE) == "off"


@pytest.mark.parametrize("late", [False, True])
async def test_override_ends_after_a_restart(
    hass: HomeAssistant,
    ids: dict[str, str],
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    late: bool,
) -> None:
    await act(hass, AC_CHARGE, "turn_off")
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    await hass.config_entries.async_unload(loaded.entry_id)
    if late:
        await let_pass(3600)
        assert sent(cloud)[-1] == (SWITCH, "1", "", "", "")
    await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await let_pass(5)
    if not late:
        assert sent(cloud)[-1] == (SWITCH, "1", "", "", "")
        await let_pass(700)
    assert sent(cloud)[-1] == (SWITCH, "0", "", "", "")
    assert value(hass, AC_CHARGE) == "off"


async def test_settings_changed_meanwhile_are_kept(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    await do(
        hass, "set_charge_window", device_id=ids[STORAGE], start="02:00", end="05:00"
    )
    await act(hass, AC_CHARGE, "turn_on")
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    await act(hass, AC_CHARGE, "turn_off")
    before = len(sent(cloud))
    await let_pass(700)
    # Only the window is restored.
    assert sent(cloud)[before:] == [(WINDOW, "2", "0", "5", "0")]
    assert value(hass, AC_CHARGE) == "off"
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    await set_time(hass, END, "23:00:00")
    before = len(sent(cloud))
    await let_pass(700)
    assert sent(cloud)[before:] == [(SWITCH, "0", "", "", "")]


async def test_later_override_replaces_the_first(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    await act(hass, AC_CHARGE, "turn_off")
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    # A longer one restores the settings from before the first.
    answer = await ask(hass, "charge_now", device_id=ids[STORAGE], minutes=20)
    assert answer["switch_afterwards"] == "off"
    # One in the other direction ends the first before it starts.
    await do(hass, "discharge_now", device_id=ids[STORAGE], minutes=10)
    assert value(hass, AC_CHARGE) == "off"
    assert value(hass, FORCED) == "on"
    await let_pass(1500)
    assert value(hass, FORCED) == "off"
    assert not cloud.plants[0].battery.forced_discharge
    assert not cloud.plants[0].battery.ac_charge


async def test_end_of_the_first_does_not_end_a_later_override_that_is_starting(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    clock: VirtualClock,
    held: HeldReplies,
    let_pass: Pass,
) -> None:
    held.are_held = False
    await act(hass, AC_CHARGE, "turn_off")
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    held.are_held = True
    starting = asyncio.create_task(
        do(hass, "charge_now", device_id=ids[STORAGE], minutes=60)
    )
    await held.on_the_way.wait()
    clock.advance(700)
    async_fire_time_changed(hass, dt_util.utcnow())
    await asyncio.sleep(0)
    held.delivered.set()
    await starting
    await let_pass(60)
    assert sent(cloud)[-1] == (SWITCH, "1", "", "", "")
    await let_pass(3700)
    assert sent(cloud)[-1] == (SWITCH, "0", "", "", "")


async def test_failed_restore_is_retried(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await act(hass, AC_CHARGE, "turn_off")
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003))
    await let_pass(2000)
    assert cloud.plants[0].battery.ac_charge
    assert caplog.text.count("could not be restored yet") == 1
    cloud.faults.clear()
    await let_pass(310)
    assert not cloud.plants[0].battery.ac_charge
    assert value(hass, AC_CHARGE) == "off"


@pytest.mark.parametrize(
    ("failing", "code", "afterwards"),
    [
        # The first write fails definitely: nothing has changed, and nothing is written.
        (1, 10003, []),
        # The second fails definitely: only the window was changed, and is restored.
        (2, 10003, [(WINDOW, "2", "0", "5", "0")]),
        # The outcome is unknown: both are restored.
        (1, 10001, [(SWITCH, "0", "", "", ""), (WINDOW, "2", "0", "5", "0")]),
        (2, 10001, [(SWITCH, "0", "", "", ""), (WINDOW, "2", "0", "5", "0")]),
    ],
)
async def test_failed_start_is_undone(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
    monkeypatch: pytest.MonkeyPatch,
    failing: int,
    code: int,
    afterwards: list[tuple[str, ...]],
) -> None:
    await do(
        hass, "set_charge_window", device_id=ids[STORAGE], start="02:00", end="05:00"
    )
    await act(hass, AC_CHARGE, "turn_off")
    fail_at(monkeypatch, failing, code, "storageSet")
    with pytest.raises(HomeAssistantError) as error:
        await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    assert error.value.translation_key == (
        "device_offline" if code == 10003 else "outcome_unknown"
    )
    # Two writes of the preparation, and the window if the switch was what failed.
    begun = 2 + failing - 1
    await let_pass(2000)
    assert sent(cloud)[begun:] == afterwards
    assert value(hass, START) == "02:00:00"
    assert value(hass, AC_CHARGE) == "off"
    assert not cloud.plants[0].battery.ac_charge


async def test_start_on_an_offline_device_writes_nothing_later(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    """The switch is on, which the integration does not know."""
    cloud.plants[0].battery.ac_charge = True
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003, count=1))
    with pytest.raises(HomeAssistantError):
        await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    await let_pass(2000)
    assert len(sent(cloud)) == 1  # the one that failed
    assert cloud.plants[0].battery.ac_charge


async def test_rejected_change_does_not_stop_the_restore(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003, count=1))
    with pytest.raises(HomeAssistantError):
        await act(hass, AC_CHARGE, "turn_off")
    assert cloud.plants[0].battery.ac_charge
    await let_pass(700)
    assert not cloud.plants[0].battery.ac_charge


async def test_override_over_midnight_is_rejected_with_the_longest_time(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud
) -> None:
    """Midnight is that of the device's clock."""
    storage = cloud.plants[0].find_device(STORAGE)
    assert storage is not None
    storage.skew = timedelta(hours=11, minutes=30)
    await set_up(hass, entry)
    device = next(
        device.id
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if device.serial_number == STORAGE
    )
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "charge_now", device_id=device, minutes=60)
    longest = int((error.value.translation_placeholders or {})["longest"])
    assert 26 <= longest <= 29
    assert sent(cloud) == []
    await do(hass, "charge_now", device_id=device, minutes=longest)
    assert sent(cloud)[0][3:] == ("24", "0")
