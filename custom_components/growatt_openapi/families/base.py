"""The base of the families' tables: descriptions of readings, and of families of devices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from functools import cached_property

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
)

from ..api import values
from ..api.endpoints.device_endpoints import DeviceEndpoints
from ..api.models import DeviceKind, Fields
from ..domain.energy_balance import EnergyChannels
from ..domain.freshness import ValueKind
from ..domain.power_flow import PowerChannels
from .overrides import Override
from .settings import Setting

type Value = float | int | str | datetime | None

# The option of undocumented states; the number is then an attribute.
OTHER = "other"
# Not a state of the vendor's: the sun is down and the device sends nothing.
ASLEEP = "asleep"

# Bounds of plausible values by device class; values outside are rejected. A lifetime counter has bounds of its own in
# its family: a live storage once reported 24 GWh.
PLAUSIBLE: Mapping[SensorDeviceClass | None, tuple[float, float]] = {
    SensorDeviceClass.VOLTAGE: (0, 2_000),
    SensorDeviceClass.CURRENT: (0, 5_000_000),  # some are mA
    SensorDeviceClass.POWER: (0, 2_000_000),
    SensorDeviceClass.APPARENT_POWER: (0, 2_000_000),
    SensorDeviceClass.REACTIVE_POWER: (-2_000_000, 2_000_000),
    SensorDeviceClass.TEMPERATURE: (-60, 200),
    SensorDeviceClass.FREQUENCY: (0, 100),
    SensorDeviceClass.BATTERY: (0, 100),
    SensorDeviceClass.POWER_FACTOR: (-1, 1),
    SensorDeviceClass.DURATION: (0, 500_000),
    SensorDeviceClass.ENERGY: (0, 50_000),
    SensorDeviceClass.REACTIVE_ENERGY: (0, 20_000_000),
}


class Presence(Enum):
    """The condition under which a reading becomes an entity."""

    ALWAYS = auto()
    # Every reply has the key, but not every device has the part: the first value other than 0 creates the entity.
    WHEN_USED = auto()
    # Always created, but enabled by default only if it, or what it is ``enabled_with``, has a value other than 0 by then.
    ENABLED_WHEN_USED = auto()


@dataclass(frozen=True, kw_only=True)
class ReadingDescription(SensorEntityDescription):
    """A value of a reading as a sensor.

    source: the vendor's key, case-sensitive, followed by other spellings of it. compute: calculates a value out of several
    keys. states: the options of an enumeration by the vendor's number. comes_with: another reading that is not 0 where the
    device has this part: the power of a full battery is 0. enabled_with: another reading that is not 0 where the owner needs
    this one. disabled_with: another reading that is not 0 where the owner does not. placeholders: filled into the entity's name.
    """

    kind: ValueKind
    source: tuple[str, ...] = ()
    compute: Callable[[Fields], float | None] | None = None
    states: Mapping[int, str] | None = None
    bounds: tuple[float, float] | None = None
    presence: Presence = Presence.ALWAYS
    comes_with: str | None = None
    enabled_with: str | None = None
    disabled_with: str | None = None
    placeholders: Mapping[str, str] | None = None

    def is_used(self, decoded: Mapping[str, Value]) -> bool:
        """Return whether a device with these values has the measured part."""
        return bool(decoded.get(self.key)) or (
            self.comes_with is not None and bool(decoded.get(self.comes_with))
        )

    def is_enabled(self, decoded: Mapping[str, Value]) -> bool:
        """Return whether the sensor of a device with these values is enabled by default."""
        if self.disabled_with is not None and decoded.get(self.disabled_with):
            return False
        if self.presence is not Presence.ENABLED_WHEN_USED:
            return self.entity_registry_enabled_default
        if self.enabled_with is not None:
            return bool(decoded.get(self.enabled_with))
        return self.is_used(decoded)

    def raw_value(self, fields: Fields) -> object:
        """Return the vendor's value, not decoded; None without one."""
        return next((fields[key] for key in self.source if key in fields), None)

    def decode_field(self, fields: Fields) -> tuple[Value, bool]:
        """Return the value, and whether the field was present but unreadable."""
        if self.compute is not None:
            return self.compute(fields), False
        raw = self.raw_value(fields)
        number = values.number(raw)
        if self.states is not None:
            if number is None:
                return None, _is_garbage(raw)
            return self.states.get(int(number), OTHER), False
        low, high = self.bounds or PLAUSIBLE.get(
            self.device_class, (float("-inf"), float("inf"))
        )
        if number is None or not low <= number <= high:
            return None, number is not None or _is_garbage(raw)
        return int(number) if self.kind is ValueKind.CODE else number, False


def _is_garbage(raw: object) -> bool:
    """Return whether a field that cannot be read is present and not blank."""
    return values.text(raw) is not None if isinstance(raw, str) else raw is not None


def difference(
    plus: tuple[str, ...], minus: tuple[str, ...]
) -> Callable[[Fields], float | None]:
    """Return a function that calculates a signed power from the cloud's two unsigned ones.

    The first key of each side is required; further ones (second channels) are added where present.
    """

    def compute(fields: Fields) -> float | None:
        added, subtracted = _sum(fields, plus), _sum(fields, minus)
        if added is None or subtracted is None:
            return None
        return round(added - subtracted, 3)

    return compute


def total(keys: tuple[str, ...]) -> Callable[[Fields], float | None]:
    """Return a function that adds up values; the first key is required."""
    return lambda fields: _sum(fields, keys)


def largest(
    keys: tuple[str, ...], bounds: tuple[float, float] | None = None
) -> Callable[[Fields], float | None]:
    """Return a function that takes the largest plausible value of several keys; the default bounds are those of a day's energy."""
    low, high = bounds or PLAUSIBLE[SensorDeviceClass.ENERGY]

    def compute(fields: Fields) -> float | None:
        found = (values.number(fields.get(key)) for key in keys)
        return max(
            (value for value in found if value is not None and low <= value <= high),
            default=None,
        )

    return compute


def filled(
    keys: tuple[str, ...], bounds: tuple[float, float]
) -> Callable[[Fields], float | None]:
    """Return a function that takes the first plausible value other than 0 of several keys; 0 where all are 0."""
    low, high = bounds

    def compute(fields: Fields) -> float | None:
        found = [
            value
            for key in keys
            if (value := values.number(fields.get(key))) is not None
            and low <= value <= high
        ]
        return next((value for value in found if value), 0.0 if found else None)

    return compute


def _sum(fields: Fields, keys: tuple[str, ...]) -> float | None:
    low, high = PLAUSIBLE[SensorDeviceClass.POWER]
    first, *others = (values.number(fields.get(key)) for key in keys)
    if first is None or not low <= first <= high:
        return None
    return round(
        first + sum(value for value in others if value and low <= value <= high), 3
    )


@dataclass(frozen=True, slots=True)
class DecodedReading:
    """The decoded values of a reading, by the keys of their descriptions.

    unreadable: keys of fields that were present but unreadable. undocumented: the numbers of states that are shown as "other".
    """

    values: Mapping[str, Value]
    unreadable: tuple[str, ...] = ()
    undocumented: Mapping[str, int] = field(default_factory=dict)


NO_READING = DecodedReading({})


@dataclass(frozen=True, kw_only=True)
class Family:
    """Devices of one type.

    device_type: the number in ``device/list.type``. kind: for type 3, which has two families, the list the device is in.
    name: for devices without an alias.
    sleeps: a PV inverter, silent while the sun is down, unless one of ``awake_readings`` is not 0: with a battery it
    stays awake all night. power_key: the reading that is small before the device falls asleep.
    fault_codes, warning_codes: readings that mean a fault or a warning when they are not 0.
    history_names: keys of readings by the names they have in a history's rows, where these differ.
    essentials: the keys of the entities at the lowest level of detail, six at most.
    energy_channels: which of its counters are part of a plant's energy balance. power_channels: which of its powers are part of
    a plant's power flow; families have both or neither.
    overrides: the settings that charge or discharge for a limited time, by "charge" and "discharge".
    """

    key: str
    device_type: int
    kind: DeviceKind | None = None
    name: str
    sleeps: bool
    awake_readings: tuple[str, ...] = ()
    power_key: str
    fault_codes: tuple[str, ...]
    warning_codes: tuple[str, ...]
    readings: tuple[ReadingDescription, ...]
    endpoints: DeviceEndpoints
    history_names: Mapping[str, str] = field(default_factory=dict)
    essentials: frozenset[str]
    settings: tuple[Setting, ...] = ()
    energy_channels: EnergyChannels | None = None
    power_channels: PowerChannels | None = None
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def settings_of[SettingT: Setting](self, kind: type[SettingT]) -> list[SettingT]:
        """Return the settings of one kind."""
        return [setting for setting in self.settings if isinstance(setting, kind)]

    @cached_property
    def override_buttons(self) -> tuple[str, ...]:
        """The kinds of overrides that are buttons: not those of a block that only actions set."""
        return tuple(
            kind
            for kind, one in self.overrides.items()
            if all(
                getattr(self.settings_by_key[key], "are_entities", True)
                for key in one.keys
            )
        )

    @cached_property
    def override_needs(self) -> str | None:
        """The reading that is not 0 where overrides apply, if their settings need one: it shows that there is a battery."""
        return next(
            (
                needs
                for one in self.overrides.values()
                for key in one.keys
                if (needs := self.settings_by_key[key].needs) is not None
            ),
            None,
        )

    @cached_property
    def settings_by_key(self) -> Mapping[str, Setting]:
        """The settings by their keys."""
        return {setting.key: setting for setting in self.settings}

    def setting(self, key: str) -> Setting | None:
        """Return a setting by its key."""
        return self.settings_by_key.get(key)

    @cached_property
    def _readings_by_key(self) -> Mapping[str, ReadingDescription]:
        return {reading.key: reading for reading in self.readings}

    def reading(self, key: str) -> ReadingDescription:
        """Return the description of a reading; raise KeyError for an unknown key."""
        return self._readings_by_key[key]

    def measures(self, key: str, decoded: Mapping[str, Value]) -> bool:
        """Return whether a device with these values has the part that a reading measures."""
        reading = self.reading(key)
        return reading.presence is Presence.ALWAYS or reading.is_used(decoded)

    @cached_property
    def lifetime_keys(self) -> frozenset[str]:
        """The readings that must not decrease."""
        return self._keys(ValueKind.LIFETIME)

    @cached_property
    def daily_keys(self) -> frozenset[str]:
        """The readings that restart at 0 every day."""
        return self._keys(ValueKind.TODAY)

    @cached_property
    def energy_keys(self) -> frozenset[str]:
        """The readings that count energy."""
        return frozenset(
            reading.key
            for reading in self.readings
            if reading.device_class
            in (SensorDeviceClass.ENERGY, SensorDeviceClass.REACTIVE_ENERGY)
        )

    def _keys(self, kind: ValueKind) -> frozenset[str]:
        return frozenset(
            reading.key for reading in self.readings if reading.kind is kind
        )

    @cached_property
    def needed_keys(self) -> frozenset[str]:
        """The readings that the essential entities and the assessment of freshness need."""
        return self.essentials | {
            self.power_key,
            "status",
            *self.awake_readings,
            *self.fault_codes,
            *self.warning_codes,
        }

    def decode(
        self, fields: Fields, only: frozenset[str] | None = None
    ) -> DecodedReading:
        """Return the decoded values of the vendor's fields; of the keys in ``only``, if given."""
        found: dict[str, Value] = {}
        unreadable = []
        undocumented = {}
        for description in self.readings:
            key = description.key
            if only is not None and key not in only:
                continue
            found[key], is_unreadable = description.decode_field(fields)
            if is_unreadable:
                unreadable.append(key)
            if found[key] == OTHER:
                undocumented[key] = values.integer(description.raw_value(fields)) or 0
        return DecodedReading(found, tuple(unreadable), undocumented)

    @cached_property
    def _history_sources(self) -> Mapping[str, str]:
        """The vendor's keys of a current reading by the names in a history's row."""
        sources = {
            reading.key: reading.source[0]
            for reading in self.readings
            if reading.source
        }
        return {name: sources[key] for name, key in self.history_names.items()}

    def decode_history(
        self, fields: Fields, only: frozenset[str] | None = None
    ) -> Mapping[str, Value]:
        """Return the decoded values of a row of a history; of the keys in ``only``, if given."""
        renamed = {
            source: fields[name]
            for name, source in self._history_sources.items()
            if name in fields
        }
        return self.decode({**fields, **renamed}, only).values

    def sleeps_at_night(self, decoded: Mapping[str, Value]) -> bool:
        """Return whether a device with these values is silent while the sun is down."""
        return self.sleeps and not any(decoded.get(key) for key in self.awake_readings)

    def is_fault(self, decoded: Mapping[str, Value]) -> bool | None:
        """Return whether the device reports a fault; None where it reports neither status nor code."""
        status = decoded.get("status")
        codes = [decoded.get(key) for key in self.fault_codes]
        if status == "fault" or any(codes):
            return True
        if status is None and all(code is None for code in codes):
            return None
        return False
