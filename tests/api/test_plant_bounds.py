"""Powers and energies of plants: genuine ones pass, impossible ones are unknown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from custom_components.growatt_openapi.api import OpenApiClient
from custom_components.growatt_openapi.api.client.plant_bounds import plant_bounds
from custom_components.growatt_openapi.api.endpoints.endpoint import Endpoint
from custom_components.growatt_openapi.api.gateway import Gateway
from custom_components.growatt_openapi.api.transport import Envelope
from tests.helpers import VirtualClock

DAY = date(2026, 6, 20)


class OneReply:
    """A transport with one reply for all requests."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    async def exchange(
        self, endpoint: Endpoint, parameters: Mapping[str, str]
    ) -> Envelope:
        return {"data": self.data, "error_code": 0}


def client_of(**data: Any) -> OpenApiClient:
    return OpenApiClient(Gateway(OneReply(data), VirtualClock()))


OVERVIEW: dict[str, Any] = {
    "peak_power_actual": 20,
    "current_power": 18.4,  # kW
    "today_energy": "131.2",
    "monthly_energy": "2950.5",
    "yearly_energy": "24210",
    "total_energy": "301500.7",
    "carbon_offset": "180900.4",
}


async def test_genuine_figures_of_a_plant_pass() -> None:
    overview = (await client_of(**OVERVIEW).plants.overview("1")).value
    assert overview.current_power == 18400
    assert overview.energy_today == 131.2
    assert overview.energy_month == 2950.5
    assert overview.energy_year == 24210
    assert overview.energy_total == 301500.7
    assert overview.carbon_offset == 180900.4
    assert overview.peak_power == 20


@pytest.mark.parametrize(
    ("key", "field", "impossible"),
    [
        ("current_power", "current_power", 6500),  # 6.5 MW of 20 kWp
        ("current_power", "current_power", -3),
        ("today_energy", "energy_today", "24137119.8"),
        ("monthly_energy", "energy_month", "24137119.8"),
        ("yearly_energy", "energy_year", "24137119.8"),
        ("total_energy", "energy_total", "24137119.8"),  # seen live, as a storage's
        ("total_energy", "energy_total", 1e14),
        ("carbon_offset", "carbon_offset", 1e14),
        ("peak_power_actual", "peak_power", 1e14),
    ],
)
async def test_an_impossible_figure_is_unknown(
    key: str, field: str, impossible: object
) -> None:
    reply = await client_of(**OVERVIEW | {key: impossible}).plants.overview(
        "1", peak_power=20
    )
    assert getattr(reply.value, field) is None
    others = {
        name: getattr(reply.value, name)
        for name in ("current_power", "energy_today", "energy_total", "carbon_offset")
        if name != field
    }
    assert None not in others.values()


@pytest.mark.parametrize(
    ("peak_power", "power", "is_plausible"),
    [
        (20, 23_000, True),  # panels on several roofs, peak power of the inverter
        (20, 6_500_000, False),
        (1, 12_000, True),  # "1" for want of a better number
        (0, 700_000, True),  # not entered
        (None, 700_000, True),
        (None, 1e13, False),
        (5000, 4_600_000, True),  # ground-mounted
        (8000, 7_903.4, True),  # W entered as kWp
        (1e12, 700_000, True),  # nonsense
        (-5, 700_000, True),
    ],
)
async def test_power_in_every_reply_is_bounded_by_the_peak_power(
    peak_power: float | None, power: float, is_plausible: bool
) -> None:
    row = {"plant_id": 1, "peak_power": peak_power}
    client = client_of(plants=[row | {"current_power": str(power)}], count=1)
    (plant,) = (await client.plants.list_plants()).value
    assert plant.current_power == (power if is_plausible else None)
    (found,) = (await client.plants.search("x")).value
    assert found.current_power == (power if is_plausible else None)
    client = client_of(plants=[row | {"current_power": power / 1000}], count=1)
    (own,) = (await client.plants.list_of_user("x")).value
    assert own.current_power == (power if is_plausible else None)
    client = client_of(powers=[{"time": "2026-06-20 12:00", "power": power}])
    curve = await client.plants.power("1", DAY, peak_power=plant.peak_power)
    assert [sample.power for sample in curve.value] == [power] * is_plausible


@pytest.mark.parametrize(
    ("unit", "genuine", "impossible"),
    [("day", 135.0, 30_000), ("month", 3_400.0, 1e6), ("year", 31_000.0, 24137119.8)],
)
async def test_energy_of_a_period_is_bounded(
    unit: Any, genuine: float, impossible: float
) -> None:
    client = client_of(
        count=2,
        energys=[
            {"date": "2026-06-19", "energy": genuine},
            {"date": "2026-06-20", "energy": impossible},
        ],
    )
    reply = await client.plants.energy("1", DAY, DAY, unit, peak_power=20)
    assert [row.energy for row in reply.value] == [genuine]


@pytest.mark.parametrize("peak_power", [None, 0, 0.3, 20, 1e6])
def test_a_longer_period_allows_more(peak_power: float | None) -> None:
    bounds = plant_bounds(peak_power)
    assert bounds.day < bounds.month < bounds.year < bounds.total
    # Full power from midnight to midnight is allowed for a day.
    assert bounds.day >= bounds.power / 1000 * 24
