"""A plant: its overview and its power."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .. import schedule
from ..api import CloudDownError, NotPermittedError, OpenApiError
from ..api.models import PlantOverview, PowerSample
from ..const import LOGGER
from ..counters import DailyCounters, LifetimeTotals
from ..plants import PlantInfo
from ..sun import sun_over
from ..truth import (
    NOTHING,
    Judgement,
    Kind,
    ReadingClock,
    Verdict,
    judge,
)
from .account import AccountCoordinator
from .failures import update_failed

if TYPE_CHECKING:
    from ..runtime import GrowattConfigEntry


@dataclass(slots=True)
class PlantState:
    """A plant's figures, and what they are now."""

    overview: PlantOverview
    sample: PowerSample | None
    judgement: Judgement  # of the overview
    power_judgement: Judgement  # of the newest sample

    def power(self) -> tuple[Verdict, float | None]:
        """Return the plant's power, W: the newest sample of the curve, else the overview's.

        The overview's own figure can stick at 0 in the evening while the curve shows hundreds of watts.
        """
        verdict = self.power_judgement.verdict(Kind.FLOW)
        if verdict is not Verdict.UNAVAILABLE and self.sample is not None:
            return verdict, self.sample.power
        return self.judgement.verdict(Kind.FLOW), self.overview.current_power


class PlantCoordinator(DataUpdateCoordinator[PlantState]):
    """Keeps a plant's overview and power curve."""

    config_entry: GrowattConfigEntry

    def __init__(
        self, hass: HomeAssistant, account: AccountCoordinator, plant_id: str
    ) -> None:
        """Watch one plant of the account."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=account.config_entry,
            name=f"{account.config_entry.title} plant",
            update_interval=schedule.READINGS,
        )
        self.account = account
        self.plant_id = plant_id
        self.clock = account.clock
        self.data = PlantState(PlantOverview(), None, NOTHING, NOTHING)
        self.overview_clock = ReadingClock(self.info.zone)
        self._sample_clock = ReadingClock(self.info.zone)
        self._totals = LifetimeTotals()
        self._daily = DailyCounters()
        self._curve_refused: date | None = None

    @property
    def info(self) -> PlantInfo:
        """What the account knows of the plant."""
        return self.account.data[self.plant_id]

    @override
    async def _async_update_data(self) -> PlantState:
        plants = self.account.client.plants
        error: OpenApiError | None = None
        overview, sample = self.data.overview, self.data.sample
        self._set_zone()
        today = self._sample_clock.device_time(self.clock.now()).date()
        try:
            if self._curve_refused != today:
                curve = await plants.power(self.plant_id, today, scheduled=True)
                newest = curve.value[-1] if curve.value else None
                if newest and self._sample_clock.see(newest.time, self.clock.now()):
                    sample = newest
        except NotPermittedError:
            if sample is None:  # it was never open
                self._curve_refused = today
        except OpenApiError as err:
            error = err
        if not isinstance(error, CloudDownError):
            try:
                answer = await plants.overview(self.plant_id, scheduled=True)
                self.account.learn_zone(self.info, answer.value.zone)
                self._set_zone()
                overview = self._newer(overview, answer.value)
                error = None
            except OpenApiError as err:
                error = err
        state = self._judge(overview, sample)
        if error is not None:
            self.data = state
            raise update_failed(error) from error
        return state

    def _newer(self, known: PlantOverview, read: PlantOverview) -> PlantOverview:
        """Return the figures read, as far as they can be believed, unless they are older than those known.

        From a plant that never tells the time, figures are news when they differ.
        """
        now = self.clock.now()
        hold = self._totals.hold
        day = (read.time or self.overview_clock.device_time(now)).date()
        read = replace(
            read,
            energy_today=self._daily.own("energy_today", read.energy_today, day),
            energy_total=hold("energy_total", read.energy_total, now),
            carbon_offset=hold("carbon_offset", read.carbon_offset, now),
        )
        if read.time is None and known.time is None:
            if read != known:
                self.overview_clock.see_undated(now)
            return read
        is_newer = self.overview_clock.see(read.time, now)
        return read if is_newer or read.time == known.time else known

    @callback
    def _set_zone(self) -> None:
        self.overview_clock.zone = self._sample_clock.zone = self.info.zone

    def _judge(self, overview: PlantOverview, sample: PowerSample | None) -> PlantState:
        now = self.clock.now()
        sun = sun_over(self.info.place, now)
        return PlantState(
            overview,
            sample,
            judge(
                self.overview_clock,
                now,
                sleeps=True,
                sun=sun,
                power=overview.current_power,
            ),
            judge(
                self._sample_clock,
                now,
                sleeps=True,
                sun=sun,
                power=sample.power if sample else None,
            ),
        )

    @callback
    def async_age(self) -> None:
        """Let time pass: what was fresh turns stale, what was today's turns yesterday's."""
        state = self._judge(self.data.overview, self.data.sample)
        if state != self.data:
            self.data = state
            self.async_update_listeners()
