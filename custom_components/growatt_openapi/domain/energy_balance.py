"""A plant's energy balance, calculated from the counters of its devices.

The rules, and the failure each prevents:

- Solar energy is the sum over the devices with panels. Observed solar energy, of other devices' panels, counts only where no
  device has panels of its own; else the same energy would count twice.
- Every device with a meter measures the same grid connection, so only one of them counts: the one with the largest lifetime
  counters, for as long as it exists.
- Energy of batteries is the sum over the devices with batteries.
- Consumption is the load that the grid device measures, plus the net AC output of the others, unless its
  load includes them; where it has no load counter, it is the import, minus the export, plus the net AC output of all.
- A sum with an unknown term is unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

type CounterReader = Callable[[str], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyChannels:
    """The counters of a device by what they measure; keys without the span (``_today``, ``_total``).

    solar: its own panels. observed_solar: other devices' panels, or its own where another device counts them too. imported,
    exported: at the grid connection. load: the house. charge, discharge: its battery. ac_output, ac_input: what it feeds
    into the house on the AC side, and takes from there.
    """

    solar: str | None = None
    observed_solar: str | None = None
    imported: str | None = None
    exported: str | None = None
    load: str | None = None
    charge: str | None = None
    discharge: str | None = None
    ac_output: str | None = None
    ac_input: str | None = None


@dataclass(frozen=True, slots=True)
class EnergySource:
    """A device of a plant: what its counters measure, and their present values of one span, None where unknown."""

    channels: EnergyChannels
    read_counter: CounterReader

    def value(self, key: str | None) -> float | None:
        """Return the value of a counter; None without a key."""
        return None if key is None else self.read_counter(key)


@dataclass(frozen=True, slots=True)
class EnergyBalance:
    """A plant's energy in a span, kWh; None where it is not measured, or unknown now."""

    solar: float | None = None
    imported: float | None = None
    exported: float | None = None
    charge: float | None = None
    discharge: float | None = None
    consumption: float | None = None

    @property
    def self_sufficiency(self) -> float | None:
        """The part of the consumption that was not imported, %."""
        if self.consumption is None or self.imported is None or self.consumption <= 0:
            return None
        return round(min(max(1 - self.imported / self.consumption, 0.0), 1.0) * 100, 1)


def choose_grid_device(
    totals: Mapping[str, EnergySource], current: str | None
) -> str | None:
    """Return the device whose meter counts: the current one as long as it measures, else the one with the largest lifetime counters."""
    counted = {
        serial: sum(
            source.value(key) or 0.0
            for key in (source.channels.imported, source.channels.exported)
        )
        for serial, source in totals.items()
        if source.channels.imported is not None
    }
    counted = {serial: energy for serial, energy in counted.items() if energy > 0}
    if current in counted:
        return current
    return max(counted, key=lambda serial: counted[serial], default=None)


def calculate_balance(
    sources: Mapping[str, EnergySource], grid_device: str | None
) -> EnergyBalance:
    """Return a plant's energy balance from its devices' counters of one span."""
    solar = _sum(sources, lambda channels: channels.solar)
    if solar is None and not any(one.channels.solar for one in sources.values()):
        observed = [
            value
            for one in sources.values()
            if (value := one.value(one.channels.observed_solar)) is not None
        ]
        solar = max(observed, default=None)
    if grid_device is None:
        return EnergyBalance(solar=solar)
    source = sources[grid_device]
    return EnergyBalance(
        solar,
        source.value(source.channels.imported),
        source.value(source.channels.exported),
        _sum(sources, lambda channels: channels.charge),
        _sum(sources, lambda channels: channels.discharge),
        _consumption(sources, grid_device),
    )


def _sum(
    sources: Mapping[str, EnergySource],
    request_key: Callable[[EnergyChannels], str | None],
) -> float | None:
    """Return the sum of a channel over the devices that have it; None where none has, or a value is unknown."""
    found = [
        source.value(key)
        for source in sources.values()
        if (key := request_key(source.channels)) is not None
    ]
    known = [value for value in found if value is not None]
    return round(sum(known), 3) if found and len(known) == len(found) else None


def _consumption(sources: Mapping[str, EnergySource], grid_device: str) -> float | None:
    source = sources[grid_device]
    load = source.value(source.channels.load)
    if load is not None and source.value(source.channels.observed_solar):
        return load  # its load includes the energy of the others
    others = {
        serial: one
        for serial, one in sources.items()
        if load is None or serial != grid_device
    }
    if load is None:
        imported = source.value(source.channels.imported)
        exported = source.value(source.channels.exported)
        if source.channels.load is not None or imported is None or exported is None:
            return None
        load = imported - exported
    for one in others.values():
        for key, sign in ((one.channels.ac_output, 1), (one.channels.ac_input, -1)):
            if key is None:
                continue
            value = one.value(key)
            if value is None:
                return None
            load += sign * value
    return round(max(load, 0.0), 3)
