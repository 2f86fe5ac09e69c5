"""A plant at the vendor's example location in China, whatever its time zone: it is no night there by day."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.domain.sun import agrees_with_zone
from simulator.cloud import Cloud
from simulator.router import Router
from tests.helpers import PLANT, Pass, alter_reply, set_up, value

CHINA = (22.6, 113.9)


@pytest.mark.parametrize("is_zone_known", [True, False])
async def test_a_plant_offline_by_day_is_unavailable_and_not_asleep(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    router: Router,
    monkeypatch: pytest.MonkeyPatch,
    is_zone_known: bool,
) -> None:
    def move(data: dict[str, Any]) -> None:
        data["latitude"], data["longitude"] = map(str, CHINA)
        if not is_zone_known:
            data["timezone"] = ""

    alter_reply(monkeypatch, router, "plant/details", move)

    def move_all(data: dict[str, Any]) -> None:
        for plant in data["plants"]:
            move(plant)

    alter_reply(monkeypatch, router, "plant/list", move_all)
    alter_reply(
        monkeypatch, router, "plant/data", lambda data: data.update(timezone="")
    )
    await set_up(hass, entry)
    await let_pass(3 * 3600, step=300)
    info = entry.runtime_data.inventory.data[PLANT]
    assert (info.location != CHINA) is is_zone_known
    assert float(value(hass, "sensor.south_roof_output_power")) > 100
    cloud.plants[0].datalogger.period = 1e9
    await let_pass(45 * 60, step=300)
    assert value(hass, "sensor.south_roof_output_power") == "unavailable"


@pytest.mark.parametrize(
    ("longitude", "hours", "agrees"),
    [
        (113.9, 2, False),  # the vendor's example, in Europe
        (113.9, 8, True),
        (75.9, 8, True),  # Kashgar, on the time of Beijing
        (-8.7, 2, True),  # Vigo in summer
        (179.0, -12, True),
        (-157.9, -10, True),
        (11.6, -6, False),
    ],
)
def test_a_location_agrees_with_the_zones_of_its_longitude(
    longitude: float, hours: int, agrees: bool
) -> None:
    assert agrees_with_zone(longitude, timedelta(hours=hours)) is agrees
