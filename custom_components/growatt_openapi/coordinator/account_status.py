"""How it goes: calls, refusals, the cloud's state, and the sums over all plants. Says what changed, once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..api import CloudStatus
from ..api.client.plants import PLANT_LIST_REQUEST
from ..const import LOGGER
from ..domain.freshness import ValueKind, ValueStatus
from ..issues import async_update_issues
from .family import FamilyCoordinator
from .inventory import InventoryCoordinator
from .plant import PlantCoordinator, PlantState


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """What the account's entities show. W and kWh; None: not known."""

    status: CloudStatus = CloudStatus.OK
    calls: int = 0
    refusals: int = 0
    list_calls_left: int | None = None
    next_poll: datetime | None = None
    power: float | None = None
    energy_today: float | None = None
    energy_total: float | None = None
    plants_offline: int = 0
    devices_in_fault: int = 0


class AccountStatusCoordinator(DataUpdateCoordinator[AccountStatus]):
    """Looks once a minute, and when the cloud begins to treat us otherwise; tells its entities only what is new."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        account: InventoryCoordinator,
        plants: Mapping[str, PlantCoordinator],
        families: Mapping[str, FamilyCoordinator],
    ) -> None:
        """Watch an entry's coordinators and their gateway."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=account.config_entry,
            name=f"{account.config_entry.title} health",
            update_interval=None,
        )
        self.data = AccountStatus()
        self._account = account
        self._plants = plants
        self._families = families
        self._gateway = account.gateway

    @callback
    def start(self) -> None:
        """Begin to look."""
        self.config_entry.async_on_unload(
            self._gateway.connection.add_listener(self.refresh)
        )
        self.refresh()

    @callback
    def refresh(self) -> None:
        """Take stock."""
        figures = self._read_status()
        if figures.status is not self.data.status:
            self._log_status(figures.status)
        async_update_issues(self.hass, self.config_entry, self._gateway)
        if figures != self.data:
            self.async_set_updated_data(figures)

    def _log_status(self, status: CloudStatus) -> None:
        """Log a change of state, in one line."""
        match status:
            case CloudStatus.DOWN:
                LOGGER.warning(
                    "The cloud does not answer: %s. The last readings are kept",
                    self._gateway.connection.circuit_breaker.error,
                )
            case CloudStatus.TOKEN_REFUSED:
                LOGGER.warning(
                    "The cloud refuses the token, for now: it may be a matter of region or address"
                )
            case CloudStatus.SLOWED:
                LOGGER.info("The cloud refuses calls as too frequent: asking less")
            case CloudStatus.OK:
                LOGGER.info("The cloud answers as it should")

    def _read_status(self) -> AccountStatus:
        gateway = self._gateway
        states = [plant.data for plant in self._plants.values()]
        return AccountStatus(
            status=gateway.status,
            calls=gateway.calls_last_day,
            refusals=gateway.refusals_last_day,
            list_calls_left=gateway.calls_left(*PLANT_LIST_REQUEST),
            next_poll=self._next_poll(),
            power=_sum(states, PlantState.power, partly=True),
            energy_today=_sum(
                states,
                lambda plant: (
                    plant.assessment.status_of(ValueKind.TODAY),
                    plant.overview.energy_today,
                ),
            ),
            energy_total=_sum(
                states,
                lambda plant: (
                    plant.assessment.status_of(ValueKind.LIFETIME),
                    plant.overview.energy_total,
                ),
            ),
            plants_offline=self._plants_offline(),
            devices_in_fault=sum(
                family.family.is_fault(state.values) is True
                and state.assessment.status_of(ValueKind.CODE)
                is not ValueStatus.UNAVAILABLE
                for family in self._families.values()
                for state in family.data.values()
            ),
        )

    def _next_poll(self) -> datetime | None:
        """Return when readings are asked for next, in whole seconds."""
        due = (
            *(family.next_poll_at for family in self._families.values()),
            *(plant.next_poll_at for plant in self._plants.values()),
        )
        instants = [instant for instant in due if instant is not None]
        if not instants:
            return None
        later = max(min(instants) - self._account.steady_clock.now(), 0.0)
        moment = self._account.clock.now() + timedelta(seconds=later)
        return dt_util.as_utc(moment).replace(microsecond=0)

    def _plants_offline(self) -> int:
        """Count the plants of which every device that we know anything of is offline."""
        online: dict[str, list[bool]] = {}
        for family in self._families.values():
            for state in family.data.values():
                if state.online is not None:
                    online.setdefault(state.plant.plant_id, []).append(state.online)
        return sum(not any(devices) for devices in online.values())


def _sum(
    states: Iterable[PlantState],
    figure: Callable[[PlantState], tuple[ValueStatus, float | None]],
    *,
    partly: bool = False,
) -> float | None:
    """Add a figure of all plants up.

    A counter must not jump when a plant's joins it: it is unknown until all are known. A power is that of the plants which
    are heard of (``partly``).
    """
    known: list[float] = []
    for state in states:
        verdict, value = figure(state)
        if verdict is ValueStatus.ZERO:
            known.append(0.0)
        elif verdict is ValueStatus.AS_READ and value is not None and value >= 0:
            known.append(value)
        elif not partly:
            return None
    return round(sum(known), 3) if known else None
