"""The base class of the endpoint groups: requests for objects, lists, readings, histories and alarms."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from .. import values
from ..endpoints.endpoint import Endpoint
from ..errors import CloudDownCause, CloudDownError
from ..gateway import Gateway
from ..models import Alarm, History, Reading, Reply
from ..request_options import RequestOptions
from ..safe_json import LONGEST_TEXT

ROWS_PER_PAGE = 100
MAXIMUM_PAGES = 250  # more is refused with 10014
BATCH_SIZE = 100

type Row = dict[str, Any]


class EndpointGroup:
    """A group of endpoints, as the chapters of the vendor's documentation."""

    def __init__(self, gateway: Gateway) -> None:
        """Initialize with the gateway."""
        self._gateway = gateway

    async def _data(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        options: RequestOptions,
    ) -> Reply[Row]:
        """Return the object under ``data``. Raises CloudDownError for a reply without one."""
        reply = await self._gateway.read(endpoint, parameters, options)
        data = reply.value.get("data")
        if not isinstance(data, dict):
            raise incomplete(endpoint, "no data", reply.ready_in)
        return reply.with_value(data)

    async def _rows(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        key: str,
        options: RequestOptions,
    ) -> Reply[list[Row]]:
        """Return the rows of all pages.

        ``complete`` is true if there are as many rows as the cloud counts. Raises CloudDownError for a count above 0 without
        any row: the cloud has sent that in an outage, and it must not be taken for an empty list.
        """
        rows: list[Row] = []
        for page in range(1, MAXIMUM_PAGES + 1):
            reply = await self._data(
                endpoint,
                {**parameters, "page": str(page), "perpage": str(ROWS_PER_PAGE)},
                options,
            )
            listed = reply.value.get(key)
            count = values.integer(reply.value.get("count"))
            if not isinstance(listed, list):
                raise incomplete(endpoint, f"no {key}", reply.ready_in)
            rows += (row for row in listed if isinstance(row, dict))
            if len(listed) < ROWS_PER_PAGE or (
                count is not None and len(rows) >= count
            ):
                break
        if not rows and count:
            raise incomplete(endpoint, f"{count} counted, none listed", reply.ready_in)
        return replace(reply.with_value(rows), complete=len(rows) >= (count or 0))

    async def _create(
        self, endpoint: Endpoint, parameters: Mapping[str, str], key: str
    ) -> str:
        """Create an object in the cloud and return its id."""
        envelope = await self._gateway.write(endpoint, parameters)
        data = envelope.get("data")
        created = values.text(data.get(key)) if isinstance(data, dict) else None
        if created is None:
            raise incomplete(endpoint, f"no {key}")
        return created

    async def _history(
        self,
        endpoint: Endpoint,
        identity: Mapping[str, str],
        serial: str,
        start: date,
        end: date,
        options: RequestOptions,
        *,
        rows_key: str,
    ) -> Reply[History]:
        """Return the readings of a period from all pages, oldest first; the order within the pages differs.

        The next page is requested by ``page`` only. Without a count ``next_page_start_id`` shows whether there is one.
        """
        parameters = {
            **identity,
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
        }
        readings: dict[datetime, Reading] = {}
        next_page = None
        for page in range(1, MAXIMUM_PAGES + 1):
            reply = await self._data(
                endpoint,
                {**parameters, "page": str(page), "perpage": str(ROWS_PER_PAGE)},
                options,
            )
            rows = reply.value.get(rows_key)
            if not isinstance(rows, list):
                raise incomplete(endpoint, f"no {rows_key}", reply.ready_in)
            before = len(readings)
            for row in rows:
                if not isinstance(row, dict):
                    continue
                reading = make_reading(serial, reply.value.get("datalogger_sn"), row)
                if reading.time is not None:
                    readings[reading.time] = reading
            count = values.integer(reply.value.get("count"))
            next_page = values.text(reply.value.get("next_page_start_id"))
            is_last = (
                "next_page_start_id" in reply.value and next_page in (None, "0")
                if count is None
                else page * ROWS_PER_PAGE >= count
            )
            if is_last or len(rows) < ROWS_PER_PAGE or len(readings) == before:
                next_page = None
                break
        ordered = [readings[time] for time in sorted(readings)]
        return reply.with_value(History(ordered, next_page))

    async def _alarms(
        self,
        endpoint: Endpoint,
        identity: Mapping[str, str],
        day: date,
        options: RequestOptions,
    ) -> Reply[list[Alarm]]:
        """Return the alarms of a day, of all pages, oldest first. Rows without a code or a start are left out."""
        parameters = {**identity, "date": day.isoformat()}
        reply = await self._rows(endpoint, parameters, "alarms", options)
        alarms = [alarm for row in reply.value if (alarm := make_alarm(row))]
        alarms.sort(key=lambda alarm: alarm.start)
        return reply.with_value(alarms)

    async def _read_setting(
        self, endpoint: Endpoint, serial: str, parameter: str, options: RequestOptions
    ) -> Reply[str | None]:
        """Return a setting's value in the device, in the form that a set takes; None where the cloud gives nothing.

        ``data`` is text here. Raises RequestError: READING_FAILED, DEVICE_NOT_FOUND, DEVICE_OFFLINE, DATALOGGER_UNKNOWN,
        DATALOGGER_OFFLINE, NOT_READABLE, DATALOGGER_LINK, NO_SUCH_PARAMETER.
        """
        reply = await self._gateway.read(
            endpoint,
            # All four are required; both addresses are 0 where the parameter is a name.
            {
                "device_sn": serial,
                "paramId": parameter,
                "startAddr": "0",
                "endAddr": "0",
            },
            options,
        )
        return reply.with_value(values.text(reply.value.get("data")))

    async def _reading(
        self,
        endpoint: Endpoint,
        identity: Mapping[str, str],
        serial: str,
        options: RequestOptions,
    ) -> Reply[Reading]:
        """Return one device's newest reading. The fields sit in ``data``, the datalogger's serial beside it."""
        reply = await self._gateway.read(endpoint, identity, options)
        fields = reply.value.get("data")
        if not isinstance(fields, dict) or not fields:
            raise incomplete(endpoint, "no data", reply.ready_in)
        for key, expected in (*identity.items(), ("device_sn", serial)):
            echo = values.text(reply.value.get(key))
            if echo is not None and echo.casefold() != expected.casefold():
                raise incomplete(endpoint, "another device's", reply.ready_in)
        return reply.with_value(
            make_reading(serial, reply.value.get("dataloggerSn"), fields)
        )

    async def _batch(
        self,
        endpoint: Endpoint,
        serials_parameter: str,
        serials: Iterable[str],
        options: RequestOptions,
    ) -> Reply[dict[str, Reading]]:
        """Return the newest readings of at most 100 devices, by serial; those the cloud does not know are missing.

        ``data`` is keyed by serial twice; the list of serials in the reply is ignored since it contains the unknown ones too.
        """
        requested = list(dict.fromkeys(serials))
        if not 0 < len(requested) <= BATCH_SIZE:
            raise ValueError(f"A batch holds 1 to {BATCH_SIZE} serials")
        reply = await self._data(
            endpoint,
            {serials_parameter: ",".join(requested), "pageNum": "1"},
            options,
        )
        readings = {}
        for serial in requested:
            outer = reply.value.get(serial)
            fields = outer.get(serial) if isinstance(outer, dict) else None
            if isinstance(outer, dict) and isinstance(fields, dict) and fields:
                readings[serial] = make_reading(
                    serial, outer.get("dataloggerSn"), fields
                )
        return reply.with_value(readings)


def incomplete(
    endpoint: Endpoint, detail: str, retry_after: float | None = None
) -> CloudDownError:
    """Return the error for a reply that lacks what it must hold, as served in outages."""
    return CloudDownError(
        CloudDownCause.INCOMPLETE,
        f"{endpoint.path}: {detail}",
        retry_after=retry_after,
    )


def make_reading(serial: str, datalogger: Any, fields: Row) -> Reading:
    """Return a reading from a device's fields.

    Its time is the text ``time`` (``timeText`` for meters and sensors), never the calendar object beside it.
    """
    return Reading(
        serial=serial,
        datalogger=values.text(datalogger) or values.text(fields.get("dataLogSn")),
        time=values.wall_time(fields.get("time"))
        or values.wall_time(fields.get("timeText")),
        fields=fields,
    )


def make_alarm(row: Row) -> Alarm | None:
    """Return an alarm from a row; None without a code or a start."""
    code, start = (
        values.text(row.get("alarm_code")),
        values.wall_time(row.get("start_time")),
    )
    if code is None or start is None:
        return None
    end = values.wall_time(row.get("end_time"))
    message = values.text(row.get("alarm_message"), longest=LONGEST_TEXT)
    return Alarm(
        code=code,
        start=start,
        # Long messages are broken into lines.
        message=" ".join(message.split()) if message else None,
        end=end if end is not None and end > start else None,
        status=values.integer(row.get("status")),
    )


def drop_empty(**parameters: str) -> dict[str, str]:
    """Return the parameters that are not empty: the cloud would take an empty one for a value."""
    return {name: value for name, value in parameters.items() if value}


def numbered_parameters(
    prefix: str, commands: tuple[str, ...], count: int
) -> dict[str, str]:
    """Return a set's values as ``count`` numbered parameters: the vendor wants unused ones as empty text."""
    padded = commands + ("",) * (count - len(commands))
    return {f"{prefix}{index}": value for index, value in enumerate(padded, 1)}
