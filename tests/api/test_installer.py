"""Users, plants and dataloggers of an installer: the client against the simulated cloud, as the vendor's pages say."""

from datetime import date, datetime
import json

import pytest

from custom_components.growatt_openapi.api import (
    NotPermittedError,
    OpenApiClient,
    RefusedError,
    RequestError,
)
from custom_components.growatt_openapi.api.client.plants import PlantForm
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from simulator.cloud import Cloud
from simulator.scenarios import TOKEN
from simulator.users import compute_check_code
from tests.helpers import VirtualClock

PLANT, INVERTER, STORAGE, LOGGER = "700101", "TPJ4A18033", "KHB2C21054", "XGD1A00117"
BARN = PlantForm(
    user_id="32",
    name="Barn",
    peak_power=9.9,
    area="Ireland",
    installer_code="AFLF6",
    currency="€",
    latitude=53.3,
    longitude=-6.25,
    timezone=0,
    plant_type=1,
    created=date(2026, 6, 1),
    electricity_price=0.31,
    city="Dublin",
    address="2 Example Lane",
)


async def test_users(client: OpenApiClient, cloud: Cloud, clock: VirtualClock) -> None:
    assert not await client.users.is_free("cottage")
    assert await client.users.is_free("ann")
    user_id = await client.users.register(
        name="ann", password="s3cret", email="ann@example.com", country="Other"
    )
    assert cloud.journal[-1].parameters == {
        "user_email": "ann@example.com",
        "user_password": "***",
        "user_type": "1",
        "user_name": "ann",
        "user_country": "Other",
    }
    await client.users.modify(user_id, mobile="0151", installer_code="AFLF6")
    assert cloud.journal[-1].parameters["agentCode"] == "AFLF6"
    users = (await client.users.list_users()).value
    ann = users[-1]
    assert [user.name for user in users] == ["cottage", "harbour", "ann"]
    assert (ann.user_id, ann.email, ann.phone) == (user_id, "ann@example.com", "0151")
    assert ann.registered == datetime(2026, 6, 20, 11, 2, 32)
    # The name is taken now; the earlier reply is at most five minutes old.
    clock.advance(301)
    assert not await client.users.is_free("ann")


async def test_taken_user_name_raises_no_error(
    client: OpenApiClient, cloud: Cloud
) -> None:
    assert not await client.users.is_free("cottage")
    # A second request at once gets the stored result: the cloud would refuse it.
    assert not await client.users.is_free("cottage")
    assert len(cloud.journal) == 1


async def test_plant_is_added_modified_and_deleted(
    client: OpenApiClient, cloud: Cloud, clock: VirtualClock
) -> None:
    plant_id = await client.plants.add(BARN)
    assert cloud.journal[-1].parameters == {
        "c_user_id": "32",
        "name": "Barn",
        "peak_power": "9.9",
        "latitude_f": "Ireland",
        "latitude_d": "AFLF6",
        "currency": "€",
        "longitude": "-6.25",
        "latitude": "53.3",
        "timezone_id": "0",
        "plant_type": "1",
        "createDate": "2026-06-01",
        "formulaMoney": "0.31",
        "city": "Dublin",
        "plantAddress": "2 Example Lane",
    }
    (barn,) = (await client.plants.list_of_user("harbour")).value
    assert (barn.plant_id, barn.name, barn.user_id) == (plant_id, "Barn", "32")
    assert (barn.peak_power, barn.city, barn.created) == (
        9.9,
        "Dublin",
        date(2026, 6, 1),
    )
    await client.plants.modify(plant_id, PlantForm(user_id="32", name="New barn"))
    # Empty values are not sent: they would erase the old ones.
    assert cloud.journal[-1].parameters == {
        "plant_id": plant_id,
        "c_user_id": "32",
        "name": "New barn",
    }
    (found,) = (await client.plants.search("barn")).value
    assert (found.name, found.peak_power) == ("New barn", 9.9)
    assert cloud.journal[-1].parameters["search_type"] == "name"
    await client.plants.delete(plant_id)
    clock.advance(301)
    assert (await client.plants.search("barn")).value == []
    with pytest.raises(RequestError) as caught:
        await client.plants.delete(plant_id)
    assert caught.value.meaning is ErrorCode.PLANT_NOT_FOUND


async def test_power_of_a_users_plants_is_converted_from_kilowatts(
    client: OpenApiClient,
) -> None:
    """Page 2.4 says kW where page 2.5 says W."""
    (own,) = (await client.plants.list_of_user("cottage")).value
    (listed,) = (await client.plants.list_plants()).value
    assert own.current_power is not None
    assert listed.current_power is not None
    assert own.current_power == pytest.approx(listed.current_power, rel=0.001)
    assert own.current_power > 1000


async def test_plant_of_device(client: OpenApiClient) -> None:
    """Page 2.10: a device's serial, not a datalogger's."""
    for serial in (INVERTER, STORAGE):
        assert (await client.plants.of_device(serial)).value.plant_id == PLANT
    with pytest.raises(RequestError) as caught:
        await client.plants.of_device(LOGGER)
    assert caught.value.meaning is ErrorCode.DEVICE_NOT_FOUND


async def test_datalogger_is_validated_added_and_deleted(
    client: OpenApiClient, cloud: Cloud, clock: VirtualClock
) -> None:
    plant_id = await client.plants.add(BARN)
    check = await client.dataloggers.validate(
        "XGD9Z00042", compute_check_code("XGD9Z00042")
    )
    assert check.is_valid
    assert not check.is_taken
    assert not (await client.dataloggers.validate("XGD9Z00042", "ZZZZZ")).is_valid
    await client.dataloggers.add(plant_id, "XGD9Z00042", "32")
    check = await client.dataloggers.validate(
        "XGD9Z00042", compute_check_code("XGD9Z00042")
    )
    # Taken: code 10003, with data.
    assert (check.is_taken, check.plant_id, check.user_id) == (True, plant_id, "32")
    (logger,) = (await client.dataloggers.list_dataloggers(plant_id)).value
    assert logger.serial == "XGD9Z00042"
    await client.dataloggers.delete(plant_id, "XGD9Z00042")
    clock.advance(301)
    assert (await client.dataloggers.list_dataloggers(plant_id)).value == []
    with pytest.raises(RequestError) as caught:
        await client.dataloggers.validate("short", "1")
    assert caught.value.meaning is ErrorCode.DATALOGGER_SERIAL_WRONG


async def test_devices_move_with_their_datalogger(
    client: OpenApiClient, clock: VirtualClock
) -> None:
    plant_id = await client.plants.add(BARN)
    await client.dataloggers.delete(PLANT, LOGGER)
    assert (await client.devices.list_devices(PLANT)).value == []
    await client.dataloggers.add(plant_id, LOGGER, "32")
    serials = {
        device.serial for device in (await client.devices.list_devices(plant_id)).value
    }
    assert {INVERTER, STORAGE} <= serials


async def test_same_change_within_interval_raises_and_is_not_sent(
    client: OpenApiClient, cloud: Cloud, clock: VirtualClock
) -> None:
    """Page 2.1: once every 5 minutes."""
    await client.plants.add(BARN)
    calls = len(cloud.journal)
    with pytest.raises(RefusedError) as refused:
        await client.plants.add(BARN)
    assert refused.value.retry_after is not None
    assert 295 < refused.value.retry_after <= 300
    assert len(cloud.journal) == calls
    # A different one is a separate request.
    await client.plants.add(PlantForm(user_id="31", name="Barn", peak_power=1))
    clock.advance(refused.value.retry_after)
    with pytest.raises(RequestError) as caught:
        await client.plants.add(BARN)
    assert caught.value.meaning is ErrorCode.PLANT_NAME_TAKEN


async def test_plant_can_be_modified_ten_times_a_day(
    client: OpenApiClient, cloud: Cloud, clock: VirtualClock
) -> None:
    """Page 2.2 names no other limit. None of the ten is reserved: there are no automatic modifications."""
    form = PlantForm(user_id="31", name="Sunny Cottage")
    for _ in range(10):
        await client.plants.modify(PLANT, form)
    with pytest.raises(RefusedError) as refused:
        await client.plants.modify(PLANT, form)
    assert len(cloud.journal) == 10
    clock.advance(refused.value.retry_after or 0)
    await client.plants.modify(PLANT, form)


async def test_owners_token_raises_not_permitted_for_installers(
    client: OpenApiClient, cloud: Cloud
) -> None:
    cloud.owners = {TOKEN}
    with pytest.raises(NotPermittedError) as caught:
        await client.users.list_users()
    assert caught.value.for_installers
    # Requests for owners still work.
    assert (await client.plants.of_device(INVERTER)).value.plant_id == PLANT


async def test_contacts_in_plant_details_are_dropped(client: OpenApiClient) -> None:
    """Page 2.6 gives contacts and organisations of six parties."""
    fields = (await client.plants.details(PLANT)).value.fields
    assert fields["address1"] == "1 Example Lane"
    assert not any(key.endswith(("contact", "organization")) for key in fields)
    kept = json.dumps(client.gateway.dump_replies())
    assert "example.com" not in kept
    assert "Example Solar" not in kept


async def test_users_and_searches_are_not_stored_between_runs(
    client: OpenApiClient,
) -> None:
    await client.users.list_users()
    await client.plants.list_of_user("cottage")
    await client.plants.search("Sunny")
    await client.plants.list_plants()
    kept = client.gateway.dump_replies()
    assert len(kept) == 1  # the plant list alone
    assert "example.com" not in json.dumps(kept)
    # A search without a keyword is the list, and its reply stays stored.
    await client.plants.search()
    assert len(client.gateway.dump_replies()) == 1


async def test_plant_without_devices_can_be_read(
    client: OpenApiClient, clock: VirtualClock
) -> None:
    plant_id = await client.plants.add(BARN)
    clock.advance(3600)
    assert (await client.plants.details(plant_id)).value.zone_text == "GMT+0"
    overview = (await client.plants.overview(plant_id)).value
    assert (overview.current_power, overview.energy_today) == (0, 0)
    assert (await client.plants.power(plant_id, date(2026, 6, 20))).value == []
