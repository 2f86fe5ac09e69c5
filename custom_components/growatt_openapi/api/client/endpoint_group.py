"""The base class of the endpoint groups: requests for objects, lists, readings, histories and alarms."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
import itertools
from typing import Any

from .. import values
from ..endpoints.endpoint import Endpoint
from ..errors import CloudDownCause, CloudDownError
from ..gateway import Gateway
from ..models import Alarm, History, Reading, Reply
from ..request_options import RequestOptions
from ..safe_json import LONGEST_TEXT
from ..transport import Envelope

ROWS_PER_PAGE = 100
MAXIMUM_PAGES = 250  # more is refused with 10014
BATCH_SIZE = 100

# The longest jump back of a clock that is set to winter time, and not two pages in another order.
_REPEATED_HOUR = timedelta(minutes=75)

# The keys that tell plants, devices, dataloggers, users and periods apart.
_ROW_IDS = ("plant_id", "device_sn", "datalogger_sn", "sn", "c_user_id", "date")

type Row = dict[str, Any]


class EndpointGroup:
    """A group of endpoints, as the chapters of the vendor's documentation."""

    def __init__(self, gateway: Gateway) -> None:
        """Initialize with the gateway."""
        self._gateway = gateway

    async def _read[ValueT](
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        options: RequestOptions,
        extract: Callable[[Envelope], ValueT],
    ) -> Reply[ValueT]:
        """Return what ``extract`` finds in the reply.

        It raises CloudDownError where there is nothing of use: the gateway then keeps the last reply that was, and asks ever more
        seldom.
        """
        reply = await self._gateway.read(endpoint, parameters, options, extract)
        try:
            return reply.with_value(extract(reply.value))
        except CloudDownError as err:  # stored by a version that checked less
            err.retry_after = reply.ready_in
            raise

    async def _data(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        options: RequestOptions,
        *,
        part: str = "",
        kind: type[dict[str, Any] | list[Any]] = list,
    ) -> Reply[Row]:
        """Return the object under ``data``.

        Raises CloudDownError for a reply without one, or without a ``part`` of this kind in it.
        """

        def extract(envelope: Envelope) -> Row:
            data = envelope.get("data")
            if not isinstance(data, dict) or not data:
                raise incomplete(endpoint, "no data")
            if part and not isinstance(data.get(part), kind):
                raise incomplete(endpoint, f"no {part}")
            return data

        return await self._read(endpoint, parameters, options, extract)

    async def _rows(
        self,
        endpoint: Endpoint,
        parameters: Mapping[str, str],
        key: str,
        options: RequestOptions,
    ) -> Reply[list[Row]]:
        """Return the rows of all pages.

        ``complete`` is true if there are as many rows as the cloud counts. Raises CloudDownError for a count above 0 without
        any row: the cloud has sent that in an outage, and it must not be taken for an empty list. A page without any new row
        ends the list: some servers ignore the number of the page.
        """

        def extract(envelope: Envelope) -> tuple[list[Row], int | None]:
            data = envelope.get("data")
            listed = data.get(key) if isinstance(data, dict) else None
            if not isinstance(data, dict) or not isinstance(listed, list):
                raise incomplete(endpoint, f"no {key}")
            count = values.integer(data.get("count"))
            if not listed and count and not rows:
                raise incomplete(endpoint, f"{count} counted, none listed")
            return listed, count

        rows: list[Row] = []
        seen: set[tuple[Any, ...]] = set()
        is_complete = False
        for page in range(1, MAXIMUM_PAGES + 1):
            reply = await self._read(
                endpoint,
                {**parameters, "page": str(page), "perpage": str(ROWS_PER_PAGE)},
                options,
                extract,
            )
            listed, count = reply.value
            new = {_identify(row) for row in listed if isinstance(row, dict)} - seen
            if rows and not new:
                break
            seen |= new
            rows += (row for row in listed if isinstance(row, dict))
            if len(listed) < ROWS_PER_PAGE or (
                count is not None and len(rows) >= count
            ):
                is_complete = len(rows) >= (count or 0)
                break
        return replace(reply.with_value(rows), complete=is_complete)

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
        readings: list[Reading] = []
        known: dict[datetime, list[Row]] = {}
        next_page = None
        for page in range(1, MAXIMUM_PAGES + 1):
            reply = await self._data(
                endpoint,
                {**parameters, "page": str(page), "perpage": str(ROWS_PER_PAGE)},
                options,
                part=rows_key,
            )
            rows = reply.value[rows_key]
            before = len(readings)
            for row in rows:
                if not isinstance(row, dict):
                    continue
                reading = make_reading(serial, reply.value.get("datalogger_sn"), row)
                if reading.time is None:
                    continue
                same_time = known.setdefault(reading.time, [])
                if row not in same_time:
                    same_time.append(row)
                    readings.append(reading)
            count = values.integer(reply.value.get("count"))
            next_page = values.text(reply.value.get("next_page_start_id"))
            if count is not None:
                is_last = page * ROWS_PER_PAGE >= count
                # A page can lack rows although others follow.
                is_repeated = bool(rows) and len(readings) == before
            else:
                is_last = len(rows) < ROWS_PER_PAGE or (
                    "next_page_start_id" in reply.value and next_page in (None, "0")
                )
                is_repeated = len(readings) == before
            if is_last or is_repeated:
                next_page = None
                break
        return reply.with_value(History(_oldest_first(readings), next_page))

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

        def extract(envelope: Envelope) -> Reading:
            fields = envelope.get("data")
            if not isinstance(fields, dict) or not fields:
                raise incomplete(endpoint, "no data")
            for key, expected in (*identity.items(), ("device_sn", serial)):
                echo = values.text(envelope.get(key))
                if echo is not None and echo.casefold() != expected.casefold():
                    raise incomplete(endpoint, "another device's")
            return make_reading(serial, envelope.get("dataloggerSn"), fields)

        return await self._read(endpoint, identity, options, extract)

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

        def extract(envelope: Envelope) -> dict[str, Reading]:
            data = envelope.get("data")
            if not isinstance(data, dict):
                raise incomplete(endpoint, "no data")
            readings = {}
            for serial in requested:
                outer = data.get(serial)
                fields = outer.get(serial) if isinstance(outer, dict) else None
                if isinstance(outer, dict) and isinstance(fields, dict) and fields:
                    readings[serial] = make_reading(
                        serial, outer.get("dataloggerSn"), fields
                    )
            if not readings:
                raise incomplete(endpoint, "no readings")
            return readings

        return await self._read(
            endpoint,
            {serials_parameter: ",".join(requested), "pageNum": "1"},
            options,
            extract,
        )


def incomplete(endpoint: Endpoint, detail: str) -> CloudDownError:
    """Return the error for a reply that lacks what it must hold, as served in outages."""
    return CloudDownError(CloudDownCause.INCOMPLETE, f"{endpoint.path}: {detail}")


def _identify(row: Row) -> tuple[Any, ...]:
    """Return what tells a row of a list from the others: its ids, or all of it where it has none.

    Other fields, such as a plant's power, change between two pages.
    """
    ids = tuple(values.text(row.get(key)) for key in _ROW_IDS)
    return ids if any(ids) else (repr(row),)


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


def _oldest_first(readings: list[Reading]) -> list[Reading]:
    """Return the readings of a history, which have times, oldest first.

    In autumn a clock that follows summer time shows an hour twice: then times jump back once, and only the cloud's own order tells
    which reading was earlier. Where its order is no other way a sequence in time, one reading of each time is left.
    """

    def time_of(reading: Reading) -> datetime:
        assert reading.time is not None
        return reading.time

    for ordered in (readings, readings[::-1]):
        jumps = [
            time_of(earlier) - time_of(later)
            for earlier, later in itertools.pairwise(ordered)
            if time_of(later) < time_of(earlier)
        ]
        if not jumps or (len(jumps) == 1 and jumps[0] <= _REPEATED_HOUR):
            return ordered
    by_time = {time_of(reading): reading for reading in readings}
    return [by_time[time] for time in sorted(by_time)]


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
