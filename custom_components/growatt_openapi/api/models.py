"""What the cloud tells, as typed values. Unknown is ``None`` everywhere; units are in the field's comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

type Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer[T]:
    """A value out of a reply, and how old that reply is.

    received: the instant it came (aware, UTC). age: seconds since then, 0 for a new one. ready_in: seconds until the cloud may
    be asked the same again. is_new: it came for this ask; else it is the last one.
    complete: for a list, whether every row that the cloud counts was read.
    """

    value: T
    received: datetime
    age: float
    ready_in: float
    is_new: bool
    complete: bool = True

    def carrying[U](self, value: U) -> Answer[U]:
        """Return what was made of the value, out of the same reply."""
        return Answer(
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
class PlantDetails:
    """``plant/details``: where the plant is, in space and time."""

    zone: tzinfo | None = None
    zone_text: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    peak_power: float | None = None  # kWp
    plant_type: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantOverview:
    """``plant/data``: a plant's figures."""

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
    """A point of a plant's power curve: wall clock (naive) and W."""

    time: datetime
    power: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Datalogger:
    """A row of ``device/datalogger/list``."""

    serial: str
    manufacturer: str | None = None
    model: str | None = None
    lost: bool | None = None
    last_update: datetime | None = (
        None  # aware where the cloud gives an instant, else the plant's wall clock
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A row of ``device/list``. ``type`` alone says which family it is."""

    serial: str
    type: int
    datalogger: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    lost: bool | None = None
    status: int | None = None
    last_update: datetime | None = None  # wall clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One device's values at one instant, as the cloud wrote them.

    time: the device's wall clock, naive. fields: the vendor's keys and raw values.
    """

    serial: str
    datalogger: str | None
    time: datetime | None
    fields: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class InverterInfo:
    """``inv_data_info``: what an inverter is."""

    alias: str | None = None
    firmware: str | None = None
    nominal_power: float | None = None  # W
    model: str | None = None
