"""Devices of the vendor's later pages, read by the client over HTTP: every endpoint of every type."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from custom_components.growatt_openapi.api import (
    STORED_ONLY,
    CloudDownError,
    NotPermittedError,
    OpenApiClient,
    RefusedError,
    RequestError,
)
from custom_components.growatt_openapi.api.endpoints.device_endpoints import (
    DeviceEndpoints,
)
from custom_components.growatt_openapi.api.endpoints.max import MAX
from custom_components.growatt_openapi.api.endpoints.meter import METER, SENSOR
from custom_components.growatt_openapi.api.endpoints.min import MIN
from custom_components.growatt_openapi.api.endpoints.spa import SPA
from custom_components.growatt_openapi.api.endpoints.sph import SPH
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from custom_components.growatt_openapi.api.models import DeviceKind
from simulator.cloud import Cloud
from simulator.envelope import Envelope
from simulator.faults import Fault, FaultKind
from simulator.router import Router
from simulator.scenarios.newer import everything
from tests.helpers import VirtualClock

SCENARIO = everything
TODAY = date(2026, 6, 20)
DEVICES: list[tuple[DeviceEndpoints, str, str]] = [
    (MIN, "MNK6D09077", "on_grid_discharge_stop_soc"),
    (SPH, "SPN4F11025", "mix_load_flast_value_multi"),
    (SPA, "SAN7G13041", "pv_pf_cmd_memory_state"),
    (MAX, "MXP8J31060", "pv_active_p_rate"),
]
BY_NAME = pytest.mark.parametrize(
    ("device", "serial", "setting"), DEVICES, ids=["min", "sph", "spa", "max"]
)
LOGGER = "XGD8H00919"


@BY_NAME
async def test_readings(
    client: OpenApiClient, device: DeviceEndpoints, serial: str, setting: str
) -> None:
    api = client.device_api(device)
    alone = await api.last_data(serial)
    assert alone.value.serial == serial
    assert alone.value.time is not None
    assert alone.value.datalogger is not None
    many = await api.batch_data([serial, "NOBODY"])
    assert list(many.value) == [serial]
    assert many.value[serial].fields == alone.value.fields
    history = await api.history(serial, TODAY, TODAY)
    newest = history.value.readings[-1]
    assert len(history.value.readings) > 60
    assert newest.fields.keys() == alone.value.fields.keys()
    with pytest.raises(RequestError) as error:
        await api.last_data("NOBODY")
    assert error.value.meaning is ErrorCode.DEVICE_NOT_FOUND
    with pytest.raises(RequestError) as error:
        await api.history(serial, date(2026, 6, 1), TODAY)
    assert error.value.meaning is ErrorCode.PERIOD_TOO_LONG


async def test_reading_without_serials_beside_data(
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
    reading = (await client.device_api(MIN).last_data("MNK6D09077")).value
    assert (reading.serial, reading.datalogger) == ("MNK6D09077", None)
    # A reading of another device is rejected.
    siblings["tlx_sn"] = "MNK6D00000"
    clock.advance(301)
    with pytest.raises(CloudDownError):
        await client.device_api(MIN).last_data("MNK6D09077")


@BY_NAME
async def test_details_and_settings(
    client: OpenApiClient, device: DeviceEndpoints, serial: str, setting: str
) -> None:
    api = client.device_api(device)
    info = await api.info(serial)
    assert info.value.alias
    assert info.value.firmware
    settings = await api.settings(serial)
    assert "activeRate" in settings.value or "activePRate" in settings.value
    await api.set(serial, setting, ("1",))
    with pytest.raises(RequestError) as error:
        await api.set(serial, "no_such_thing", ("1",))
    assert error.value.meaning is ErrorCode.NO_SUCH_PARAMETER
    with pytest.raises(RequestError) as error:
        await api.set("NOBODY", setting, ("1",))
    assert error.value.meaning is ErrorCode.DEVICE_NOT_FOUND
    with pytest.raises(RequestError) as error:
        await api.set(serial, "pv_active_p_rate", ("140",))
    assert error.value.meaning is ErrorCode.OUT_OF_RANGE


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
    (alarm,) = (await client.device_api(device).alarms(serial, TODAY)).value
    assert (alarm.code, alarm.message, alarm.end) == ("203", "Grid lost", None)


async def test_settings_of_min_fall_back_to_the_open_endpoint(
    client: OpenApiClient, cloud: Cloud
) -> None:
    cloud.faults.append(Fault(FaultKind.CODE, "device/tlx/tlx_set_info", code=10011))
    settings = await client.device_api(MIN).settings("MNK6D09077")
    assert settings.value["chargePowerCommand"] == "100"
    # Its stored reply is found without a call.
    calls_before = len(cloud.journal)
    stored = await client.device_api(MIN).settings("MNK6D09077", STORED_ONLY)
    assert stored.value == settings.value
    with pytest.raises(RefusedError):
        await client.device_api(MIN).settings("MNK5D09042", STORED_ONLY)
    assert len(cloud.journal) == calls_before
    cloud.faults.append(Fault(FaultKind.CODE, "device/tlx/tlx_data_info", code=10011))
    with pytest.raises(NotPermittedError):
        await client.device_api(MIN).settings("MNK5D09042")


@pytest.mark.parametrize(
    ("device", "address", "kind"),
    [
        (METER, 1, DeviceKind.METER),
        (SENSOR, 2, DeviceKind.SENSOR),
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
    reading = await client.device_api(device).last_data(listed.serial)
    assert reading.value.time is not None
    assert reading.value.fields["addr"] == address
    history = await client.device_api(device).history(listed.serial, TODAY, TODAY)
    assert history.value.readings[-1].fields == reading.value.fields
    with pytest.raises(RequestError):
        await client.device_api(device).last_data(f"{LOGGER}_9")
    for ask in (
        client.device_api(device).info(listed.serial),
        client.device_api(device).settings(listed.serial),
        client.device_api(device).alarms(listed.serial, TODAY),
    ):
        with pytest.raises(ValueError, match=r"no such|no settings"):
            await ask
