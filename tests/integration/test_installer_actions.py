"""Actions of an installer: users, plants and dataloggers."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)
import voluptuous as vol

from simulator.cloud import Cloud
from simulator.scenarios import TOKEN
from simulator.users import compute_check_code
from tests.helpers import Pass, ask, do, value


async def test_users_plants_and_dataloggers_are_managed_by_actions(
    hass: HomeAssistant,
    ids: dict[str, str],
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    caplog: pytest.LogCaptureFixture,
    storage: dict[str, Any],
) -> None:
    assert await ask(hass, "check_user_name", user_name="ann") == {"is_free": True}
    user = await ask(
        hass,
        "register_user",
        user_name="ann",
        password="S3cretWord",
        email="ann@example.org",
        country="Other",
    )
    await do(
        hass,
        "modify_user",
        user_id=user["user_id"],
        phone="0151-777",
        installer_code="AFLF6",
    )
    users = (await ask(hass, "list_users"))["users"]
    assert users[-1].pop("registered").startswith("2026-06-20T11:02")
    assert users[-1] == {
        "user_id": user["user_id"],
        "name": "ann",
        "email": "ann@example.org",
        "phone": "0151-777",
    }
    plant = await ask(
        hass,
        "add_plant",
        user_id=user["user_id"],
        name="Barn",
        peak_power=9.9,
        plant_type="commercial",
        timezone=1,
    )
    assert cloud.journal[-1].parameters["plant_type"] == "1"
    plant_id = plant["plant_id"]
    check = await ask(
        hass,
        "validate_datalogger",
        serial="XGD9Z00042",
        check_code=compute_check_code("XGD9Z00042"),
    )
    assert check == {
        "is_valid": True,
        "is_taken": False,
        "plant_id": None,
        "user_id": None,
    }
    await do(
        hass,
        "add_datalogger",
        plant_id=plant_id,
        serial="XGD9Z00042",
        user_id=user["user_id"],
    )
    plants = (await ask(hass, "list_user_plants", user_name="ann"))["plants"]
    assert [one["name"] for one in plants] == ["Barn"]
    await do(
        hass,
        "modify_plant",
        plant_id=plant_id,
        user_id=user["user_id"],
        name="New barn",
    )
    # The plant list is read again soon, and the plant is added.
    await let_pass(400)
    assert value(hass, "sensor.new_barn_last_update") is not None
    found = (await ask(hass, "list_plants", search="barn"))["plants"]
    assert [one["plant_id"] for one in found] == [plant_id]
    with pytest.raises(ServiceValidationError) as error:
        await do(
            hass,
            "delete_datalogger",
            plant_id=plant_id,
            serial="XGD9Z00042",
            confirm_serial="XGD9Z00043",
        )
    assert error.value.translation_key == "serial_differs"
    await do(
        hass,
        "delete_datalogger",
        plant_id=plant_id,
        serial="XGD9Z00042",
        confirm_serial="XGD9Z00042",
    )
    for name in ("Barn", "new barn", "Sunny Cottage"):
        with pytest.raises(ServiceValidationError) as error:
            await do(hass, "delete_plant", plant_id=plant_id, name=name)
        assert error.value.translation_key == "name_differs"
    await do(hass, "delete_plant", plant_id=plant_id, name="New barn")
    assert [plant.name for plant in cloud.plants] == ["Sunny Cottage"]
    # Personal data is in the responses and nowhere else.
    await hass.config_entries.async_unload(loaded.entry_id)
    kept = caplog.text + str(storage) + str(hass.states.async_all())
    for secret in ("S3cretWord", "ann@example.org", "0151-777", "owner@example.com"):
        assert secret not in kept


async def test_unknown_plant_is_not_deleted(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, "delete_plant", plant_id="999", name="Sunny Cottage")
    assert error.value.translation_key == "no_such_plant"
    assert not any(call.path == "plant/delete" for call in cloud.journal)


async def test_token_of_an_owner_lacks_permission(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    cloud.owners = {TOKEN}
    with pytest.raises(HomeAssistantError) as error:
        await ask(hass, "list_users")
    assert error.value.translation_key == "not_permitted_installer"


async def test_numbers_out_of_range_are_rejected(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    requests = len(cloud.journal)
    for data in ({"latitude": 91}, {"timezone": 15}, {"peak_power": 0}):
        with pytest.raises(vol.Invalid):
            await ask(
                hass,
                "add_plant",
                **{"user_id": "31", "name": "x", "peak_power": 5, **data},
            )
    assert len(cloud.journal) == requests
