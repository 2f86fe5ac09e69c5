"""The plant power coordinator: the power flow of plants whose devices measure more than panels, from the devices' readings."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from ..const import LOGGER
from ..domain.freshness import ValueKind, ValueStatus
from ..domain.power_flow import PowerChannels, PowerFlow, PowerSource, calculate_flow
from .device_state import DeviceState
from .energy import PlantEnergyCoordinator, async_follow_plants, measures_energy
from .family import FamilyCoordinator

# The seconds after which a plant is taken as it is known by then: its devices are read in the first round, unless the cloud does
# not give a reading of one.
PATIENCE = 300.0


class PlantPowerCoordinator(DataUpdateCoordinator[dict[str, PowerFlow]]):
    """The power flows by plant id.

    A plant with panels alone has none: all its devices measure is the plant's power, which it has already. A flow is calculated
    again when a reading of one of the plant's devices comes or becomes outdated; ``changed``: the plants whose flow is new while
    the listeners are notified.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        energy: PlantEnergyCoordinator,
        families: Mapping[str, FamilyCoordinator],
    ) -> None:
        """Initialize with the flows of the readings that are known already."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=energy.inventory.config_entry,
            name=f"{energy.inventory.config_entry.title} power",
            update_interval=None,
        )
        self.data = {}
        self.changed: set[str] = set()
        # Plants of which it is known what their devices measure.
        self.settled: set[str] = set()
        # When each plant was first seen.
        self._seen_at: dict[str, float] = {}
        self._energy = energy
        self._families = [
            family
            for family in families.values()
            if family.family.power_channels is not None
        ]
        self.refresh()

    @callback
    def start(self) -> None:
        """Start following the families' readings; after the plant energy, which decides on the grid devices."""
        async_follow_plants(self._families, self._update_plants)

    @callback
    def refresh(self) -> None:
        """Recompute all plants, and drop those that are gone."""
        for plant_id in self._seen_at.keys() - self._energy.inventory.data.keys():
            del self._seen_at[plant_id]
            self.settled.discard(plant_id)
        self._update_plants(self._energy.inventory.data.keys() | self.data.keys())

    def _update_plants(self, plants: set[str]) -> None:
        if not self._energy.is_wanted:
            return
        is_listed_anew = False
        for plant_id in plants:
            previous = self.data.pop(plant_id, None)
            sources = self._sources(plant_id)
            grid_device = self._grid_device(plant_id)
            if grid_device not in sources:
                grid_device = None
            if grid_device is None and not any(
                source.has_battery for source in sources.values()
            ):
                is_listed_anew |= previous is not None or self._settle(plant_id)
                continue
            flow = self.data[plant_id] = calculate_flow(sources, grid_device)
            if flow != previous:
                self.changed.add(plant_id)
                is_listed_anew |= flow.measured != (previous or PowerFlow()).measured
            is_listed_anew |= self._settle(plant_id)
        if is_listed_anew:
            # The sensors of a plant are added and removed by the inventory's listeners.
            self._energy.inventory.async_update_listeners()
        if self.changed:
            self.async_update_listeners()
            self.changed.clear()

    def _settle(self, plant_id: str) -> bool:
        """Settle what a plant's devices measure once all of them were read or had the time for it; return whether that is new."""
        if plant_id in self.settled or plant_id not in self._energy.inventory.data:
            return False
        now = self._energy.inventory.steady_clock.now()
        waited = now - self._seen_at.setdefault(plant_id, now)
        if waited < PATIENCE and not self._energy.are_devices_read(plant_id):
            return False
        self.settled.add(plant_id)
        return True

    def _grid_device(self, plant_id: str) -> str | None:
        energy = self._energy.data.get(plant_id)
        return None if energy is None else energy.grid_device

    def _sources(self, plant_id: str) -> dict[str, PowerSource]:
        found = {}
        for serial, (family, state) in self._energy.device_states(plant_id).items():
            channels = family.family.power_channels
            if channels is not None:
                found[serial] = _source(family, state, channels)
        return found

    def describe(self, plant_id: str) -> dict[str, Any] | None:
        """Return a plant's power flow, and what each device measures of it, believed or not, for diagnostics: no serials."""
        flow = self.data.get(plant_id)
        if flow is None:
            return None
        grid_device = self._grid_device(plant_id)
        states = self._energy.device_states(plant_id)
        return {
            **{name: str(getattr(flow, name)) for name in sorted(flow.measured)},
            "devices": [
                {
                    "family": states[serial][0].family.key,
                    "is_grid_device": serial == grid_device,
                    **{
                        name: str(source.figure(key))
                        for name in PowerChannels.__slots__
                        if (key := getattr(source.channels, name)) is not None
                    },
                }
                for serial, source in self._sources(plant_id).items()
            ],
        }


def _source(
    family: FamilyCoordinator, state: DeviceState, channels: PowerChannels
) -> PowerSource:
    energies = family.family.energy_channels
    assert energies is not None
    status = state.assessment.status_of(ValueKind.FLOW)
    return PowerSource(
        channels=channels,
        read_value=partial(_read_value, family, state),
        has_battery=measures_energy(family, state, energies.charge),
        sees_solar=measures_energy(family, state, energies.observed_solar),
        is_stale=status is ValueStatus.UNAVAILABLE,
    )


def _read_value(
    family: FamilyCoordinator, state: DeviceState, key: str
) -> float | None:
    """Return the value that holds now: 0 for the power of a device that is asleep."""
    status = state.assessment.status_of(family.family.reading(key).kind)
    value = status.apply(state.values.get(key))
    return float(value) if isinstance(value, float | int) else None
