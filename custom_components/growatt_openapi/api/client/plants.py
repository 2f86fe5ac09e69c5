"""Plants: lists, details, overviews, histories, and changes by installers (pages 2.1 to 2.10 of 2022)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .. import values
from ..endpoints.plants import (
    PLANT_ADD,
    PLANT_DATA,
    PLANT_DELETE,
    PLANT_DETAILS,
    PLANT_ENERGY,
    PLANT_LIST,
    PLANT_LIST_OF_USER,
    PLANT_MODIFY,
    PLANT_OF_DEVICE,
    PLANT_POWER,
    PLANT_SEARCH,
)
from ..models import (
    EnergyOfPeriod,
    Plant,
    PlantDetails,
    PlantOverview,
    PlantRow,
    PowerSample,
    Reply,
)
from ..request_options import FOR_LISTS, FOR_READINGS, FOR_USER, RequestOptions
from .endpoint_group import ROWS_PER_PAGE, EndpointGroup, Row, drop_empty, incomplete
from .plant_bounds import GREATEST_PEAK_POWER, plant_bounds, up_to

# The first page of the list, whose daily allowance is shown.
PLANT_LIST_REQUEST = (PLANT_LIST, {"page": "1", "perpage": str(ROWS_PER_PAGE)})


type TimeUnit = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantForm:
    """The fields to add or modify a plant with (pages 2.1 and 2.2); None is not sent.

    peak_power: kWp. timezone: hours from UTC, east positive. plant_type: 0 residential, 1 commercial, 2 ground-mounted.
    created, electricity_price, city, address: for adding only.
    """

    user_id: str
    name: str
    peak_power: float | None = None
    area: str | None = None
    installer_code: str | None = None
    currency: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    timezone: float | None = None
    plant_type: int | None = None
    created: date | None = None
    electricity_price: float | None = None
    city: str | None = None
    address: str | None = None

    def parameters(self) -> dict[str, str]:
        """Return the vendor's parameters."""
        return drop_empty(
            c_user_id=self.user_id,
            name=self.name,
            peak_power=_to_text(self.peak_power),
            latitude_f=self.area or "",
            latitude_d=self.installer_code or "",
            currency=self.currency or "",
            latitude=_to_text(self.latitude),
            longitude=_to_text(self.longitude),
            timezone_id=_to_text(self.timezone),
            plant_type=_to_text(self.plant_type),
            createDate=self.created.isoformat() if self.created else "",
            formulaMoney=_to_text(self.electricity_price),
            city=self.city or "",
            plantAddress=self.address or "",
        )


def _to_text(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}"


def _peak_power(value: object) -> float | None:
    return up_to(GREATEST_PEAK_POWER, values.number(value))


def _in_watts(row: Row, watts: float) -> float | None:
    """Return the present power of a row in W; ``watts``: the unit it has there."""
    power = values.number(row.get("current_power"))
    return None if power is None else round(power * watts, 3)


def _plant_id(row: Row) -> str | None:
    """Return the id of a plant: an integer on all of the vendor's pages."""
    plant_id = values.text(row.get("plant_id"))
    return plant_id if plant_id and plant_id.isdecimal() else None


def _make_plant(row: Row, *, watts: float = 1) -> PlantRow | None:
    """Return a plant from a row; ``watts`` is the unit of its power in W."""
    if (plant_id := _plant_id(row)) is None:
        return None
    peak_power = _peak_power(row.get("peak_power"))
    bounds = plant_bounds(peak_power)
    created = values.wall_time(row.get("create_date"))
    return PlantRow(
        plant_id=plant_id,
        name=values.text(row.get("name")) or plant_id,
        latitude=values.number(row.get("latitude")),
        longitude=values.number(row.get("longitude")),
        peak_power=peak_power,
        current_power=up_to(bounds.power, _in_watts(row, watts)),
        total_energy=up_to(bounds.total, values.number(row.get("total_energy"))),
        user_id=values.text(row.get("user_id")),
        country=values.text(row.get("country")),
        city=values.text(row.get("city")),
        created=created.date() if created else None,
        installer=values.text(row.get("installer")),
        operator=values.text(row.get("operator")),
        status=values.integer(row.get("status")),
    )


class Plants(EndpointGroup):
    """The plants of a token, and of an installer's end users."""

    async def list_plants(
        self, options: RequestOptions = FOR_LISTS
    ) -> Reply[list[Plant]]:
        """Return all plants of the token (page 2.5; once in 5 minutes, 10 times a day).

        Raises TokenRefusedError on 10011: a wrong token, region or address.
        """
        reply = await self._rows(PLANT_LIST, {}, "plants", options)
        plants = []
        for row in reply.value:
            if (plant_id := _plant_id(row)) is None:
                continue
            peak_power = _peak_power(row.get("peak_power"))
            bounds = plant_bounds(peak_power)
            energy = values.number(row.get("total_energy"))
            plants.append(
                Plant(
                    plant_id=plant_id,
                    name=values.text(row.get("name")) or plant_id,
                    latitude=values.number(row.get("latitude")),
                    longitude=values.number(row.get("longitude")),
                    peak_power=peak_power,
                    current_power=up_to(bounds.power, _in_watts(row, 1)),
                    total_energy=up_to(bounds.total, energy),
                )
            )
        return reply.with_value(plants)

    async def search(
        self, keyword: str = "", options: RequestOptions = FOR_USER
    ) -> Reply[list[PlantRow]]:
        """Return the plants of the token whose name holds ``keyword``, all without one (page 2.5; limits as the list's).

        The vendor offers a search by name only.
        """
        # Without a keyword it is the list itself, whose reply is stored.
        endpoint = PLANT_SEARCH if keyword else PLANT_LIST
        search = {"search_type": "name", "search_keyword": keyword} if keyword else {}
        reply = await self._rows(endpoint, search, "plants", options)
        return reply.with_value(
            [plant for row in reply.value if (plant := _make_plant(row))]
        )

    async def list_of_user(
        self, user_name: str, options: RequestOptions = FOR_USER
    ) -> Reply[list[PlantRow]]:
        """Return an end user's plants (page 2.4; once in 5 minutes, 10 times a day). Power is kW here on the wire."""
        reply = await self._rows(
            PLANT_LIST_OF_USER, {"user_name": user_name}, "plants", options
        )
        return reply.with_value(
            [plant for row in reply.value if (plant := _make_plant(row, watts=1000))]
        )

    async def of_device(
        self, serial: str, options: RequestOptions = FOR_USER
    ) -> Reply[PlantRow]:
        """Return the plant of a device (page 2.10; once in 5 minutes). Dataloggers are not found.

        Raises RequestError: USER_NOT_FOUND, SERIAL_EMPTY, DEVICE_TYPE_EMPTY, DEVICE_NOT_FOUND.
        """
        reply = await self._data(PLANT_OF_DEVICE, {"device_sn": serial}, options)
        row = reply.value.get("plant")
        plant = _make_plant(row) if isinstance(row, dict) else None
        if plant is None:
            raise incomplete(PLANT_OF_DEVICE, "no plant")
        return reply.with_value(plant)

    async def add(self, form: PlantForm) -> str:
        """Add a plant for an end user and return its id (page 2.1; the same once in 5 minutes).

        Raises RequestError: USER_ID_EMPTY, PLANT_NAME_EMPTY, PEAK_POWER_EMPTY, USER_NOT_FOUND, PLANT_NAME_TAKEN.
        """
        return await self._create(PLANT_ADD, form.parameters(), "plant_id")

    async def modify(self, plant_id: str, form: PlantForm) -> None:
        """Change a plant (page 2.2; the same 10 times a day). The name is always sent; 2016 wants the peak power too.

        Raises RequestError: as ``add``, and PLANT_NOT_FOUND.
        """
        await self._gateway.write(
            PLANT_MODIFY, {"plant_id": plant_id, **form.parameters()}
        )

    async def delete(self, plant_id: str) -> None:
        """Delete a plant and all of its history (page 2.3; no limit documented).

        Raises RequestError: PLANT_ID_EMPTY, PLANT_NOT_FOUND.
        """
        await self._gateway.write(PLANT_DELETE, {"plant_id": plant_id})

    async def details(
        self,
        plant_id: str,
        options: RequestOptions = FOR_LISTS,
    ) -> Reply[PlantDetails]:
        """Return a plant's location, zone and size (page 2.6; once in 5 minutes)."""
        reply = await self._data(
            PLANT_DETAILS,
            {"plant_id": plant_id},
            options,
        )
        row = reply.value
        return reply.with_value(
            PlantDetails(
                zone=values.zone(row.get("timezone")),
                zone_text=values.text(row.get("timezone")),
                latitude=values.number(row.get("latitude")),
                longitude=values.number(row.get("longitude")),
                peak_power=_peak_power(row.get("peak_power")),
                plant_type=values.integer(row.get("plant_type")),
                currency=values.text(row.get("currency")),
                fields=row,
            ),
        )

    async def overview(
        self,
        plant_id: str,
        options: RequestOptions = FOR_READINGS,
        *,
        peak_power: float | None = None,
    ) -> Reply[PlantOverview]:
        """Return a plant's power and energies (page 2.7; once in 5 minutes). ``current_power`` is kW on the wire, W here.

        ``peak_power``: what the plant list says, kWp; the greater of it and the reply's own bounds the values.
        """
        reply = await self._data(PLANT_DATA, {"plant_id": plant_id}, options)
        row = reply.value
        own_peak_power = _peak_power(row.get("peak_power_actual"))
        bounds = plant_bounds(peak_power, own_peak_power)

        def read(key: str, greatest: float) -> float | None:
            return up_to(greatest, values.number(row.get(key)))

        return reply.with_value(
            PlantOverview(
                time=values.wall_time(row.get("last_update_time")),
                zone=values.zone(row.get("timezone")),
                current_power=up_to(bounds.power, _in_watts(row, 1000)),
                energy_today=read("today_energy", bounds.day),
                energy_month=read("monthly_energy", bounds.month),
                energy_year=read("yearly_energy", bounds.year),
                energy_total=read("total_energy", bounds.total),
                carbon_offset=read("carbon_offset", bounds.carbon_offset),
                peak_power=own_peak_power,
            ),
        )

    async def energy(
        self,
        plant_id: str,
        start: date,
        end: date,
        unit: TimeUnit,
        options: RequestOptions = FOR_USER,
        *,
        peak_power: float | None = None,
    ) -> Reply[list[EnergyOfPeriod]]:
        """Return a plant's energy by day, month or year, oldest first (page 2.8; once in 5 minutes, 10 times a day).

        Days: seven at most. Months: from the same or the year before. Years: twenty at most. Energies that ``peak_power`` (kWp)
        does not allow are left out.
        Raises RequestError: PLANT_NOT_FOUND, PLANT_ID_EMPTY, BAD_DATE.
        """
        reply = await self._rows(
            PLANT_ENERGY,
            {
                "plant_id": plant_id,
                "start_date": start.isoformat(),
                "end_date": end.isoformat(),
                "time_unit": unit,
            },
            "energys",
            options,
        )
        bounds = plant_bounds(peak_power)
        greatest = {"day": bounds.day, "month": bounds.month, "year": bounds.year}
        periods = []
        for row in reply.value:
            period, energy = (
                values.text(row.get("date")),
                up_to(greatest[unit], values.number(row.get("energy"))),
            )
            if period is not None and energy is not None:
                periods.append(EnergyOfPeriod(period, energy))
        periods.sort(key=lambda period: period.period)
        return reply.with_value(periods)

    async def power(
        self,
        plant_id: str,
        day: date,
        options: RequestOptions = FOR_READINGS,
        *,
        peak_power: float | None = None,
    ) -> Reply[list[PowerSample]]:
        """Return a plant's power curve of a day, oldest first (page 2.9; once in 5 minutes).

        The cloud sends 288 rows in no order, ``null`` for the future: those are left out, and powers that ``peak_power`` (kWp)
        does not allow.
        """
        reply = await self._data(
            PLANT_POWER,
            {"plant_id": plant_id, "date": day.isoformat()},
            options,
            part="powers",
        )
        greatest = plant_bounds(peak_power).power
        samples = []
        for row in reply.value["powers"]:
            if not isinstance(row, dict):
                continue
            time, power = (
                values.wall_time(row.get("time")),
                up_to(greatest, values.number(row.get("power"))),
            )
            if time is not None and power is not None:
                samples.append(PowerSample(time, power))
        samples.sort(key=lambda sample: sample.time)
        return reply.with_value(samples)
