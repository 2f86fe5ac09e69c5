"""Users of the cloud: an installer's end users, and dataloggers that stand in a drawer."""

from dataclasses import dataclass, field
import zlib

from .physics.datalogger import Logger
from .physics.device import Unit

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
class Drawer:
    """Dataloggers that belong to no plant, with what is connected to them."""

    loggers: dict[str, tuple[Logger, list[Unit]]] = field(default_factory=dict)

    def put(self, logger: Logger, units: list[Unit]) -> None:
        """Put one away."""
        self.loggers[logger.serial] = logger, units

    def take(self, serial: str) -> tuple[Logger, list[Unit]]:
        """Take one out; one that was never put in is brand-new."""
        return self.loggers.pop(serial, (Logger(serial), []))


def check_code(serial: str) -> str:
    """Return what would be printed beside a datalogger's serial."""
    return f"{zlib.crc32(serial.encode()):08X}"[:5]


def first_users() -> list[User]:
    """Return whom the scenarios' plants belong to."""
    return [
        User(31, "cottage", "owner@example.com", "Germany", "0891234567"),
        User(32, "harbour", "harbour@example.com", "United Kingdom"),
    ]
