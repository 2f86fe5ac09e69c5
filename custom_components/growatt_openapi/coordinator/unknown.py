"""Devices of types that this version does not know: named once, with what helps to add them."""

from collections.abc import Iterable

from ..api.models import Device
from ..const import LOGGER
from ..families import family_of


class Unknown:
    """Says once of each type that there is one."""

    def __init__(self) -> None:
        """Know none yet."""
        self._named: set[int] = set()

    def name(self, devices: Iterable[Device]) -> None:
        """Look for types that nobody here knows."""
        for device in devices:
            if family_of(device) is None and device.type not in self._named:
                self._named.add(device.type)
                LOGGER.warning(
                    "Devices of type %s (model %s) are shown with what the list of devices says of them, since nothing more is known here; to"
                    " have them added, attach their diagnostics to an issue",
                    device.type,
                    device.model,
                )
