"""What several endpoints say of a plant."""

from dataclasses import dataclass
from datetime import datetime

from ..physics.plant import Plant


@dataclass(frozen=True, slots=True)
class Production:
    """What a plant's inverters have sent, added up: W, kWh. measured: the newest upload."""

    power: float
    today: float
    total: float
    measured: datetime | None


def get_peak_power(plant: Plant) -> float:
    """Return a plant's peak power, kWp."""
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
    """Return what a plant's inverters say; a lost one produces nothing, and of today only what was sent today counts."""
    power = today = total = 0.0
    times = []
    local = plant.get_local_time(moment).date()
    for device, _ in plant.iterate_inverters():
        if (upload := device.get_newest_upload(moment)) is None:
            continue
        times.append(upload.measured)
        # Of a device with panels and a battery: what its panels make.
        values = upload.values.get("pv", upload.values)
        total += values["total"]
        if plant.get_local_time(upload.measured).date() == local:
            today += values["today"]
        if not device.is_lost(moment):
            power += values["power"]
    return Production(power, today, total, max(times, default=None))


def find_newest_upload_time(plant: Plant, moment: datetime) -> datetime:
    """Return when anything of a plant was last measured."""
    uploads = [device.get_newest_upload(moment) for device in plant.devices]
    return max((upload.measured for upload in uploads if upload), default=moment)
