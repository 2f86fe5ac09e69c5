"""Houses that differ in their clocks: of the cloud, and of the devices."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from ..physics.datalogger import Datalogger
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..physics.power_models import Inverter, PvString, Storage
from .builders import BERLIN, make_plant

# When the clocks of Europe changed in the year of the tests.
SPRING = datetime(2026, 3, 29, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 1, tzinfo=UTC)


def clock_home(
    offset: float = 1,
    *,
    zone: tzinfo | None = None,
    device_zone: tzinfo | None = None,
    skew: timedelta = timedelta(),
    latitude: float = 48.2,
    longitude: float = 11.6,
) -> Callable[[datetime], list[Plant]]:
    """Return a scenario of one house with an inverter and a storage, with the ids and serials of the scenario "home".

    offset: hours of the zone that the cloud states. zone: of the cloud's clock if it is another one, for example with summer
    time. device_zone: of the devices' clocks if it is not the cloud's. skew: how far these are ahead.
    """

    def make_plants(now: datetime) -> list[Plant]:
        datalogger = Datalogger("XGD1A00117", phase=97.0)
        panels = PvString(3200.0, 35, -20), PvString(2300.0, 35, 60)
        devices = [
            Device(
                serial,
                kind,
                model,
                datalogger,
                zone=device_zone,
                skew=skew,
                alias=alias,
            )
            for serial, kind, model, alias in (
                (
                    "TPJ4A18033",
                    DeviceKind.INVERTER,
                    Inverter(5000.0, panels),
                    "South roof",
                ),
                ("KHB2C21054", DeviceKind.STORAGE, Storage(), ""),
            )
        ]
        return [
            make_plant(
                now,
                700101,
                "Sunny Cottage",
                devices,
                offset=offset,
                zone=zone,
                latitude=latitude,
                longitude=longitude,
            )
        ]

    return make_plants


CLOCKS: dict[str, Callable[[datetime], list[Plant]]] = {
    # Nothing follows summer time.
    "fixed": clock_home(),
    # The devices' clocks follow it, and the cloud's does not.
    "devices_on_summer_time": clock_home(device_zone=BERLIN),
    # All clocks follow it; the zone that the cloud states is that of winter.
    "summer_time": clock_home(zone=BERLIN),
    "slow_devices": clock_home(skew=timedelta(minutes=-20)),
    "half_hour": clock_home(5.5, latitude=28.6, longitude=77.2),
    "three_quarters": clock_home(5.75, latitude=27.7, longitude=85.3),
    "half_hour_west_on_summer_time": clock_home(
        -3.5, zone=ZoneInfo("America/St_Johns"), latitude=47.6, longitude=-52.7
    ),
    # Its summer time is half an hour.
    "half_hour_of_summer_time": clock_home(
        10.5, zone=ZoneInfo("Australia/Lord_Howe"), latitude=-31.6, longitude=159.1
    ),
}
