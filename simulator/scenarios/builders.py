"""Builders for the plants of the scenarios."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from ..physics.device import Device
from ..physics.plant import STEP, Plant
from ..physics.power_models import Energy, Inverter, PvString, Storage

BERLIN = ZoneInfo("Europe/Berlin")


def make_plant(
    now: datetime,
    plant_id: int,
    name: str,
    devices: list[Device],
    *,
    offset: float = 1,
    zone: tzinfo | None = None,
    latitude: float = 48.2,
    longitude: float = 11.6,
    city: str = "Munich",
    country: str = "Germany",
    seed: int = 1,
    step: timedelta = STEP,
    start: datetime | None = None,
) -> Plant:
    """Return a plant simulated up to ``now``, from ``start`` or the beginning of yesterday.

    offset: hours of the zone that the cloud states, without summer time. zone: of the cloud's clock if it is another one. step: the longest step of the simulation.
    """
    zone = zone or timezone(timedelta(hours=offset))
    plant = Plant(
        plant_id=plant_id,
        name=name,
        zone=zone,
        zone_text=f"GMT{offset:+g}",
        latitude=latitude,
        longitude=longitude,
        city=city,
        country=country,
        seed=seed,
        step=step,
        devices=devices,
        now=_get_start_of_yesterday(now, zone) if start is None else start,
    )
    plant.advance_to(now)
    return plant


def _get_start_of_yesterday(now: datetime, zone: tzinfo) -> datetime:
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # Its own zone would make steps over a change of clocks an hour too long or too short.
    return (midnight - timedelta(days=1)).astimezone(UTC)


def make_inverter(
    nominal_power: float, total_energy: float, *strings: PvString
) -> Inverter:
    """Return an inverter with a lifetime energy, which its strings share evenly."""
    for string in strings:
        string.energy.total = round(total_energy * 1.03 / len(strings), 1)
    return Inverter(
        nominal_power, strings, Energy(total=total_energy), hours=total_energy * 1.4
    )


def make_storage() -> Storage:
    """Return a battery that is some years old."""
    return Storage(
        charge=Energy(total=1502.6),
        discharge=Energy(total=1377.9),
        imported=Energy(total=4210.3),
        exported=Energy(total=3907.7),
    )
