"""Dispatch of requests: checks of host, token, route, role and limits, the handler, and the journal."""

from dataclasses import dataclass, field

from .cloud import Cloud
from .envelope import ApiError, Envelope, Parameters, error_envelope
from .route import Route
from .routes import ROUTES

OLD_HOST = "Please use the new domain name to access"


@dataclass(slots=True)
class Router:
    """Answers requests for a cloud out of a route table of its own, which a test may change."""

    cloud: Cloud
    routes: dict[str, Route] = field(default_factory=lambda: dict(ROUTES))

    def dispatch(
        self, token: str, method: str, path: str, parameters: Parameters
    ) -> Envelope:
        """Return the envelope that answers a request, and add the call to the journal."""
        try:
            envelope = self._handle(token, method, path, parameters)
        except ApiError as err:
            envelope = error_envelope(err.code, err.message)
        self.cloud.record_call(token, method, path, parameters, envelope["error_code"])
        return envelope

    def _handle(
        self, token: str, method: str, path: str, parameters: Parameters
    ) -> Envelope:
        if self.cloud.old_host:
            raise ApiError(-1, OLD_HOST)
        if token not in self.cloud.tokens:
            raise ApiError(10011)
        route = self.routes.get(path)
        if route is None or route.method != method:
            raise ApiError(10011)
        if route.for_installers and token in self.cloud.owners:
            raise ApiError(10011)
        if route.interval or route.per_day:
            self._check_limits(token, path, parameters, route)
        self.cloud.advance_plants()
        return route.handler(self.cloud, parameters)

    def _check_limits(
        self, token: str, path: str, parameters: Parameters, route: Route
    ) -> None:
        """Count a request, or raise 10012 if it comes too early."""
        limits, now = self.cloud.limits, self.cloud.now()
        key = limits.make_key(token, path, parameters)
        if limits.is_within_interval(key, now, route.interval):
            limits.record_refusal(key, now)
            raise ApiError(10012)
        if limits.is_allowance_used(key, now, route.per_day):
            raise ApiError(10012)
        limits.record_answer(key, now)
