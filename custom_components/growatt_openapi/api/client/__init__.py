"""The OpenAPI client: one method per endpoint, one module per chapter of the vendor's pages."""

from ..gateway import Gateway
from .dataloggers import Dataloggers
from .devices import Devices
from .inverter import Inverter
from .plants import Plants
from .storage import Storage
from .users import Users


class OpenApiClient:
    """All chapters over one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        """Speak through ``gateway``."""
        self.gateway = gateway
        self.plants = Plants(gateway)
        self.dataloggers = Dataloggers(gateway)
        self.devices = Devices(gateway)
        self.inverter = Inverter(gateway)
        self.storage = Storage(gateway)
        self.users = Users(gateway)


__all__ = ["OpenApiClient"]
