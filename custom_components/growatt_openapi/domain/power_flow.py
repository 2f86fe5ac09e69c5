"""A plant's power flow, calculated from the powers that its devices measure now.

The rules are those of ``energy_balance``, so that power and energy of a plant show the same:

- Solar power is the sum over the devices with panels. Observed solar power, of other devices' panels, counts only where no
  device has panels of its own.
- Of several devices with a meter at the grid only one counts, the same as for the energy.
- Battery power is the sum over the devices with batteries, and the battery level their mean. It is not weighted, because the
  OpenAPI gives no capacity.
- The power of the house is the load that the grid device measures, plus the net AC power of the others, unless its load
  includes them; where it measures no load, it is the grid power plus the net AC power of all, and the observed solar power.
- A sum with an unknown term is unknown, and one with a stale term stale.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import override

type PowerReader = Callable[[str], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerChannels:
    """The powers of a device by what they measure; the keys of readings in W.

    solar: its own panels. observed_solar: other devices' panels. grid: at the grid connection, import positive. load: the
    house. battery: its battery, discharging positive. ac_power: what it feeds into the house, less what it takes from there
    unless ``ac_input`` measures that. charge_level: of its battery, %.
    """

    solar: str | None = None
    observed_solar: str | None = None
    grid: str | None = None
    load: str | None = None
    battery: str | None = None
    ac_power: str | None = None
    ac_input: str | None = None
    charge_level: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured or calculated figure. value: None where unknown. is_stale: whether it is unknown because a reading is too old."""

    value: float | None = None
    is_stale: bool = False

    @override
    def __str__(self) -> str:
        """Return the figure as text."""
        return "stale" if self.is_stale else str(self.value)

    def __add__(self, other: Figure) -> Figure:
        """Return the sum; unknown or stale where a term is."""
        if self.value is None or other.value is None:
            return Figure(None, self.is_stale or other.is_stale)
        return Figure(self.value + other.value)

    def __sub__(self, other: Figure) -> Figure:
        """Return the difference; unknown or stale where a term is."""
        return self + other.apply(lambda value: -value)

    def apply(self, function: Callable[[float], float]) -> Figure:
        """Return the figure with a function applied to its value, if that is known."""
        return self if self.value is None else Figure(function(self.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerSource:
    """A device of a plant: what it measures, and its present values.

    read_value: returns a value by its key, None where unknown. has_battery, sees_solar: whether it has a battery, and whether
    other devices' panels are connected to it or its meter; None where it was never read. is_stale: whether its reading is too
    old, or none ever came.
    """

    channels: PowerChannels
    read_value: PowerReader
    has_battery: bool | None = False
    sees_solar: bool | None = False
    is_stale: bool = False

    def figure(self, key: str | None) -> Figure:
        """Return the figure of a key; 0 without a key."""
        if key is None:
            return Figure(0.0)
        return Figure(None, True) if self.is_stale else Figure(self.read_value(key))

    def net_ac_power(self) -> Figure:
        """Return what the device feeds into the house, less what it takes from there, W.

        Where a device with panels and a battery does not measure what it takes, it takes what its battery charges beyond the
        power of its panels.
        """
        channels = self.channels
        net = self.figure(channels.ac_power) - self.figure(channels.ac_input)
        if channels.ac_input is None and channels.solar and self.has_battery:
            inside = self.figure(channels.solar) + self.figure(channels.battery)
            net += inside.apply(lambda power: min(power, 0.0))
        return net


@dataclass(frozen=True, slots=True)
class PowerFlow:
    """A plant's powers, W, and the level of its batteries, %; None where no device measures it.

    Signs are those of the Energy dashboard: battery is positive when discharging, grid when importing.
    """

    solar: Figure | None = None
    battery: Figure | None = None
    grid: Figure | None = None
    house: Figure | None = None
    battery_level: Figure | None = None

    @property
    def measured(self) -> set[str]:
        """The names of the figures that devices of the plant measure."""
        return {name for name in self.__slots__ if getattr(self, name) is not None}


def calculate_flow(
    sources: Mapping[str, PowerSource], grid_device: str | None
) -> PowerFlow:
    """Return a plant's power flow from its devices' present readings; ``grid_device``: the one whose meter counts, if any."""
    producers = [one for one in sources.values() if one.channels.solar is not None]
    observed = None if producers else _observed_solar(sources)
    solar = _sum(one.figure(one.channels.solar) for one in producers)
    grid = house = None
    if grid_device is not None:
        grid = sources[grid_device].figure(sources[grid_device].channels.grid)
        house = _house(sources, grid_device, observed)
    batteries = [one for one in sources.values() if one.has_battery is not False]
    battery = level = None
    if any(one.has_battery for one in batteries):
        battery = _sum(one.figure(one.channels.battery) for one in batteries)
        level = _sum(one.figure(one.channels.charge_level) for one in batteries)
        level = level.apply(lambda total: total / len(batteries))
    flow = (solar if producers else observed, battery, grid, house, level)
    return PowerFlow(
        *(one and one.apply(lambda value: round(value, 1)) for one in flow)
    )


def _sum(figures: Iterable[Figure]) -> Figure:
    return sum(figures, start=Figure(0.0))


def _observed_solar(sources: Mapping[str, PowerSource]) -> Figure | None:
    """Return the largest observed solar power that is known; None where no device sees any panels."""
    observed = [
        one.figure(one.channels.observed_solar)
        for one in sources.values()
        if one.sees_solar
    ]
    if not observed:
        return None
    known = [figure for figure in observed if figure.value is not None]
    return max(
        known or observed, key=lambda figure: (figure.value or 0.0, figure.is_stale)
    )


def _house(
    sources: Mapping[str, PowerSource], grid_device: str, observed: Figure | None
) -> Figure:
    """Return the power of the house; ``observed``: the solar power that is not in the AC power of any device."""
    source = sources[grid_device]
    has_load = source.channels.load is not None
    house = source.figure(source.channels.load if has_load else source.channels.grid)
    if not (has_load and source.sees_solar):  # else its load includes the others
        house += _sum(
            one.net_ac_power()
            for serial, one in sources.items()
            if not (has_load and serial == grid_device)
        )
    if not has_load and observed is not None:
        house += observed
    # Readings of several devices are not of one instant: the sum can be below 0 by what changed in between.
    return house.apply(lambda power: max(power, 0.0))
