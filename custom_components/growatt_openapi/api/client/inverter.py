"""Inverters, device type 1 (protocol of 2016, 4.3.5 to 4.3.9 and 4.3.15)."""

from collections.abc import Iterable
from datetime import date

from .. import values
from ..ask import FOR_ALARMS, FOR_LISTS, FOR_NEWS, FOR_USER, Ask
from ..endpoints import (
    INVERTER_ALARMS,
    INVERTER_BATCH,
    INVERTER_HISTORY,
    INVERTER_INFO,
    INVERTER_LAST_DATA,
    INVERTER_READ_SETTING,
    INVERTER_SET,
)
from ..models import Alarm, Answer, History, InverterInfo, Reading
from .chapter import Chapter, Commands, numbered


class Inverter(Chapter):
    """Readings, identity and settings of inverters."""

    async def last_data(
        self,
        serial: str,
        ask: Ask = FOR_NEWS,
    ) -> Answer[Reading]:
        """Return an inverter's newest reading (4.3.8; once in 5 minutes)."""
        return await self._reading(
            INVERTER_LAST_DATA,
            "device_sn",
            serial,
            ask,
        )

    async def batch_data(
        self,
        serials: Iterable[str],
        ask: Ask = FOR_NEWS,
    ) -> Answer[dict[str, Reading]]:
        """Return the newest readings of up to 100 inverters (4.3.9; once in 5 minutes for the same list).

        Raises ValueError for no serial or more than 100.
        """
        return await self._batch(
            INVERTER_BATCH,
            "inverters",
            serials,
            ask,
        )

    async def info(
        self,
        serial: str,
        ask: Ask = FOR_LISTS,
    ) -> Answer[InverterInfo]:
        """Return what an inverter is (4.3.15; once in 5 minutes). ``nominalPower`` is W."""
        answer = await self._data(
            INVERTER_INFO,
            {"device_sn": serial},
            ask,
        )
        row = answer.value
        return answer.carrying(
            InverterInfo(
                alias=values.text(row.get("alias")),
                firmware=values.text(row.get("fwVersion")),
                nominal_power=values.number(row.get("nominalPower")) or None,
                model=values.text(row.get("modelText")),
                fields=row,
            ),
        )

    async def history(
        self, serial: str, start: date, end: date, ask: Ask = FOR_USER
    ) -> Answer[History]:
        """Return an inverter's readings from ``start`` to ``end``, seven days at most (4.3.5; once in 5 minutes).

        The fields' names are not those of the newest reading: ``power``, ``iac1``, ``today_energy``.
        Raises RequestError: SERIAL_WRONG, BAD_DATE, PERIOD_TOO_LONG, DEVICE_NOT_FOUND.
        """
        # The protocol says device_id, later pages and the live service device_sn.
        return await self._history(
            INVERTER_HISTORY, "device_sn", serial, start, end, ask
        )

    async def alarms(
        self, serial: str, day: date, ask: Ask = FOR_ALARMS
    ) -> Answer[list[Alarm]]:
        """Return an inverter's alarms of a day (4.3.6; once in 5 minutes). The date is not in the protocol, but wanted.

        Raises RequestError: SERIAL_WRONG.
        """
        return await self._alarms(INVERTER_ALARMS, "device_sn", serial, day, ask)

    async def read_setting(
        self, serial: str, parameter: str, ask: Ask = FOR_USER
    ) -> Answer[str | None]:
        """Return what a setting is in the device (``readInverterParam``, of later pages; often not open to a token)."""
        return await self._read_setting(INVERTER_READ_SETTING, serial, parameter, ask)

    async def set(self, serial: str, parameter: str, commands: Commands) -> None:
        """Write a setting (4.3.7): ``parameter`` is the vendor's paramId, ``commands`` one or two values.

        Code 0 confirms. Raises RequestError, NotPermittedError, RefusedError, CloudDownError.
        """
        await self._gateway.write(
            INVERTER_SET,
            lambda: {
                "device_sn": serial,
                "paramId": parameter,
                **numbered("command_", commands, 2),
            },
        )
