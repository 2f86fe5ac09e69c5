"""The worlds to choose from."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from .physics.devices import Energy, Inverter, PvString, Storage
from .physics.site import Logger, Site

TOKEN = "0123456789abcdef0123456789abcdef"


def home(now: datetime) -> Site:
    """Return one house: 5 kWp on two roofs, an inverter, a storage, and yesterday and today behind it."""
    zone = timezone(timedelta(hours=1))
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    site = Site(
        plant_id=700101,
        name="Sunny Cottage",
        zone=zone,
        zone_text="GMT+1",
        latitude=48.2,
        longitude=11.6,
        logger=Logger("XGD1A00117", phase=97.0),
        inverter_serial="TPJ4A18033",
        storage_serial="KHB2C21054",
        inverter=Inverter(
            nominal_power=5000.0,
            strings=(PvString(3200.0, 35, -20), PvString(2300.0, 35, 60)),
            energy=Energy(total=8123.4),
            hours=11_204.0,
        ),
        storage=Storage(
            charge=Energy(total=1502.6),
            discharge=Energy(total=1377.9),
            imported=Energy(total=4210.3),
            exported=Energy(total=3907.7),
        ),
        now=midnight - timedelta(days=1),
    )
    site.inverter.strings[0].energy.total = 4890.2
    site.inverter.strings[1].energy.total = 3484.5
    site.advance_to(now)
    return site


SCENARIOS: dict[str, Callable[[datetime], Site]] = {"home": home}
