"""The simulated cloud over HTTP."""

import asyncio
import json

from aiohttp import web

from . import control
from .cloud import Cloud
from .corruption import corrupt
from .envelope import BreakdownError, Envelope, error_envelope
from .faults import CORRUPTING, Fault, FaultKind
from .router import OLD_HOST, Router

ROUTER = web.AppKey("router", Router)
LOGIN_PAGE = (
    '<html data-name="login"><body>Note: Dear user, you have not login to the system'
    '<a href="/login" target="_top" id="login">login</a></body></html>'
)


def make_app(router: Router) -> web.Application:
    """Return the application: the OpenAPI under /v1/, the control interface under /_sim/."""
    app = web.Application()
    app[ROUTER] = router
    app[control.CLOUD] = router.cloud
    app.router.add_route("*", "/v1/{path:.*}", _handle)
    control.add_routes(app)
    return app


async def _handle(request: web.Request) -> web.StreamResponse:
    router = request.app[ROUTER]
    cloud = router.cloud
    path = request.match_info["path"]
    parameters = {key: str(value) for key, value in request.query.items()}
    # Some clients send a form with a GET request.
    for key, value in (await request.post()).items():
        if isinstance(value, str):
            parameters.setdefault(key, value)
    token = request.headers.get("token", "")
    fault = cloud.take_fault(path)
    if fault is not None:
        response = await _make_faulty_response(fault)
        if response is not None:
            code = f"fault:{fault.kind}"
            cloud.record_call(token, request.method, path, parameters, code)
            return response
    try:
        envelope = router.dispatch(token, request.method, path, parameters)
    except BreakdownError:
        cloud.record_call(token, request.method, path, parameters, "breakdown")
        return web.Response(status=500, text="Internal Server Error")
    if fault is not None and fault.kind in CORRUPTING:
        envelope = corrupt(cloud, fault, path, envelope)
    return _make_response(envelope)


def _make_response(envelope: Envelope) -> web.Response:
    """Return an envelope as the live service sends it: JSON, declared as text/html."""
    return web.Response(
        text=json.dumps(envelope, ensure_ascii=False),
        content_type="text/html",
        charset="UTF-8",
    )


async def _make_faulty_response(fault: Fault) -> web.StreamResponse | None:
    """Return the response that a fault puts in place of the answer; None for a fault that corrupts it."""
    match fault.kind:
        case FaultKind.REFUSE:
            return _make_response(error_envelope(10012, "error_frequently_access"))
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
            return _make_response(error_envelope(fault.code, fault.message))
        case FaultKind.WRONG_REGION:
            return _make_response(error_envelope(10011, "error_permission_denied"))
        case FaultKind.OLD_HOST:
            return _make_response(error_envelope(-1, OLD_HOST))
    return None


class Server:
    """An HTTP server for a cloud, on the loopback interface."""

    def __init__(
        self,
        cloud: Cloud,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        router: Router | None = None,
    ) -> None:
        """Initialize the server; port 0 takes any free port."""
        self.cloud = cloud
        self.router = Router(cloud) if router is None else router
        self._host = host
        self._port = port
        self._runner = web.AppRunner(
            make_app(self.router),
            access_log=None,
            shutdown_timeout=0.1,
            # A handler in a simulated time-out ends when its client disconnects.
            handler_cancellation=True,
        )

    async def start(self) -> None:
        """Start serving."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()

    async def stop(self) -> None:
        """Stop serving."""
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        """The base URL of the OpenAPI."""
        return f"http://{self._host}:{self.port}/v1/"
