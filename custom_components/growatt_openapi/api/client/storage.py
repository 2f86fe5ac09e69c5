"""Storage, device type 2 (protocol of 2016, 4.3.12 and 4.3.13)."""

from ..ask import FOR_NEWS, Ask
from ..endpoints import STORAGE_LAST_DATA, STORAGE_SET
from ..models import Answer, Reading
from .chapter import Chapter, numbered


class Storage(Chapter):
    """Readings and settings of storage devices."""

    async def last_data(
        self,
        serial: str,
        ask: Ask = FOR_NEWS,
    ) -> Answer[Reading]:
        """Return a storage's newest reading (4.3.13; once in 10 seconds)."""
        return await self._reading(
            STORAGE_LAST_DATA,
            "storage_sn",
            serial,
            ask,
        )

    async def set(self, serial: str, parameter: str, commands: tuple[str, ...]) -> None:
        """Write a setting (4.3.12): ``parameter`` is the vendor's type id, ``commands`` one to four values.

        Code 0 confirms. Raises RequestError, NotPermittedError, RefusedError, CloudDownError.
        """
        await self._gateway.write(
            STORAGE_SET,
            {"storage_sn": serial, "type": parameter, **numbered("param", commands, 4)},
        )
