"""Every error code of the vendor's pages on every endpoint: the error's type, and its message for people."""

from collections.abc import Awaitable, Callable
from datetime import date
import json
from pathlib import Path

from docs.api_coverage import DOCUMENTED
import pytest

from custom_components.growatt_openapi.api import (
    NotPermittedError,
    OpenApiClient,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from custom_components.growatt_openapi.api.client.plants import PlantForm
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from custom_components.growatt_openapi.error_messages import translation_for
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from tests.helpers import VirtualClock

DAY = date(2026, 6, 20)
FORM = PlantForm(user_id="31", name="Barn", peak_power=5)

type Call = Callable[[OpenApiClient], Awaitable[object]]

# The endpoints in the order of the pages, each with its client method and its table of codes there.
# Protocol of 2016 (4.x) and pages of 2022 (1.x, 2.x); a code that both have is written once.
PAGES: dict[str, tuple[Call, dict[int, ErrorCode]]] = {
    # 4.1.1
    "user/user_register": (
        lambda client: client.users.register(
            name="ann", password="secret", email="ann@example.com", country="Other"
        ),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.USER_NAME_EMPTY,
            10003: ErrorCode.USER_NAME_TAKEN,
            10004: ErrorCode.EMAIL_EMPTY,
            10006: ErrorCode.USER_TYPE_EMPTY,
            10008: ErrorCode.TOKEN_EMPTY,
            10010: ErrorCode.CONNECTION,
        },
    ),
    # 4.1.2, 1.3 (10003, "already exists", is no error here)
    "user/check_user": (
        lambda client: client.users.is_free("ann"),
        {10001: ErrorCode.SYSTEM, 10002: ErrorCode.USER_NAME_EMPTY},
    ),
    # 4.1.3, 1.2
    "user/modify": (
        lambda client: client.users.modify("31", mobile="089"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.USER_ID_EMPTY,
            10003: ErrorCode.USER_NOT_FOUND,
            10004: ErrorCode.USER_NOT_YOURS,
            10014: ErrorCode.INSTALLER_CODE_WRONG,
        },
    ),
    # 4.1.4, 1.4
    "user/c_user_list": (
        lambda client: client.users.list_users(),
        {10001: ErrorCode.SYSTEM},
    ),
    # 4.2.8, 2.1
    "plant/add": (
        lambda client: client.plants.add(FORM),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.USER_ID_EMPTY,
            10003: ErrorCode.PLANT_NAME_EMPTY,
            10004: ErrorCode.PEAK_POWER_EMPTY,
            10005: ErrorCode.USER_NOT_FOUND,
            10006: ErrorCode.PLANT_NAME_TAKEN,
        },
    ),
    # 4.2.2, 2.2
    "plant/modify": (
        lambda client: client.plants.modify("700101", FORM),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.USER_ID_EMPTY,
            10003: ErrorCode.PLANT_NAME_EMPTY,
            10004: ErrorCode.PEAK_POWER_EMPTY,
            10005: ErrorCode.USER_NOT_FOUND,
            10006: ErrorCode.PLANT_NAME_TAKEN,
            10007: ErrorCode.PLANT_NOT_FOUND,
        },
    ),
    # 4.2.3, 2.3
    "plant/delete": (
        lambda client: client.plants.delete("700101"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_ID_EMPTY,
            10004: ErrorCode.PLANT_NOT_FOUND,
        },
    ),
    # 4.2.9, 2.4
    "plant/user_plant_list": (
        lambda client: client.plants.list_of_user("cottage"),
        {10001: ErrorCode.SYSTEM},
    ),
    # 4.2.1, 2.5
    "plant/list": (
        lambda client: client.plants.list_plants(),
        {10001: ErrorCode.SYSTEM},
    ),
    # 4.2.4, 2.6
    "plant/details": (
        lambda client: client.plants.details("700101"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_NOT_FOUND,
            10003: ErrorCode.PLANT_ID_EMPTY,
            10004: ErrorCode.USER_NOT_FOUND,
        },
    ),
    # 4.2.5, 2.7
    "plant/data": (
        lambda client: client.plants.overview("700101"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_NOT_FOUND,
            10003: ErrorCode.PLANT_ID_EMPTY,
        },
    ),
    # 4.2.6, 2.8
    "plant/energy": (
        lambda client: client.plants.energy("700101", DAY, DAY, "day"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_NOT_FOUND,
            10003: ErrorCode.PLANT_ID_EMPTY,
            10004: ErrorCode.BAD_DATE,
        },
    ),
    # 4.2.7, 2.9
    "plant/power": (
        lambda client: client.plants.power("700101", DAY),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_NOT_FOUND,
            10003: ErrorCode.BAD_DATE,
        },
    ),
    # 2.10
    "plant/sn_plant": (
        lambda client: client.plants.of_device("TPJ4A18033"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.USER_NOT_FOUND,
            10003: ErrorCode.SERIAL_EMPTY,
            10004: ErrorCode.DEVICE_TYPE_EMPTY,
            10005: ErrorCode.DEVICE_NOT_FOUND,
        },
    ),
    # 4.3.1
    "device/datalogger/list": (
        lambda client: client.dataloggers.list_dataloggers("700101"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_ID_EMPTY,
            10003: ErrorCode.PLANT_NOT_FOUND,
        },
    ),
    # 4.3.2
    "device/datalogger/add": (
        lambda client: client.dataloggers.add("700101", "XGD1A00999", "31"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_OR_SERIAL_WRONG,
            10003: ErrorCode.DATALOGGER_TAKEN,
            10004: ErrorCode.PLANT_NOT_FOUND,
            10005: ErrorCode.USER_NOT_FOUND,
            10006: ErrorCode.USER_ID_EMPTY,
        },
    ),
    # 4.3.3
    "device/datalogger/delete": (
        lambda client: client.dataloggers.delete("700101", "XGD1A00117"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_OR_SERIAL_WRONG,
            10003: ErrorCode.PLANT_NOT_FOUND,
            10004: ErrorCode.DATALOGGER_NOT_FOUND,
        },
    ),
    # 4.3.10 (10002, "do not match", and 10003, "exists", are no errors here)
    "device/datalogger/validate": (
        lambda client: client.dataloggers.validate("XGD1A00117", "12345"),
        {10001: ErrorCode.DATALOGGER_SERIAL_WRONG},
    ),
    # 4.3.4
    "device/list": (
        lambda client: client.devices.list_devices("700101"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.PLANT_ID_EMPTY,
            10003: ErrorCode.PLANT_NOT_FOUND,
        },
    ),
    # 4.3.8
    "device/inverter/last_new_data": (
        lambda client: client.inverter.last_data("TPJ4A18033"),
        {10001: ErrorCode.SYSTEM},
    ),
    # 4.3.9
    "device/inverter/invs_data": (
        lambda client: client.inverter.batch_data(["TPJ4A18033"]),
        {10001: ErrorCode.SYSTEM},
    ),
    # 4.3.15
    "device/inverter/inv_data_info": (
        lambda client: client.inverter.info("TPJ4A18033"),
        {10001: ErrorCode.SYSTEM},
    ),
    # 4.3.5
    "device/inverter/data": (
        lambda client: client.inverter.history("TPJ4A18033", DAY, DAY),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.SERIAL_WRONG,
            10003: ErrorCode.BAD_DATE,
            10004: ErrorCode.PERIOD_TOO_LONG,
        },
    ),
    # 4.3.6
    "device/inverter/alarm": (
        lambda client: client.inverter.alarms("TPJ4A18033", DAY),
        {10001: ErrorCode.SYSTEM, 10002: ErrorCode.SERIAL_WRONG},
    ),
    # 4.3.7
    "inverterSet": (
        lambda client: client.inverter.set("TPJ4A18033", "pv_active_p_rate", ("50",)),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.SERVER,
            10003: ErrorCode.DEVICE_OFFLINE,
            10004: ErrorCode.DATALOGGER_UNKNOWN,
            10005: ErrorCode.DATALOGGER_OFFLINE,
            10006: ErrorCode.NO_SUCH_PARAMETER,
            10007: ErrorCode.VALUE_EMPTY,
            10008: ErrorCode.OUT_OF_RANGE,
            10009: ErrorCode.BAD_DATE,
        },
    ),
    # 4.3.13
    "device/storage/storage_last_data": (
        lambda client: client.storage.last_data("KHB2C21054"),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.DEVICE_NOT_FOUND,
            10003: ErrorCode.SERIAL_WRONG,
        },
    ),
    # 4.3.14
    "device/storage/storage_data": (
        lambda client: client.storage.history("KHB2C21054", DAY, DAY),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.SERIAL_WRONG,
            10003: ErrorCode.BAD_DATE,
            10004: ErrorCode.PERIOD_TOO_LONG,
            10005: ErrorCode.DEVICE_NOT_FOUND,
        },
    ),
    # 4.3.11
    "device/storage/alarm_data": (
        lambda client: client.storage.alarms("KHB2C21054", DAY),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.SERIAL_WRONG,
            10003: ErrorCode.BAD_DATE,
            10005: ErrorCode.DEVICE_NOT_FOUND,
        },
    ),
    # 4.3.12
    "storageSet": (
        lambda client: client.storage.set("KHB2C21054", "storage_cmd_mode", ("0",)),
        {
            10001: ErrorCode.SYSTEM,
            10002: ErrorCode.SERVER,
            10003: ErrorCode.DEVICE_OFFLINE,
            10004: ErrorCode.SERIAL_EMPTY,
            10005: ErrorCode.DATALOGGER_OFFLINE,
            10006: ErrorCode.NO_SUCH_PARAMETER,
            10007: ErrorCode.VALUE_EMPTY,
            10008: ErrorCode.OUT_OF_RANGE,
            10009: ErrorCode.BAD_DATE,
            10012: ErrorCode.DEVICE_NOT_FOUND,
            10013: ErrorCode.END_BEFORE_START,
        },
    ),
}

# Global error codes (page "Global error code"), where a page gives them no other meaning.
GLOBAL = {10013: ErrorCode.PAGE_TOO_LONG, 10014: ErrorCode.TOO_MANY_PAGES}

ENDPOINTS = {endpoint.path: endpoint for endpoint in DOCUMENTED}
WORDS = json.loads(
    (
        Path(__file__).parents[2]
        / "custom_components/growatt_openapi/translations/en.json"
    ).read_text()
)["exceptions"]

CASES = [
    pytest.param(path, code, problem, id=f"{path}-{code}")
    for path, (_, table) in PAGES.items()
    for code, problem in table.items()
]


async def ask(
    client: OpenApiClient, cloud: Cloud, path: str, code: int, text: str = ""
) -> OpenApiError:
    """Return the error that a code raises on an endpoint, through the whole client."""
    cloud.faults = [
        Fault(FaultKind.CODE, path, code=code, message=text or f"error_{code}")
    ]
    with pytest.raises(OpenApiError) as caught:
        await PAGES[path][0](client)
    key, placeholders = translation_for(caught.value)
    assert WORDS[key]["message"].format(**placeholders)
    return caught.value


def test_all_documented_endpoints_have_a_table() -> None:
    assert len(DOCUMENTED) == len(ENDPOINTS) == 29
    assert set(ENDPOINTS) == set(PAGES)


@pytest.mark.parametrize(("path", "code", "problem"), CASES)
async def test_every_documented_code_has_its_meaning_and_message(
    client: OpenApiClient, cloud: Cloud, path: str, code: int, problem: ErrorCode
) -> None:
    error = await ask(client, cloud, path, code)
    assert isinstance(error, RequestError)
    assert (error.meaning, error.code) == (problem, code)
    # The message is specific to the meaning, not the one for unknown codes.
    assert translation_for(error)[0] == problem


@pytest.mark.parametrize("path", PAGES)
async def test_global_codes(
    client: OpenApiClient, cloud: Cloud, clock: VirtualClock, path: str
) -> None:
    endpoint: Endpoint = ENDPOINTS[path]
    assert isinstance(await ask(client, cloud, path, -1), WrongServerError)
    clock.advance(90_000)
    refused = await ask(client, cloud, path, 10012, "error_frequently_access")
    assert isinstance(refused, RefusedError)
    for code, problem in GLOBAL.items():
        if code not in PAGES[path][1] and code not in endpoint.error_codes:
            clock.advance(90_000)
            error = await ask(client, cloud, path, code)
            assert isinstance(error, RequestError)
            assert error.meaning is problem


@pytest.mark.parametrize("path", PAGES)
async def test_code_10011_raises_not_permitted(
    client: OpenApiClient, cloud: Cloud, path: str
) -> None:
    error = await ask(client, cloud, path, 10011)
    if path == "plant/list":
        assert isinstance(error, TokenRefusedError)
        return
    assert isinstance(error, NotPermittedError)
    assert (translation_for(error)[0] == "not_permitted_installer") is ENDPOINTS[
        path
    ].for_installers
