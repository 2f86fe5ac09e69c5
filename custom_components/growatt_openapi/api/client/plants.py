"""Plants: list, details, overview, power curve (the 2022 pages 2.5, 2.6, 2.7 and 2.9)."""

from datetime import date

from .. import values
from ..ask import FOR_LISTS, FOR_NEWS, Ask
from ..endpoints import PLANT_DATA, PLANT_DETAILS, PLANT_LIST, PLANT_POWER
from ..models import Answer, Plant, PlantDetails, PlantOverview, PowerSample
from .chapter import ROWS_PER_PAGE, Chapter

# The list's first page: what is counted by the day.
PLANT_LIST_REQUEST = (PLANT_LIST, {"page": "1", "perpage": str(ROWS_PER_PAGE)})


class Plants(Chapter):
    """The plants that a token sees."""

    async def list_plants(self, ask: Ask = FOR_LISTS) -> Answer[list[Plant]]:
        """Return all plants of the token (page 2.5; once in 5 minutes, 10 times a day).

        Raises TokenRefusedError on 10011: a wrong token, region or address.
        """
        answer = await self._rows(PLANT_LIST, {}, "plants", ask)
        plants = []
        for row in answer.value:
            if (plant_id := values.text(row.get("plant_id"))) is None:
                continue
            plants.append(
                Plant(
                    plant_id=plant_id,
                    name=values.text(row.get("name")) or plant_id,
                    latitude=values.number(row.get("latitude")),
                    longitude=values.number(row.get("longitude")),
                    peak_power=values.number(row.get("peak_power")),
                    current_power=values.number(row.get("current_power")),
                    total_energy=values.number(row.get("total_energy")),
                )
            )
        return answer.carrying(plants)

    async def details(
        self,
        plant_id: str,
        ask: Ask = FOR_LISTS,
    ) -> Answer[PlantDetails]:
        """Return where a plant is, its zone and its size (page 2.6; once in 5 minutes)."""
        answer = await self._data(
            PLANT_DETAILS,
            {"plant_id": plant_id},
            ask,
        )
        row = answer.value
        return answer.carrying(
            PlantDetails(
                zone=values.zone(row.get("timezone")),
                zone_text=values.text(row.get("timezone")),
                latitude=values.number(row.get("latitude")),
                longitude=values.number(row.get("longitude")),
                peak_power=values.number(row.get("peak_power")),
                plant_type=values.integer(row.get("plant_type")),
                currency=values.text(row.get("currency")),
            ),
        )

    async def overview(
        self,
        plant_id: str,
        ask: Ask = FOR_NEWS,
    ) -> Answer[PlantOverview]:
        """Return a plant's figures (page 2.7; once in 5 minutes). ``current_power`` is kW on the wire, W here."""
        answer = await self._data(PLANT_DATA, {"plant_id": plant_id}, ask)
        row = answer.value
        kilowatts = values.number(row.get("current_power"))
        return answer.carrying(
            PlantOverview(
                time=values.wall_time(row.get("last_update_time")),
                zone=values.zone(row.get("timezone")),
                current_power=None if kilowatts is None else round(kilowatts * 1000, 3),
                energy_today=values.number(row.get("today_energy")),
                energy_month=values.number(row.get("monthly_energy")),
                energy_year=values.number(row.get("yearly_energy")),
                energy_total=values.number(row.get("total_energy")),
                carbon_offset=values.number(row.get("carbon_offset")),
                peak_power=values.number(row.get("peak_power_actual")),
            ),
        )

    async def power(
        self,
        plant_id: str,
        day: date,
        ask: Ask = FOR_NEWS,
    ) -> Answer[list[PowerSample]]:
        """Return a plant's power curve of a day, oldest first (page 2.9; once in 5 minutes).

        The cloud sends 288 rows in no order, ``null`` for what is to come: those are left out.
        """
        answer = await self._data(
            PLANT_POWER,
            {"plant_id": plant_id, "date": day.isoformat()},
            ask,
        )
        rows = answer.value.get("powers")
        samples = []
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict):
                continue
            time, power = (
                values.wall_time(row.get("time")),
                values.number(row.get("power")),
            )
            if time is not None and power is not None and power >= 0:
                samples.append(PowerSample(time, power))
        samples.sort(key=lambda sample: sample.time)
        return answer.carrying(samples)
