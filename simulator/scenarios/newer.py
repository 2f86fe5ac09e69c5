"""Scenarios with newer devices."""

from datetime import datetime

from ..newer_devices import min as min_xh, spa, sph
from ..physics.datalogger import Datalogger
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..physics.power_models import Hybrid, Meter, PvString, Storage, Weather
from .builders import make_inverter, make_plant


def _make_hybrid(nominal_power: float, *strings: PvString) -> Hybrid:
    """Return panels and a battery in one device."""
    return Hybrid(make_inverter(nominal_power, *strings), Storage())


def min_home(now: datetime) -> list[Plant]:
    """Return one house with a MIN TL-XH of 5.5 kWp, its battery and its meter at the grid."""
    hybrid = _make_hybrid(5000.0, PvString(3200.0, 35, -20), PvString(2300.0, 35, 60))
    device = Device(
        "MNK6D09077",
        DeviceKind.MIN,
        min_xh.add_segments(hybrid),
        Datalogger("XGD3C00552", phase=97.0),
        alias="Brook roof",
    )
    return [make_plant(now, 700302, "Brook House", [device], seed=5)]


def hybrid_home(now: datetime) -> list[Plant]:
    """Return one house with an SPH of 5.4 kWp and its battery."""
    hybrid = _make_hybrid(5000.0, PvString(3000.0, 30, -10), PvString(2400.0, 30, 80))
    device = Device(
        "SPN4F11025",
        DeviceKind.SPH,
        sph.add_periods(hybrid),
        Datalogger("XGD5E00713", phase=171.0),
        alias="Mill storage",
    )
    return [make_plant(now, 700303, "Mill Barn", [device], latitude=48.4, seed=6)]


def spa_home(now: datetime) -> list[Plant]:
    """Return one house with an inverter of 4.4 kWp, and an SPA with a battery beside it."""
    datalogger = Datalogger("XGD6F00817", phase=33.0)
    devices = [
        Device(
            "TPJ8E27051",
            DeviceKind.INVERTER,
            make_inverter(4000.0, PvString(4400.0, 35, 0)),
            datalogger,
            alias="Orchard roof",
        ),
        Device(
            "SAN7G13041",
            DeviceKind.SPA,
            spa.add_periods(Storage()),
            datalogger,
            alias="Orchard storage",
        ),
    ]
    return [make_plant(now, 700304, "Orchard Farm", devices, latitude=47.9, seed=7)]


def commercial(now: datetime) -> list[Plant]:
    """Return a warehouse: two MAX of 60 kW, a meter at the grid, a sensor on the roof, and a PCS, behind one datalogger."""
    datalogger = Datalogger("XGD8H00919", phase=211.0)
    devices = [
        *(
            Device(
                f"MXP8J3106{index}",
                DeviceKind.MAX,
                make_inverter(
                    60_000.0,
                    *(PvString(9_000.0, 10, azimuth) for azimuth in (-90, -90, 90, 90)),
                    *(PvString(8_500.0, 10, azimuth) for azimuth in (-90, 90, 90)),
                ),
                datalogger,
                alias=f"Warehouse {index + 1}",
            )
            for index in range(2)
        ),
        Device("meter", DeviceKind.METER, Meter(), datalogger, address=1),
        Device("sensor", DeviceKind.SENSOR, Weather(), datalogger, address=2),
        # A PCS uploads nothing that any endpoint shows.
        Device("PCK9K35042", DeviceKind.PCS, Weather(), datalogger),
    ]
    return [
        make_plant(
            now,
            700305,
            "Warehouse North",
            devices,
            latitude=50.1,
            seed=8,
            load_factor=9,
        )
    ]


def everything(now: datetime) -> list[Plant]:
    """Return one plant of each kind."""
    return [
        *min_home(now),
        *hybrid_home(now),
        *spa_home(now),
        *commercial(now),
    ]
