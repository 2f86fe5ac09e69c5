"""Builders for the plants of the scenarios."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from ..physics.device import Device
from ..physics.past import live_past
from ..physics.plant import STEP, Plant
from ..physics.power_models import Inverter, PvString

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
    created: date = date(2023, 4, 18),
    city: str = "Munich",
    country: str = "Germany",
    seed: int = 1,
    load_factor: float = 1.0,
    step: timedelta = STEP,
    start: datetime | None = None,
) -> Plant:
    """Return a plant with a past since it was ``created``, and with uploads since ``start`` or the beginning of yesterday.

    offset: hours of the zone that the cloud states, without summer time. zone: of the cloud's clock if it is another one.
    load_factor: its load in households. step: the longest step of the simulation with uploads.
    """
    zone = zone or timezone(timedelta(hours=offset))
    plant = Plant(
        plant_id=plant_id,
        name=name,
        zone=zone,
        zone_text=f"GMT{offset:+g}",
        latitude=latitude,
        longitude=longitude,
        created=created,
        city=city,
        country=country,
        seed=seed,
        load_factor=load_factor,
        step=step,
        devices=devices,
        now=now,
    )
    live_past(plant, start or _get_start_of_yesterday(now, zone))
    plant.advance_to(now)
    return plant


def _get_start_of_yesterday(now: datetime, zone: tzinfo) -> datetime:
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # Its own zone would make steps over a change of clocks an hour too long or too short.
    return (midnight - timedelta(days=1)).astimezone(UTC)


def make_inverter(nominal_power: float, *strings: PvString) -> Inverter:
    """Return a new inverter."""
    return Inverter(nominal_power, strings)
