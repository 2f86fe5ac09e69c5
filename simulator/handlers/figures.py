"""What several endpoints say of a plant."""

from dataclasses import dataclass
from datetime import datetime

from ..physics.plant import Site


@dataclass(frozen=True, slots=True)
class Production:
    """What a plant's inverters have sent, added up: W, kWh. measured: the newest upload."""

    power: float
    today: float
    total: float
    measured: datetime | None


def peak(site: Site) -> float:
    """Return a plant's peak power, kWp."""
    if site.stated_peak is not None:
        return site.stated_peak
    return (
        sum(
            string.peak
            for _, inverter in site.inverters()
            for string in inverter.strings
        )
        / 1000
    )


def production(site: Site, moment: datetime) -> Production:
    """Return what a plant's inverters say; a lost one produces nothing, and of today only what was sent today counts."""
    power = today = total = 0.0
    times = []
    local = site.local(moment).date()
    for unit, _ in site.inverters():
        if (upload := unit.newest(moment)) is None:
            continue
        times.append(upload.measured)
        # Of a device with panels and a battery: what its panels make.
        values = upload.values.get("pv", upload.values)
        total += values["total"]
        if site.local(upload.measured).date() == local:
            today += values["today"]
        if not unit.is_lost(moment):
            power += values["power"]
    return Production(power, today, total, max(times, default=None))


def newest_upload(site: Site, moment: datetime) -> datetime:
    """Return when anything of a plant was last measured."""
    uploads = [unit.newest(moment) for unit in site.units]
    return max((upload.measured for upload in uploads if upload), default=moment)
