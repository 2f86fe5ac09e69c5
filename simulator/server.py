"""The simulated cloud over HTTP."""

import asyncio

from aiohttp import web

from . import control
from .cloud import Cloud
from .corruption import corrupt, repeat_first_page, sync_twin_plant
from .envelope import BreakdownError
from .fault_responses import (
    Sleep,
    deliver_badly,
    make_faulty_response,
    make_response,
)
from .faults import CORRUPTING, DELIVERY, FaultKind
from .router import Router

ROUTER = web.AppKey("router", Router)
SLEEP: web.AppKey[Sleep] = web.AppKey("sleep")


def make_app(router: Router, sleep: Sleep = asyncio.sleep) -> web.Application:
    """Return the application: the OpenAPI under /v1/, the control interface under /_sim/.

    sleep: waits in the faults that take time.
    """
    app = web.Application()
    app[ROUTER] = router
    app[SLEEP] = sleep
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
    sync_twin_plant(cloud)
    fault = cloud.take_fault(path)
    if fault is not None and fault.kind not in CORRUPTING | DELIVERY:
        # Before the answer, which may never be complete.
        code = f"fault:{fault.kind}"
        cloud.record_call(token, request.method, path, parameters, code)
        response = await make_faulty_response(fault, request, request.app[SLEEP])
        if response is not None:
            return response
    try:
        envelope = router.dispatch(token, request.method, path, parameters)
    except BreakdownError:
        cloud.record_call(token, request.method, path, parameters, "breakdown")
        return web.Response(status=500, text="Internal Server Error")
    if fault is not None and fault.kind is FaultKind.IGNORED_PAGE:
        envelope = repeat_first_page(router, path, parameters, envelope)
    elif fault is not None and fault.kind in CORRUPTING:
        envelope = corrupt(cloud, fault, path, envelope)
    if fault is not None and fault.kind in DELIVERY:
        return await deliver_badly(fault, request, envelope, request.app[SLEEP])
    is_deep = fault is not None and fault.kind is FaultKind.DEEP_FIELD
    return make_response(envelope, fault.code if fault and is_deep else 0)


class Server:
    """An HTTP server for a cloud, on the loopback interface."""

    def __init__(
        self,
        cloud: Cloud,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        router: Router | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Initialize the server; port 0 takes any free port. ``sleep`` waits in the faults that take time."""
        self.cloud = cloud
        self.router = Router(cloud) if router is None else router
        self._host = host
        self._port = port
        self._runner = web.AppRunner(
            make_app(self.router, sleep),
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
