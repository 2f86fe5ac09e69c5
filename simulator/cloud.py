"""The state of the simulated cloud: plants, users, tokens, limits, faults and the journal of calls."""

from dataclasses import dataclass, field
from datetime import datetime
import hashlib

from .clock import SimulatorClock
from .envelope import ApiError, Parameters
from .faults import Fault
from .limits import Limits
from .physics.device import Device, DeviceKind
from .physics.plant import Plant
from .users import SpareDataloggers, User, make_default_users


@dataclass(slots=True)
class Call:
    """One entry of the journal."""

    number: int
    time: datetime
    token: str  # a hash
    method: str
    path: str
    parameters: dict[str, str]
    code: int | str


@dataclass(slots=True)
class Cloud:
    """Growatt's cloud as far as the vendor's pages describe it. Every token sees all plants."""

    plants: list[Plant]
    clock: SimulatorClock
    tokens: set[str]
    # Tokens of owners, who may not call the endpoints for installers.
    owners: set[str] = field(default_factory=set)
    users: list[User] = field(default_factory=make_default_users)
    spare_dataloggers: SpareDataloggers = field(default_factory=SpareDataloggers)
    limits: Limits = field(default_factory=Limits)
    faults: list[Fault] = field(default_factory=list)
    journal: list[Call] = field(default_factory=list)
    # True: the server answers -1 ("use the new domain name") to every request.
    old_host: bool = False

    def now(self) -> float:
        """Return the clock's time in seconds since the epoch."""
        return self.clock.now().timestamp()

    def advance_plants(self) -> None:
        """Simulate all plants up to the clock's time."""
        moment = self.clock.now()
        for plant in self.plants:
            plant.advance_to(moment)

    def take_fault(self, path: str) -> Fault | None:
        """Use up and return the fault that applies to a request, if any."""
        now = self.now()
        self.faults = [fault for fault in self.faults if not fault.is_over(now)]
        for fault in self.faults:
            if fault.matches(path, now):
                fault.use()
                return fault
        return None

    def record_call(
        self,
        token: str,
        method: str,
        path: str,
        parameters: Parameters,
        code: int | str,
    ) -> None:
        """Add a call to the journal, the token as a hash and passwords masked."""
        self.journal.append(
            Call(
                len(self.journal) + 1,
                self.clock.now(),
                hashlib.sha256(token.encode()).hexdigest()[:8],
                method,
                path,
                {
                    name: "***" if "password" in name else value
                    for name, value in parameters.items()
                },
                code,
            )
        )

    def require_plant(
        self, parameters: Parameters, *, unknown: int, empty: int
    ) -> Plant:
        """Return the plant that a request names, or raise the endpoint's error code."""
        plant_id = parameters.get("plant_id", "")
        if not plant_id:
            raise ApiError(empty)
        plant = self.find_plant(plant_id)
        if plant is None:
            raise ApiError(unknown)
        return plant

    def require_device(
        self,
        serial: str,
        kind: DeviceKind,
        *,
        unknown: int,
        empty: int | None = None,
        message: str = "",
    ) -> tuple[Plant, Device]:
        """Return a device and its plant, or raise the endpoint's error code.

        ``message`` is that of ``unknown``; ``empty`` is the same as ``unknown`` unless given.
        """
        if not serial and empty is not None:
            raise ApiError(empty)
        found = self.find_device(serial, kind)
        if found is None:
            raise ApiError(unknown, message)
        return found

    def find_plant(self, plant_id: str) -> Plant | None:
        """Return the plant with this id."""
        return next(
            (plant for plant in self.plants if str(plant.plant_id) == plant_id), None
        )

    def find_plant_of_datalogger(self, serial: str) -> Plant | None:
        """Return the plant that a datalogger is in."""
        for plant in self.plants:
            if any(datalogger.serial == serial for datalogger in plant.dataloggers):
                return plant
        return None

    def find_device(self, serial: str, kind: DeviceKind) -> tuple[Plant, Device] | None:
        """Return the device of this kind with this serial, and its plant."""
        for plant in self.plants:
            if (device := plant.find_device(serial, kind)) is not None:
                return plant, device
        return None

    def find_user(self, user_id: str) -> User | None:
        """Return the user with this id."""
        return next((user for user in self.users if str(user.user_id) == user_id), None)

    def find_user_by_name(self, name: str) -> User | None:
        """Return the user with this name."""
        return next((user for user in self.users if user.name == name), None)
