"""The cloud: tokens, limits, faults, journal."""

from dataclasses import dataclass, field
from datetime import datetime
import hashlib

from .clock import SimulatorClock
from .envelope import ApiError, Envelope, Parameters, error_envelope
from .faults import Fault
from .limits import Limits
from .physics.device import Device, DeviceKind
from .physics.plant import Plant
from .routes import ROUTES
from .users import SpareDataloggers, User, make_default_users

OLD_HOST = "Please use the new domain name to access"


@dataclass(slots=True)
class Call:
    """A line of the journal."""

    number: int
    time: datetime
    token: str  # a hash
    method: str
    path: str
    parameters: dict[str, str]
    code: int | str


@dataclass(slots=True)
class Cloud:
    """Growatt's cloud as far as the pages describe it, with a world behind it: every token sees all of its plants."""

    plants: list[Plant]
    clock: SimulatorClock
    tokens: set[str]
    # Tokens of people who own their plants and install none.
    owners: set[str] = field(default_factory=set)
    users: list[User] = field(default_factory=make_default_users)
    spare_dataloggers: SpareDataloggers = field(default_factory=SpareDataloggers)
    limits: Limits = field(default_factory=Limits)
    faults: list[Fault] = field(default_factory=list)
    journal: list[Call] = field(default_factory=list)
    old_host: bool = False

    def now(self) -> float:
        """Return the clock's time in seconds."""
        return self.clock.now().timestamp()

    def fault(self, path: str) -> Fault | None:
        """Return the fault that hits this request, if any."""
        now = self.now()
        self.faults = [fault for fault in self.faults if not fault.is_over(now)]
        for fault in self.faults:
            if fault.applies(path, now):
                return fault
        return None

    def answer(
        self, token: str, method: str, path: str, parameters: Parameters
    ) -> Envelope:
        """Return the envelope that answers a request, an error's too."""
        try:
            envelope = self._answer(token, method, path, parameters)
        except ApiError as err:
            envelope = error_envelope(err.code, err.message)
        self.record(token, method, path, parameters, envelope["error_code"])
        return envelope

    def record(
        self,
        token: str,
        method: str,
        path: str,
        parameters: Parameters,
        code: int | str,
    ) -> None:
        """Write a line of the journal. The token is kept as a hash only."""
        self.journal.append(
            Call(
                len(self.journal) + 1,
                self.clock.now(),
                hashlib.sha256(token.encode()).hexdigest()[:8],
                method,
                path,
                # A password is nobody's business.
                {
                    name: "***" if "password" in name else value
                    for name, value in parameters.items()
                },
                code,
            )
        )

    def _answer(
        self, token: str, method: str, path: str, parameters: Parameters
    ) -> Envelope:
        if self.old_host:
            raise ApiError(-1, OLD_HOST)
        if token not in self.tokens:
            raise ApiError(10011)
        route = ROUTES.get(path)
        if route is None or route.method != method:
            raise ApiError(10011)
        if route.for_installers and token in self.owners:
            raise ApiError(10011)
        now = self.now()
        key = self.limits.key(token, path, parameters)
        if route.interval or route.per_day:
            if self.limits.refuses(key, now, route.interval, route.per_day):
                raise ApiError(10012)
            self.limits.answered(key, now)
        self.advance()
        return route.answer(self, parameters)

    def advance(self) -> None:
        """Let the world catch up with the clock."""
        moment = self.clock.now()
        for plant in self.plants:
            plant.advance_to(moment)

    def require_plant(
        self, parameters: Parameters, *, unknown: int, empty: int
    ) -> Plant:
        """Return the plant asked for, or raise this endpoint's codes."""
        plant_id = parameters.get("plant_id", "")
        if not plant_id:
            raise ApiError(empty)
        plant = self.find_plant(plant_id)
        if plant is None:
            raise ApiError(unknown)
        return plant

    def find_plant(self, plant_id: str) -> Plant | None:
        """Return a plant."""
        return next(
            (plant for plant in self.plants if str(plant.plant_id) == plant_id), None
        )

    def find_plant_of_datalogger(self, serial: str) -> Plant | None:
        """Return the plant that a datalogger stands in."""
        for plant in self.plants:
            if any(datalogger.serial == serial for datalogger in plant.dataloggers):
                return plant
        return None

    def find_user(self, user_id: str) -> User | None:
        """Return a user."""
        return next((user for user in self.users if str(user.user_id) == user_id), None)

    def find_user_by_name(self, name: str) -> User | None:
        """Return the user of this name."""
        return next((user for user in self.users if user.name == name), None)

    def find_device(self, serial: str, kind: DeviceKind) -> tuple[Plant, Device] | None:
        """Return a device of this kind, with its plant."""
        for plant in self.plants:
            if (device := plant.find_device(serial, kind)) is not None:
                return plant, device
        return None
