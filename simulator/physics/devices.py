"""A PV inverter and an AC-coupled battery storage: state, settings, and what they do in a moment.

Powers are W on the AC side unless named otherwise; losses are inside the devices.
"""

from dataclasses import dataclass, field
from datetime import datetime, time

WAKE_POWER = 20.0  # W of DC below which an inverter sleeps
INVERTER_EFFICIENCY = 0.97


@dataclass(slots=True)
class Window:
    """A daily period of the device's clock; until one is set it is the whole day."""

    start: time = time(0)
    end: time | None = None  # None: midnight

    def holds(self, local: datetime) -> bool:
        """Tell whether the period holds this wall clock time."""
        now = local.time()
        return self.start <= now and (self.end is None or now < self.end)


@dataclass(slots=True)
class Energy:
    """A counter: today and in all, kWh. Today starts anew at the device's midnight."""

    today: float = 0.0
    total: float = 0.0
    yesterday: float = 0.0

    def turn(self) -> None:
        """Begin a new day."""
        self.yesterday, self.today = self.today, 0.0

    def add(self, watts: float, seconds: float) -> None:
        """Count a power for some time."""
        kilowatt_hours = watts * seconds / 3_600_000
        self.today += kilowatt_hours
        self.total += kilowatt_hours


@dataclass(slots=True)
class PvString:
    """A string of panels: peak W, tilt and azimuth in degrees."""

    peak: float
    tilt: float
    azimuth: float
    power: float = 0.0
    energy: Energy = field(default_factory=Energy)


@dataclass(slots=True)
class Inverter:
    """A PV inverter with its strings and settings."""

    nominal_power: float
    strings: tuple[PvString, ...]
    energy: Energy = field(default_factory=Energy)
    hours: float = 0.0
    power: float = 0.0
    awake: bool = False
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    on: bool = True
    active_rate: float = 100.0  # % of nominal power
    # The code of what is wrong, and of what is odd; 0: nothing.
    fault: int = 0
    warning: int = 0

    def run(self, light: tuple[float, ...], seconds: float) -> None:
        """Convert the light (W/m² for each string) of some seconds."""
        for string, irradiance in zip(self.strings, light, strict=True):
            string.power = string.peak * irradiance / 1000
        available = sum(string.power for string in self.strings)
        self.awake = available >= WAKE_POWER
        limit = self.nominal_power * self.active_rate / 100
        output = min(available * INVERTER_EFFICIENCY, limit)
        if not (self.awake and self.on) or self.fault:
            output = 0.0
        # Curtailed panels deliver no more than is taken from them.
        factor = output / INVERTER_EFFICIENCY / available if available else 0.0
        for string in self.strings:
            string.power *= factor
            string.energy.add(string.power, seconds)
        self.power = output
        self.energy.add(output, seconds)
        if self.awake:
            self.hours += seconds / 3600


@dataclass(slots=True)
class Storage:
    """A battery behind its own converter on the AC side, with a meter at the grid."""

    capacity: float = 7.2  # kWh
    limit: float = 3000.0  # W, both ways
    efficiency: float = 0.95  # each way
    level: float = 0.45  # 0 to 1
    charge_power: float = 0.0
    discharge_power: float = 0.0
    import_power: float = 0.0
    export_power: float = 0.0
    charge: Energy = field(default_factory=Energy)
    discharge: Energy = field(default_factory=Energy)
    imported: Energy = field(default_factory=Energy)
    exported: Energy = field(default_factory=Energy)
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    on: bool = True
    fault: int = 0
    warning: int = 0
    low_limit: float = 0.10
    ac_charge: bool = False
    ac_charge_limit: float = 0.80
    ac_charge_window: Window = field(default_factory=Window)
    forced_discharge: bool = False
    forced_discharge_window: Window = field(default_factory=Window)

    def run(self, surplus: float, local: datetime, seconds: float) -> None:
        """Balance a surplus of W (negative: a need) for some seconds, the rest through the grid's meter."""
        wish = self._wish(surplus, local) if self.on and not self.fault else 0.0
        hours = seconds / 3600
        if wish > 0:
            room = max(0.0, 1.0 - self.level) * self.capacity * 1000
            wish = min(wish, self.limit, room / self.efficiency / hours)
            self.level += wish * hours * self.efficiency / 1000 / self.capacity
        else:
            stored = max(0.0, self.level - self.low_limit) * self.capacity * 1000
            wish = max(wish, -self.limit, -stored * self.efficiency / hours)
            self.level += wish * hours / self.efficiency / 1000 / self.capacity
        self.charge_power, self.discharge_power = _split(wish)
        grid = surplus - wish
        self.export_power, self.import_power = _split(grid)
        for counter, power in (
            (self.charge, self.charge_power),
            (self.discharge, self.discharge_power),
            (self.imported, self.import_power),
            (self.exported, self.export_power),
        ):
            counter.add(power, seconds)

    def _wish(self, surplus: float, local: datetime) -> float:
        """Return the power the converter wants: positive charges."""
        if self.forced_discharge and self.forced_discharge_window.holds(local):
            return -self.limit
        if self.ac_charge and self.ac_charge_window.holds(local):
            if self.level < self.ac_charge_limit:
                return self.limit
            return max(surplus, 0.0)
        return surplus


def _split(power: float) -> tuple[float, float]:
    """Return a signed power as two that are not negative."""
    return (power, 0.0) if power > 0 else (0.0, abs(power))
