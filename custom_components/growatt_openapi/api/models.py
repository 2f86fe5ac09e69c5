"""The cloud's data as typed values. Unknown is ``None`` everywhere; units are in the field's comment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, ClassVar

type Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply[T]:
    """A value that the cloud sent, and its age.

    received: when it arrived (aware, UTC). age: seconds since then, 0 for a new one. ready_in: seconds until the same request
    may be made again. is_new: a call was made for it now; otherwise it is the stored reply to an earlier call.
    complete: for a list, whether it has as many rows as the cloud counts.
    """

    value: T
    received: datetime
    age: float
    ready_in: float
    is_new: bool
    complete: bool = True

    def with_value[U](self, value: U) -> Reply[U]:
        """Return a reply with another value and the same times."""
        return Reply(
            value,
            self.received,
            self.age,
            self.ready_in,
            self.is_new,
            complete=self.complete,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A row of ``plant/list``."""

    plant_id: str
    name: str
    latitude: float | None = None
    longitude: float | None = None
    peak_power: float | None = None  # kWp
    current_power: float | None = None  # W
    total_energy: float | None = None  # kWh


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantRow(Plant):
    """A plant with the fields that only its installer needs."""

    user_id: str | None = None
    country: str | None = None
    city: str | None = None
    created: date | None = None
    installer: str | None = None
    operator: str | None = None
    status: int | None = None  # not documented; 1 and 4 were seen


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantDetails:
    """``plant/details``: a plant's location, time zone and size."""

    zone: tzinfo | None = None
    zone_text: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    peak_power: float | None = None  # kWp
    plant_type: int | None = None
    currency: str | None = None
    # The whole reply as the cloud wrote it, without people and organisations.
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantOverview:
    """``plant/data``: a plant's power, energies and clock."""

    time: datetime | None = None  # the plant's wall clock, naive
    zone: tzinfo | None = None
    current_power: float | None = None  # W (the cloud gives kW here)
    energy_today: float | None = None  # kWh
    energy_month: float | None = None  # kWh
    energy_year: float | None = None  # kWh
    energy_total: float | None = None  # kWh
    carbon_offset: float | None = None  # kg (the protocol of 2016 says ton)
    peak_power: float | None = None  # kWp


@dataclass(frozen=True, slots=True)
class PowerSample:
    """A point of a plant's power curve: the plant's wall clock (naive) and W."""

    time: datetime
    power: float


@dataclass(frozen=True, slots=True)
class EnergyOfPeriod:
    """A plant's energy in a day, month or year (``YYYY-MM-DD``, ``YYYY-MM``, ``YYYY``), kWh."""

    period: str
    energy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Datalogger:
    """A row of ``device/datalogger/list``."""

    serial: str
    manufacturer: str | None = None
    model: str | None = None
    lost: bool | None = None
    # Aware where the cloud gives an instant, otherwise the plant's wall clock.
    last_update: datetime | None = None


class DeviceKind(StrEnum):
    """The kind of a device of type 3, known only from the list that contains it."""

    METER = "meter"
    SENSOR = "sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A row of ``device/list``, or of the lists of meters and sensors. ``type`` and ``kind`` together determine its family."""

    serial: str
    type: int
    kind: DeviceKind | None = None
    datalogger: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    lost: bool | None = None
    status: int | None = None
    last_update: datetime | None = None  # wall clock
    # The whole row, for types that are not in the vendor's known documentation.
    fields: Fields | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One device's values at one instant, as the cloud wrote them.

    time: the device's wall clock, naive. fields: the vendor's keys and raw values.
    """

    serial: str
    datalogger: str | None
    time: datetime | None
    fields: Fields


@dataclass(frozen=True, slots=True)
class History:
    """A device's readings of a period, oldest first; field names are those of the endpoint.

    next_page: the id at which the next page would start; None after the last page.
    """

    readings: list[Reading]
    next_page: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm of a device: the vendor's code ("201", "bit1", "7-114-5") and message.

    start, end: the device's wall clock, naive. For an alarm that has not ended the cloud gives its start as its end, which is
    None here. status: not documented; 0 and 1 were seen.
    """

    STORED_AS: ClassVar = {
        "code": "code",
        "message": "message",
        "start": "start",
        "end": "end",
    }

    code: str
    start: datetime
    message: str | None = None
    end: datetime | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDetails:
    """``inv_data_info`` and its counterparts: a device's name, model and firmware."""

    alias: str | None = None
    firmware: str | None = None
    nominal_power: float | None = None  # W
    model: str | None = None
    # The whole reply as the cloud wrote it.
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An end user of an installer. Personal data: never to be stored."""

    user_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    registered: datetime | None = None  # the cloud's wall clock


@dataclass(frozen=True, slots=True, kw_only=True)
class DataloggerCheck:
    """The result of a datalogger check: whether serial and check code match, and which plant and user already have it."""

    is_valid: bool
    is_taken: bool = False
    plant_id: str | None = None
    user_id: str | None = None
