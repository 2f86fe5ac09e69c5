"""Devices of one type: readings, identity, history, alarms and settings (protocol of 2016, 4.3.5 to 4.3.15, and later pages).

The differences between the types are data: see ``endpoints/``.
"""

from collections.abc import Callable, Iterable
from datetime import date

from .. import values
from ..endpoints.device_endpoints import DeviceEndpoints
from ..endpoints.endpoint import Endpoint
from ..errors import NotPermittedError, RefusedError
from ..gateway import Gateway
from ..models import Alarm, DeviceDetails, Fields, History, Reading, Reply
from ..request_options import (
    FOR_ALARMS,
    FOR_LISTS,
    FOR_READINGS,
    FOR_USER,
    RequestOptions,
)
from .endpoint_group import EndpointGroup, numbered_parameters


class DeviceApi(EndpointGroup):
    """All requests for devices of one type. Methods raise ValueError where the cloud has no such endpoint for the type."""

    def __init__(self, gateway: Gateway, endpoints: DeviceEndpoints) -> None:
        """Initialize with the endpoints of the type."""
        super().__init__(gateway)
        self.endpoints = endpoints

    async def last_data(
        self, serial: str, options: RequestOptions = FOR_READINGS
    ) -> Reply[Reading]:
        """Return a device's newest reading (4.3.8, 4.3.13).

        Raises RequestError: DEVICE_NOT_FOUND, SERIAL_WRONG.
        """
        return await self._reading(
            self.endpoints.last_data, self._identity(serial), serial, options
        )

    async def batch_data(
        self, serials: Iterable[str], options: RequestOptions = FOR_READINGS
    ) -> Reply[dict[str, Reading]]:
        """Return the newest readings of up to 100 devices (4.3.9; the limit applies to the same list of serials).

        Raises ValueError for no serial or more than 100.
        """
        return await self._batch(
            _available(self.endpoints.batch),
            self.endpoints.batch_serials,
            serials,
            options,
        )

    async def info(
        self, serial: str, options: RequestOptions = FOR_LISTS
    ) -> Reply[DeviceDetails]:
        """Return a device's name, model and firmware (4.3.15)."""
        reply = await self._data(
            _available(self.endpoints.info), {"device_sn": serial}, options
        )
        row = reply.value
        return reply.with_value(
            DeviceDetails(
                alias=values.text(row.get("alias")),
                firmware=values.text(row.get("fwVersion")),
                nominal_power=values.number(row.get("nominalPower")) or None,
                model=values.text(row.get("modelText")),
                fields=row,
            ),
        )

    async def settings(
        self, serial: str, options: RequestOptions = FOR_READINGS
    ) -> Reply[Fields]:
        """Return all of a device's settings, by the vendor's keys (``tlx_set_info``, ``mix_data_info``, ``spa_data_info``).

        Raises NotPermittedError where no settings endpoint is open to the token.
        """
        unanswered: NotPermittedError | RefusedError | None = None
        for endpoint, key in self.endpoints.settings:
            try:
                reply = await self._data(
                    endpoint, {"device_sn": serial}, options, part=key, kind=dict
                )
            except NotPermittedError as err:
                unanswered = err
                continue
            except RefusedError as err:
                if options.may_call:
                    raise
                unanswered = err  # the reply of another one may be stored
                continue
            return reply.with_value(reply.value[key] if key else reply.value)
        if unanswered is not None:
            raise unanswered
        raise ValueError("The cloud has no settings endpoint for such devices")

    async def history(
        self, serial: str, start: date, end: date, options: RequestOptions = FOR_USER
    ) -> Reply[History]:
        """Return a device's readings from ``start`` to ``end``, seven days at most (4.3.5, 4.3.14).

        Field names are those of the newest reading, except for inverters of type 1.
        Raises RequestError: SERIAL_WRONG, BAD_DATE, PERIOD_TOO_LONG, DEVICE_NOT_FOUND.
        """
        return await self._history(
            self.endpoints.history,
            self._identity(serial),
            serial,
            start,
            end,
            options,
            rows_key=self.endpoints.rows,
        )

    async def alarms(
        self, serial: str, day: date, options: RequestOptions = FOR_ALARMS
    ) -> Reply[list[Alarm]]:
        """Return a device's alarms of a day (4.3.6, 4.3.11).

        Raises RequestError: SERIAL_WRONG, BAD_DATE, DEVICE_NOT_FOUND.
        """
        return await self._alarms(
            _available(self.endpoints.alarms), self._identity(serial), day, options
        )

    async def read_setting(
        self, serial: str, parameter: str, options: RequestOptions = FOR_USER
    ) -> Reply[str | None]:
        """Return the current value of a setting in the device (``read…Param``, of later pages; often not open to a token)."""
        return await self._read_setting(
            _available(self.endpoints.read_setting), serial, parameter, options
        )

    async def set(
        self,
        serial: str,
        parameter: str,
        commands: tuple[str, ...] | Callable[[], tuple[str, ...]],
    ) -> None:
        """Write a setting (4.3.7, 4.3.12): ``parameter`` is the vendor's id, ``commands`` the values to send.

        ``commands`` that are a function are called at the instant of sending, so that a waiting write can still change.
        Code 0 confirms. Raises RequestError, NotPermittedError, RefusedError, CloudDownError.
        """
        endpoints = self.endpoints

        def parameters() -> dict[str, str]:
            return {
                **self._identity(serial),
                endpoints.write_type: parameter,
                **numbered_parameters(
                    endpoints.write_value,
                    commands() if callable(commands) else commands,
                    endpoints.write_values,
                ),
            }

        await self._gateway.write(_available(endpoints.write), parameters)

    def _identity(self, serial: str) -> dict[str, str]:
        """Return the parameters that identify a device."""
        if not self.endpoints.addressed:
            return {self.endpoints.serial: serial}
        datalogger, _, address = serial.rpartition("_")
        return {self.endpoints.serial: datalogger, "address": address}


def _available(endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None:
        raise ValueError("The cloud has no such endpoint for such devices")
    return endpoint
