"""The plant energy coordinator: energy balances of plants whose devices measure more than panels, from the devices' counters."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from ..const import LOGGER
from ..detail_level import DetailLevel, detail_level
from ..domain.counters import LifetimeTotals
from ..domain.energy_balance import (
    EnergyBalance,
    EnergySource,
    calculate_balance,
    choose_grid_device,
)
from ..domain.steady_clock import SteadyClock
from ..families import get_family
from ..issues import async_report_replacements
from ..models import PLANT_PREFIX
from ..persistence import codec
from ..persistence.entry_store import EntryStore
from .device_state import DeviceState
from .family import FamilyCoordinator
from .inventory import InventoryCoordinator

# The spans of a balance.
TODAY, TOTAL = "today", "total"


@dataclass(slots=True)
class PlantEnergy:
    """The energy of one plant.

    grid_device: the serial of the device whose grid meter is used. measured: the names of the balance's parts that devices
    measure. today, total: the balances; they never decrease within their span, although the devices' readings of one instant
    arrive one by one.
    """

    STORED_AS: ClassVar = {
        "chief": "grid_device",
        "totals": "totals",
        "day": "day",
        "highest": "highest",
    }

    grid_device: str | None = None
    measured: frozenset[str] = frozenset()
    today: EnergyBalance = field(default_factory=EnergyBalance)
    total: EnergyBalance = field(default_factory=EnergyBalance)
    totals: LifetimeTotals = field(default_factory=LifetimeTotals)
    day: date | None = None
    highest: dict[str, float] = field(default_factory=dict)
    # The devices that were counted last, and their grid device.
    counted: tuple[set[str], str] | None = None

    def balance_of(self, span: str) -> EnergyBalance:
        """Return the balance of a span."""
        return self.today if span == TODAY else self.total


@callback
def async_follow_plants(
    families: Iterable[FamilyCoordinator], update: Callable[[set[str]], None]
) -> None:
    """Call ``update`` with the ids of the plants whose devices changed, until the entry is unloaded."""

    def handle_readings(family: FamilyCoordinator) -> None:
        update(
            {
                family.data[serial].plant.plant_id
                for serial in family.changed
                if serial in family.data
            }
        )

    for family in families:
        family.config_entry.async_on_unload(
            family.async_add_listener(partial(handle_readings, family))
        )


class PlantEnergyCoordinator(DataUpdateCoordinator[dict[str, PlantEnergy]]):
    """The energy of all plants with a device that measures the grid or a battery, by plant id."""

    def __init__(
        self,
        hass: HomeAssistant,
        inventory: InventoryCoordinator,
        families: Mapping[str, FamilyCoordinator],
        store: EntryStore,
    ) -> None:
        """Initialize with the energy saved by the last run."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=inventory.config_entry,
            name=f"{inventory.config_entry.title} energy",
            update_interval=None,
        )
        self.data = {}
        self.inventory = inventory
        self._families = [
            family
            for family in families.values()
            if family.family.energy_channels is not None
        ]
        self._steady_clock = SteadyClock.starting_now(inventory.clock)
        self._store = store
        # Saved energy of plants without a balance so far.
        self._saved_energy = store.load_section("energy", self._dump)
        self.is_wanted = (
            detail_level(inventory.config_entry) is not DetailLevel.ESSENTIAL
        )
        self.refresh()

    async def _dump(self) -> dict[str, Any]:
        return self._saved_energy | {
            plant_id: codec.dump(energy) for plant_id, energy in self.data.items()
        }

    @callback
    def start(self) -> None:
        """Start following the families' readings."""
        async_follow_plants(self._families, self._update_plants)

    @callback
    def refresh(self) -> None:
        """Recompute all plants, since a day may have ended, and drop those that are gone."""
        for plant_id in self.data.keys() - self.inventory.data.keys():
            # Restored if the plant is listed again.
            self._saved_energy[plant_id] = codec.dump(self.data.pop(plant_id))
        self._update_plants(self.inventory.data)

    def _update_plants(self, plants: Mapping[str, Any] | set[str]) -> None:
        if not self.is_wanted:
            return
        if jump := self._steady_clock.take_jump():
            for energy in self.data.values():
                energy.totals.follow_clock_jump(timedelta(seconds=jump))
        has_changed = is_listed_anew = False
        for plant_id in plants:
            states = self.device_states(plant_id)
            was_saved = plant_id in self._saved_energy
            energy = self.data.get(plant_id) or self._load_energy(plant_id)
            previous = energy.today, energy.total
            had_measured = energy.measured
            if not self._recalculate(energy, states):
                # Panels alone: the plant's overview has all its energy. Or what measures is not listed for now, or not read yet.
                if plant_id in self.data and energy.grid_device not in states:
                    del self.data[plant_id]
                    was_saved = is_listed_anew = True
                if was_saved:
                    self._saved_energy[plant_id] = codec.dump(energy)
                continue
            is_listed_anew |= (
                plant_id not in self.data or energy.measured != had_measured
            )
            self.data[plant_id] = energy
            has_changed |= previous != (energy.today, energy.total)
        if is_listed_anew:
            # The sensors of the plant are added and removed by its listeners.
            self.inventory.async_update_listeners()
        if has_changed:
            self._store.schedule_save()
            self.async_update_listeners()

    def _load_energy(self, plant_id: str) -> PlantEnergy:
        saved = self._saved_energy.pop(plant_id, None)
        if saved is None:
            return PlantEnergy()
        return codec.load_or(
            PlantEnergy(),
            "energy of a plant",
            lambda: codec.load(PlantEnergy, saved),
        )

    def device_states(
        self, plant_id: str
    ) -> dict[str, tuple[FamilyCoordinator, DeviceState]]:
        """Return the devices of a plant that have a part in its sums, by serial."""
        info = self.inventory.data.get(plant_id)
        return {
            serial: (family, family.data[serial])
            for family in self._families
            for serial in (info.devices if info else ())
            if serial in family.data
            # One that was listed for a while and never read has no part in the sums.
            and (family.data[serial].values or serial not in self.inventory.missing)
        }

    def are_devices_read(self, plant_id: str) -> bool:
        """Return whether a plant's devices are listed, and all that may have a part in its sums were read."""
        info = self.inventory.data.get(plant_id)
        if info is None or info.listed_at is None:
            return False
        states = self.device_states(plant_id)
        return all(
            serial in states and bool(states[serial][1].values)
            for serial, device in info.devices.items()
            if (family := get_family(device)) and family.energy_channels
        )

    def _recalculate(
        self,
        energy: PlantEnergy,
        states: Mapping[str, tuple[FamilyCoordinator, DeviceState]],
    ) -> bool:
        """Recompute the balances; return False where no device measures the grid now."""
        totals = _sources(states)
        grid_device = choose_grid_device(totals, energy.grid_device)
        if grid_device is None:
            return False
        energy.grid_device = grid_device
        energy.measured = _measured_parts(states)
        _, state = states[grid_device]
        now = self.inventory.clock.now()
        balance = asdict(calculate_balance(totals, energy.grid_device))
        counted = set(states), energy.grid_device
        was_known = [
            name for name, value in asdict(energy.total).items() if value is not None
        ]
        if all(balance[name] is not None for name in was_known):
            if energy.counted not in (None, counted):
                # A device more or less changes the sums, but has not made that energy now.
                energy.totals.rebase(balance)
            energy.counted = counted
        info = state.plant
        max_power = (info.row.peak_power or 0.0) * 1000
        energy.total = EnergyBalance(
            **{
                name: energy.totals.record_value(name, value, now, max_power)
                for name, value in balance.items()
            }
        )
        energy.totals.end_round(now)
        async_report_replacements(
            self.hass,
            f"{PLANT_PREFIX}{info.plant_id}",
            energy.totals.take_replacements(),
        )
        day = state.clock.device_time(now).date()
        if day != energy.day:
            energy.day = day
            energy.highest.clear()
        today = calculate_balance(_sources(states, day), grid_device)
        energy.today = EnergyBalance(
            **{
                name: _raise_highest(energy.highest, name, value)
                for name, value in asdict(today).items()
            }
        )
        return True


def _raise_highest(
    highest: dict[str, float], name: str, value: float | None
) -> float | None:
    if value is None:
        return None
    highest[name] = max(highest.get(name, 0.0), value)
    return highest[name]


def _sources(
    states: Mapping[str, tuple[FamilyCoordinator, DeviceState]],
    day: date | None = None,
) -> dict[str, EnergySource]:
    """Return the devices' counters: of a day, or their lifetime's."""
    found = {}
    for serial, (family, state) in states.items():
        channels = family.family.energy_channels
        assert channels is not None
        found[serial] = EnergySource(channels, partial(_count, state, day))
    return found


def measures_energy(
    family: FamilyCoordinator, state: DeviceState, key: str | None
) -> bool | None:
    """Return whether a device has the part whose energy a counter counts (its key without the span); None if it was never read."""
    if key is None:
        return False
    if not state.values:
        return None
    return family.family.measures(f"{key}_{TOTAL}", state.values)


def _measured_parts(
    states: Mapping[str, tuple[FamilyCoordinator, DeviceState]],
) -> frozenset[str]:
    """Return which parts of a balance the devices of a plant with a grid device measure."""
    found = {"imported", "exported", "consumption"}
    for family, state in states.values():
        channels = family.family.energy_channels
        assert channels is not None
        for name, key in (
            ("solar", channels.solar),
            ("solar", channels.observed_solar),
            ("charge", channels.charge),
            ("discharge", channels.discharge),
        ):
            if measures_energy(family, state, key):
                found.add(name)
    return frozenset(found)


def _count(state: DeviceState, day: date | None, key: str) -> float | None:
    """Return a counter's value now: 0 where a daily one is of the day before, None where it is not known.

    The reading's own date decides, not the last assessment: at midnight the devices are assessed one by one.
    """
    newest = state.clock.newest
    if newest is None:
        return None
    if day is None:
        value = state.values.get(f"{key}_{TOTAL}")
    else:
        days = (day - newest.date()).days
        if days == 1:
            return 0.0 if state.assessment.is_clock_known else None
        value = state.values.get(f"{key}_{TODAY}") if days <= 0 else None
    return value if isinstance(value, float) else None
