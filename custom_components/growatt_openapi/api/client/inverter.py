"""Inverters, device type 1 (protocol of 2016, 4.3.7, 4.3.8, 4.3.9 and 4.3.15)."""

from collections.abc import Iterable

from .. import values
from ..endpoints import (
    INVERTER_BATCH,
    INVERTER_INFO,
    INVERTER_LAST_DATA,
    INVERTER_SET,
)
from ..gateway import Priority
from ..models import Answer, InverterInfo, Reading
from .chapter import Chapter, numbered


class Inverter(Chapter):
    """Readings, identity and settings of inverters."""

    async def last_data(
        self,
        serial: str,
        *,
        priority: Priority = Priority.READING,
        scheduled: bool = False,
    ) -> Answer[Reading]:
        """Return an inverter's newest reading (4.3.8; once in 5 minutes)."""
        return await self._reading(
            INVERTER_LAST_DATA,
            "device_sn",
            serial,
            priority=priority,
            scheduled=scheduled,
        )

    async def batch_data(
        self,
        serials: Iterable[str],
        *,
        priority: Priority = Priority.READING,
        scheduled: bool = False,
    ) -> Answer[dict[str, Reading]]:
        """Return the newest readings of up to 100 inverters (4.3.9; once in 5 minutes for the same list).

        Raises ValueError for no serial or more than 100.
        """
        return await self._batch(
            INVERTER_BATCH,
            "inverters",
            serials,
            priority=priority,
            scheduled=scheduled,
        )

    async def info(
        self,
        serial: str,
        *,
        priority: Priority = Priority.LIST,
        scheduled: bool = False,
    ) -> Answer[InverterInfo]:
        """Return what an inverter is (4.3.15; once in 5 minutes). ``nominalPower`` is W."""
        answer = await self._data(
            INVERTER_INFO,
            {"device_sn": serial},
            priority=priority,
            scheduled=scheduled,
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
