"""A plant's energy out of what its devices count, each piece once.

Pure: no Home Assistant, no time. The rules, and what each prevents:

- The panels of several devices add up; what a device sees of others' panels counts only where nobody counts his own, or a kilowatt hour
  would be there twice.
- Every device with a meter sees the same grid, so one of them is believed: the one that has counted most, for as long as it is there.
- Batteries add up.
- What the house takes is what that device measures, with what others feed in beside it; where it measures none, what all devices feed in
  and the grid gives or takes.
- A sum of which a part is not known is not known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

type CounterReader = Callable[[str], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyChannels:
    """Which counters of a device tell what, by their keys without the span (``_today``, ``_total``).

    solar: its own panels. seen: others' panels as it sees them, or its own where another device counts them too. imported,
    exported: at the grid. load: the house. charge, discharge: its battery. given, taken: what it feeds into the house's lines and takes
    from them, on the AC side.
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
    """A device of a plant: what it measures, and its counters of a span by key; unknown where it does not know now."""

    channels: EnergyChannels
    read_counter: CounterReader

    def value(self, key: str | None) -> float | None:
        """Return a counter."""
        return None if key is None else self.read_counter(key)


@dataclass(frozen=True, slots=True)
class EnergyBalance:
    """A plant's energy in a span, kWh; None where it is not measured, or not known now."""

    solar: float | None = None
    imported: float | None = None
    exported: float | None = None
    charge: float | None = None
    discharge: float | None = None
    consumption: float | None = None

    @property
    def self_sufficiency(self) -> float | None:
        """How much of what the house took did not come from the grid, %."""
        if self.consumption is None or self.imported is None or self.consumption <= 0:
            return None
        return round(min(max(1 - self.imported / self.consumption, 0.0), 1.0) * 100, 1)


def choose_grid_device(
    totals: Mapping[str, EnergySource], before: str | None
) -> str | None:
    """Return the device whose meter is believed, out of lifetime counters: the one before, else the one that has counted most."""
    counted = {
        serial: sum(
            source.value(key) or 0.0
            for key in (source.channels.imported, source.channels.exported)
        )
        for serial, source in totals.items()
        if source.channels.imported is not None
    }
    counted = {serial: energy for serial, energy in counted.items() if energy > 0}
    if before in counted:
        return before
    return max(counted, key=lambda serial: counted[serial], default=None)


def calculate_balance(
    sources: Mapping[str, EnergySource], chief: str | None
) -> EnergyBalance:
    """Return a plant's energy out of its devices' counters of one span."""
    solar = _added(sources, lambda measures: measures.solar)
    if solar is None and not any(one.channels.solar for one in sources.values()):
        seen = [
            value
            for one in sources.values()
            if (value := one.value(one.channels.observed_solar)) is not None
        ]
        solar = max(seen, default=None)
    if chief is None:
        return EnergyBalance(solar=solar)
    source = sources[chief]
    return EnergyBalance(
        solar,
        source.value(source.channels.imported),
        source.value(source.channels.exported),
        _added(sources, lambda measures: measures.charge),
        _added(sources, lambda measures: measures.discharge),
        _consumption(sources, chief),
    )


def _added(
    sources: Mapping[str, EnergySource], key_of: Callable[[EnergyChannels], str | None]
) -> float | None:
    """Return the sum over the devices that measure something; None where none does, or one does not know."""
    found = [
        source.value(key)
        for source in sources.values()
        if (key := key_of(source.channels)) is not None
    ]
    known = [value for value in found if value is not None]
    return round(sum(known), 3) if found and len(known) == len(found) else None


def _consumption(sources: Mapping[str, EnergySource], chief: str) -> float | None:
    source = sources[chief]
    load = source.value(source.channels.load)
    if load is not None and source.value(source.channels.observed_solar):
        return load  # it sees the others, and has counted them in
    others = {
        serial: one
        for serial, one in sources.items()
        if load is None or serial != chief
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
