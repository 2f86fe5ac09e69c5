"""Users of the cloud: an installer's end users, and dataloggers that stand in a spare_dataloggers."""

from dataclasses import dataclass, field
import zlib

from .physics.datalogger import Datalogger
from .physics.device import Device

SERIAL_LENGTH = 10


@dataclass(slots=True)
class User:
    """An end user."""

    user_id: int
    name: str
    email: str
    country: str
    phone: str = ""
    registered: str = "2021-05-04 09:46:50"
    installer_code: str = ""


@dataclass(slots=True)
class SpareDataloggers:
    """Dataloggers that belong to no plant, with what is connected to them."""

    dataloggers: dict[str, tuple[Datalogger, list[Device]]] = field(
        default_factory=dict
    )

    def put(self, datalogger: Datalogger, devices: list[Device]) -> None:
        """Put one away."""
        self.dataloggers[datalogger.serial] = datalogger, devices

    def take(self, serial: str) -> tuple[Datalogger, list[Device]]:
        """Take one out; one that was never put in is brand-new."""
        return self.dataloggers.pop(serial, (Datalogger(serial), []))


def compute_check_code(serial: str) -> str:
    """Return what would be printed beside a datalogger's serial."""
    return f"{zlib.crc32(serial.encode()):08X}"[:5]


def make_default_users() -> list[User]:
    """Return whom the scenarios' plants belong to."""
    return [
        User(31, "cottage", "owner@example.com", "Germany", "0891234567"),
        User(32, "harbour", "harbour@example.com", "United Kingdom"),
    ]
