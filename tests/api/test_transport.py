"""Tests of one exchange: replies of a server, and the values or errors they lead to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import socket

import aiohttp
from aiohttp import web
import pytest

from custom_components.growatt_openapi.api import transport as transport_module
from custom_components.growatt_openapi.api.endpoints.devices import DEVICE_LIST
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.endpoints.inverter import INVERTER_SET
from custom_components.growatt_openapi.api.endpoints.plants import (
    PLANT_DATA,
    PLANT_LIST,
    PLANT_POWER,
)
from custom_components.growatt_openapi.api.endpoints.storage import (
    STORAGE_LAST_DATA,
    STORAGE_SET,
)
from custom_components.growatt_openapi.api.error_codes import ErrorCode
from custom_components.growatt_openapi.api.errors import (
    CloudDownCause,
    CloudDownError,
    NotPermittedError,
    OpenApiError,
    RefusedError,
    RequestError,
    TokenRefusedError,
    WrongServerError,
)
from custom_components.growatt_openapi.api.transport import Transport

TOKEN = "f" * 32

type Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Serve = Callable[[Answer], Awaitable[Transport]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Yield a function that serves one handler for all paths and returns a transport to it."""
    runners = []
    sessions = []

    async def serve(answer: Answer) -> Transport:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        session = aiohttp.ClientSession()
        runners.append(runner)
        sessions.append(session)
        port = runner.addresses[0][1]
        return Transport(session, f"http://127.0.0.1:{port}/v1/", TOKEN)

    yield serve
    for session in sessions:
        await session.close()
    for runner in runners:
        await runner.cleanup()


def says(body: str, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            text=body, status=status, content_type="text/html", headers=headers
        )

    return answer


@pytest.mark.parametrize("code", ["0", '"0"'])
async def test_content_type_of_a_reply_is_ignored(serve: Serve, code: str) -> None:
    transport = await serve(
        says(f'{{"data": {{"a": NaN}}, "error_code": {code}, "error_msg": "noise"}}')
    )
    envelope = await transport.exchange(PLANT_LIST, {})
    assert envelope["data"] == {"a": None}


async def test_get_sends_a_query_and_post_a_form(serve: Serve) -> None:
    seen: list[tuple[str, str, dict[str, str], dict[str, str], str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        seen.append(
            (
                request.method,
                request.path,
                dict(request.query),
                form,
                request.headers.get("token"),
            )
        )
        return web.json_response({"data": "", "error_code": 0})

    transport = await serve(answer)
    await transport.exchange(PLANT_DATA, {"plant_id": "7 ü"})
    await transport.exchange(
        STORAGE_SET, {"storage_sn": "A", "param1": "2016-01-03 12:00"}
    )
    assert seen == [
        ("GET", "/v1/plant/data", {"plant_id": "7 ü"}, {}, TOKEN),
        (
            "POST",
            "/v1/storageSet",
            {},
            {"storage_sn": "A", "param1": "2016-01-03 12:00"},
            TOKEN,
        ),
    ]


@pytest.mark.parametrize(
    ("body", "status", "cause"),
    [
        ("<html>login</html>", 200, CloudDownCause.NOT_JSON),
        ("", 200, CloudDownCause.NOT_JSON),
        ('{"data": {"cou', 200, CloudDownCause.NOT_JSON),
        ("[1, 2]", 200, CloudDownCause.NOT_JSON),
        ('{"data": {}}', 200, CloudDownCause.NOT_JSON),
        ('{"error_code": "x"}', 200, CloudDownCause.NOT_JSON),
        ("[" * 100_000, 200, CloudDownCause.NOT_JSON),
        ("<html>blocked</html>", 403, CloudDownCause.HTTP_ERROR),
        ("<html>blocked</html>", 405, CloudDownCause.HTTP_ERROR),
        ("nothing here", 404, CloudDownCause.NOT_FOUND),
        ("Bad gateway", 502, CloudDownCause.HTTP_ERROR),
        ('{"data": {}, "error_code": 0}', 500, CloudDownCause.HTTP_ERROR),
    ],
)
async def test_reply_that_is_no_envelope_raises_cloud_down(
    serve: Serve, body: str, status: int, cause: CloudDownCause
) -> None:
    transport = await serve(says(body, status))
    with pytest.raises(CloudDownError) as error:
        await transport.exchange(PLANT_LIST, {})
    assert error.value.cause is cause
    assert error.value.reached
    assert TOKEN not in str(error.value)


async def test_redirect_is_not_followed(serve: Serve) -> None:
    """The target of a redirect would receive the token."""
    visited = []

    async def elsewhere(request: web.Request) -> web.Response:
        visited.append(request.path)
        return web.json_response({"data": {}, "error_code": 0})

    target = await serve(elsewhere)
    transport = await serve(
        says("", 302, {"Location": target._server_url + "plant/list"})
    )
    with pytest.raises(CloudDownError) as error:
        await transport.exchange(PLANT_LIST, {})
    assert error.value.cause is CloudDownCause.REDIRECT
    assert visited == []


async def test_refused_connection_is_not_reached() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with aiohttp.ClientSession() as session:
        transport = Transport(session, f"http://127.0.0.1:{port}/v1/", TOKEN)
        with pytest.raises(CloudDownError) as error:
            await transport.exchange(PLANT_LIST, {})
    assert error.value.cause is CloudDownCause.CONNECTION
    assert not error.value.reached


class Failing:
    """A session whose requests fail."""

    closed = False

    def __init__(self, error: Exception) -> None:
        self._error = error

    def request(self, *_: object, **__: object) -> object:
        raise self._error


@pytest.mark.parametrize(
    ("error", "cause", "reached"),
    [
        (TimeoutError(), CloudDownCause.TIMEOUT, True),
        (aiohttp.ConnectionTimeoutError(), CloudDownCause.TIMEOUT, False),
        (aiohttp.ServerDisconnectedError(), CloudDownCause.CONNECTION, True),
        (aiohttp.InvalidURL("http://["), CloudDownCause.CONNECTION, False),
        (
            aiohttp.ClientConnectorDNSError(
                aiohttp.client_reqrep.ConnectionKey(
                    "nowhere.invalid", 443, True, True, None, None, None
                ),
                OSError("name"),
            ),
            CloudDownCause.NAME,
            False,
        ),
    ],
)
async def test_connection_errors_raise_cloud_down(
    error: Exception, cause: CloudDownCause, reached: bool
) -> None:
    transport = Transport(Failing(error), "http://127.0.0.1/v1/", TOKEN)  # type: ignore[arg-type]
    with pytest.raises(CloudDownError) as raised:
        await transport.exchange(PLANT_LIST, {})
    assert raised.value.cause is cause
    assert raised.value.reached is reached
    assert TOKEN not in repr(raised.value)


async def test_missing_reply_times_out(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))

    async def silent(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        raise AssertionError

    transport = await serve(silent)
    with pytest.raises(CloudDownError) as error:
        await transport.exchange(PLANT_LIST, {})
    assert error.value.cause is CloudDownCause.TIMEOUT
    assert error.value.reached


async def test_reply_that_is_too_long_raises_cloud_down(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "MAXIMUM_BYTES", 1000)
    transport = await serve(says("x" * 2000))
    with pytest.raises(CloudDownError):
        await transport.exchange(PLANT_LIST, {})


# Codes by the tables of the vendor's pages (2022: 2.5 to 2.9; 2016: 4.3.1, 4.3.4, 4.3.7, 4.3.12, 4.3.13).
@pytest.mark.parametrize(
    ("endpoint", "code", "message", "kind", "problem"),
    [
        (PLANT_LIST, 10011, "error_permission_denied", TokenRefusedError, None),
        (PLANT_DATA, 10011, "error_permission_denied", NotPermittedError, None),
        (INVERTER_SET, 10011, "error_permission_denied", NotPermittedError, None),
        (PLANT_LIST, 10012, "error_frequently_access", RefusedError, None),
        (PLANT_DATA, 10012, "", RefusedError, None),
        (STORAGE_SET, 10012, "error_frequently_access", RefusedError, None),
        (
            STORAGE_SET,
            10012,
            "storage not exist",
            RequestError,
            ErrorCode.DEVICE_NOT_FOUND,
        ),
        (PLANT_LIST, -1, "new domain", WrongServerError, None),
        (PLANT_LIST, 10013, "", RequestError, ErrorCode.PAGE_TOO_LONG),
        (PLANT_LIST, 10014, "", RequestError, ErrorCode.TOO_MANY_PAGES),
        (PLANT_LIST, 10001, "", RequestError, ErrorCode.SYSTEM),
        (PLANT_DATA, 10002, "", RequestError, ErrorCode.PLANT_NOT_FOUND),
        (PLANT_DATA, 10003, "", RequestError, ErrorCode.PLANT_ID_EMPTY),
        (PLANT_POWER, 10003, "", RequestError, ErrorCode.BAD_DATE),
        # the lists swap these two codes
        (DEVICE_LIST, 10002, "", RequestError, ErrorCode.PLANT_ID_EMPTY),
        (DEVICE_LIST, 10003, "", RequestError, ErrorCode.PLANT_NOT_FOUND),
        (STORAGE_LAST_DATA, 10002, "", RequestError, ErrorCode.DEVICE_NOT_FOUND),
        (STORAGE_LAST_DATA, 10003, "", RequestError, ErrorCode.SERIAL_WRONG),
        (STORAGE_SET, 10002, "", RequestError, ErrorCode.SERVER),
        (STORAGE_SET, 10003, "", RequestError, ErrorCode.DEVICE_OFFLINE),
        (STORAGE_SET, 10004, "", RequestError, ErrorCode.SERIAL_EMPTY),
        (INVERTER_SET, 10005, "", RequestError, ErrorCode.DATALOGGER_OFFLINE),
        (INVERTER_SET, 10006, "", RequestError, ErrorCode.NO_SUCH_PARAMETER),
        (INVERTER_SET, 10007, "", RequestError, ErrorCode.VALUE_EMPTY),
        (INVERTER_SET, 10008, "", RequestError, ErrorCode.OUT_OF_RANGE),
        (INVERTER_SET, 10009, "", RequestError, ErrorCode.BAD_DATE),
        (STORAGE_SET, 10013, "", RequestError, ErrorCode.END_BEFORE_START),
        (PLANT_LIST, 4711, "?", RequestError, ErrorCode.UNKNOWN),
    ],
)
async def test_documented_codes_raise_their_errors(
    serve: Serve,
    endpoint: Endpoint,
    code: int,
    message: str,
    kind: type[OpenApiError],
    problem: ErrorCode | None,
) -> None:
    transport = await serve(
        says(f'{{"data": "", "error_code": {code}, "error_msg": "{message}"}}')
    )
    with pytest.raises(kind) as error:
        await transport.exchange(endpoint, {})
    assert type(error.value) is kind
    if isinstance(error.value, RequestError):
        assert error.value.meaning is problem
        assert error.value.code == code
