"""Charging and discharging now: put back afterwards, whatever happens in between."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from tests.helpers import (
    STORAGE,
    Pass,
    act,
    ask,
    do,
    sent,
    set_time,
    set_up,
    value,
)

AC_CHARGE = "switch.storage_1054_ac_charge"
FORCED = "switch.storage_1054_forced_discharge"
START, END = "time.storage_1054_ac_charge_start", "time.storage_1054_ac_charge_end"
WINDOW, SWITCH = "storage_ac_charge_hour_start", "storage_ac_charge_enable_disable"


async def test_what_was_before_is_put_back(
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
    # 12:02:30 by the device's clock: the minute that has begun is not a whole one.
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


async def test_what_was_not_known_is_turned_off(
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


async def test_a_switch_is_not_left_on_in_the_window_of_the_run(
    hass: HomeAssistant,
    ids: dict[str, str],
    let_pass: Pass,
) -> None:
    """It was on, in a window that nobody knows: it would charge at this time every day."""
    await act(hass, AC_CHARGE, "turn_on")
    answer = await ask(hass, "charge_now", device_id=ids[STORAGE], minutes=5)
    assert answer["former_switch_is_known"] is True
    assert answer["former_window_is_known"] is False
    assert answer["switch_afterwards"] == "off"
    await let_pass(400)
    assert value(hass, AC_CHARGE) == "off"


@pytest.mark.parametrize("late", [False, True])
async def test_a_restart_forgets_nothing(
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


async def test_what_the_user_sets_meanwhile_stays(
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
    # The window alone is put back.
    assert sent(cloud)[before:] == [(WINDOW, "2", "0", "5", "0")]
    assert value(hass, AC_CHARGE) == "off"
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    await set_time(hass, END, "23:00:00")
    before = len(sent(cloud))
    await let_pass(700)
    assert sent(cloud)[before:] == [(SWITCH, "0", "", "", "")]


async def test_another_one_takes_over(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    await act(hass, AC_CHARGE, "turn_off")
    await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    # Longer: what was before the first is what is put back.
    answer = await ask(hass, "charge_now", device_id=ids[STORAGE], minutes=20)
    assert answer["switch_afterwards"] == "off"
    # The other way round: the first is ended before.
    await do(hass, "discharge_now", device_id=ids[STORAGE], minutes=10)
    assert value(hass, AC_CHARGE) == "off"
    assert value(hass, FORCED) == "on"
    await let_pass(1500)
    assert value(hass, FORCED) == "off"
    assert not cloud.plants[0].battery.forced_discharge
    assert not cloud.plants[0].battery.ac_charge


async def test_what_cannot_be_put_back_is_tried_again(
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


def fail_at(monkeypatch: pytest.MonkeyPatch, number: int, code: int) -> None:
    """Let one of the next sets fail, and not reach the journal."""
    written = 0
    dispatch: Any = Router.dispatch

    def fail(self: Router, token: str, method: str, path: str, parameters: Any) -> Any:
        nonlocal written
        if path == "storageSet":
            written += 1
            if written == number:
                return {"data": "", "error_code": code, "error_msg": "failed"}
        return dispatch(self, token, method, path, parameters)

    monkeypatch.setattr(Router, "dispatch", fail)


@pytest.mark.parametrize(
    ("failing", "code", "afterwards"),
    [
        # Offline at the first: nothing has changed, and nothing is sent.
        (1, 10003, []),
        # At the second the window has: it alone is put back.
        (2, 10003, [(WINDOW, "2", "0", "5", "0")]),
        # Nobody knows what has become of it: both are.
        (1, 10001, [(SWITCH, "0", "", "", ""), (WINDOW, "2", "0", "5", "0")]),
        (2, 10001, [(SWITCH, "0", "", "", ""), (WINDOW, "2", "0", "5", "0")]),
    ],
)
async def test_what_could_not_begin_is_undone(
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
    fail_at(monkeypatch, failing, code)
    with pytest.raises(HomeAssistantError) as error:
        await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    assert error.value.translation_key == (
        "device_offline" if code == 10003 else "outcome_unknown"
    )
    # After the two of the set-up, and the window where the switch was what failed.
    begun = 2 + failing - 1
    await let_pass(2000)
    assert sent(cloud)[begun:] == afterwards
    assert value(hass, START) == "02:00:00"
    assert value(hass, AC_CHARGE) == "off"
    assert not cloud.plants[0].battery.ac_charge


async def test_a_device_that_was_offline_is_not_touched_later(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    """Its switch was on, for all that nobody here knows."""
    cloud.plants[0].battery.ac_charge = True
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003, count=1))
    with pytest.raises(HomeAssistantError):
        await do(hass, "charge_now", device_id=ids[STORAGE], minutes=10)
    await let_pass(2000)
    assert len(sent(cloud)) == 1  # the one that was refused
    assert cloud.plants[0].battery.ac_charge


async def test_a_wish_that_was_refused_does_not_keep_a_run_from_ending(
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


async def test_over_midnight_it_says_how_long_it_may_be(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud
) -> None:
    """By the clock of the device, whatever that shows."""
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
