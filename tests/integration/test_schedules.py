"""Actions that read and write whole schedules."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
import voluptuous as vol

from custom_components.growatt_openapi.api import RequestError
from custom_components.growatt_openapi.api.client.device_api import DeviceApi
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.physics.plant import Plant
from simulator.physics.power_models import Period
from simulator.scenarios import home
from simulator.scenarios.newer import hybrid_home, min_home
from tests.helpers import VirtualClock, ask, calls, do, written

MIN, SPH, STORAGE = "MNK6D09077", "SPN4F11025", "KHB2C21054"
OFF = ("0", "0", "0", "0", "0")


def scenario(now: datetime) -> list[Plant]:
    """A cloud with a MIN, an SPH, and a storage that has no schedule."""
    return [*min_home(now), *hybrid_home(now), *home(now)]


SCENARIO = scenario


@pytest.fixture(autouse=True)
async def settled(hass: HomeAssistant, loopback_only: None) -> AsyncIterator[None]:
    """Wait for all background tasks of a test before its sockets are closed."""
    yield
    await hass.async_block_till_done(wait_background_tasks=True)


def segments(cloud: Cloud) -> list[Period]:
    return cloud.plants[0].battery.periods["segments"]


def segment(start: str, end: str, mode: str = "battery_first", **rest: Any) -> Any:
    return {"start": start, "end": end, "mode": mode, **rest}


async def test_segments_are_read_and_only_changed_ones_written(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    found = await ask(hass, "get_schedules", device_id=ids[MIN])
    assert len(found["time_segments"]) == 9
    assert found["time_segments"][0] == {
        "number": 1,
        "mode": "load_first",
        "start": "00:00",
        "end": "00:00",
        "enabled": False,
    }
    await do(
        hass,
        "set_time_segments",
        device_id=ids[MIN],
        segments=[
            segment("01:00", "05:00"),
            segment("18:00:00", "24:00", "grid_first"),
        ],
    )
    # The other seven are unchanged and not written.
    assert written(cloud) == [
        ("time_segment1", "1", "1", "0", "5", "0", "1"),
        ("time_segment2", "2", "18", "0", "23", "59", "1"),
    ]
    found = await ask(hass, "get_schedules", device_id=ids[MIN])
    assert found["time_segments"][1]["end"] == "23:59"
    assert [one["enabled"] for one in found["time_segments"]] == [True] * 2 + [
        False
    ] * 7
    # The first is unchanged; the omitted one is disabled and keeps its times.
    await do(
        hass,
        "set_time_segments",
        device_id=ids[MIN],
        segments=[segment("01:00", "05:00")],
    )
    assert written(cloud)[2:] == [("time_segment2", "2", "18", "0", "23", "59", "0")]


async def test_swapped_segments_never_overlap_on_the_way(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    """The cloud fails on two enabled segments of the same times, so one is disabled first."""
    first, second = segment("01:00", "05:00"), segment("12:00", "14:00", "grid_first")
    for order in ([first, second], [second, first]):
        await do(hass, "set_time_segments", device_id=ids[MIN], segments=order)
    assert "breakdown" not in {call.code for call in cloud.journal}
    assert [(one.mode, one.enabled) for one in segments(cloud)[:2]] == [
        ("grid", True),
        ("battery", True),
    ]


async def test_failed_segment_reports_how_many_were_written(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = DeviceApi.set

    async def once(self: DeviceApi, serial: str, what: str, values: Any) -> None:
        if what == "time_segment2":
            raise RequestError(ErrorCode.DEVICE_OFFLINE, 10003, "")
        await write(self, serial, what, values)

    monkeypatch.setattr(DeviceApi, "set", once)
    with pytest.raises(HomeAssistantError) as error:
        await do(
            hass,
            "set_time_segments",
            device_id=ids[MIN],
            segments=[segment("01:00", "05:00"), segment("06:00", "07:00")],
        )
    assert error.value.translation_key == "segments_partly_set"
    assert error.value.translation_placeholders is not None
    assert error.value.translation_placeholders["done"] == "1"
    assert segments(cloud)[0].enabled
    assert not segments(cloud)[1].enabled


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ([segment("01:00", "05:00"), segment("04:59", "06:00")], "periods_overlap"),
        ([segment("01:00", "05:00")] * 2, "periods_overlap"),
        ([segment("22:00", "06:00")], "window_over_midnight"),
        ([segment("06:00", "06:00")], "period_empty"),
        ([segment("00:00", "00:00")], "period_empty"),
        ([segment("6 o'clock", "07:00")], "not_a_time"),
        ([segment("11:187", "12:00")], "not_a_time"),
        ([segment("01:00", "02:00", enabled=False)] * 10, "too_many_periods"),
    ],
)
async def test_invalid_segments_are_rejected(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    data: list[Any],
    key: str,
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "set_time_segments", device_id=ids[MIN], segments=data)
    assert error.value.translation_key == key
    assert written(cloud) == []


async def test_whole_day_is_written_until_the_last_minute(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    await do(
        hass,
        "set_time_segments",
        device_id=ids[MIN],
        segments=[segment("00:00", "24:00")],
    )
    assert written(cloud) == [("time_segment1", "1", "0", "0", "23", "59", "1")]


async def test_unknown_mode_is_rejected(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    with pytest.raises(vol.Invalid):
        await do(
            hass,
            "set_time_segments",
            device_id=ids[MIN],
            segments=[segment("01:00", "02:00", "eco")],
        )


async def test_periods_are_merged_into_the_devices_block(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud, clock: VirtualClock
) -> None:
    cloud.plants[1].battery.charge_rate = 0.7
    clock.advance(310)  # the settings endpoint may be read every five minutes
    await do(
        hass,
        "set_charge_periods",
        device_id=ids[SPH],
        periods=[{"start": "01:00", "end": "05:00"}],
        stop_level=90,
        ac_charge=True,
    )
    # Values that are not given are taken from the device.
    assert written(cloud) == [
        (
            "mix_ac_charge_time_period",
            "70",
            "90",
            "1",
            *("1", "0", "5", "0", "1"),
            *OFF,
            *OFF,
        )
    ]
    found = await ask(hass, "get_schedules", device_id=ids[SPH])
    assert set(found) == {"serial", "charge_periods", "discharge_periods"}
    assert found["charge_periods"] == {
        "power": 70,
        "stop_level": 90,
        "ac_charge": True,
        "periods": [
            {"start": "01:00", "end": "05:00", "enabled": True},
            *([{"start": "00:00", "end": "00:00", "enabled": False}] * 2),
        ],
    }
    await do(
        hass,
        "set_discharge_periods",
        device_id=ids[SPH],
        periods=[
            {"start": "18:00", "end": "22:30"},
            {"start": "06:00", "end": "08:00", "enabled": False},
        ],
        power=50,
    )
    assert written(cloud)[-1][:3] == ("mix_ac_discharge_time_period", "50", "10")
    assert written(cloud)[-1][3:13] == (
        "18",
        "0",
        "22",
        "30",
        "1",
        "6",
        "0",
        "8",
        "0",
        "0",
    )


async def test_block_with_unknown_parts_is_written_only_with_all_of_them(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud
) -> None:
    loaded = hass.config_entries.async_entries(DOMAIN)[0]
    controls = loaded.runtime_data.controls
    controls.store._values.clear()
    cloud.faults.append(Fault(FaultKind.CODE, "device/mix/mix_data_info", code=10011))
    data = {"device_id": ids[SPH], "periods": [{"start": "01:00", "end": "05:00"}]}
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "set_charge_periods", **data)
    assert error.value.translation_key == "parts_missing"
    assert written(cloud) == []
    await do(
        hass, "set_charge_periods", **data, power=100, stop_level=95, ac_charge=False
    )
    assert written(cloud)[0][:4] == ("mix_ac_charge_time_period", "100", "95", "0")


@pytest.mark.parametrize(
    ("action", "serial"),
    [
        ("set_charge_periods", MIN),
        ("set_charge_periods", STORAGE),
        ("get_schedules", STORAGE),
        ("set_time_segments", SPH),
    ],
)
async def test_devices_of_another_family_are_rejected(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    action: str,
    serial: str,
) -> None:
    rest: dict[str, Any] = {
        "set_charge_periods": {"periods": []},
        "set_time_segments": {"segments": []},
    }.get(action, {})
    call = ask if action == "get_schedules" else do
    with pytest.raises(ServiceValidationError) as error:
        await call(hass, action, device_id=ids[serial], **rest)
    assert error.value.translation_key == "wrong_family"
    assert calls(cloud, "mixSet") == calls(cloud, "tlxSet") == 0
