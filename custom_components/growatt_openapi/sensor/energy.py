"""Sensors of a plant's energy balance, for the Energy dashboard: each kWh is counted once, whichever devices measure it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfEnergy

from ..coordinator import PlantEnergyCoordinator
from ..coordinator.energy import TODAY, TOTAL
from ..domain.energy_balance import EnergyBalance
from ..entity import GrowattEntity
from ..entity_setup import EntityCandidate
from ..registry.devices import plant_identifier


@dataclass(frozen=True, kw_only=True)
class EnergySensorDescription(SensorEntityDescription):
    """A sensor of a plant's energy balance. always: enabled by default even if a single device measures everything."""

    span: str
    value_fn: Callable[[EnergyBalance], float | None]
    always: bool = False


def _describe_both(
    name: str,
    value_fn: Callable[[EnergyBalance], float | None],
    *,
    always: bool = False,
) -> Iterator[EnergySensorDescription]:
    """Yield the descriptions of today's and of the total energy."""
    for span in (TODAY, TOTAL):
        yield EnergySensorDescription(
            key=f"{name}_{span}",
            translation_key=f"{name}_{span}",
            device_class=SensorDeviceClass.ENERGY,
            state_class=SensorStateClass.TOTAL_INCREASING,
            native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            suggested_display_precision=1,
            span=span,
            value_fn=value_fn,
            always=always,
        )


ENERGY_SENSORS: tuple[EnergySensorDescription, ...] = (
    *_describe_both("solar_energy", lambda balance: balance.solar),
    *_describe_both("import_energy", lambda balance: balance.imported),
    *_describe_both("export_energy", lambda balance: balance.exported),
    *_describe_both("charge_energy", lambda balance: balance.charge),
    *_describe_both("discharge_energy", lambda balance: balance.discharge),
    *_describe_both("consumption", lambda balance: balance.consumption, always=True),
    EnergySensorDescription(
        key="self_sufficiency_today",
        translation_key="self_sufficiency_today",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        span=TODAY,
        value_fn=lambda balance: balance.self_sufficiency,
        always=True,
    ),
)


def energy_sensors(energy: PlantEnergyCoordinator) -> Iterator[EntityCandidate]:
    """Yield the sensors of all plants that measure more than their panels."""
    for plant_id in energy.data:
        for description in ENERGY_SENSORS:
            yield (
                f"{plant_identifier(plant_id)}_{description.key}",
                partial(PlantEnergySensor, energy, plant_id, description),
            )


class PlantEnergySensor(GrowattEntity[PlantEnergyCoordinator], SensorEntity):
    """A sensor of a plant's energy balance."""

    entity_description: EnergySensorDescription

    def __init__(
        self,
        energy: PlantEnergyCoordinator,
        plant_id: str,
        description: EnergySensorDescription,
    ) -> None:
        """Initialize the sensor; disabled by default if one device measures all, whose own sensors show the same."""
        super().__init__(energy, plant_identifier(plant_id), description)
        self._plant_id = plant_id
        several = energy.data[plant_id].contributors > 1
        self._attr_entity_registry_enabled_default = description.always or (
            several and description.span == TOTAL
        )

    @property
    @override
    def available(self) -> bool:
        """True while the account lists the plant."""
        return self._plant_id in self.coordinator.data

    @property
    @override
    def native_value(self) -> float | None:
        """The value; None unless all its parts are known."""
        energy = self.coordinator.data.get(self._plant_id)
        if energy is None:
            return None
        description = self.entity_description
        return description.value_fn(energy.balance_of(description.span))
