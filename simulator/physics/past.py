"""A plant's past: the sun, clouds, household and devices of the simulation, in steps of an hour from its first day on.

So every counter of a plant agrees with every other and with its age: what was produced and imported was used, exported,
stored or lost.
"""

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from .device import Device
from .plant import Plant
from .power_models import Energy, get_battery, get_panels
from .weather import mean_house_load

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

type _Counters = list[float]


def live_past(plant: Plant, start: datetime) -> None:
    """Simulate a new plant from its first day up to ``start``. Uploads are not made: the cloud does not keep them so long."""
    today = start.astimezone(plant.zone).date()
    plant.now = min(datetime.combine(today, time(), plant.zone).astimezone(UTC), start)
    if plant.created < today:
        _recall_days(plant, today)
    while plant.now < start:
        plant.step_to(min(plant.now + _HOUR, start))


def _recall_days(plant: Plant, today: date) -> None:
    """Give a new plant the counters that it has at the beginning of a day."""
    past = _find_past(plant)
    past.advance_to(today)
    count = (today - plant.created).days
    load, states = past.states[count - 1]
    plant.load.total = load
    for device, position in zip(plant.devices, past.positions, strict=True):
        _restore_counters(device, states[position])
    for index, produced in enumerate(past.produced[:count]):
        plant.daily_energy[plant.created + index * _DAY] = produced
    for day, produced in plant.daily_energy.items():
        if day.year == today.year:
            plant.year_energy += produced
            if day.month == today.month:
                plant.month_energy += produced


class _Past:
    """The days of a plant: the energy of its inverters, kWh, and the counters of house and devices at the end of each.

    positions: of each device of the plant, which of the simulated ones is like it. Devices that are alike have the same past.
    """

    def __init__(self, plant: Plant) -> None:
        """Begin with the plant's first day."""
        kinds = [repr(device.model) for device in plant.devices]
        first = list(dict.fromkeys(kinds))
        self.positions = [first.index(kind) for kind in kinds]
        self.produced: list[float] = []
        self.states: list[tuple[float, list[_Counters]]] = []
        self._counts = [kinds.count(kind) for kind in first]
        devices = [plant.devices[kinds.index(kind)] for kind in first]
        self._plant = replace(
            plant,
            devices=[
                replace(device, model=copy.deepcopy(device.model)) for device in devices
            ],
            load=Energy(),
        )
        self._now = datetime.combine(plant.created, time(), plant.zone)

    def advance_to(self, today: date) -> None:
        """Simulate the days before ``today``."""
        plant = self._plant
        while self._now.date() < today:
            self.produced.append(self._simulate_day())
            states = [_save_counters(device) for device in plant.devices]
            self.states.append((plant.load.total, states))

    def _simulate_day(self) -> float:
        """Simulate a day and return the energy of the inverters."""
        plant, seconds = self._plant, _HOUR.total_seconds()
        produced = 0.0
        for _ in range(24):
            middle = (self._now + _HOUR / 2).astimezone(UTC)
            powers = plant.convert_light(middle, seconds)
            power = sum(
                count * power for count, power in zip(self._counts, powers, strict=True)
            )
            household = mean_house_load(middle, plant.zone, plant.seed)
            load = plant.load_factor * household
            plant.balance_bus(power, load, middle, seconds)
            produced += power * seconds / 3_600_000
            self._now += _HOUR
        return produced


# By a text of all that a plant's past depends on, for as long as the process lives: a test makes the same plant often.
_PASTS: dict[str, _Past] = {}


def _find_past(plant: Plant) -> _Past:
    key = repr(
        (
            (plant.created, plant.zone, plant.seed, plant.load_factor),
            (plant.latitude, plant.longitude),
            [device.model for device in plant.devices],
        )
    )
    if key not in _PASTS:
        _PASTS[key] = _Past(plant)
    return _PASTS[key]


def _save_counters(device: Device) -> _Counters:
    """Return the lifetime counters of a device, its hours, and the level of its battery."""
    panels, battery = get_panels(device.model), get_battery(device.model)
    return [
        panels.hours if panels else 0.0,
        battery.level if battery else 0.0,
        *(counter.total for counter in device.counters),
    ]


def _restore_counters(device: Device, saved: _Counters) -> None:
    hours, level, *totals = saved
    if (panels := get_panels(device.model)) is not None:
        panels.hours = hours
    if (battery := get_battery(device.model)) is not None:
        battery.level = level
    for counter, total in zip(device.counters, totals, strict=True):
        counter.total = total
