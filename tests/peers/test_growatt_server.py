"""The library of Home Assistant's own integration, with a MIN and an SPH in the simulated cloud."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from growattServer import OpenApiV1
from growattServer.exceptions import GrowattV1ApiError
from growattServer.open_api_v1.devices.min import Min
from growattServer.open_api_v1.devices.sph import Sph
import pytest

from simulator.cloud import Cloud
from simulator.physics.plant import Plant
from simulator.physics.power_models import Storage
from simulator.scenarios import TOKEN
from simulator.scenarios.newer import hybrid_home, min_home
from simulator.server import Server
from tests.helpers import VirtualClock

TODAY = date(2026, 6, 20)


def scenario(now: datetime) -> list[Plant]:
    """A cloud with a MIN and an SPH."""
    return [*min_home(now), *hybrid_home(now)]


SCENARIO = scenario


@pytest.fixture
def api(server: Server) -> OpenApiV1:
    """The library, with the address of the simulated cloud, which it takes from a constant."""
    api = OpenApiV1(TOKEN)
    api.api_url = server.url
    return api


async def call(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call the blocking library in a thread."""
    return await asyncio.to_thread(work, *arguments)


def battery(cloud: Cloud, index: int) -> Storage:
    return cloud.plants[index].battery


async def test_min_is_read_and_written(
    api: OpenApiV1, cloud: Cloud, clock: VirtualClock
) -> None:
    device = Min(api, "MNK6D09077")
    cloud.advance_plants()
    reading = await call(device.energy)
    upload = cloud.plants[0].get_newest_upload("MNK6D09077", clock.now())
    assert upload is not None
    assert reading["pac"] == pytest.approx(upload.values["power"], abs=0.1)
    assert reading["bmsSoc"] == upload.values["battery"]["level"]
    details = await call(device.detail)
    assert details["tlxSetbean"]["chargePowerCommand"] == "100"
    history = await call(device.energy_history, TODAY, TODAY, None, 1, 100)
    assert history["datas"][0]["eacToday"] >= history["datas"][-1]["eacToday"]

    await call(device.write_parameter, "charge_stop_soc", 85)
    await call(device.write_parameter, "ac_charge", 1)
    await call(device.write_time_segment, 3, 2, time(18, 0), time(22, 30), True)
    assert battery(cloud, 0).charge_stop == 0.85
    assert battery(cloud, 0).ac_charge
    assert await call(device.read_parameter, "charge_stop_soc") == "85"
    segments = await call(device.read_time_segments)
    assert len(segments) == 9
    assert segments[2] == {
        "segment_id": 3,
        "batt_mode": 2,
        "mode_name": "Grid First",
        "start_time": "18:00",
        "end_time": "22:30",
        "enabled": True,
    }
    assert not any(one["enabled"] for one in segments if one["segment_id"] != 3)
    with pytest.raises(GrowattV1ApiError) as error:
        await call(device.write_parameter, "charge_power", 140)
    assert error.value.error_code == 10008


async def test_sph_is_read_and_written(
    api: OpenApiV1, cloud: Cloud, clock: VirtualClock
) -> None:
    device = Sph(api, "SPN4F11025")
    cloud.advance_plants()
    reading = await call(device.energy)
    upload = cloud.plants[1].get_newest_upload("SPN4F11025", clock.now())
    assert upload is not None
    assert reading["bmsSOC"] == upload.values["battery"]["level"]
    assert reading["etogridTotal"] == pytest.approx(
        upload.values["battery"]["exported_total"], abs=0.1
    )
    history = await call(device.energy_history, TODAY, TODAY, None, 1, 100)
    assert len(history["datas"]) == 100

    off = {"start_time": time(0), "end_time": time(0), "enabled": False}
    night = {"start_time": time(1), "end_time": time(5, 30), "enabled": True}
    await call(device.write_ac_charge_times, 70, 95, True, [night, off, off])
    evening = {"start_time": time(18), "end_time": time(21), "enabled": True}
    await call(device.write_ac_discharge_times, 60, 20, [off, evening, off])
    charge = await call(device.read_ac_charge_times)
    assert (charge["charge_power"], charge["mains_enabled"]) == (70, True)
    assert charge["periods"][0] == {
        "period_id": 1,
        "start_time": "01:00",
        "end_time": "05:30",
        "enabled": True,
    }
    clock.advance(300)  # until the settings endpoint may be read again
    discharge = await call(device.read_ac_discharge_times)
    assert discharge["discharge_power"] == 60
    assert [one["enabled"] for one in discharge["periods"]] == [False, True, False]
    assert battery(cloud, 1).discharge_stop == 0.2
    assert await call(device.read_parameter, "pv_on_off") == "1"
    with pytest.raises(GrowattV1ApiError):
        await call(device.write_parameter, "no_such_thing", 1)
