"""How the two ends of a window find together."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.families.settings import Window
from simulator.cloud import Cloud
from tests.helpers import VirtualClock, reload, sent, set_time, value

CHARGE_START = "time.storage_1054_ac_charge_start"
CHARGE_END = "time.storage_1054_ac_charge_end"


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
    await reload(hass, loaded)
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
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, clock: VirtualClock
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
