"""The hourly energy of a plant from its devices' samples, each kilowatt hour once, by the rules of the energy balance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from ..domain.energy_balance import EnergyChannels
from ..domain.energy_samples import DeviceSample, counter_samples
from ..domain.hourly_energy import (
    HourlyEnergy,
    balance_by_hour,
    intervals_of_counter,
    sum_by_hour,
)

# A device without a reading for so long, while others have newer ones, has made nothing so far as anyone knows: what its counters
# show later is then added to the hours in which it was silent.
_SILENT_AFTER = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class DeviceHistory:
    """What a device counts, its samples in order, and the greatest power, W, by which jumps of its counters are judged."""

    channels: EnergyChannels
    samples: Sequence[DeviceSample]
    max_power: float


def counter_keys(channels: EnergyChannels) -> list[str]:
    """Return the keys of a device's energy counters without the span, each once."""
    keys = (getattr(channels, one.name) for one in fields(channels))
    return list(dict.fromkeys(key for key in keys if key is not None))


def calculate_hours(
    devices: Mapping[str, DeviceHistory], grid_device: str | None
) -> dict[str, HourlyEnergy]:
    """Return the energy of each hour, kWh, by the names of an energy balance.

    grid_device: the serial of the device whose meter counts; None where there are panels alone.
    """
    newest = max(
        (one.samples[-1].time for one in devices.values() if one.samples), default=None
    )
    if newest is None:
        return {}
    sources = {
        serial: (one.channels, _hours_by_counter(one, newest))
        for serial, one in devices.items()
    }
    return balance_by_hour(sources, grid_device)


def _hours_by_counter(
    device: DeviceHistory, newest: datetime
) -> dict[str, HourlyEnergy]:
    samples = list(device.samples)
    if samples and newest - samples[-1].time > _SILENT_AFTER:
        samples.append(samples[-1]._replace(time=newest, today={}))
    return {
        key: sum_by_hour(
            intervals_of_counter(
                counter_samples(samples, key), max_power=device.max_power
            )
        )
        for key in counter_keys(device.channels)
    }
