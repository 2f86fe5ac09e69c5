"""The OpenAPI client: one method per endpoint, one module per chapter of the vendor's documentation."""

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
    """The groups of endpoints over one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        """Initialize the groups of endpoints."""
        self.gateway = gateway
        self.plants = Plants(gateway)
        self.dataloggers = Dataloggers(gateway)
        self.devices = Devices(gateway)
        self.meters = Meters(gateway)
        self.users = Users(gateway)
        self.inverter = self.device_api(INVERTER)
        self.storage = self.device_api(STORAGE)

    def device_api(self, endpoints: DeviceEndpoints) -> DeviceApi:
        """Return the API for devices of one type."""
        return DeviceApi(self.gateway, endpoints)


__all__ = ["OpenApiClient"]
