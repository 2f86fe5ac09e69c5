"""Sensors: a plant's figures, a datalogger's last word, every field of a device's reading."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfEnergy,
    UnitOfMass,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account_sensors import ACCOUNT_SENSORS, AccountSensorDescription
from .alarm_sensors import alarm_sensors
from .api.models import PlantOverview
from .const import DOMAIN
from .coordinator import FamilyCoordinator, PlantCoordinator, PlantState
from .coordinator.plant import OVERVIEW, POWER
from .detail import Detail, detail_of
from .devices import account_identifier, plant_identifier
from .energy_sensors import energy_sensors
from .entity import (
    PLANT_ESSENTIALS,
    AccountEntity,
    Candidate,
    DeviceEntity,
    PlantEntity,
    add_as_they_appear,
)
from .families.base import ASLEEP, OTHER, Presence, ReadingDescription, Value
from .listed_sensors import LAST_UPDATE, listed_sensors
from .runtime import GrowattConfigEntry, RuntimeData
from .truth import Kind, Verdict

PARALLEL_UPDATES = 0
# Of ages only: nothing else is polled by Home Assistant.
SCAN_INTERVAL = timedelta(minutes=1)

ATTR_NUMBER = "number"
ATTR_DESCRIPTION = "description"


@dataclass(frozen=True, kw_only=True)
class PlantSensorDescription(SensorEntityDescription):
    """A figure of a plant: what it is now, and its value."""

    value_fn: Callable[[PlantState], tuple[Verdict, float | None]]


type Figure = Callable[[PlantOverview], float | None]


def _judged(
    kind: Kind, figure: Figure
) -> Callable[[PlantState], tuple[Verdict, float | None]]:
    """Return a figure of the overview, judged as what it is."""
    return lambda state: (state.judgement.verdict(kind), figure(state.overview))


def _energy(key: str, kind: Kind, figure: Figure) -> PlantSensorDescription:
    return PlantSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=_judged(kind, figure),
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
    ),
    _energy("energy_today", Kind.TODAY, lambda overview: overview.energy_today),
    _energy("energy_month", Kind.MONTH, lambda overview: overview.energy_month),
    _energy("energy_year", Kind.YEAR, lambda overview: overview.energy_year),
    _energy("energy_total", Kind.LIFETIME, lambda overview: overview.energy_total),
    PlantSensorDescription(
        key="carbon_offset",
        translation_key="carbon_offset",
        device_class=SensorDeviceClass.WEIGHT,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfMass.KILOGRAMS,
        suggested_display_precision=0,
        value_fn=_judged(Kind.LIFETIME, lambda overview: overview.carbon_offset),
    ),
    PlantSensorDescription(
        key="peak_power",
        translation_key="peak_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_judged(Kind.IDENTITY, lambda overview: overview.peak_power),
    ),
)

# A device's own is one more thing that most people never look at.
DEVICE_LAST_UPDATE = replace(LAST_UPDATE, entity_registry_enabled_default=False)


DATA_AGE = SensorEntityDescription(
    key="data_age",
    translation_key="data_age",
    device_class=SensorDeviceClass.DURATION,
    state_class=SensorStateClass.MEASUREMENT,
    native_unit_of_measurement=UnitOfTime.MINUTES,
    suggested_display_precision=0,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GrowattConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of plants, dataloggers and devices."""
    registry = er.async_get(hass)

    def of_device(coordinator: FamilyCoordinator, serial: str) -> Iterator[Candidate]:
        state = coordinator.data[serial]
        # What is not known to be there, a device that has never been read for one, has no entities.
        for description in coordinator.family.readings if state.values else ():
            unique_id = f"{serial}_{description.key}"
            used = description.is_used(state.values)
            match description.presence:
                case Presence.WHEN_USED if not used and (
                    registry.async_get_entity_id("sensor", DOMAIN, unique_id) is None
                ):
                    continue
            yield (
                unique_id,
                partial(ReadingSensor, coordinator, serial, description, used),
            )
        yield (
            f"{serial}_{DEVICE_LAST_UPDATE.key}",
            partial(DeviceLastUpdate, coordinator, serial, DEVICE_LAST_UPDATE),
        )
        yield (
            f"{serial}_{DATA_AGE.key}",
            partial(DeviceDataAge, coordinator, serial, DATA_AGE),
        )
        yield from alarm_sensors(entry.runtime_data.alarms, coordinator, serial)

    add_as_they_appear(
        entry, async_add_entities, of_device=of_device, of_account=_of_account
    )


def _of_account(runtime: RuntimeData) -> Iterator[Candidate]:
    entry = runtime.account.config_entry
    for account_description in ACCOUNT_SENSORS:
        yield (
            f"{account_identifier(entry)}_{account_description.key}",
            partial(AccountSensor, entry, account_description),
        )
    essential = detail_of(entry) is Detail.ESSENTIAL
    for plant_id, coordinator in runtime.plants.items():
        identifier = plant_identifier(plant_id)
        for description in PLANT_SENSORS:
            if not essential or description.key in PLANT_ESSENTIALS:
                yield (
                    f"{identifier}_{description.key}",
                    partial(PlantSensor, coordinator, description),
                )
        yield (
            f"{identifier}_{LAST_UPDATE.key}",
            partial(PlantLastUpdate, coordinator, LAST_UPDATE),
        )
    yield from listed_sensors(runtime.account)
    yield from energy_sensors(runtime.energy)


class AccountSensor(AccountEntity, SensorEntity):
    """What an account costs, and what it makes."""

    entity_description: AccountSensorDescription

    def __init__(
        self, entry: GrowattConfigEntry, description: AccountSensorDescription
    ) -> None:
        """Belong to an entry's account; sums say nothing new where there is one plant."""
        super().__init__(entry, description)
        if description.is_sum:
            several = len(entry.runtime_data.plants) > 1
            self._attr_entity_registry_enabled_default = several

    @property
    @override
    def native_value(self) -> Value:
        """The figure, as of this minute."""
        return self.entity_description.value_fn(self.coordinator.data)


class PlantSensor(PlantEntity, SensorEntity):
    """A figure of a plant."""

    entity_description: PlantSensorDescription

    def __init__(
        self, coordinator: PlantCoordinator, description: PlantSensorDescription
    ) -> None:
        """Belong to a plant; its power is asked for apart from its energy."""
        context = POWER if description.key == "power" else OVERVIEW
        super().__init__(coordinator, description, context)

    @property
    @override
    def available(self) -> bool:
        """Unavailable where the figure is of the past, or never came."""
        verdict, _ = self.entity_description.value_fn(self.coordinator.data)
        return verdict is not Verdict.UNAVAILABLE

    @property
    @override
    def native_value(self) -> float | None:
        """The figure, as far as it is true now."""
        verdict, value = self.entity_description.value_fn(self.coordinator.data)
        match verdict:
            case Verdict.ZERO:
                return 0
            case Verdict.AS_IT_IS:
                return value if value is not None and value >= 0 else None
        return None


class PlantLastUpdate(PlantEntity, SensorEntity):
    """When the plant last sent anything."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant, by the plant's clock."""
        return self.coordinator.overview_clock.instant()


class DeviceLastUpdate(DeviceEntity, SensorEntity):
    """When a device's newest reading was taken."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The instant, by the device's clock and what is known of its error."""
        return self.state_of_device.clock.instant()


class DeviceDataAge(DeviceEntity, SensorEntity):
    """How old a device's newest reading is."""

    @property
    @override
    def should_poll(self) -> bool:
        """It grows by itself: looked at every minute."""
        return True

    @property
    @override
    def native_value(self) -> float | None:
        """Minutes since it was taken."""
        age = self.state_of_device.age(self.coordinator.clock.now())
        return None if age is None else round(age.total_seconds() / 60, 1)

    @override
    async def async_update(self) -> None:
        """Nothing is asked: the state is written anew."""


class ReadingSensor(DeviceEntity, SensorEntity):
    """A field of a device's reading."""

    entity_description: ReadingDescription

    def __init__(
        self,
        coordinator: FamilyCoordinator,
        serial: str,
        description: ReadingDescription,
        used: bool,
    ) -> None:
        """Belong to a device; ``used``: the value is other than 0 now."""
        super().__init__(coordinator, serial, description)
        if description.placeholders is not None:
            self._attr_translation_placeholders = description.placeholders
        if description.presence is Presence.ENABLED_WHEN_USED:
            self._attr_entity_registry_enabled_default = used

    @property
    def _verdict(self) -> Verdict:
        return self.state_of_device.judgement.verdict(self.entity_description.kind)

    @property
    @override
    def available(self) -> bool:
        """Unavailable where the reading is of the past, or none ever came."""
        return self._verdict is not Verdict.UNAVAILABLE

    @property
    @override
    def native_value(self) -> Value:
        """The value, as far as it is true now."""
        value = self.state_of_device.values.get(self.entity_description.key)
        match self._verdict:
            case Verdict.AS_IT_IS:
                return value
            case Verdict.ZERO:
                return 0
            case Verdict.ASLEEP:
                return ASLEEP
        return None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """The number of a state that nobody documented; what a code means, where an alarm has told."""
        if self.entity_description.kind is Kind.CODE:
            text = self.coordinator.words.get(cast("int", self.native_value))
            return None if text is None else {ATTR_DESCRIPTION: text}
        if self.entity_description.states is None or self.native_value != OTHER:
            return None
        numbers = self.state_of_device.reading.undocumented
        return {ATTR_NUMBER: numbers[self.entity_description.key]}
