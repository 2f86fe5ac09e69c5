"""Sensors of a plant's energy balance, for the Energy dashboard: each kWh is counted once, whichever devices measure it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfEnergy
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import PlantEnergyCoordinator
from ..coordinator.energy import TODAY, TOTAL
from ..domain.energy_balance import EnergyBalance
from ..entity import GrowattEntity
from ..entity_setup import EntityCandidate
from ..registry.devices import plant_identifier


@dataclass(frozen=True, kw_only=True)
class EnergySensorDescription(SensorEntityDescription):
    """A sensor of a plant's energy balance. part: the part of the balance that must be measured."""

    span: str
    part: str
    value_fn: Callable[[EnergyBalance], float | None]


def _describe_both(
    name: str, part: str, *, enabled: tuple[str, ...] = (TODAY, TOTAL)
) -> Iterator[EnergySensorDescription]:
    """Yield the descriptions of today's and of the total energy of a part of the balance; ``enabled``: the spans enabled by default."""
    for span in (TODAY, TOTAL):
        yield EnergySensorDescription(
            key=f"{name}_{span}",
            translation_key=f"{name}_{span}",
            entity_registry_enabled_default=span in enabled,
            device_class=SensorDeviceClass.ENERGY,
            state_class=SensorStateClass.TOTAL_INCREASING,
            native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            suggested_display_precision=1,
            span=span,
            part=part,
            value_fn=attrgetter(part),
        )


ENERGY_SENSORS: tuple[EnergySensorDescription, ...] = (
    *_describe_both("solar_energy", "solar"),
    *_describe_both("import_energy", "imported"),
    *_describe_both("export_energy", "exported"),
    *_describe_both("charge_energy", "charge", enabled=(TOTAL,)),
    *_describe_both("discharge_energy", "discharge", enabled=(TOTAL,)),
    *_describe_both("consumption", "consumption", enabled=(TODAY,)),
    EnergySensorDescription(
        key="self_sufficiency_today",
        translation_key="self_sufficiency_today",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        span=TODAY,
        part="consumption",
        value_fn=attrgetter("self_sufficiency"),
    ),
)


def energy_sensors(
    registry: er.EntityRegistry, energy: PlantEnergyCoordinator
) -> Iterator[EntityCandidate]:
    """Yield the sensors of what the devices of each plant measure, if that is more than panels, and those that were there before.

    Those to choose for the Energy dashboard are enabled, whichever devices measure the same, and of today what one looks at daily.
    """
    for plant_id, plant_energy in energy.data.items():
        for description in ENERGY_SENSORS:
            unique_id = f"{plant_identifier(plant_id)}_{description.key}"
            if (
                description.part in plant_energy.measured
                or registry.async_get_entity_id("sensor", DOMAIN, unique_id) is not None
            ):
                yield (
                    unique_id,
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
        """Initialize the sensor of a plant."""
        super().__init__(energy, plant_identifier(plant_id), description)
        self._plant_id = plant_id

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
