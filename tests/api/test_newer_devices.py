"""Devices of the vendor's later pages, asked by the client over HTTP: every endpoint of every type."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from custom_components.growatt_openapi.api import (
    CloudDownError,
    NotPermittedError,
    OpenApiClient,
    RequestError,
    endpoints,
)
from custom_components.growatt_openapi.api.endpoints import DeviceEndpoints
from custom_components.growatt_openapi.api.error_codes import Problem
from custom_components.growatt_openapi.api.models import DeviceKind
from simulator.cloud import Cloud
from simulator.envelope import Envelope
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios.newer import everything
from tests.conftest import VirtualClock

SCENARIO = everything
TODAY = date(2026, 6, 20)
DEVICES: list[tuple[DeviceEndpoints, str, str]] = [
    (endpoints.MIN, "MNK6D09077", "on_grid_discharge_stop_soc"),
    (endpoints.SPH, "SPN4F11025", "mix_load_flast_value_multi"),
    (endpoints.SPA, "SAN7G13041", "pv_pf_cmd_memory_state"),
    (endpoints.MAX, "MXP8J31060", "pv_active_p_rate"),
]
BY_NAME = pytest.mark.parametrize(
    ("device", "serial", "setting"), DEVICES, ids=["min", "sph", "spa", "max"]
)
LOGGER = "XGD8H00919"


@BY_NAME
async def test_readings(
    client: OpenApiClient, device: DeviceEndpoints, serial: str, setting: str
) -> None:
    chapter = client.of(device)
    alone = await chapter.last_data(serial)
    assert alone.value.serial == serial
    assert alone.value.time is not None
    assert alone.value.datalogger is not None
    many = await chapter.batch_data([serial, "NOBODY"])
    assert list(many.value) == [serial]
    assert many.value[serial].fields == alone.value.fields
    history = await chapter.history(serial, TODAY, TODAY)
    newest = history.value.readings[-1]
    assert len(history.value.readings) > 60
    assert newest.fields.keys() == alone.value.fields.keys()
    with pytest.raises(RequestError) as error:
        await chapter.last_data("NOBODY")
    assert error.value.problem is Problem.DEVICE_NOT_FOUND
    with pytest.raises(RequestError) as error:
        await chapter.history(serial, date(2026, 6, 1), TODAY)
    assert error.value.problem is Problem.PERIOD_TOO_LONG


async def test_a_reply_without_what_stands_beside_it(
    client: OpenApiClient,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
    router: Router,
) -> None:
    path = "device/tlx/tlx_last_data"
    route = router.routes[path]
    siblings: dict[str, str] = {}

    def handler(*arguments: Any) -> Envelope:
        reply = route.handler(*arguments)
        return {
            key: reply[key] for key in ("data", "error_code", "error_msg")
        } | siblings

    monkeypatch.setitem(router.routes, path, replace(route, handler=handler))
    reading = (await client.of(endpoints.MIN).last_data("MNK6D09077")).value
    assert (reading.serial, reading.datalogger) == ("MNK6D09077", None)
    # Of another device it is not taken for this one's.
    siblings["tlx_sn"] = "MNK6D00000"
    clock.advance(301)
    with pytest.raises(CloudDownError):
        await client.of(endpoints.MIN).last_data("MNK6D09077")


@BY_NAME
async def test_what_it_is_and_how_it_is_set(
    client: OpenApiClient, device: DeviceEndpoints, serial: str, setting: str
) -> None:
    chapter = client.of(device)
    info = await chapter.info(serial)
    assert info.value.alias
    assert info.value.firmware
    settings = await chapter.settings(serial)
    assert "activeRate" in settings.value or "activePRate" in settings.value
    await chapter.set(serial, setting, ("1",))
    with pytest.raises(RequestError) as error:
        await chapter.set(serial, "no_such_thing", ("1",))
    assert error.value.problem is Problem.NO_SUCH_PARAMETER
    with pytest.raises(RequestError) as error:
        await chapter.set("NOBODY", setting, ("1",))
    assert error.value.problem is Problem.DEVICE_NOT_FOUND
    with pytest.raises(RequestError) as error:
        await chapter.set(serial, "pv_active_p_rate", ("140",))
    assert error.value.problem is Problem.OUT_OF_RANGE


@BY_NAME
async def test_alarms(
    client: OpenApiClient,
    cloud: Cloud,
    device: DeviceEndpoints,
    serial: str,
    setting: str,
) -> None:
    (faulty,) = (
        one for plant in cloud.plants for one in plant.devices if one.serial == serial
    )
    faulty.raise_alarm(
        "203", "Grid lost", faulty.uploads[-1].measured, severity="fault"
    )
    (alarm,) = (await client.of(device).alarms(serial, TODAY)).value
    assert (alarm.code, alarm.message, alarm.end) == ("203", "Grid lost", None)


async def test_settings_of_a_min_where_one_page_is_closed(
    client: OpenApiClient, cloud: Cloud
) -> None:
    cloud.faults.append(Fault(FaultKind.CODE, "device/tlx/tlx_set_info", code=10011))
    settings = await client.of(endpoints.MIN).settings("MNK6D09077")
    assert settings.value["chargePowerCommand"] == "100"
    cloud.faults.append(Fault(FaultKind.CODE, "device/tlx/tlx_data_info", code=10011))
    with pytest.raises(NotPermittedError):
        await client.of(endpoints.MIN).settings("MNK5D09042")


@pytest.mark.parametrize(
    ("device", "address", "kind"),
    [
        (endpoints.METER, 1, DeviceKind.METER),
        (endpoints.SENSOR, 2, DeviceKind.SENSOR),
    ],
)
async def test_meters_and_sensors(
    client: OpenApiClient, device: DeviceEndpoints, address: int, kind: DeviceKind
) -> None:
    listing: Callable = (  # type: ignore[type-arg]
        client.meters.list_meters
        if kind is DeviceKind.METER
        else client.meters.list_sensors
    )
    (listed,) = (await listing(LOGGER)).value
    assert (listed.serial, listed.kind) == (f"{LOGGER}_{address}", kind)
    assert listed.lost is False
    reading = await client.of(device).last_data(listed.serial)
    assert reading.value.time is not None
    assert reading.value.fields["addr"] == address
    history = await client.of(device).history(listed.serial, TODAY, TODAY)
    assert history.value.readings[-1].fields == reading.value.fields
    with pytest.raises(RequestError):
        await client.of(device).last_data(f"{LOGGER}_9")
    for ask in (
        client.of(device).info(listed.serial),
        client.of(device).settings(listed.serial),
        client.of(device).alarms(listed.serial, TODAY),
    ):
        with pytest.raises(ValueError, match=r"no such|no page"):
            await ask
