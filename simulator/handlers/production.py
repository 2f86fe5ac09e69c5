"""Figures of a plant that several endpoints report."""

from dataclasses import dataclass
from datetime import datetime

from ..physics.plant import Plant


@dataclass(frozen=True, slots=True)
class Production:
    """The sum of the values that a plant's inverters uploaded: W, kWh. measured: time of the newest upload."""

    power: float
    today: float
    total: float
    measured: datetime | None


def get_peak_power(plant: Plant) -> float:
    """Return a plant's peak power, kWp: the stated one, else that of all strings."""
    if plant.stated_peak_power is not None:
        return plant.stated_peak_power
    return (
        sum(
            string.peak
            for _, inverter in plant.iterate_inverters()
            for string in inverter.strings
        )
        / 1000
    )


def compute_production(plant: Plant, moment: datetime) -> Production:
    """Add up the inverters' newest uploads. A lost inverter has no power, and only uploads of today count for today."""
    power = today = total = 0.0
    times = []
    local = plant.get_local_time(moment).date()
    for device, _ in plant.iterate_inverters():
        if (upload := device.get_newest_upload(moment)) is None:
            continue
        times.append(upload.measured)
        # A hybrid counts with its panels alone.
        values = upload.values.get("pv", upload.values)
        total += values["total"]
        if plant.get_local_time(upload.measured).date() == local:
            today += values["today"]
        if not device.is_lost(moment):
            power += values["power"]
    return Production(power, today, total, max(times, default=None))


def find_newest_upload_time(plant: Plant, moment: datetime) -> datetime:
    """Return when any device of a plant was last measured."""
    uploads = [device.get_newest_upload(moment) for device in plant.devices]
    return max((upload.measured for upload in uploads if upload), default=moment)
