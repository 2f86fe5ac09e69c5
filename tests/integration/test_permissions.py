"""Which users may use which actions on which devices."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.growatt_openapi.const import DOMAIN
from custom_components.growatt_openapi.services import ACTIONS
from simulator.cloud import Cloud
from simulator.physics.plant import Plant
from simulator.scenarios import home
from simulator.scenarios.newer import hybrid_home, min_home
from tests.helpers import INVERTER, PLANT, STORAGE, sent

MIN, SPH = "MNK6D09077", "SPN4F11025"
PLANT_ID = f"plant_{PLANT}"
DAYS = {"start_date": "2026-06-20", "end_date": "2026-06-20"}
WINDOW = {"start": "02:00", "end": "05:00"}
# The data of one valid call of every action that is not for administrators only, with the device it is about.
READING: dict[str, tuple[str | None, dict[str, Any]]] = {
    "find_plant": (None, {"serial": STORAGE}),
    "get_alarms": (STORAGE, {}),
    "get_device_history": (STORAGE, DAYS),
    "get_energy_history": (PLANT_ID, DAYS),
    "get_power_curve": (PLANT_ID, {}),
    "get_schedules": (MIN, {}),
}
WRITING: dict[str, tuple[str | None, dict[str, Any]]] = {
    "charge_now": (STORAGE, {"minutes": 5}),
    "discharge_now": (STORAGE, {"minutes": 5}),
    "refresh": (None, {}),
    "set_active_power": (INVERTER, {"rate": 50}),
    "set_charge_periods": (SPH, {"periods": []}),
    "set_charge_window": (STORAGE, WINDOW),
    "set_discharge_periods": (SPH, {"periods": []}),
    "set_forced_discharge_window": (STORAGE, WINDOW),
    "set_load_first_periods": (SPH, {"periods": []}),
    "set_reactive_power": (INVERTER, {"rate": 5}),
    "set_time_segments": (MIN, {"segments": []}),
}


def scenario(now: datetime) -> list[Plant]:
    """A cloud with a device of each of these families."""
    return [*home(now), *min_home(now), *hybrid_home(now)]


SCENARIO = scenario


@pytest.fixture(autouse=True)
async def settled(hass: HomeAssistant, loopback_only: None) -> AsyncIterator[None]:
    """Wait for all background tasks of a test before its sockets are closed."""
    yield
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
def stranger(hass: HomeAssistant) -> MockUser:
    """A user without any rights."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy({})
    return user


@pytest.fixture
def storage_owner(hass: HomeAssistant, ids: dict[str, str]) -> MockUser:
    """A user who may control one device: the storage."""
    user = MockUser().add_to_hass(hass)
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    user.mock_policy({"entities": {"device_ids": {ids[STORAGE]: True}}})
    return user


async def call(
    hass: HomeAssistant,
    user_id: str,
    action: str,
    data: dict[str, Any],
) -> Any:
    """Call an action as a user."""
    response = next(one.response for one in ACTIONS if one.name == action)
    return await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        return_response=response.value != "none",
        context=Context(user_id=user_id),
    )


def data_of(
    ids: dict[str, str], device: str | None, data: dict[str, Any]
) -> dict[str, Any]:
    return data if device is None else {"device_id": ids[device], **data}


def test_every_action_for_users_is_covered() -> None:
    for_users = {action.name for action in ACTIONS if not action.for_admins}
    assert for_users == READING.keys() | WRITING.keys()


@pytest.mark.parametrize("action", [*READING, *WRITING])
async def test_user_without_rights_may_do_nothing(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    stranger: MockUser,
    action: str,
) -> None:
    device, data = (READING | WRITING)[action]
    requests = len(cloud.journal)
    with pytest.raises(Unauthorized) as error:
        await call(hass, stranger.id, action, data_of(ids, device, data))
    assert error.value.user_id == stranger.id
    assert error.value.permission == ("read" if action in READING else "control")
    with pytest.raises(UnknownUser):
        await call(hass, "nobody", action, data_of(ids, device, data))
    assert len(cloud.journal) == requests


@pytest.mark.parametrize("action", WRITING)
async def test_user_who_may_read_changes_nothing(
    hass: HomeAssistant,
    ids: dict[str, str],
    cloud: Cloud,
    hass_read_only_user: MockUser,
    action: str,
) -> None:
    device, data = WRITING[action]
    with pytest.raises(Unauthorized):
        await call(hass, hass_read_only_user.id, action, data_of(ids, device, data))
    assert sent(cloud) == []


@pytest.mark.parametrize("action", READING)
async def test_user_who_may_read_gets_the_past(
    hass: HomeAssistant,
    ids: dict[str, str],
    hass_read_only_user: MockUser,
    action: str,
) -> None:
    device, data = READING[action]
    assert await call(hass, hass_read_only_user.id, action, data_of(ids, device, data))


async def test_rights_are_those_of_each_device(
    hass: HomeAssistant, ids: dict[str, str], cloud: Cloud, storage_owner: MockUser
) -> None:
    user = storage_owner.id
    await call(hass, user, "set_charge_window", data_of(ids, STORAGE, WINDOW))
    assert len(sent(cloud)) == 1
    for devices in (ids[INVERTER], [ids[STORAGE], ids[INVERTER]]):
        with pytest.raises(Unauthorized):
            await call(
                hass, user, "set_active_power", {"device_id": devices, "rate": 50}
            )
    assert len(sent(cloud)) == 1
    found = await call(hass, user, "find_plant", {"serial": STORAGE})
    assert found["plant_id"] == PLANT
    # The cloud may know more devices than there are here.
    for serial in (INVERTER, "TPJ9Z99999"):
        with pytest.raises(Unauthorized):
            await call(hass, user, "find_plant", {"serial": serial})
    with pytest.raises(Unauthorized):
        await call(hass, user, "get_power_curve", {"device_id": ids[PLANT_ID]})


async def test_user_who_may_read_all_entities_looks_up_no_other_serial(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_read_only_user: MockUser,
) -> None:
    """The cloud may know more devices than there are here."""
    requests = len(cloud.journal)
    with pytest.raises(Unauthorized):
        await call(hass, hass_read_only_user.id, "find_plant", {"serial": "TPJ9Z99999"})
    assert len(cloud.journal) == requests


async def test_administrator_may_look_up_any_serial(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    found = await call(hass, hass_admin_user.id, "find_plant", {"serial": STORAGE})
    assert found["plant_id"] == PLANT
