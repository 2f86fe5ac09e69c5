"""What the chapters share: asking for data, for all rows of a list, for readings one by one or in a batch."""

from collections.abc import Iterable, Mapping
from typing import Any

from .. import values
from ..ask import Ask
from ..endpoints import Endpoint
from ..errors import CloudDownCause, CloudDownError
from ..gateway import Gateway
from ..models import Answer, Reading
from ..replies import Reply

ROWS_PER_PAGE = 100
MAXIMUM_PAGES = 250  # more is refused with 10014
BATCH_SIZE = 100

type Row = dict[str, Any]


class Chapter:
    """The base of the chapters."""

    def __init__(self, gateway: Gateway) -> None:
        """Speak through ``gateway``."""
        self._gateway = gateway

    async def _data(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        ask: Ask,
    ) -> Answer[Row]:
        """Return the object under ``data``; a reply without one is a cloud that is not answering."""
        reply = await self._gateway.read(endpoint, parameters, ask)
        data = reply.envelope.get("data")
        if not isinstance(data, dict):
            raise CloudDownError(CloudDownCause.INCOMPLETE, f"{endpoint.path}: no data")
        return _answer(data, reply)

    async def _rows(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        key: str,
        ask: Ask,
    ) -> Answer[list[Row]]:
        """Return the rows of all pages.

        A count above 0 with no row at all was served in an outage: it means that, and not that everything is gone.
        ``complete`` says whether as many rows came as were counted.
        """
        rows: list[Row] = []
        for page in range(1, MAXIMUM_PAGES + 1):
            answer = await self._data(
                endpoint,
                {**parameters, "page": str(page), "perpage": str(ROWS_PER_PAGE)},
                ask,
            )
            listed = answer.value.get(key)
            count = values.integer(answer.value.get("count"))
            if not isinstance(listed, list):
                raise CloudDownError(
                    CloudDownCause.INCOMPLETE, f"{endpoint.path}: no {key}"
                )
            rows += (row for row in listed if isinstance(row, dict))
            if len(listed) < ROWS_PER_PAGE or (
                count is not None and len(rows) >= count
            ):
                break
        if not rows and count:
            raise CloudDownError(
                CloudDownCause.INCOMPLETE,
                f"{endpoint.path}: {count} counted, none listed",
            )
        return Answer(
            rows,
            answer.received,
            answer.age,
            answer.ready_in,
            answer.is_new,
            complete=len(rows) >= (count or 0),
        )

    async def _reading(
        self,
        endpoint: Endpoint,
        serial_parameter: str,
        serial: str,
        ask: Ask,
    ) -> Answer[Reading]:
        """Return one device's newest reading. The fields sit in ``data``, the datalogger's serial beside it."""
        reply = await self._gateway.read(endpoint, {serial_parameter: serial}, ask)
        fields = reply.envelope.get("data")
        if not isinstance(fields, dict) or not fields:
            raise CloudDownError(CloudDownCause.INCOMPLETE, f"{endpoint.path}: no data")
        for key in (serial_parameter, "device_sn"):
            echo = values.text(reply.envelope.get(key))
            if echo is not None and echo.casefold() != serial.casefold():
                raise CloudDownError(
                    CloudDownCause.INCOMPLETE, f"{endpoint.path}: another device's"
                )
        return _answer(
            make_reading(serial, reply.envelope.get("dataloggerSn"), fields), reply
        )

    async def _batch(
        self,
        endpoint: Endpoint,
        serials_parameter: str,
        serials: Iterable[str],
        ask: Ask,
    ) -> Answer[dict[str, Reading]]:
        """Return the newest readings of at most 100 devices, by serial; those the cloud does not know are missing.

        ``data`` is keyed by serial twice; the echo of the serials asked is of no use: it repeats the unknown ones too.
        """
        asked = list(dict.fromkeys(serials))
        if not 0 < len(asked) <= BATCH_SIZE:
            raise ValueError(f"A batch holds 1 to {BATCH_SIZE} serials")
        answer = await self._data(
            endpoint,
            {serials_parameter: ",".join(asked), "pageNum": "1"},
            ask,
        )
        readings = {}
        for serial in asked:
            outer = answer.value.get(serial)
            fields = outer.get(serial) if isinstance(outer, dict) else None
            if isinstance(outer, dict) and isinstance(fields, dict) and fields:
                readings[serial] = make_reading(
                    serial, outer.get("dataloggerSn"), fields
                )
        return answer.carrying(readings)


def _answer[T](value: T, reply: Reply) -> Answer[T]:
    return Answer(value, reply.received, reply.age, reply.ready_in, reply.is_new)


def make_reading(serial: str, datalogger: Any, fields: Row) -> Reading:
    """Return a reading out of a device's fields. The text ``time`` is its instant, never a calendar beside it."""
    return Reading(
        serial=serial,
        datalogger=values.text(datalogger) or values.text(fields.get("dataLogSn")),
        time=values.wall_time(fields.get("time")),
        fields=fields,
    )


def numbered(prefix: str, commands: tuple[str, ...], count: int) -> dict[str, str]:
    """Return all of a set's parameters: the vendor wants unused ones as empty text."""
    padded = commands + ("",) * (count - len(commands))
    return {f"{prefix}{index}": value for index, value in enumerate(padded, 1)}
