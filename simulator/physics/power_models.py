"""Models of a PV inverter, a battery storage, a hybrid of both, a meter and a weather station.

Powers are W on the AC side unless named otherwise. Losses are inside the devices.
"""

from dataclasses import dataclass, field
from datetime import datetime, time

WAKE_POWER = 20.0  # W of DC below which an inverter sleeps
INVERTER_EFFICIENCY = 0.97


@dataclass(slots=True)
class Window:
    """A daily window by the device's clock; the whole day unless set. One that ends when it starts contains nothing."""

    start: time = time(0)
    end: time | None = None  # None: midnight

    def contains(self, local: datetime) -> bool:
        """Return whether a wall clock time is in the window."""
        now = local.time()
        return self.start <= now and (self.end is None or now < self.end)


@dataclass(slots=True)
class Period:
    """A daily period in the settings of newer devices. mode: what has priority in it, "load", "battery" or "grid"."""

    mode: str = "load"
    start: time = time(0)
    end: time = time(0)
    enabled: bool = False

    def contains(self, local: datetime) -> bool:
        """Return whether the period is enabled and a wall clock time is in it, the minute of its end included."""
        now = local.time().replace(second=0, microsecond=0)
        return self.enabled and self.start <= now <= self.end


@dataclass(slots=True)
class Energy:
    """A counter of energy, kWh."""

    today: float = 0.0
    total: float = 0.0
    yesterday: float = 0.0

    def start_new_day(self) -> None:
        """Restart the counter of today."""
        self.yesterday, self.today = self.today, 0.0

    def add_power(self, watts: float, seconds: float) -> None:
        """Add the energy of a power over some seconds."""
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
    # Codes of the active fault and warning; 0 for none.
    fault: int = 0
    warning: int = 0

    def convert_light(self, light: tuple[float, ...], seconds: float) -> None:
        """Convert light (W/m² for each string) over some seconds."""
        for string, irradiance in zip(self.strings, light, strict=True):
            string.power = string.peak * irradiance / 1000
        available = sum(string.power for string in self.strings)
        self.awake = available >= WAKE_POWER
        limit = self.nominal_power * self.active_rate / 100
        output = min(available * INVERTER_EFFICIENCY, limit)
        if not (self.awake and self.on) or self.fault:
            output = 0.0
        # A limited inverter takes less from its panels.
        factor = output / INVERTER_EFFICIENCY / available if available else 0.0
        for string in self.strings:
            string.power *= factor
            string.energy.add_power(string.power, seconds)
        self.power = output
        self.energy.add_power(output, seconds)
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
    # Of newer devices: periods by name, and the limits in them as fractions.
    periods: dict[str, list[Period]] = field(default_factory=dict)
    charge_rate: float = 1.0
    discharge_rate: float = 1.0
    charge_stop: float = 1.0
    discharge_stop: float = 0.10
    # Charge from the grid, load of the house, and production of other inverters, as its meter measures them.
    from_grid: Energy = field(default_factory=Energy)
    load: Energy = field(default_factory=Energy)
    load_power: float = 0.0
    produced: Energy = field(default_factory=Energy)
    produced_power: float = 0.0

    def measure_load(self, load: float, produced: float, seconds: float) -> None:
        """Measure the load of the house and the production of other inverters."""
        self.load_power, self.produced_power = load, produced
        self.load.add_power(load, seconds)
        self.produced.add_power(produced, seconds)

    def balance_surplus(self, surplus: float, local: datetime, seconds: float) -> None:
        """Balance a surplus (W; negative is a deficit) by battery and grid over some seconds."""
        wish = self._choose_power(surplus, local) if self.on and not self.fault else 0.0
        hours = seconds / 3600
        if wish > 0:
            room = max(0.0, 1.0 - self.level) * self.capacity * 1000
            wish = min(wish, self.limit, room / self.efficiency / hours)
            self.level += wish * hours * self.efficiency / 1000 / self.capacity
        else:
            floor = self.discharge_stop if self.periods else self.low_limit
            stored = max(0.0, self.level - floor) * self.capacity * 1000
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
            (self.from_grid, min(self.charge_power, self.import_power)),
        ):
            counter.add_power(power, seconds)

    def _choose_power(self, surplus: float, local: datetime) -> float:
        """Return the power that the settings ask for; positive is charging."""
        mode = next(
            (
                period.mode
                for periods in self.periods.values()
                for period in periods
                if period.contains(local)
            ),
            "load",
        )
        if mode == "grid":
            return -self.limit * self.discharge_rate
        if mode == "battery":
            wish = self.limit * self.charge_rate
            if self.level >= self.charge_stop:
                return max(min(surplus, wish), 0.0)
            return wish if self.ac_charge else max(min(surplus, wish), 0.0)
        if self.forced_discharge and self.forced_discharge_window.contains(local):
            return -self.limit
        if (
            not self.periods
            and self.ac_charge
            and self.ac_charge_window.contains(local)
        ):
            if self.level < self.ac_charge_limit:
                return self.limit
            return max(surplus, 0.0)
        return surplus


@dataclass(slots=True)
class Hybrid:
    """Panels and a battery in one device with one AC output, and a meter at the grid."""

    pv: Inverter
    battery: Storage
    output_power: float = 0.0
    output: Energy = field(default_factory=Energy)
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def count_output(self, seconds: float) -> None:
        """Update the AC output after panels and battery were simulated for some seconds."""
        battery = self.battery.discharge_power - self.battery.charge_power
        self.output_power = max(self.pv.power + battery, 0.0)
        self.output.add_power(self.output_power, seconds)

    @property
    def fault(self) -> int:
        """The code of the active fault; 0 for none."""
        return self.pv.fault

    @fault.setter
    def fault(self, code: int) -> None:
        self.pv.fault = self.battery.fault = code

    @property
    def warning(self) -> int:
        """The code of the active warning; 0 for none."""
        return self.pv.warning

    @warning.setter
    def warning(self, code: int) -> None:
        self.pv.warning = self.battery.warning = code


@dataclass(slots=True)
class Meter:
    """A meter at the grid: W, import positive."""

    power: float = 0.0
    imported: Energy = field(default_factory=Energy)
    exported: Energy = field(default_factory=Energy)
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fault: int = 0
    warning: int = 0

    def measure_grid(self, grid: float, seconds: float) -> None:
        """Measure the power from the grid over some seconds."""
        self.power = grid
        exported, imported = _split(-grid)
        self.imported.add_power(imported, seconds)
        self.exported.add_power(exported, seconds)


@dataclass(slots=True)
class Weather:
    """A weather station. light: W/m²."""

    light: float = 0.0
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fault: int = 0
    warning: int = 0


type AnyModel = Inverter | Storage | Hybrid | Meter | Weather


def get_panels(model: AnyModel) -> Inverter | None:
    """Return the inverter in a model; None without panels."""
    if isinstance(model, Hybrid):
        return model.pv
    return model if isinstance(model, Inverter) else None


def get_battery(model: AnyModel) -> Storage | None:
    """Return the battery in a model, or None."""
    if isinstance(model, Hybrid):
        return model.battery
    return model if isinstance(model, Storage) else None


def _split(power: float) -> tuple[float, float]:
    """Split a signed power into its positive and its negative part."""
    return (power, 0.0) if power > 0 else (0.0, abs(power))
