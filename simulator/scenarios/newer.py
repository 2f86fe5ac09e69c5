"""Worlds with the devices people own today."""

from datetime import datetime

from ..newer_devices import min as min_xh, spa, sph
from ..physics.datalogger import Datalogger
from ..physics.device import Device, DeviceKind
from ..physics.plant import Plant
from ..physics.power_models import Energy, Hybrid, Meter, PvString, Weather
from .builders import (
    battery,
    fixed_offset,
    make_inverter,
    simulate_until,
    start_of_yesterday,
)


def _make_hybrid(nominal_power: float, total: float, *strings: PvString) -> Hybrid:
    """Return panels and a battery in one device."""
    return Hybrid(
        make_inverter(nominal_power, total, *strings),
        battery(),
        output=Energy(total=total),
    )


def _make_house(
    plant_id: int,
    name: str,
    now: datetime,
    latitude: float,
    seed: int,
    *devices: Device,
) -> Plant:
    zone = fixed_offset(1)
    return simulate_until(
        Plant(
            plant_id=plant_id,
            name=name,
            zone=zone,
            zone_text="GMT+1",
            latitude=latitude,
            longitude=11.6,
            seed=seed,
            devices=list(devices),
            now=start_of_yesterday(now, zone),
        ),
        now,
    )


def min_home(now: datetime) -> list[Plant]:
    """Return one house with a MIN TL-XH of 5 kWp, its battery and its meter at the grid."""
    hybrid = _make_hybrid(
        5000.0, 5210.7, PvString(3200.0, 35, -20), PvString(2300.0, 35, 60)
    )
    datalogger = Datalogger("XGD3C00552", phase=97.0)
    return [
        _make_house(
            700302,
            "Brook House",
            now,
            48.2,
            5,
            Device(
                "MNK6D09077",
                DeviceKind.MIN,
                min_xh.add_segments(hybrid),
                datalogger,
                alias="Brook roof",
            ),
        )
    ]


def hybrid_home(now: datetime) -> list[Plant]:
    """Return one house with an SPH of 5 kWp and its battery."""
    hybrid = _make_hybrid(
        5000.0, 7433.1, PvString(3000.0, 30, -10), PvString(2400.0, 30, 80)
    )
    datalogger = Datalogger("XGD5E00713", phase=171.0)
    return [
        _make_house(
            700303,
            "Mill Barn",
            now,
            48.4,
            6,
            Device(
                "SPN4F11025",
                DeviceKind.SPH,
                sph.add_periods(hybrid),
                datalogger,
                alias="Mill storage",
            ),
        )
    ]


def spa_home(now: datetime) -> list[Plant]:
    """Return one house with an inverter of 4 kWp, and an SPA with a battery beside it."""
    datalogger = Datalogger("XGD6F00817", phase=33.0)
    panels = make_inverter(4000.0, 9120.3, PvString(4400.0, 35, 0))
    return [
        _make_house(
            700304,
            "Orchard Farm",
            now,
            47.9,
            7,
            Device(
                "TPJ8E27051",
                DeviceKind.INVERTER,
                panels,
                datalogger,
                alias="Orchard roof",
            ),
            Device(
                "SAN7G13041",
                DeviceKind.SPA,
                spa.add_periods(battery()),
                datalogger,
                alias="Orchard storage",
            ),
        )
    ]


def _make_meter() -> Meter:
    """Return a meter that has counted for some years."""
    return Meter(imported=Energy(total=8_211.4), exported=Energy(total=690_410.2))


def commercial(now: datetime) -> list[Plant]:
    """Return a warehouse: two MAX of 60 kW, a meter at the grid, a sensor on the roof, and a PCS, behind one datalogger."""
    datalogger = Datalogger("XGD8H00919", phase=211.0)
    return [
        _make_house(
            700305,
            "Warehouse North",
            now,
            50.1,
            8,
            *(
                Device(
                    f"MXP8J3106{index}",
                    DeviceKind.MAX,
                    make_inverter(
                        60_000.0,
                        412_300.4 + 911.7 * index,
                        *(PvString(9_000.0, 10, lie) for lie in (-90, -90, 90, 90)),
                        *(PvString(8_500.0, 10, lie) for lie in (-90, 90, 90)),
                    ),
                    datalogger,
                    alias=f"Warehouse {index + 1}",
                )
                for index in range(2)
            ),
            Device("meter", DeviceKind.METER, _make_meter(), datalogger, address=1),
            Device("sensor", DeviceKind.SENSOR, Weather(), datalogger, address=2),
            # Of a type that nobody knows: it only stands there.
            Device("PCK9K35042", DeviceKind.PCS, Weather(), datalogger),
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
