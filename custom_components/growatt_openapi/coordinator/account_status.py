"""Account status: call counts, refusals, outages, totals."""

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
    """The values of the account's entities, in W and kWh; None: not known."""

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
    """The account status, recomputed once a minute and when the connection to the cloud changes."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        inventory: InventoryCoordinator,
        plants: Mapping[str, PlantCoordinator],
        families: Mapping[str, FamilyCoordinator],
    ) -> None:
        """Initialize with an empty status."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=inventory.config_entry,
            name=f"{inventory.config_entry.title} health",
            update_interval=None,
        )
        self.data = AccountStatus()
        self._inventory = inventory
        self._plants = plants
        self._families = families
        self._gateway = inventory.gateway

    @callback
    def start(self) -> None:
        """Recompute the status now and at each change of the connection."""
        self.config_entry.async_on_unload(
            self._gateway.connection.add_listener(self.refresh)
        )
        self.refresh()

    @callback
    def refresh(self) -> None:
        """Recompute the status and the repair issues, and notify if the status changed."""
        account_status = self._compute_status()
        if account_status.status is not self.data.status:
            self._log_status(account_status.status)
        async_update_issues(self.hass, self.config_entry, self._gateway)
        if account_status != self.data:
            self.async_set_updated_data(account_status)

    def _log_status(self, status: CloudStatus) -> None:
        """Log a change of the cloud's status in one line."""
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

    def _compute_status(self) -> AccountStatus:
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
        """Return when readings are next polled, in whole seconds."""
        due = (
            *(family.next_poll_at for family in self._families.values()),
            *(plant.next_poll_at for plant in self._plants.values()),
        )
        instants = [instant for instant in due if instant is not None]
        if not instants:
            return None
        delay = max(min(instants) - self._inventory.steady_clock.now(), 0.0)
        moment = self._inventory.clock.now() + timedelta(seconds=delay)
        return dt_util.as_utc(moment).replace(microsecond=0)

    def _plants_offline(self) -> int:
        """Return the number of plants of which every device with a known connection is offline."""
        online: dict[str, list[bool]] = {}
        for family in self._families.values():
            for state in family.data.values():
                if state.online is not None:
                    online.setdefault(state.plant.plant_id, []).append(state.online)
        return sum(not any(devices) for devices in online.values())


def _sum(
    states: Iterable[PlantState],
    value_of: Callable[[PlantState], tuple[ValueStatus, float | None]],
    *,
    partly: bool = False,
) -> float | None:
    """Return the sum of a value over all plants.

    A sum of counters must not jump when one more plant is known, so it is None until all are known. A sum of power is that of
    the known ones (``partly``).
    """
    known: list[float] = []
    for state in states:
        status, value = value_of(state)
        if status is ValueStatus.ZERO:
            known.append(0.0)
        elif status is ValueStatus.AS_READ and value is not None and value >= 0:
            known.append(value)
        elif not partly:
            return None
    return round(sum(known), 3) if known else None
