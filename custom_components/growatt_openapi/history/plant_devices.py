"""The devices of a plant whose counters make up its energy."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant

from ..coordinator import DeviceState, FamilyCoordinator, PlantEnergyCoordinator
from ..domain.energy_samples import DeviceSample
from ..domain.hourly_energy import HourlyEnergy
from .plant_hours import DeviceHistory, calculate_hours

# kWp, where the cloud gives none: jumps of counters beyond what this makes are impossible.
_LARGE_PLANT = 1000.0


class PlantDevices:
    """The devices of all plants, as the plant energy coordinator counts them."""

    def __init__(self, hass: HomeAssistant, energy: PlantEnergyCoordinator) -> None:
        """Initialize with the coordinator that decides which device measures the grid."""
        self._hass = hass
        self._energy = energy

    def states(self, plant_id: str) -> dict[str, tuple[FamilyCoordinator, DeviceState]]:
        """Return the devices of a plant by serial."""
        return self._energy.device_states(plant_id)

    def grid_device(self, plant_id: str) -> str | None:
        """Return the serial of the device whose grid meter counts; None where there are panels alone."""
        energy = self._energy.data.get(plant_id)
        serial = None if energy is None else energy.grid_device
        return serial if serial in self.states(plant_id) else None

    async def calculate_hours(
        self, plant_id: str, samples: Mapping[str, Iterable[DeviceSample]]
    ) -> dict[str, HourlyEnergy]:
        """Return the energy of each hour by channel, kWh, from samples in any order, by serial."""
        devices = {}
        for serial, (family, state) in self.states(plant_id).items():
            channels = family.family.energy_channels
            if channels is None:
                continue
            devices[serial] = DeviceHistory(
                channels,
                _in_order(samples.get(serial, ())),
                (state.plant.row.peak_power or _LARGE_PLANT) * 1000,
            )
        return await self._hass.async_add_executor_job(
            calculate_hours, devices, self.grid_device(plant_id)
        )


def _in_order(samples: Iterable[DeviceSample]) -> list[DeviceSample]:
    """Return samples by time, one of each instant."""
    by_time = {sample.time: sample for sample in samples}
    return [by_time[time] for time in sorted(by_time)]
