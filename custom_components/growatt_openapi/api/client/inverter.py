"""Inverters, device type 1 (protocol of 2016, 4.3.7, 4.3.8, 4.3.9 and 4.3.15)."""

from collections.abc import Iterable

from .. import values
from ..ask import FOR_LISTS, FOR_NEWS, Ask
from ..endpoints import (
    INVERTER_BATCH,
    INVERTER_INFO,
    INVERTER_LAST_DATA,
    INVERTER_SET,
)
from ..models import Answer, InverterInfo, Reading
from .chapter import Chapter, numbered


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
            ),
        )

    async def set(self, serial: str, parameter: str, commands: tuple[str, ...]) -> None:
        """Write a setting (4.3.7): ``parameter`` is the vendor's paramId, ``commands`` one or two values.

        Code 0 confirms. Raises RequestError, NotPermittedError, RefusedError, CloudDownError.
        """
        await self._gateway.write(
            INVERTER_SET,
            {
                "device_sn": serial,
                "paramId": parameter,
                **numbered("command_", commands, 2),
            },
        )
