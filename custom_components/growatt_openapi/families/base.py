"""What a family of devices is: which client methods it uses, what it reads, what can be set."""

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
from .settings import Setting

type Value = float | int | str | datetime | None

# An option for states that nobody documented; the number is then an attribute.
OTHER = "other"
# Not a state of the vendor's: the sun is down and the device has nothing to say.
ASLEEP = "asleep"

# What a number can be at all, by what it measures; anything else was not measured. A lifetime counter has bounds of
# its own in its family: a live storage once reported 24 GWh.
PLAUSIBLE: Mapping[SensorDeviceClass | None, tuple[float, float]] = {
    SensorDeviceClass.VOLTAGE: (0, 2_000),
    SensorDeviceClass.CURRENT: (0, 5_000_000),  # some are mA
    SensorDeviceClass.POWER: (0, 2_000_000),
    SensorDeviceClass.TEMPERATURE: (-60, 200),
    SensorDeviceClass.FREQUENCY: (0, 100),
    SensorDeviceClass.BATTERY: (0, 100),
    SensorDeviceClass.POWER_FACTOR: (-1, 1),
    SensorDeviceClass.DURATION: (0, 500_000),
    SensorDeviceClass.ENERGY: (0, 50_000),
    SensorDeviceClass.REACTIVE_ENERGY: (0, 20_000_000),
}


class Presence(Enum):
    """When a reading becomes an entity."""

    ALWAYS = auto()
    # Every reply has the key, but only some devices have the thing: its first value other than 0 creates it.
    WHEN_USED = auto()
    # Always there, but enabled by default only where it is used when it is first seen.
    ENABLED_WHEN_USED = auto()


@dataclass(frozen=True, kw_only=True)
class ReadingDescription(SensorEntityDescription):
    """A value of a reading as a sensor.

    source: the vendor's key, exactly; names differ by letter case alone between families. Further ones are spellings
    of the same. compute: for values made of several keys; gives unknown where any of them is. comes_with: another reading
    whose use shows that the thing is there: a battery that is full has a power of 0.
    """

    kind: ValueKind
    source: tuple[str, ...] = ()
    compute: Callable[[Fields], float | None] | None = None
    states: Mapping[int, str] | None = None
    bounds: tuple[float, float] | None = None
    presence: Presence = Presence.ALWAYS
    comes_with: str | None = None
    # What goes into its name: the number of a string, or of a battery.
    placeholders: Mapping[str, str] | None = None

    def is_used(self, decoded: Mapping[str, Value]) -> bool:
        """Tell whether a device with these values has what is measured."""
        return bool(decoded.get(self.key)) or (
            self.comes_with is not None and bool(decoded.get(self.comes_with))
        )

    def raw(self, fields: Fields) -> object:
        """Return what the vendor wrote."""
        return next((fields[key] for key in self.source if key in fields), None)

    def read(self, fields: Fields) -> tuple[Value, bool]:
        """Return the value, and whether the field was there and could not be read."""
        if self.compute is not None:
            return self.compute(fields), False
        raw = self.raw(fields)
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
    """Tell garbage from what is merely absent."""
    return values.text(raw) is not None if isinstance(raw, str) else raw is not None


def difference(
    plus: tuple[str, ...], minus: tuple[str, ...]
) -> Callable[[Fields], float | None]:
    """Return a function that gives a signed power out of powers that the cloud keeps apart.

    The first key of each side must be there; further ones (second channels) count where they are.
    """

    def compute(fields: Fields) -> float | None:
        gains, losses = _sum(fields, plus), _sum(fields, minus)
        return None if gains is None or losses is None else round(gains - losses, 3)

    return compute


def total(keys: tuple[str, ...]) -> Callable[[Fields], float | None]:
    """Return a function that adds up powers; the first key must be there."""
    return lambda fields: _sum(fields, keys)


def largest(
    keys: tuple[str, ...], bounds: tuple[float, float] | None = None
) -> Callable[[Fields], float | None]:
    """Return a function that gives the largest of several names for the same; by default an energy of a day."""
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
    """Return a function that gives the first of several names for the same that has a value other than 0; 0 where none has."""
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
    """A reading in our words.

    values: by key. unreadable: keys of fields that were there and could not be read. undocumented: the numbers of
    states that are shown as "other".
    """

    values: Mapping[str, Value]
    unreadable: tuple[str, ...] = ()
    undocumented: Mapping[str, int] = field(default_factory=dict)


NO_READING = DecodedReading({})


@dataclass(frozen=True, kw_only=True)
class Family:
    """Devices of one type.

    device_type: the number in ``device/list.type``; nothing else tells a family, but for type 3 the list that has it (``kind``).
    name: for devices without an alias.
    sleeps: a PV inverter, silent while the sun is down, unless one of the readings ``wakeful`` is in use: with a battery it
    is awake all night. power: the reading that is small before it falls asleep.
    essentials: the keys of entities that a fleet needs, six at most.
    fault_codes, warning_codes: readings that mean a fault or a warning when they are not 0. endpoints: what the cloud offers.
    energy_channels: what of a plant's energy its counters tell.
    history_names: the names that a history's rows have for readings, where they differ. at_once: what is charging and discharging
    for a while, by name: the window and the switch it takes.
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
    override_settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def settings_of[SettingT: Setting](self, kind: type[SettingT]) -> list[SettingT]:
        """Return the settings of one kind."""
        return [setting for setting in self.settings if isinstance(setting, kind)]

    def setting(self, key: str) -> Setting | None:
        """Return a setting."""
        return next((one for one in self.settings if one.key == key), None)

    @cached_property
    def lifetime_keys(self) -> frozenset[str]:
        """The readings that must not go down."""
        return self._keys(ValueKind.LIFETIME)

    @cached_property
    def daily_keys(self) -> frozenset[str]:
        """The readings that start anew every day."""
        return self._keys(ValueKind.TODAY)

    def _keys(self, kind: ValueKind) -> frozenset[str]:
        return frozenset(
            reading.key for reading in self.readings if reading.kind is kind
        )

    @cached_property
    def needed_keys(self) -> frozenset[str]:
        """The readings that the essential entities, and truth, are made of."""
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
        """Return a reading in our words out of the vendor's fields; ``only`` these keys, where not all are wanted."""
        found: dict[str, Value] = {}
        unreadable = []
        undocumented = {}
        for description in self.readings:
            key = description.key
            if only is not None and key not in only:
                continue
            found[key], is_unreadable = description.read(fields)
            if is_unreadable:
                unreadable.append(key)
            if found[key] == OTHER:
                undocumented[key] = values.integer(description.raw(fields)) or 0
        return DecodedReading(found, tuple(unreadable), undocumented)

    @cached_property
    def _sources_of_past(self) -> Mapping[str, str]:
        """The names of a history's row, with those that the newest reading has for the same."""
        sources = {
            reading.key: reading.source[0]
            for reading in self.readings
            if reading.source
        }
        return {theirs: sources[key] for theirs, key in self.history_names.items()}

    def decode_history(self, fields: Fields) -> Mapping[str, Value]:
        """Return a row of a history in our words."""
        renamed = {
            ours: fields[theirs]
            for theirs, ours in self._sources_of_past.items()
            if theirs in fields
        }
        return self.decode({**fields, **renamed}).values

    def sleeps_at_night(self, decoded: Mapping[str, Value]) -> bool:
        """Tell whether a device with these values is silent while the sun is down."""
        return self.sleeps and not any(decoded.get(key) for key in self.awake_readings)

    def is_fault(self, decoded: Mapping[str, Value]) -> bool | None:
        """Tell whether the device says it has a fault; unknown where it says nothing about it."""
        status = decoded.get("status")
        codes = [decoded.get(key) for key in self.fault_codes]
        if status == "fault" or any(codes):
            return True
        if status is None and all(code is None for code in codes):
            return None
        return False
