"""The OpenAPI client: one method per endpoint, one module per chapter of the vendor's pages."""

from ..endpoints.device_endpoints import DeviceEndpoints
from ..endpoints.inverter import INVERTER
from ..endpoints.storage import STORAGE
from ..gateway import Gateway
from .dataloggers import Dataloggers
from .device_api import DeviceApi
from .devices import Devices
from .meters import Meters
from .plants import Plants
from .users import Users


class OpenApiClient:
    """All chapters over one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        """Speak through ``gateway``."""
        self.gateway = gateway
        self.plants = Plants(gateway)
        self.dataloggers = Dataloggers(gateway)
        self.devices = Devices(gateway)
        self.meters = Meters(gateway)
        self.users = Users(gateway)
        self.inverter = self.device_api(INVERTER)
        self.storage = self.device_api(STORAGE)

    def device_api(self, device: DeviceEndpoints) -> DeviceApi:
        """Return what can be asked of devices of one type."""
        return DeviceApi(self.gateway, device)


__all__ = ["OpenApiClient"]
