"""The HTTP responses of faults: those in place of the answer, and those that deliver it badly."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
import gzip
import json
import socket
import struct

from aiohttp import web

from .envelope import Envelope, error_envelope
from .faults import Fault, FaultKind
from .router import OLD_HOST

LOGIN_PAGE = (
    '<html data-name="login"><body>Note: Dear user, you have not login to the system'
    '<a href="/login" target="_top" id="login">login</a></body></html>'
)
_MEGABYTE = 1024 * 1024
# More slowly than this no piece of a slow answer follows another.
_PIECES = 60
# What json.dumps cannot nest deeply enough is put in place of this text.
DEEP_MARK = "deep mark"

type Sleep = Callable[[float], Awaitable[None]]


def make_response(envelope: Envelope, depth: int = 0) -> web.Response:
    """Return an envelope as the live service sends it: JSON, declared as text/html.

    depth: of the nested list that stands where DEEP_MARK does.
    """
    return web.Response(
        body=_to_json(envelope, depth), content_type="text/html", charset="UTF-8"
    )


def _to_json(envelope: Envelope, depth: int = 0) -> bytes:
    text = json.dumps(envelope, ensure_ascii=False)
    if depth:
        text = text.replace(f'"{DEEP_MARK}"', _nest(depth))
    # A lone surrogate can only be sent as an escape.
    return text.encode("utf-8", "backslashreplace")


def _nest(depth: int) -> str:
    return "[" * depth + "]" * depth


async def make_faulty_response(
    fault: Fault, request: web.Request, sleep: Sleep
) -> web.StreamResponse | None:
    """Return the response that a fault puts in place of the answer; None for a fault that only changes it."""
    match fault.kind:
        case FaultKind.TIMEOUT:
            while True:
                await sleep(1)
        case FaultKind.RESET:
            reset_connection(request)
            return web.Response()
        case FaultKind.HUGE_BODY:
            return await _send_huge_body(request)
    envelope = _make_error_envelope(fault)
    return _make_whole_response(fault) if envelope is None else make_response(envelope)


def _make_error_envelope(fault: Fault) -> Envelope | None:
    match fault.kind:
        case FaultKind.REFUSE:
            return error_envelope(10012, "error_frequently_access")
        case FaultKind.CODE:
            return error_envelope(fault.code, fault.message)
        case FaultKind.WRONG_REGION:
            return error_envelope(10011, "error_permission_denied")
        case FaultKind.OLD_HOST:
            return error_envelope(-1, OLD_HOST)
    return None


def _make_whole_response(fault: Fault) -> web.Response | None:
    match fault.kind:
        case FaultKind.ERROR_500:
            return web.Response(status=500, text="Internal Server Error")
        case FaultKind.STATUS:
            return web.Response(status=fault.code, text="<html>not now</html>")
        case FaultKind.HTML:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        case FaultKind.REDIRECT:
            location = fault.message or "/login"
            return web.Response(status=302, headers={"Location": location})
        case FaultKind.BROKEN_JSON:
            return web.Response(
                text='{"data": {"count": 1, "pla', content_type="text/html"
            )
        case FaultKind.EMPTY_BODY:
            return web.Response(content_type="text/html")
        case FaultKind.GZIP_BOMB | FaultKind.BAD_GZIP:
            is_bomb = fault.kind is FaultKind.GZIP_BOMB
            return web.Response(
                body=_make_bomb() if is_bomb else b'{"data": "", "error_code": 0}',
                headers={"Content-Encoding": "gzip"},
                content_type="text/html",
            )
        case FaultKind.DEEP:
            text = f'{{"data": {_nest(fault.code)}, "error_code": 0}}'
            return web.Response(text=text, content_type="text/html")
        case FaultKind.BODY:
            return web.Response(text=fault.message, content_type="text/html")
    return None


@cache
def _make_bomb() -> bytes:
    """Return 64 MB of blanks, compressed."""
    return gzip.compress(b" " * 64 * _MEGABYTE, compresslevel=1)


def reset_connection(request: web.Request) -> None:
    """End the connection of a request with a reset."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        # Closing discards what is under way: the other side gets a reset and no orderly end.
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        transport.abort()


async def _send_huge_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    response.content_length = 50 * _MEGABYTE
    await response.prepare(request)
    with suppress(ConnectionResetError):  # a client that has had enough
        for _ in range(50):
            await response.write(b" " * _MEGABYTE)
    return response


async def deliver_badly(
    fault: Fault, request: web.Request, envelope: Envelope, sleep: Sleep
) -> web.StreamResponse:
    """Send the right answer in the way of a fault: in part, slowly, or as bytes that are not UTF-8."""
    if fault.kind is FaultKind.BAD_CHARSET:
        text = json.dumps({**envelope, "error_msg": "Größe"}, ensure_ascii=False)
        return web.Response(
            body=text.encode("latin-1", "replace"),
            headers={"Content-Type": "text/html; charset=no-such-charset"},
        )
    body = _to_json(envelope)
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    response.content_length = len(body)
    await response.prepare(request)
    if fault.kind is FaultKind.CUT_BODY:
        await response.write(body[: len(body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response
    size = len(body) // _PIECES + 1
    with suppress(ConnectionResetError):
        for start in range(0, len(body), size):
            await sleep(fault.code / _PIECES)
            await response.write(body[start : start + size])
    return response
