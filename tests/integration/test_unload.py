"""What happens to writes that wait or are under way when an entry is reloaded, unloaded or removed."""

import asyncio
from copy import deepcopy
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import (
    STORAGE,
    HeldReplies,
    VirtualClock,
    act,
    reload,
    sent,
    set_time,
    value,
)

# They set periods, which few owners need at first sight.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

LIMIT = "number.storage_1054_ac_charge_stop_level"
AC_CHARGE = "switch.storage_1054_ac_charge"
START, END = (
    "time.storage_1054_ac_charge_period_from",
    "time.storage_1054_ac_charge_period_to",
)


@pytest.fixture
def paused(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Time stands still until this event is set: whoever sleeps, sleeps on."""
    over = asyncio.Event()

    async def sleep(_: float) -> None:
        await over.wait()

    monkeypatch.setattr(clock, "sleep", sleep)
    return over


async def run_loop() -> None:
    """Let all tasks run that can."""
    for _ in range(50):
        await asyncio.sleep(0)


def set_limit(hass: HomeAssistant, limit: float) -> asyncio.Task[None]:
    """Start to set the charge limit."""
    return hass.async_create_task(act(hass, LIMIT, "set_value", value=limit))


def stored_settings(storage: dict[str, Any], entry: MockConfigEntry) -> dict[str, Any]:
    """Return the settings of the storage in the file."""
    file = storage[f"growatt_openapi.{entry.entry_id}.controls"]
    settings: dict[str, Any] = file["data"]["settings"].get(STORAGE, {})
    return settings


@pytest.mark.parametrize("fault", [None, 10003, 10001])
async def test_outcome_of_a_write_in_flight_outlives_a_reload(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    held: HeldReplies,
    fault: int | None,
) -> None:
    held.are_held = False
    await act(hass, LIMIT, "set_value", value=50)
    held.are_held = True
    if fault:
        cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=fault, count=1))
    write = set_limit(hass, 70)
    await held.on_the_way.wait()
    reloading = hass.async_create_task(reload(hass, loaded))
    await run_loop()
    held.delivered.set()
    await reloading
    if fault:
        with pytest.raises(HomeAssistantError):
            await write
    else:
        await write
    expected = {None: "70.0", 10003: "50.0", 10001: "unknown"}[fault]
    assert value(hass, LIMIT) == expected
    assert len(sent(cloud)) == 2


async def test_setting_is_unknown_when_killed_before_the_answer(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    storage: dict[str, Any],
    held: HeldReplies,
) -> None:
    held.are_held = False
    await act(hass, LIMIT, "set_value", value=50)
    held.are_held = True
    write = set_limit(hass, 70)
    await held.on_the_way.wait()
    files = deepcopy(storage)
    # Until then it shows what was last confirmed.
    assert float(value(hass, LIMIT)) == 50
    assert "ac_charge_limit" not in stored_settings(storage, loaded)
    held.delivered.set()
    await write
    assert stored_settings(storage, loaded)["ac_charge_limit"]["value"] == 70

    await hass.config_entries.async_unload(loaded.entry_id)
    storage.clear()
    storage.update(files)
    await hass.config_entries.async_setup(loaded.entry_id)
    assert value(hass, LIMIT) == "unknown"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_rejected_write_leaves_the_old_value_in_the_file(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    storage: dict[str, Any],
) -> None:
    await act(hass, LIMIT, "set_value", value=50)
    cloud.faults.append(Fault(FaultKind.CODE, "storageSet", code=10003, count=1))
    with pytest.raises(HomeAssistantError):
        await act(hass, LIMIT, "set_value", value=70)
    assert stored_settings(storage, loaded)["ac_charge_limit"]["value"] == 50


async def test_write_that_waits_for_another_is_not_sent_after_an_unload(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, held: HeldReplies
) -> None:
    first = set_limit(hass, 70)
    await held.on_the_way.wait()
    second = hass.async_create_task(act(hass, AC_CHARGE, "turn_on"))
    await run_loop()
    unloading = hass.async_create_task(
        hass.config_entries.async_unload(loaded.entry_id)
    )
    await run_loop()
    assert not unloading.done()
    held.delivered.set()
    assert await unloading
    await first
    with pytest.raises(HomeAssistantError) as error:
        await second
    assert error.value.translation_key == "not_sent"
    assert len(sent(cloud)) == 1
    assert not cloud.plants[0].battery.ac_charge


@pytest.mark.parametrize("end", ["async_unload", "async_remove", "async_reload"])
async def test_collected_edit_is_not_sent_after_an_unload(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    paused: asyncio.Event,
    end: str,
) -> None:
    edit = hass.async_create_task(
        asyncio.wait(
            [
                hass.async_create_task(set_time(hass, START, "02:00:00")),
                hass.async_create_task(set_time(hass, END, "05:00:00")),
            ]
        )
    )
    await run_loop()
    await getattr(hass.config_entries, end)(loaded.entry_id)
    paused.set()
    finished, _ = await edit
    for one in finished:
        error = one.exception()
        assert isinstance(error, HomeAssistantError)
        assert error.translation_key == "not_sent"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert sent(cloud) == []
    if end == "async_reload":
        assert value(hass, START) == "unknown"


async def test_a_read_that_ends_after_a_reload_overwrites_nothing(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    storage: dict[str, Any],
) -> None:
    """The file belongs to the entry that is loaded now."""
    await act(hass, LIMIT, "set_value", value=50)
    former = loaded.runtime_data.controls
    await reload(hass, loaded)
    await act(hass, LIMIT, "set_value", value=70)
    await former.store.async_save()
    assert stored_settings(storage, loaded)["ac_charge_limit"]["value"] == 70
