"""The two time entities of a window, which are written together."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.families.settings import Window
from simulator.cloud import Cloud
from tests.helpers import NOON, STORAGE, VirtualClock, do, reload, sent, set_time, value

# They look at entities that few owners need at first sight, too.
pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")

CHARGE_START = "time.storage_1054_ac_charge_period_from"
CHARGE_END = "time.storage_1054_ac_charge_period_to"


async def set_window(
    hass: HomeAssistant, start_id: str, end_id: str, start: str, end: str
) -> None:
    """Set both ends of a window at once."""
    await asyncio.gather(set_time(hass, start_id, start), set_time(hass, end_id, end))


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
    # A later change of one end is written with the other.
    await set_time(hass, CHARGE_END, "06:00:00")
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "2", "5", "6", "0")
    await reload(hass, loaded)
    assert value(hass, CHARGE_END) == "06:00:00"


async def test_midnight_as_an_end_is_written_as_24_hours(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    start = "time.storage_1054_forced_discharge_period_from"
    end = "time.storage_1054_forced_discharge_period_to"
    await set_window(hass, start, end, "18:00:00", "00:00:00")
    assert sent(cloud) == [("storage_cmd_forced_discharge_time1", "18", "0", "24", "0")]
    assert value(hass, end) == "00:00:00"


async def test_window_from_midnight_to_midnight_is_no_window(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    storage: dict[str, Any],
) -> None:
    """Devices show an unused window as 0:0 to 0:0. Sent as 0:00 to 24:00, a cleared window would charge all day."""
    await set_window(hass, CHARGE_START, CHARGE_END, "02:00:00", "05:00:00")
    await set_window(hass, CHARGE_START, CHARGE_END, "00:00:00", "00:00:00")
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "0", "0", "0", "0")
    assert not cloud.plants[0].battery.ac_charge_window.contains(NOON)
    assert value(hass, CHARGE_START) == value(hass, CHARGE_END) == "00:00:00"
    await reload(hass, loaded)
    assert value(hass, CHARGE_START) == value(hass, CHARGE_END) == "00:00:00"
    stored = storage[f"growatt_openapi.{loaded.entry_id}.controls"]["data"]["settings"]
    assert stored[STORAGE]["ac_charge_window"]["value"] == "00:00-00:00"
    # Cleared one end at a time: what the two entities show is what is sent.
    await set_window(hass, CHARGE_START, CHARGE_END, "18:00:00", "00:00:00")
    await set_time(hass, CHARGE_START, "00:00:00")
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "0", "0", "0", "0")


async def test_whole_day_is_shown_as_ending_at_its_last_minute(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    ids: dict[str, str],
    cloud: Cloud,
) -> None:
    """A time entity cannot show 24:00, and 0:00 to 0:00 is no window."""
    await do(
        hass, "set_charge_window", device_id=ids[STORAGE], start="00:00", end="24:00"
    )
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "0", "0", "24", "0")
    assert cloud.plants[0].battery.ac_charge_window.contains(NOON)
    assert value(hass, CHARGE_START) == "00:00:00"
    assert value(hass, CHARGE_END) == "23:59:00"
    await reload(hass, loaded)
    assert value(hass, CHARGE_END) == "23:59:00"
    # Setting what is shown does not clear it.
    await set_time(hass, CHARGE_START, "00:00:00")
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "0", "0", "23", "59")


async def test_one_end_waits_for_the_other(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, clock: VirtualClock
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await set_time(hass, CHARGE_END, "05:00:00")
    assert error.value.translation_key == "start_missing"
    assert sent(cloud) == []
    assert value(hass, CHARGE_END) == "unknown"
    await set_time(hass, CHARGE_START, "02:00:00")
    assert sent(cloud) == [("storage_ac_charge_hour_start", "2", "0", "5", "0")]
    # A rejected end is dropped after a while.
    with pytest.raises(ServiceValidationError):
        await set_time(hass, CHARGE_START, "07:00:00")
    clock.advance(400)
    await set_time(hass, CHARGE_END, "04:00:00")
    assert sent(cloud)[-1] == ("storage_ac_charge_hour_start", "2", "0", "4", "0")


async def test_window_is_moved_one_end_at_a_time(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """An end that would make the window run over midnight waits for the other."""
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
async def test_invalid_windows_are_rejected(
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


@pytest.mark.parametrize(
    "text", ["00:00-24:00", "00:00-00:00", "06:30-24:00", "01:02-03:04"]
)
def test_stored_windows_are_parsed(text: str) -> None:
    assert str(Window.parse(text)) == text
