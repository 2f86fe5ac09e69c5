"""Imports over a change of the clocks, in zones of parts of hours, from devices whose clocks follow summer time and such whose do not."""

from collections.abc import Callable
from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.growatt_openapi.const import CONF_HISTORY_DAYS
from custom_components.growatt_openapi.persistence import clients
from simulator.cloud import Cloud
from simulator.physics.plant import Plant
from simulator.scenarios.clocks import AUTUMN, CLOCKS, SPRING
from simulator.scenarios.long_past import with_past
from tests.helpers import Pass, VirtualClock, refused, set_options, set_up

from .recorder import read_statistics
from .truth import check_days, check_hours, energies_by_hour, statistics_of

pytestmark = pytest.mark.usefixtures("recorder_mock")

DAYS = 6
# Three days after a change of Europe's clocks, at noon.
MOMENTS = {"spring": SPRING, "autumn": AUTUMN}
ZONES = {"half_hour": "Asia/Kolkata", "three_quarters": "Asia/Kathmandu"}


@pytest.fixture(name="now")
def now_fixture(season: str) -> datetime:
    """The instant at which the test begins."""
    return MOMENTS[season] + timedelta(days=3, hours=10)


@pytest.fixture
def clock(
    freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> VirtualClock:
    """The clock of all, three days after the change."""
    freezer.move_to(now)
    clock = VirtualClock(freezer)
    monkeypatch.setattr(clients, "SystemClock", lambda: clock)
    return clock


@pytest.fixture
def make_plants(kind: str) -> Callable[[datetime], list[Plant]]:
    """A home with clocks of some kind, and some days of past."""
    return with_past(CLOCKS[kind], DAYS + 4, recorded=True)


@pytest.mark.parametrize("season", MOMENTS)
@pytest.mark.parametrize(
    "kind",
    [
        "fixed",
        "devices_on_summer_time",
        "summer_time",
        "slow_devices",
        "half_hour",
        "three_quarters",
    ],
)
async def test_days_around_a_change_of_the_clocks(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    let_pass: Pass,
    now: datetime,
    kind: str,
) -> None:
    entry.add_to_hass(hass)
    set_options(hass, entry, **{CONF_HISTORY_DAYS: DAYS})
    await set_up(hass, entry)
    await hass.config.async_set_time_zone(ZONES.get(kind, "Europe/Berlin"))
    await let_pass(1800, step=30)
    assert entry.runtime_data.history.data.percent == 100
    (plant,) = cloud.plants
    found = await read_statistics(
        hass, *statistics_of(plant), start=now - timedelta(days=30)
    )
    hours = energies_by_hour(plant, found)
    midnight = now.astimezone(plant.zone).replace(hour=0, minute=0)
    for channel in ("imported", "exported", "charge", "discharge", "consumption"):
        if kind not in ZONES:
            first = midnight.date() - timedelta(days=DAYS - 1)
            check_days(
                plant,
                channel,
                hours[channel],
                first,
                midnight.date() - timedelta(days=1),
            )
        start = (midnight - timedelta(days=DAYS - 1)).replace(minute=0)
        check_hours(plant, channel, hours[channel], start, now - timedelta(hours=2))
    assert not refused(cloud)
