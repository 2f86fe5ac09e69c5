"""Dataloggers of a plant (protocol of 2016, 4.3.1 to 4.3.3 and 4.3.10)."""

from .. import values
from ..endpoints.devices import (
    DATALOGGER_ADD,
    DATALOGGER_DELETE,
    DATALOGGER_LIST,
    DATALOGGER_VALIDATE,
)
from ..error_codes import ErrorCode
from ..errors import RequestError
from ..models import Datalogger, DataloggerCheck, Reply
from ..request_options import FOR_LISTS, FOR_USER, RequestOptions
from .endpoint_group import EndpointGroup


class Dataloggers(EndpointGroup):
    """The dataloggers, through which devices upload. Adding and deleting requires an installer's token."""

    async def list_dataloggers(
        self,
        plant_id: str,
        options: RequestOptions = FOR_LISTS,
    ) -> Reply[list[Datalogger]]:
        """Return a plant's dataloggers (4.3.1; once in 5 minutes).

        Only here ``last_update_time`` is a true instant if it is written as one (with Z, or as a Java date).
        """
        reply = await self._rows(
            DATALOGGER_LIST,
            {"plant_id": plant_id},
            "dataloggers",
            options,
        )
        dataloggers = []
        for row in reply.value:
            if (serial := values.text(row.get("sn"))) is None:
                continue
            updated = row.get("last_update_time")
            dataloggers.append(
                Datalogger(
                    serial=serial,
                    manufacturer=values.text(row.get("manufacturer")),
                    model=values.text(row.get("model")),
                    lost=values.boolean(row.get("lost")),
                    last_update=values.instant(updated) or values.wall_time(updated),
                )
            )
        return reply.with_value(dataloggers)

    async def add(self, plant_id: str, serial: str, user_id: str) -> None:
        """Add a datalogger to a user's plant (4.3.2; the same once in 5 minutes).

        Raises RequestError: PLANT_OR_SERIAL_WRONG, DATALOGGER_TAKEN, PLANT_NOT_FOUND, USER_NOT_FOUND, USER_ID_EMPTY.
        """
        await self._gateway.write(
            DATALOGGER_ADD,
            {"plant_id": plant_id, "sn": serial, "c_user_id": user_id},
        )

    async def delete(self, plant_id: str, serial: str) -> None:
        """Remove a datalogger and its devices from a plant (4.3.3; the same once in 5 minutes).

        Raises RequestError: PLANT_OR_SERIAL_WRONG, PLANT_NOT_FOUND, DATALOGGER_NOT_FOUND.
        """
        await self._gateway.write(
            DATALOGGER_DELETE, {"plant_id": plant_id, "sn": serial}
        )

    async def validate(
        self, serial: str, code: str, options: RequestOptions = FOR_USER
    ) -> DataloggerCheck:
        """Check a datalogger's serial against its check code (4.3.10; no limit documented).

        For one that is taken the cloud answers 10003, with its plant and user in ``data``.
        Raises RequestError: DATALOGGER_SERIAL_WRONG.
        """
        try:
            await self._gateway.read(
                DATALOGGER_VALIDATE, {"datalogSn": serial, "valiCode": code}, options
            )
        except RequestError as err:
            if err.meaning is ErrorCode.CHECK_CODE_WRONG:
                return DataloggerCheck(is_valid=False)
            if err.meaning is not ErrorCode.DATALOGGER_TAKEN:
                raise
            return DataloggerCheck(
                is_valid=True,
                is_taken=True,
                plant_id=values.text(err.data.get("plant_id")),
                user_id=values.text(err.data.get("user_id")),
            )
        return DataloggerCheck(is_valid=True)
