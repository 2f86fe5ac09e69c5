"""The client against the simulated cloud, over HTTP: replies as documented become typed values."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiohttp import web
import pytest

from custom_components.growatt_openapi.api import (
    CloudDownCause,
    CloudDownError,
    OpenApiClient,
    RequestError,
    TokenRefusedError,
)
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import TOKEN
from tests.helpers import MakeClient, VirtualClock

PLANT, INVERTER, STORAGE = "700101", "TPJ4A18033", "KHB2C21054"


async def test_plants(client: OpenApiClient) -> None:
    reply = await client.plants.list_plants()
    (plant,) = reply.value
    assert reply.complete
    assert (plant.plant_id, plant.name) == (PLANT, "Sunny Cottage")
    assert (plant.latitude, plant.longitude, plant.peak_power) == (48.2, 11.6, 5.5)
    assert plant.current_power is not None
    assert plant.current_power > 1000  # W, as text on the wire


async def test_plant_details(client: OpenApiClient) -> None:
    details = (await client.plants.details(PLANT)).value
    assert details.zone is not None
    assert details.zone.utcoffset(None) == timedelta(hours=1)
    assert (details.zone_text, details.currency, details.plant_type) == (
        "GMT+1",
        "EUR",
        0,
    )


async def test_plant_overview_in_watts(client: OpenApiClient, cloud: Cloud) -> None:
    overview = (await client.plants.overview(PLANT)).value
    plant = cloud.plants[0]
    upload = plant.get_newest_upload(INVERTER, cloud.clock.now())
    assert upload is not None
    # kW on the wire (page 2.7), W here
    assert overview.current_power == pytest.approx(upload.values["power"], abs=0.1)
    assert overview.energy_today == upload.values["today"]
    assert overview.energy_total == upload.values["total"]
    assert overview.carbon_offset == pytest.approx(
        upload.values["total"] * 0.6, abs=0.1
    )
    assert overview.peak_power == 5.5
    assert overview.time == plant.get_local_time(upload.measured).replace(microsecond=0)


async def test_power_curve_is_sorted_without_future_samples(
    client: OpenApiClient, clock: VirtualClock
) -> None:
    samples = (await client.plants.power(PLANT, date(2026, 6, 20))).value
    times = [sample.time for sample in samples]
    assert times == sorted(times)
    assert times[0] == datetime(2026, 6, 20)
    assert times[-1] == datetime(2026, 6, 20, 12, 0)  # 11:02 UTC in GMT+1
    assert samples[0].power == 0
    assert samples[-1].power > 1000


async def test_devices(client: OpenApiClient) -> None:
    reply = await client.devices.list_devices(PLANT)
    inverter, storage, meter = reply.value
    assert reply.complete
    assert (inverter.serial, inverter.type, inverter.lost, inverter.status) == (
        INVERTER,
        1,
        False,
        1,
    )
    assert (storage.serial, storage.type, storage.datalogger) == (
        STORAGE,
        2,
        "XGD1A00117",
    )
    # A row of type 3 has a kind for a serial, and neither "lost" nor "status".
    assert (meter.serial, meter.type, meter.lost, meter.status) == (
        "AMMETER",
        3,
        None,
        None,
    )


async def test_dataloggers_last_update_is_an_instant(
    client: OpenApiClient, cloud: Cloud
) -> None:
    (logger,) = (await client.dataloggers.list_dataloggers(PLANT)).value
    upload = cloud.plants[0].get_newest_upload(STORAGE, cloud.clock.now())
    assert upload is not None
    assert logger.last_update == upload.measured.replace(microsecond=0)
    assert logger.last_update.tzinfo is UTC
    assert (logger.serial, logger.model, logger.lost) == (
        "XGD1A00117",
        "ShineWiFi-X",
        False,
    )


async def test_inverter_reading(client: OpenApiClient, cloud: Cloud) -> None:
    reading = (await client.inverter.last_data(INVERTER)).value
    assert (reading.serial, reading.datalogger) == (INVERTER, "XGD1A00117")
    # the text, not the calendar beside it, whose milliseconds are China's
    assert reading.time == datetime(2026, 6, 20, 12, 1, 37)
    assert reading.fields["pac"] > 1000


async def test_batch_of_inverters(client: OpenApiClient) -> None:
    reply = await client.inverter.batch_data([INVERTER, "UNKNOWN", INVERTER])
    assert set(reply.value) == {INVERTER}
    single = await client.inverter.last_data(INVERTER)
    assert reply.value[INVERTER] == single.value


@pytest.mark.parametrize("serials", [[], [f"S{number}" for number in range(101)]])
async def test_batch_of_invalid_size_raises(
    client: OpenApiClient, serials: list[str]
) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        await client.inverter.batch_data(serials)


async def test_inverter_info(client: OpenApiClient) -> None:
    info = (await client.inverter.info(INVERTER)).value
    assert (info.alias, info.firmware, info.nominal_power) == (
        "South roof",
        "GH1.0",
        5000,
    )


async def test_storage_reading(client: OpenApiClient) -> None:
    reading = (await client.storage.last_data(STORAGE)).value
    assert (reading.serial, reading.datalogger) == (STORAGE, "XGD1A00117")
    assert reading.time == datetime(2026, 6, 20, 12, 1, 37)


async def test_sets_reach_the_devices(client: OpenApiClient, cloud: Cloud) -> None:
    await client.inverter.set(INVERTER, "pv_active_p_rate", ("50",))
    await client.storage.set(STORAGE, "storage_cmd_forced_discharge_enable", ("0",))
    plant = cloud.plants[0]
    assert plant.inverter.active_rate == 50
    assert plant.battery.forced_discharge
    assert [call.parameters for call in cloud.journal] == [
        {
            "device_sn": INVERTER,
            "paramId": "pv_active_p_rate",
            "command_1": "50",
            "command_2": "",
        },
        {
            "storage_sn": STORAGE,
            "type": "storage_cmd_forced_discharge_enable",
            "param1": "0",
            "param2": "",
            "param3": "",
            "param4": "",
        },
    ]


async def test_set_out_of_range_raises(client: OpenApiClient) -> None:
    with pytest.raises(RequestError) as error:
        await client.inverter.set(INVERTER, "pv_active_p_rate", ("101",))
    assert error.value.meaning is ErrorCode.OUT_OF_RANGE


async def test_unknown_token_raises(
    client: OpenApiClient, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.tokens.clear()
    with pytest.raises(TokenRefusedError):
        await client.plants.list_plants()
    assert TOKEN not in caplog.text


async def test_garbage_in_every_field_raises_nothing(
    client: OpenApiClient, cloud: Cloud
) -> None:
    cloud.faults.append(Fault(FaultKind.GARBAGE))
    await client.plants.details(PLANT)
    await client.plants.overview(PLANT)
    await client.inverter.last_data(INVERTER)
    await client.inverter.info(INVERTER)
    await client.storage.last_data(STORAGE)
    assert (await client.inverter.batch_data([INVERTER])).value[INVERTER].fields
    await client.plants.power(PLANT, date(2026, 6, 20))


# --- Replies that the simulator does not send ---------------------------------------------------------------------


type Replies = Callable[[web.Request], dict[str, Any]]


@pytest.fixture
async def answering(make_client: MakeClient) -> AsyncIterator[Callable[..., Any]]:
    """Yield a function that returns a client of a server with the given replies."""
    runners = []

    async def answering(replies: Replies) -> OpenApiClient:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(
                {"error_code": 0, "error_msg": "", **replies(request)}
            )

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return make_client(f"http://127.0.0.1:{runner.addresses[0][1]}/v1/")

    yield answering
    for runner in runners:
        await runner.cleanup()


def devices(count: object, rows: list[Any]) -> Replies:
    return lambda _: {"data": {"count": count, "devices": rows}}


async def test_all_pages_are_read(answering: Any) -> None:
    rows = [{"plant_id": number, "name": f"P{number}"} for number in range(250)]
    pages = []

    def serve_page(request: web.Request) -> dict[str, Any]:
        page, size = int(request.query["page"]), int(request.query["perpage"])
        pages.append((page, size))
        return {
            "data": {"count": "250", "plants": rows[(page - 1) * size : page * size]}
        }

    client = await answering(serve_page)
    reply = await client.plants.list_plants()
    assert [plant.plant_id for plant in reply.value] == [
        str(number) for number in range(250)
    ]
    assert reply.complete
    assert pages == [(1, 100), (2, 100), (3, 100)]


async def test_count_without_rows_raises_cloud_down(answering: Any) -> None:
    client = await answering(devices(1, []))
    with pytest.raises(CloudDownError) as error:
        await client.devices.list_devices(PLANT)
    assert error.value.cause is CloudDownCause.INCOMPLETE


async def test_fewer_rows_than_counted_are_incomplete(answering: Any) -> None:
    client = await answering(devices(3, [{"device_sn": "A", "type": 1}]))
    reply = await client.devices.list_devices(PLANT)
    assert [device.serial for device in reply.value] == ["A"]
    assert not reply.complete


async def test_empty_list_is_complete(answering: Any) -> None:
    client = await answering(devices(0, []))
    reply = await client.devices.list_devices(PLANT)
    assert reply.value == []
    assert reply.complete


@pytest.mark.parametrize(
    "data", ["", None, [], {"count": 1}, {"count": 1, "devices": {}}]
)
async def test_reply_without_rows_raises_cloud_down(
    answering: Any, data: object
) -> None:
    client = await answering(lambda _: {"data": data})
    with pytest.raises(CloudDownError):
        await client.devices.list_devices(PLANT)


async def test_rows_without_serial_or_type_are_left_out(answering: Any) -> None:
    client = await answering(
        devices(
            5,
            [
                {"device_sn": "", "type": 1},
                {"device_sn": "A"},
                "row",
                {"device_sn": "B", "type": "7"},
                {"device_sn": "C", "type": "x"},
            ],
        )
    )
    (device,) = (await client.devices.list_devices(PLANT)).value
    assert (device.serial, device.type) == ("B", 7)


async def test_plants_and_dataloggers_without_identity_are_left_out(
    answering: Any,
) -> None:
    client = await answering(
        lambda _: {
            "data": {
                "count": 1,
                "plants": [{"name": "x"}, {"plant_id": 7}],
                "dataloggers": [{"sn": None}, {"sn": "L", "last_update_time": ""}],
            }
        }
    )
    (plant,) = (await client.plants.list_plants()).value
    assert (plant.plant_id, plant.name) == ("7", "7")
    (logger,) = (await client.dataloggers.list_dataloggers(PLANT)).value
    assert (logger.serial, logger.last_update) == ("L", None)


@pytest.mark.parametrize("data", ["", {}, None])
async def test_reading_without_fields_raises_cloud_down(
    answering: Any, data: object
) -> None:
    client = await answering(lambda _: {"data": data})
    with pytest.raises(CloudDownError):
        await client.inverter.last_data(INVERTER)


async def test_batch_ignores_malformed_entries(answering: Any) -> None:
    client = await answering(
        lambda _: {
            "inverters": ["A", "B", "C", "D"],
            "data": {
                "A": {"dataloggerSn": "L", "A": {"pac": 1}},
                "B": {"dataloggerSn": "L", "B": ""},
                "C": "",
                "NEVER_ASKED": {"NEVER_ASKED": {"pac": 5}},
            },
        }
    )
    reply = await client.inverter.batch_data(["A", "B", "C", "D"])
    assert set(reply.value) == {"A"}
    assert reply.value["A"].datalogger == "L"


async def test_malformed_power_curve_is_empty(answering: Any) -> None:
    client = await answering(
        lambda _: {
            "data": {
                "count": 4,
                "powers": [
                    "row",
                    {"time": "x", "power": 1},
                    {"time": "2026-06-20 12:00", "power": -5},
                    {"time": "2026-06-20 12:05", "power": None},
                ],
            }
        }
    )
    assert (await client.plants.power(PLANT, date(2026, 6, 20))).value == []
