"""The recorder works together with the simulated cloud and the frozen time."""

from datetime import UTC, datetime, timedelta

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import async_add_external_statistics
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import DOMAIN
from simulator.cloud import Cloud
from tests.helpers import BATTERY, NOON, Pass, value

from .recorder import make_metadata, make_rows, read_statistics

MIDNIGHT = datetime(2026, 6, 20, tzinfo=UTC)
STATISTIC = f"{DOMAIN}:test_solar"


async def test_statistics_beside_a_running_entry(
    hass: HomeAssistant,
    recorder_mock: Recorder,
    loaded: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
) -> None:
    """External statistics are read back while the entry polls, and replaced rows have their new values."""
    assert dt_util.utcnow() - NOON < timedelta(minutes=1)
    async_add_external_statistics(
        hass, make_metadata(STATISTIC), make_rows(MIDNIGHT, [0.5, 1.0, 2.0])
    )
    found = await read_statistics(hass, STATISTIC, start=MIDNIGHT)
    assert [row["sum"] for row in found[STATISTIC]] == [0.5, 1.5, 3.5]
    before = len(cloud.journal)

    await let_pass(2 * 3600)

    assert len(cloud.journal) > before
    assert value(hass, f"sensor.{BATTERY}_battery") not in (
        "unknown",
        "unavailable",
    )
    async_add_external_statistics(
        hass,
        make_metadata(STATISTIC),
        make_rows(MIDNIGHT + timedelta(hours=2), [4.0, 8.0]),
    )
    found = await read_statistics(hass, STATISTIC, start=MIDNIGHT)
    assert [row["sum"] for row in found[STATISTIC]] == [0.5, 1.5, 4.0, 12.0]
    assert found[STATISTIC][-1]["start"] == MIDNIGHT.timestamp() + 3 * 3600


async def test_days_of_the_plant(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    """Days are those of Home Assistant's zone."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    start = MIDNIGHT - timedelta(hours=2)
    async_add_external_statistics(
        hass, make_metadata(STATISTIC), make_rows(start, [1.0] * 36)
    )
    found = await read_statistics(hass, STATISTIC, start=start, period="day")
    assert [row["change"] for row in found[STATISTIC]] == [24.0, 12.0]


async def test_two_days_of_hours_in_each_database(
    recorder_url: str, recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    """Hourly rows are read back by the hour and by the day, and replaced where they are written again."""
    assert recorder_mock.dialect_name is not None
    assert recorder_url.startswith(recorder_mock.dialect_name)
    start = MIDNIGHT - timedelta(days=2)
    energies = [round(0.1 * hour, 1) for hour in range(48)]
    for scale in (2, 1):
        async_add_external_statistics(
            hass,
            make_metadata(STATISTIC),
            make_rows(start, [scale * energy for energy in energies]),
        )
        found = await read_statistics(hass, STATISTIC, start=start)
        assert [row["change"] for row in found[STATISTIC]] == pytest.approx(
            [scale * energy for energy in energies]
        )
    await hass.config.async_set_time_zone("UTC")
    found = await read_statistics(hass, STATISTIC, start=start, period="day")
    assert [row["change"] for row in found[STATISTIC]] == pytest.approx(
        [sum(energies[:24]), sum(energies[24:])]
    )
