"""Faults of the HTTP exchange itself, from a server that sends bytes as a test wants them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import contextlib
import gzip
import re
import tracemalloc
import zlib

import aiohttp
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.growatt_openapi.api import transport as transport_module
from custom_components.growatt_openapi.api.endpoints.inverter import INVERTER_SET
from custom_components.growatt_openapi.api.endpoints.plants import PLANT_LIST
from custom_components.growatt_openapi.api.errors import (
    CloudDownCause,
    CloudDownError,
    OpenApiError,
)
from custom_components.growatt_openapi.api.transport import (
    MAXIMUM_BYTES,
    Transport,
    _open_envelope,
)

TOKEN = "f" * 32
BODY = b'{"data": {"a": 1}, "error_code": 0}'

type Respond = Callable[[asyncio.StreamWriter, int], Awaitable[None]]


def response(body: bytes = BODY, status: str = "200 OK", **headers: str) -> bytes:
    """Return a response with its length, unless another is given."""
    fields = {"Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [
        f"HTTP/1.1 {status}",
        *(f"{name}: {text}" for name, text in fields.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class RawServer:
    """A server that counts requests and lets a function answer each."""

    def __init__(self) -> None:
        self.requests = 0
        self.connections = 0
        self.handlers: list[asyncio.Task[None]] = []
        self.respond: Respond = self.send(response())
        self.port = 0

    @staticmethod
    def send(*parts: bytes, close: bool = False, pause: float = 0) -> Respond:
        async def respond(writer: asyncio.StreamWriter, _: int) -> None:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
            if close:
                writer.close()

        return respond

    async def handle(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.handlers.append(task)
        number = 0
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", head)
                await reader.readexactly(int(length[1]) if length else 0)
                self.requests += 1
                number += 1
                await self.respond(writer, number)
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    server = RawServer()
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()
    await asyncio.gather(*server.handlers, return_exceptions=True)


@pytest.fixture
async def transport(raw: RawServer) -> AsyncIterator[Transport]:
    async with aiohttp.ClientSession() as session:
        yield Transport(session, f"http://127.0.0.1:{raw.port}/v1/", TOKEN)


async def failure(transport: Transport) -> CloudDownError:
    """Make an exchange that fails, and return its error."""
    with pytest.raises(CloudDownError) as raised:
        await transport.exchange(PLANT_LIST, {})
    assert TOKEN not in repr(raised.value)
    return raised.value


async def test_get_is_not_repeated_when_a_kept_connection_is_reset(
    raw: RawServer, transport: Transport
) -> None:
    """The cloud refuses the second of two requests, and the refusal would be blamed on another program."""

    async def respond(writer: asyncio.StreamWriter, number: int) -> None:
        if number == 1:
            writer.write(response())
        else:
            writer.transport.abort()

    raw.respond = respond
    assert await transport.exchange(PLANT_LIST, {})
    error = await failure(transport)
    assert error.cause is CloudDownCause.CONNECTION
    assert error.reached
    assert (raw.connections, raw.requests) == (1, 2)
    # A new connection is made for the next request.
    assert await transport.exchange(PLANT_LIST, {})
    assert (raw.connections, raw.requests) == (2, 3)


@pytest.mark.parametrize("abort", [True, False])
async def test_get_is_not_repeated_when_a_new_connection_is_lost(
    raw: RawServer, transport: Transport, abort: bool
) -> None:
    async def respond(writer: asyncio.StreamWriter, _: int) -> None:
        if abort:
            writer.transport.abort()
        else:
            writer.close()

    raw.respond = respond
    assert (await failure(transport)).cause is CloudDownCause.CONNECTION
    assert raw.requests == 1


async def test_connection_is_kept_between_requests(
    raw: RawServer, transport: Transport
) -> None:
    for _ in range(3):
        await transport.exchange(PLANT_LIST, {})
    await transport.exchange(INVERTER_SET, {"inverter_sn": "A"})
    assert (raw.connections, raw.requests) == (1, 4)


@pytest.mark.parametrize(
    ("parts", "cause"),
    [
        ([b"nonsense\r\n\r\n"], CloudDownCause.CONNECTION),
        ([b"HTTP/1.1 abc\r\n\r\n"], CloudDownCause.CONNECTION),
        ([b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"], CloudDownCause.CONNECTION),
        ([response(Bad="\x00")], CloudDownCause.CONNECTION),
        ([response(Long="x" * 100_000)], CloudDownCause.CONNECTION),
        ([response(Content_Length="x")], CloudDownCause.CONNECTION),
        # Truncated
        ([b"HTTP/1.1 200 OK\r\n"], CloudDownCause.CONNECTION),
        ([response(Content_Length="1000")], CloudDownCause.CONNECTION),
        (
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n23\r\n" + BODY[:9]],
            CloudDownCause.CONNECTION,
        ),
        (
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY],
            CloudDownCause.CONNECTION,
        ),
        # Content encodings
        ([response(Content_Encoding="gzip")], CloudDownCause.CONNECTION),
        (
            [response(gzip.compress(BODY)[:-15], Content_Encoding="gzip")],
            CloudDownCause.NOT_JSON,
        ),
        ([response(Content_Encoding="br")], CloudDownCause.CONNECTION),
        ([response(Content_Encoding="zstd")], CloudDownCause.CONNECTION),
        ([response(gzip.compress(BODY))], CloudDownCause.NOT_JSON),
        (
            [response(gzip.compress(BODY), Content_Encoding="rot13")],
            CloudDownCause.NOT_JSON,
        ),
        # Statuses
        ([response(b"", "204 No Content")], CloudDownCause.NOT_JSON),
        ([response(b"", "301 Moved", Location="/elsewhere")], CloudDownCause.REDIRECT),
        ([response(b"", "302 Found")], CloudDownCause.REDIRECT),
        ([response(b"", "307 T", Location="http://[bad")], CloudDownCause.REDIRECT),
        ([response(b"", "304 Not Modified")], CloudDownCause.REDIRECT),
        ([response(b"no", "401 U", WWW_Authenticate="x")], CloudDownCause.HTTP_ERROR),
        ([response(b"slow down", "429 Too Many")], CloudDownCause.HTTP_ERROR),
        ([response(BODY, "503 Busy")], CloudDownCause.HTTP_ERROR),
        ([response(b"", "999 ?")], CloudDownCause.HTTP_ERROR),
    ],
    ids=lambda one: str(one)[:60],
)
async def test_a_broken_response_raises_cloud_down(
    raw: RawServer, transport: Transport, parts: list[bytes], cause: CloudDownCause
) -> None:
    raw.respond = raw.send(*parts, close=True)
    assert (await failure(transport)).cause is cause
    assert raw.requests == 1


@pytest.mark.parametrize(
    "charset", ["nonsense", "utf-16", "latin-1", "\xff", "utf-8; charset=x"]
)
async def test_a_wrong_charset_is_ignored(
    raw: RawServer, transport: Transport, charset: str
) -> None:
    raw.respond = raw.send(response(Content_Type=f"text/html; charset={charset}"))
    assert (await transport.exchange(PLANT_LIST, {}))["data"] == {"a": 1}


@pytest.mark.parametrize("cookie", ["=;;=", "a=\x01; Expires=never", "x" * 5000])
async def test_a_broken_cookie_is_ignored(
    raw: RawServer, transport: Transport, cookie: str
) -> None:
    raw.respond = raw.send(response(Set_Cookie=cookie))
    assert (await transport.exchange(PLANT_LIST, {}))["data"] == {"a": 1}


async def test_a_gzip_bomb_is_not_unpacked(
    raw: RawServer, transport: Transport
) -> None:
    """The bound is that of the unpacked bytes: 200 kB hold 200 MB of them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = b" " * 1_000_000
    bomb = b"".join(packer.compress(million) for _ in range(200)) + packer.flush()
    raw.respond = raw.send(response(bomb, Content_Encoding="gzip"))
    tracemalloc.start()
    try:
        error = await failure(transport)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.cause is CloudDownCause.NOT_JSON
    assert "too long" in str(error)
    assert peak < 4 * MAXIMUM_BYTES


async def test_a_slow_drip_ends_at_the_time_limit(
    raw: RawServer, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    head, _, body = response(b" " * 1000).partition(b"\r\n\r\n")
    drops = (body[index : index + 1] for index in range(len(body)))
    raw.respond = raw.send(head + b"\r\n\r\n", *drops, pause=0.02)
    async with asyncio.timeout(5):
        assert (await failure(transport)).cause is CloudDownCause.TIMEOUT


async def test_a_closed_session_is_a_connection_that_cannot_be_made(
    raw: RawServer, transport: Transport
) -> None:
    """Home Assistant closes its session before the last poll has ended."""
    await transport._session.close()
    error = await failure(transport)
    assert error.cause is CloudDownCause.CONNECTION
    assert not error.reached


@pytest.mark.parametrize("url", ["nonsense", "http://[/v1/", "http://a:b/"])
async def test_an_invalid_address_is_not_reached(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        error = await failure(Transport(session, url, TOKEN))
    assert error.cause is CloudDownCause.CONNECTION
    assert not error.reached


@pytest.mark.parametrize("token", ["a\nb", "a\x00b", "ü" * 32, "\ud83d"])
async def test_a_token_that_cannot_be_sent_raises_cloud_down(
    raw: RawServer, token: str
) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{raw.port}/v1/"
        with contextlib.suppress(CloudDownError):
            await Transport(session, url, token).exchange(PLANT_LIST, {})


async def test_a_parameter_that_cannot_be_sent_raises_cloud_down(
    raw: RawServer, transport: Transport
) -> None:
    with pytest.raises(CloudDownError):
        await transport.exchange(INVERTER_SET, {"name": "cut \ud83d"})
    assert raw.requests == 0


@given(status=st.integers(min_value=100, max_value=999), body=st.binary())
def test_any_body_is_an_envelope_or_a_known_error(status: int, body: bytes) -> None:
    try:
        envelope = _open_envelope(PLANT_LIST, status, body)
    except OpenApiError:
        return
    assert isinstance(envelope, dict)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.binary(max_size=30)
        | st.sampled_from(
            [
                b"HTTP/1.1 200 OK\r\n",
                b"HTTP/1.0 304 \r\n",
                b"HTTP/1.1 100 Continue\r\n\r\n",
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                b"Content-Length: 35\r\n",
                b"Content-Length: -1\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"Content-Encoding: gzip\r\n",
                b"Content-Encoding: deflate\r\n",
                b"Connection: close\r\n",
                b"Set-Cookie: \xff=\xfe\r\n",
                b"\r\n",
                b"23\r\n",
                b"FFFFFFFFFFFFFFFFF\r\n",
                b"0\r\n\r\n",
                BODY,
                gzip.compress(BODY),
            ]
        ),
        max_size=8,
    )
)
def test_no_bytes_raise_anything_else(parts: list[bytes]) -> None:
    async def exchange() -> None:
        server = RawServer()
        server.respond = server.send(b"".join(parts), close=True)
        listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with aiohttp.ClientSession() as session:
            transport = Transport(session, f"http://127.0.0.1:{port}/v1/", TOKEN)
            with contextlib.suppress(OpenApiError):
                await transport.exchange(PLANT_LIST, {})
        listening.close()
        assert server.requests == 1

    asyncio.run(exchange())
