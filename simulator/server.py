"""The cloud over HTTP."""

import asyncio

from aiohttp import web

from . import control
from .cloud import OLD_HOST, Cloud
from .corruption import corrupt
from .envelope import BreakdownError, error_envelope
from .faults import CORRUPTING, Fault, FaultKind
from .replies import make_response

LOGIN_PAGE = (
    '<html data-name="login"><body>Note: Dear user, you have not login to the system'
    '<a href="/login" target="_top" id="login">login</a></body></html>'
)


def make_app(cloud: Cloud) -> web.Application:
    """Return the application: the OpenAPI under /v1/, the control interface under /_sim/."""
    app = web.Application()
    app[control.CLOUD] = cloud
    app.router.add_route("*", "/v1/{path:.*}", _handle)
    control.add_routes(app)
    return app


async def _handle(request: web.Request) -> web.StreamResponse:
    cloud = request.app[control.CLOUD]
    path = request.match_info["path"]
    parameters = {key: str(value) for key, value in request.query.items()}
    # Some clients send a form with a GET; empty values are the same as none.
    for key, value in (await request.post()).items():
        if isinstance(value, str):
            parameters.setdefault(key, value)
    token = request.headers.get("token", "")
    fault = cloud.fault(path)
    if fault is not None:
        broken = await _misbehave(fault)
        if broken is not None:
            cloud.record(token, request.method, path, parameters, f"fault:{fault.kind}")
            return broken
    try:
        envelope = cloud.answer(token, request.method, path, parameters)
    except BreakdownError:
        cloud.record(token, request.method, path, parameters, "breakdown")
        return web.Response(status=500, text="Internal Server Error")
    if fault is not None and fault.kind in CORRUPTING:
        envelope = corrupt(cloud, fault, path, envelope)
    # JSON comes as text/html, as from the live service.
    return make_response(envelope)


async def _misbehave(fault: Fault) -> web.StreamResponse | None:
    match fault.kind:
        case FaultKind.REFUSE:
            return make_response(error_envelope(10012, "error_frequently_access"))
        case FaultKind.ERROR_500:
            return web.Response(status=500, text="Internal Server Error")
        case FaultKind.HTML:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        case FaultKind.TIMEOUT:
            await asyncio.sleep(3600)
        case FaultKind.BROKEN_JSON:
            return web.Response(
                text='{"data": {"count": 1, "pla', content_type="text/html"
            )
        case FaultKind.CODE:
            return make_response(error_envelope(fault.code, fault.message))
        case FaultKind.WRONG_REGION:
            return make_response(error_envelope(10011, "error_permission_denied"))
        case FaultKind.OLD_HOST:
            return make_response(error_envelope(-1, OLD_HOST))
    return None


class Server:
    """The application on a port of the loopback interface."""

    def __init__(self, cloud: Cloud, port: int = 0, host: str = "127.0.0.1") -> None:
        """Serve ``cloud``; port 0 takes any free one."""
        self.cloud = cloud
        self._host = host
        self._port = port
        self._runner = web.AppRunner(
            make_app(cloud),
            access_log=None,
            shutdown_timeout=0.1,
            # Who waits for a time-out and gives up leaves nothing behind.
            handler_cancellation=True,
        )

    async def start(self) -> None:
        """Start to serve."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()

    async def stop(self) -> None:
        """Stop."""
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port taken."""
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        """The base URL of the OpenAPI."""
        return f"http://{self._host}:{self.port}/v1/"
