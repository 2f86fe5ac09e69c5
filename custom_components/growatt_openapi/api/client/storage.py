"""Storage, device type 2 (protocol of 2016, 4.3.11 to 4.3.14)."""

from datetime import date

from ..ask import FOR_ALARMS, FOR_NEWS, FOR_USER, Ask
from ..endpoints import (
    STORAGE_ALARMS,
    STORAGE_HISTORY,
    STORAGE_LAST_DATA,
    STORAGE_READ_SETTING,
    STORAGE_SET,
)
from ..models import Alarm, Answer, History, Reading
from .chapter import Chapter, Commands, numbered


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

    async def history(
        self, serial: str, start: date, end: date, ask: Ask = FOR_USER
    ) -> Answer[History]:
        """Return a storage's readings from ``start`` to ``end``, seven days at most (4.3.14; once in 10 seconds).

        The fields' names are those of the newest reading.
        Raises RequestError: SERIAL_WRONG, BAD_DATE, PERIOD_TOO_LONG, DEVICE_NOT_FOUND.
        """
        return await self._history(
            STORAGE_HISTORY, "storage_sn", serial, start, end, ask
        )

    async def alarms(
        self, serial: str, day: date, ask: Ask = FOR_ALARMS
    ) -> Answer[list[Alarm]]:
        """Return a storage's alarms of a day (4.3.11; once in 10 seconds).

        Raises RequestError: SERIAL_WRONG, BAD_DATE, DEVICE_NOT_FOUND.
        """
        return await self._alarms(STORAGE_ALARMS, "storage_sn", serial, day, ask)

    async def read_setting(
        self, serial: str, parameter: str, ask: Ask = FOR_USER
    ) -> Answer[str | None]:
        """Return what a setting is in the device (``readStorageParam``, of later pages; often not open to a token)."""
        return await self._read_setting(STORAGE_READ_SETTING, serial, parameter, ask)

    async def set(self, serial: str, parameter: str, commands: Commands) -> None:
        """Write a setting (4.3.12): ``parameter`` is the vendor's type id, ``commands`` one to four values.

        Code 0 confirms. Raises RequestError, NotPermittedError, RefusedError, CloudDownError.
        """
        await self._gateway.write(
            STORAGE_SET,
            lambda: {
                "storage_sn": serial,
                "type": parameter,
                **numbered("param", commands, 4),
            },
        )
