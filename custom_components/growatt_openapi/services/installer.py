"""Actions on users, plants and dataloggers: for administrators, with the token of an installer's account.

Other people's data is in the responses only: it is written to no state, file or log.
"""

from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..api import STORED_ONLY, OpenApiClient, OpenApiError
from ..api.client.plants import PlantForm
from ..error_messages import validation_error
from ..runtime import GrowattConfigEntry
from .action import (
    ACCOUNT,
    Action,
    finite_number,
    get_config_entry,
    translated_errors,
)
from .responses import plant_response, user_response

_NAME, _PASSWORD, _EMAIL = "user_name", "password", "email"
_COUNTRY, _PHONE = "country", "phone"
_USER, _CODE, _SEARCH = "user_id", "installer_code", "search"
_PLANT, _PLANT_NAME, _TYPE = "plant_id", "name", "plant_type"
_SERIAL, _SERIAL_AGAIN, _CHECK = "serial", "confirm_serial", "check_code"

PLANT_TYPES = {"residential": 0, "commercial": 1, "ground_mounted": 2}


def _required_text(call: ServiceCall, field: str) -> str:
    """Return a field's text; raise ServiceValidationError if it is empty."""
    text = str(call.data.get(field, "")).strip()
    if not text:
        raise validation_error("field_empty", field=field)
    return text


def _client(call: ServiceCall) -> tuple[GrowattConfigEntry, OpenApiClient]:
    entry = get_config_entry(call)
    return entry, entry.runtime_data.client


# Users


async def _register_user(call: ServiceCall) -> ServiceResponse:
    _, client = _client(call)
    name, email = _required_text(call, _NAME), _required_text(call, _EMAIL)
    password, country = _required_text(call, _PASSWORD), _required_text(call, _COUNTRY)
    if "@" not in email:
        raise validation_error("no_email")
    with translated_errors():
        user_id = await client.users.register(
            name=name,
            password=password,
            email=email,
            country=country,
            phone=call.data.get(_PHONE, ""),
        )
    return {"user_id": user_id}


async def _check_user_name(call: ServiceCall) -> ServiceResponse:
    _, client = _client(call)
    name = _required_text(call, _NAME)
    with translated_errors():
        return {"is_free": await client.users.is_free(name)}


async def _modify_user(call: ServiceCall) -> None:
    _, client = _client(call)
    user_id, phone = _required_text(call, _USER), _required_text(call, _PHONE)
    with translated_errors():
        await client.users.modify(
            user_id, mobile=phone, installer_code=call.data.get(_CODE, "")
        )


async def _list_users(call: ServiceCall) -> ServiceResponse:
    _, client = _client(call)
    with translated_errors():
        reply = await client.users.list_users()
    return {"users": [user_response(user) for user in reply.value]}


# Plants


async def _list_plants(call: ServiceCall) -> ServiceResponse:
    _, client = _client(call)
    with translated_errors():
        reply = await client.plants.search(call.data.get(_SEARCH, "").strip())
    return {"plants": [plant_response(plant) for plant in reply.value]}


async def _list_user_plants(call: ServiceCall) -> ServiceResponse:
    _, client = _client(call)
    name = _required_text(call, _NAME)
    with translated_errors():
        reply = await client.plants.list_of_user(name)
    return {"plants": [plant_response(plant) for plant in reply.value]}


def _plant_form(call: ServiceCall) -> PlantForm:
    data = call.data
    kind = data.get(_TYPE)
    return PlantForm(
        user_id=_required_text(call, _USER),
        name=_required_text(call, _PLANT_NAME),
        peak_power=data.get("peak_power"),
        area=data.get(_COUNTRY),
        installer_code=data.get(_CODE),
        currency=data.get("currency"),
        latitude=data.get("latitude"),
        longitude=data.get("longitude"),
        timezone=data.get("timezone"),
        plant_type=None if kind is None else PLANT_TYPES[kind],
        created=data.get("created"),
        electricity_price=data.get("electricity_price"),
        city=data.get("city"),
        address=data.get("address"),
    )


async def _add_plant(call: ServiceCall) -> ServiceResponse:
    entry, client = _client(call)
    form = _plant_form(call)
    with translated_errors():
        plant_id = await client.plants.add(form)
    entry.runtime_data.inventory.async_refresh_plants()
    return {"plant_id": plant_id}


async def _modify_plant(call: ServiceCall) -> None:
    entry, client = _client(call)
    plant_id, form = _required_text(call, _PLANT), _plant_form(call)
    with translated_errors():
        await client.plants.modify(plant_id, form)
    entry.runtime_data.inventory.async_refresh_plants()


async def _delete_plant(call: ServiceCall) -> None:
    """Delete a plant if the name given is the one that the cloud has."""
    entry, client = _client(call)
    plant_id, typed = _required_text(call, _PLANT), _required_text(call, _PLANT_NAME)
    name = await _plant_name(client, plant_id)
    if name is None:
        raise validation_error("no_such_plant", plant_id=plant_id)
    if name != typed:
        raise validation_error("name_differs", plant_id=plant_id)
    with translated_errors():
        await client.plants.delete(plant_id)
    entry.runtime_data.inventory.async_refresh_plants()


async def _plant_name(client: OpenApiClient, plant_id: str) -> str | None:
    """Return a plant's name from the stored list, else from a new one; None if it is in neither."""
    try:
        stored = (await client.plants.list_plants(STORED_ONLY)).value
    except OpenApiError:
        stored = []
    names = {plant.plant_id: plant.name for plant in stored}
    if plant_id not in names:
        with translated_errors():
            listed = (await client.plants.search()).value
        names = {plant.plant_id: plant.name for plant in listed}
    return names.get(plant_id)


# Dataloggers


async def _validate_datalogger(call: ServiceCall) -> ServiceResponse:
    _, client = _client(call)
    serial, code = _required_text(call, _SERIAL), _required_text(call, _CHECK)
    with translated_errors():
        check = await client.dataloggers.validate(serial, code)
    return {
        "is_valid": check.is_valid,
        "is_taken": check.is_taken,
        "plant_id": check.plant_id,
        "user_id": check.user_id,
    }


async def _add_datalogger(call: ServiceCall) -> None:
    entry, client = _client(call)
    plant_id = _required_text(call, _PLANT)
    with translated_errors():
        await client.dataloggers.add(
            plant_id, _required_text(call, _SERIAL), _required_text(call, _USER)
        )
    _refresh_lists(entry, plant_id)


async def _delete_datalogger(call: ServiceCall) -> None:
    """Remove a datalogger from its plant if its serial was typed twice alike."""
    entry, client = _client(call)
    plant_id, serial = _required_text(call, _PLANT), _required_text(call, _SERIAL)
    if serial != _required_text(call, _SERIAL_AGAIN):
        raise validation_error("serial_differs")
    with translated_errors():
        await client.dataloggers.delete(plant_id, serial)
    _refresh_lists(entry, plant_id)


def _refresh_lists(entry: GrowattConfigEntry, plant_id: str) -> None:
    inventory = entry.runtime_data.inventory
    if (info := inventory.data.get(plant_id)) is not None:
        inventory.async_refresh_lists(info)


def _number_between(low: float, high: float) -> Any:
    return vol.All(finite_number, vol.Range(min=low, max=high))


_PLANT_FIELDS = {
    vol.Required(_USER): cv.string,
    vol.Required(_PLANT_NAME): cv.string,
    vol.Optional(_COUNTRY): cv.string,
    vol.Optional(_CODE): cv.string,
    vol.Optional("currency"): cv.string,
    vol.Optional("latitude"): _number_between(-90, 90),
    vol.Optional("longitude"): _number_between(-180, 180),
    vol.Optional("timezone"): _number_between(-12, 14),
    vol.Optional(_TYPE): vol.In(PLANT_TYPES),
}
_PEAK = _number_between(0.001, 1_000_000)

INSTALLER_ACTIONS: tuple[Action, ...] = (
    Action(
        name="register_user",
        fields={
            **ACCOUNT,
            vol.Required(_NAME): cv.string,
            vol.Required(_PASSWORD): cv.string,
            vol.Required(_EMAIL): cv.string,
            vol.Required(_COUNTRY): cv.string,
            vol.Optional(_PHONE): cv.string,
        },
        handler=_register_user,
        response=SupportsResponse.OPTIONAL,
        for_admins=True,
    ),
    Action(
        name="check_user_name",
        fields={**ACCOUNT, vol.Required(_NAME): cv.string},
        handler=_check_user_name,
        response=SupportsResponse.ONLY,
        for_admins=True,
    ),
    Action(
        name="modify_user",
        fields={
            **ACCOUNT,
            vol.Required(_USER): cv.string,
            vol.Required(_PHONE): cv.string,
            vol.Optional(_CODE): cv.string,
        },
        handler=_modify_user,
        for_admins=True,
    ),
    Action(
        name="list_users",
        fields=ACCOUNT,
        handler=_list_users,
        response=SupportsResponse.ONLY,
        for_admins=True,
    ),
    Action(
        name="list_plants",
        fields={**ACCOUNT, vol.Optional(_SEARCH): cv.string},
        handler=_list_plants,
        response=SupportsResponse.ONLY,
        for_admins=True,
    ),
    Action(
        name="list_user_plants",
        fields={**ACCOUNT, vol.Required(_NAME): cv.string},
        handler=_list_user_plants,
        response=SupportsResponse.ONLY,
        for_admins=True,
    ),
    Action(
        name="add_plant",
        fields={
            **ACCOUNT,
            **_PLANT_FIELDS,
            vol.Required("peak_power"): _PEAK,
            vol.Optional("created"): cv.date,
            vol.Optional("electricity_price"): _number_between(0, 1_000_000),
            vol.Optional("city"): cv.string,
            vol.Optional("address"): cv.string,
        },
        handler=_add_plant,
        response=SupportsResponse.OPTIONAL,
        for_admins=True,
    ),
    Action(
        name="modify_plant",
        fields={
            **ACCOUNT,
            vol.Required(_PLANT): cv.string,
            **_PLANT_FIELDS,
            vol.Optional("peak_power"): _PEAK,
        },
        handler=_modify_plant,
        for_admins=True,
    ),
    Action(
        name="delete_plant",
        fields={
            **ACCOUNT,
            vol.Required(_PLANT): cv.string,
            vol.Required(_PLANT_NAME): cv.string,
        },
        handler=_delete_plant,
        for_admins=True,
    ),
    Action(
        name="validate_datalogger",
        fields={
            **ACCOUNT,
            vol.Required(_SERIAL): cv.string,
            vol.Required(_CHECK): cv.string,
        },
        handler=_validate_datalogger,
        response=SupportsResponse.ONLY,
        for_admins=True,
    ),
    Action(
        name="add_datalogger",
        fields={
            **ACCOUNT,
            vol.Required(_PLANT): cv.string,
            vol.Required(_SERIAL): cv.string,
            vol.Required(_USER): cv.string,
        },
        handler=_add_datalogger,
        for_admins=True,
    ),
    Action(
        name="delete_datalogger",
        fields={
            **ACCOUNT,
            vol.Required(_PLANT): cv.string,
            vol.Required(_SERIAL): cv.string,
            vol.Required(_SERIAL_AGAIN): cv.string,
        },
        handler=_delete_datalogger,
        for_admins=True,
    ),
)
