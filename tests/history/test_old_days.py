"""The past of plants with panels alone, and days of which the cloud has nothing but their energy."""

from datetime import date, timedelta

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import CONF_HISTORY_DAYS
from custom_components.growatt_openapi.history.allowance import REQUESTS_PER_DAY
from custom_components.growatt_openapi.history.status import Wait
from simulator.cloud import Cloud
from simulator.faults import Fault, FaultKind
from simulator.scenarios import home, installer
from simulator.scenarios.long_past import build_once, with_past
from tests.helpers import (
    NOON,
    Pass,
    calls,
    refused,
    set_options,
    set_up,
)

from .recorder import read_statistics
from .truth import check_days, energies_by_hour, statistics_of, sum_by_day

pytestmark = pytest.mark.usefixtures("recorder_mock")

DAYS = 5
SCENARIO = build_once(with_past(installer, DAYS + 2, recorded=True))
OLD = build_once(home)
YESTERDAY = NOON.date() - timedelta(days=1)


async def set_up_with(hass: HomeAssistant, entry: MockConfigEntry, days: int) -> None:
    """Set the entry up with so many days of history."""
    entry.add_to_hass(hass)
    set_options(hass, entry, **{CONF_HISTORY_DAYS: days})
    await set_up(hass, entry)


async def test_panels_alone_have_their_curve_fitted_to_the_day(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    await set_up_with(hass, entry, DAYS)
    await let_pass(3600, step=30)
    assert entry.runtime_data.history.data.days_left == 0
    alone = [plant for plant in cloud.plants if plant.storage is None]
    assert alone
    for plant in alone:
        found = await read_statistics(
            hass, *statistics_of(plant), start=NOON - timedelta(days=60)
        )
        hours = energies_by_hour(plant, found)
        assert [channel for channel, one in hours.items() if one] == ["solar"]
        check_days(
            plant,
            "solar",
            hours["solar"],
            YESTERDAY - timedelta(days=DAYS - 2),
            YESTERDAY,
        )
    # One power curve a day of each plant, and one request for a week's energies.
    since = (NOON - timedelta(days=DAYS)).date().isoformat()
    curves = {
        (call.parameters["plant_id"], call.parameters["date"])
        for call in cloud.journal
        if call.path == "plant/power"
    }
    assert len(curves) >= len(alone) * DAYS
    assert min(day for _, day in curves) >= since
    assert calls(cloud, "plant/energy") == len(alone)
    assert not refused(cloud)


async def test_without_daily_energies_the_curve_alone_counts(
    hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
) -> None:
    cloud.faults.append(Fault(FaultKind.CODE, "plant/energy", code=10011))
    await set_up_with(hass, entry, DAYS)
    await let_pass(3600, step=30)
    plant = next(plant for plant in cloud.plants if plant.storage is None)
    found = await read_statistics(
        hass, *statistics_of(plant), start=NOON - timedelta(days=60)
    )
    days = sum_by_day(energies_by_hour(plant, found)["solar"], plant.zone)
    assert plant.record is not None
    true = plant.record.get_days(plant.zone)
    for day in (YESTERDAY, YESTERDAY - timedelta(days=1)):
        assert days[day] == pytest.approx(true[day].solar, rel=0.03)


class TestOldDays:
    """Days of years ago."""

    @pytest.fixture
    def make_plants(self) -> object:
        """A home with the history that every scenario has."""
        return OLD

    async def test_old_days_come_as_one_row_each_within_the_allowance(
        self, hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, let_pass: Pass
    ) -> None:
        days = 95 + 7 * (REQUESTS_PER_DAY + 2)
        await set_up_with(hass, entry, days)
        await let_pass(2 * 3600, step=60)
        history = entry.runtime_data.history
        assert history.data.waiting_for is Wait.LIMIT
        assert calls(cloud, "plant/energy") == REQUESTS_PER_DAY
        left = history.data.days_left
        assert 0 < left <= 7 * 3
        # The other two are the user's; tomorrow the rest follows.
        await let_pass(24 * 3600, step=900)
        assert history.data.days_left == 0
        assert calls(cloud, "plant/energy") <= REQUESTS_PER_DAY + 3
        (plant,) = cloud.plants
        found = await read_statistics(
            hass, *statistics_of(plant), start=NOON - timedelta(days=days + 5)
        )
        hours = energies_by_hour(plant, found)["solar"]
        old = {
            hour: energy
            for hour, energy in hours.items()
            if hour < NOON - timedelta(days=100)
        }
        # One row of each day, in its last hour by the plant's clock.
        assert {hour.astimezone(plant.zone).hour for hour in old} == {23}
        dates = {hour.astimezone(plant.zone).date() for hour in old}
        assert len(dates) == len(old) >= 7 * REQUESTS_PER_DAY - 7
        a_day: date = min(dates) + timedelta(days=3)
        assert sum_by_day(old, plant.zone)[a_day] == pytest.approx(
            plant.daily_energy[a_day], abs=0.1
        )
        assert not refused(cloud)
