"""Sensors of a plant's power flow, for the Energy dashboard: each power is counted once, whichever devices measure it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfPower
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import PlantPowerCoordinator
from ..domain.power_flow import Figure
from ..entity import GrowattEntity
from ..entity_setup import EntityCandidate
from ..registry.devices import plant_identifier


@dataclass(frozen=True, kw_only=True)
class PowerSensorDescription(SensorEntityDescription):
    """A sensor of a plant's power flow. figure: its name in the flow."""

    figure: str
    state_class: SensorStateClass = SensorStateClass.MEASUREMENT
    suggested_display_precision: int = 0


POWER_SENSORS: tuple[PowerSensorDescription, ...] = (
    *(
        PowerSensorDescription(
            key=f"{name}_power",
            translation_key=f"{name}_power",
            device_class=SensorDeviceClass.POWER,
            native_unit_of_measurement=UnitOfPower.WATT,
            figure=name,
        )
        for name in ("solar", "battery", "grid", "house")
    ),
    PowerSensorDescription(
        key="battery_level",
        translation_key="battery_level",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        figure="battery_level",
    ),
)


def power_sensors(
    registry: er.EntityRegistry, power: PlantPowerCoordinator
) -> Iterator[EntityCandidate]:
    """Yield the sensors of what the devices of each plant measure, and those that were there before."""
    for plant_id, flow in power.data.items():
        for description in POWER_SENSORS:
            unique_id = f"{plant_identifier(plant_id)}_{description.key}"
            if (
                description.figure in flow.measured
                or registry.async_get_entity_id("sensor", DOMAIN, unique_id) is not None
            ):
                yield unique_id, partial(PlantPowerSensor, power, plant_id, description)


class PlantPowerSensor(GrowattEntity[PlantPowerCoordinator], SensorEntity):
    """A sensor of a plant's power flow."""

    entity_description: PowerSensorDescription

    def __init__(
        self,
        power: PlantPowerCoordinator,
        plant_id: str,
        description: PowerSensorDescription,
    ) -> None:
        """Initialize the sensor of a plant."""
        super().__init__(power, plant_identifier(plant_id), description)
        self._plant_id = plant_id

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if the flow of this plant has changed."""
        if self._plant_id in self.coordinator.changed:
            super()._handle_coordinator_update()

    @property
    def _figure(self) -> Figure | None:
        flow = self.coordinator.data.get(self._plant_id)
        return None if flow is None else getattr(flow, self.entity_description.figure)

    @property
    @override
    def available(self) -> bool:
        """False if a reading that is part of it is stale, or the account does not list the plant any more."""
        figure = self._figure
        if figure is None:
            return self._plant_id in self.coordinator.data
        return not figure.is_stale

    @property
    @override
    def native_value(self) -> float | None:
        """The value; None unless all its parts are known."""
        figure = self._figure
        return None if figure is None else figure.value
