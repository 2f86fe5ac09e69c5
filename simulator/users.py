"""An installer's end users, and dataloggers that are in no plant."""

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
    """Dataloggers that are in no plant, with the devices connected to them."""

    dataloggers: dict[str, tuple[Datalogger, list[Device]]] = field(
        default_factory=dict
    )

    def add(self, datalogger: Datalogger, devices: list[Device]) -> None:
        """Add a datalogger that was removed from its plant."""
        self.dataloggers[datalogger.serial] = datalogger, devices

    def take(self, serial: str) -> tuple[Datalogger, list[Device]]:
        """Remove and return a datalogger; a serial that was never added is a new one without devices."""
        return self.dataloggers.pop(serial, (Datalogger(serial), []))


def compute_check_code(serial: str) -> str:
    """Return the check code that is printed beside a datalogger's serial."""
    return f"{zlib.crc32(serial.encode()):08X}"[:5]


def make_default_users() -> list[User]:
    """Return the owners of the scenarios' plants."""
    return [
        User(31, "cottage", "owner@example.com", "Germany", "0891234567"),
        User(32, "harbour", "harbour@example.com", "United Kingdom"),
    ]
