"""Sensors of a plant's overview and power curve."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfMass, UnitOfPower
from homeassistant.helpers import entity_registry as er

from ..api.models import PlantOverview
from ..const import DOMAIN
from ..coordinator import PlantCoordinator, PlantState
from ..coordinator.plant import OVERVIEW, POWER
from ..detail_level import PLANT_ESSENTIALS
from ..domain.freshness import ValueKind, ValueStatus
from ..entity import PlantEntity
from ..entity_setup import EntityCandidate
from ..registry.devices import plant_identifier
from ..runtime import RuntimeData
from .datalogger import LAST_UPDATE


@dataclass(frozen=True, kw_only=True)
class PlantSensorDescription(SensorEntityDescription):
    """A sensor of a plant.

    value_fn: returns the status of the value, and the value that was read. measured_fn: returns which parts of the same the plant's
    devices measure; where the sun's is among them, the sensor is disabled by default.
    """

    value_fn: Callable[[PlantState], tuple[ValueStatus, float | None]]
    measured_fn: Callable[[RuntimeData, str], frozenset[str]] | None = None


type OverviewValueFn = Callable[[PlantOverview], float | None]


def _with_status(
    kind: ValueKind, value_fn: OverviewValueFn
) -> Callable[[PlantState], tuple[ValueStatus, float | None]]:
    """Return the function that returns a value of the overview with its status as a value of this kind."""
    return lambda state: (state.assessment.status_of(kind), value_fn(state.overview))


def _measured_power(runtime: RuntimeData, plant_id: str) -> frozenset[str]:
    flow = runtime.plant_power.data.get(plant_id)
    return frozenset() if flow is None else frozenset(flow.measured)


def _measured_energy(runtime: RuntimeData, plant_id: str) -> frozenset[str]:
    energy = runtime.plant_energy.data.get(plant_id)
    return frozenset() if energy is None else energy.measured


def _describe_energy(
    key: str, kind: ValueKind, value_fn: OverviewValueFn, *, enabled: bool = True
) -> PlantSensorDescription:
    return PlantSensorDescription(
        key=key,
        translation_key=key,
        entity_registry_enabled_default=enabled,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=_with_status(kind, value_fn),
        measured_fn=_measured_energy if enabled else None,
    )


PLANT_SENSORS: tuple[PlantSensorDescription, ...] = (
    PlantSensorDescription(
        key="power",
        translation_key="power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        value_fn=PlantState.power,
        measured_fn=_measured_power,
    ),
    _describe_energy(
        "energy_today", ValueKind.TODAY, lambda overview: overview.energy_today
    ),
    _describe_energy(
        "energy_month",
        ValueKind.MONTH,
        lambda overview: overview.energy_month,
        enabled=False,
    ),
    _describe_energy(
        "energy_year",
        ValueKind.YEAR,
        lambda overview: overview.energy_year,
        enabled=False,
    ),
    _describe_energy(
        "energy_total", ValueKind.LIFETIME, lambda overview: overview.energy_total
    ),
    PlantSensorDescription(
        key="carbon_offset",
        translation_key="carbon_offset",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.WEIGHT,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfMass.KILOGRAMS,
        suggested_display_precision=0,
        value_fn=_with_status(
            ValueKind.LIFETIME, lambda overview: overview.carbon_offset
        ),
    ),
    PlantSensorDescription(
        key="peak_power",
        translation_key="peak_power",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_with_status(ValueKind.IDENTITY, lambda overview: overview.peak_power),
    ),
)


def plant_sensors(
    registry: er.EntityRegistry,
    runtime: RuntimeData,
    coordinator: PlantCoordinator,
    *,
    essential: bool,
) -> Iterator[EntityCandidate]:
    """Yield the sensors of a plant; ``essential``: only those of that detail level.

    Those that the devices may measure too wait until that is known: whether they are enabled is decided once, when they are registered.
    """
    plant_id = coordinator.plant_id
    identifier = plant_identifier(plant_id)
    for description in PLANT_SENSORS:
        unique_id = f"{identifier}_{description.key}"
        is_enabled = description.entity_registry_enabled_default
        if essential:
            if description.key not in PLANT_ESSENTIALS:
                continue
        elif description.measured_fn is not None:
            if (
                plant_id not in runtime.plant_power.settled
                and registry.async_get_entity_id("sensor", DOMAIN, unique_id) is None
            ):
                continue
            is_enabled = "solar" not in description.measured_fn(runtime, plant_id)
        yield (
            unique_id,
            partial(PlantSensor, coordinator, description, is_enabled=is_enabled),
        )
    yield (
        f"{identifier}_{LAST_UPDATE.key}",
        partial(PlantLastUpdate, coordinator, LAST_UPDATE),
    )


class PlantSensor(PlantEntity, SensorEntity):
    """A sensor of a plant's overview or power curve."""

    entity_description: PlantSensorDescription

    def __init__(
        self,
        coordinator: PlantCoordinator,
        description: PlantSensorDescription,
        *,
        is_enabled: bool,
    ) -> None:
        """Initialize the sensor; power is polled separately from the overview. is_enabled: by default."""
        context = POWER if description.key == "power" else OVERVIEW
        super().__init__(coordinator, description, context)
        self._attr_entity_registry_enabled_default = is_enabled

    @property
    @override
    def available(self) -> bool:
        """False if the value is stale, or none ever came."""
        status, _ = self.entity_description.value_fn(self.coordinator.data)
        return status is not ValueStatus.UNAVAILABLE

    @property
    @override
    def native_value(self) -> float | None:
        """The value that holds now."""
        status, value = self.entity_description.value_fn(self.coordinator.data)
        # None of these quantities can be negative: such a value is an error of the cloud.
        return status.apply(None if value is not None and value < 0 else value)


class PlantLastUpdate(PlantEntity, SensorEntity):
    """The time at which the plant last sent anything."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant of the newest overview; None if there is none."""
        return self.coordinator.overview_clock.newest_instant()
