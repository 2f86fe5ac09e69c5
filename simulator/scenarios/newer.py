"""Worlds with the devices people own today."""

from datetime import datetime

from ..newer_devices import min as min_xh, spa, sph
from ..physics.datalogger import Logger
from ..physics.device import Kind, Unit
from ..physics.plant import Site
from ..physics.power_models import Energy, Hybrid, Meter, PvString, Weather
from .builders import battery, fixed, lived, roof, yesterday


def _hybrid(nominal_power: float, total: float, *strings: PvString) -> Hybrid:
    """Return panels and a battery in one device."""
    return Hybrid(
        roof(nominal_power, total, *strings), battery(), output=Energy(total=total)
    )


def _house(
    plant_id: int, name: str, now: datetime, latitude: float, seed: int, *units: Unit
) -> Site:
    zone = fixed(1)
    return lived(
        Site(
            plant_id=plant_id,
            name=name,
            zone=zone,
            zone_text="GMT+1",
            latitude=latitude,
            longitude=11.6,
            seed=seed,
            units=list(units),
            now=yesterday(now, zone),
        ),
        now,
    )


def min_home(now: datetime) -> list[Site]:
    """Return one house with a MIN TL-XH of 5 kWp, its battery and its meter at the grid."""
    device = _hybrid(
        5000.0, 5210.7, PvString(3200.0, 35, -20), PvString(2300.0, 35, 60)
    )
    logger = Logger("XGD3C00552", phase=97.0)
    return [
        _house(
            700302,
            "Brook House",
            now,
            48.2,
            5,
            Unit(
                "MNK6D09077",
                Kind.MIN,
                min_xh.with_battery(device),
                logger,
                alias="Brook roof",
            ),
        )
    ]


def hybrid_home(now: datetime) -> list[Site]:
    """Return one house with an SPH of 5 kWp and its battery."""
    device = _hybrid(
        5000.0, 7433.1, PvString(3000.0, 30, -10), PvString(2400.0, 30, 80)
    )
    logger = Logger("XGD5E00713", phase=171.0)
    return [
        _house(
            700303,
            "Mill Barn",
            now,
            48.4,
            6,
            Unit(
                "SPN4F11025",
                Kind.SPH,
                sph.with_periods(device),
                logger,
                alias="Mill storage",
            ),
        )
    ]


def spa_home(now: datetime) -> list[Site]:
    """Return one house with an inverter of 4 kWp, and an SPA with a battery beside it."""
    logger = Logger("XGD6F00817", phase=33.0)
    panels = roof(4000.0, 9120.3, PvString(4400.0, 35, 0))
    return [
        _house(
            700304,
            "Orchard Farm",
            now,
            47.9,
            7,
            Unit("TPJ8E27051", Kind.INVERTER, panels, logger, alias="Orchard roof"),
            Unit(
                "SAN7G13041",
                Kind.SPA,
                spa.with_periods(battery()),
                logger,
                alias="Orchard storage",
            ),
        )
    ]


def _meter() -> Meter:
    """Return a meter that has counted for some years."""
    return Meter(imported=Energy(total=8_211.4), exported=Energy(total=690_410.2))


def commercial(now: datetime) -> list[Site]:
    """Return a warehouse: two MAX of 60 kW, a meter at the grid, a sensor on the roof, and a PCS, behind one datalogger."""
    logger = Logger("XGD8H00919", phase=211.0)
    return [
        _house(
            700305,
            "Warehouse North",
            now,
            50.1,
            8,
            *(
                Unit(
                    f"MXP8J3106{index}",
                    Kind.MAX,
                    roof(
                        60_000.0,
                        412_300.4 + 911.7 * index,
                        *(PvString(9_000.0, 10, lie) for lie in (-90, -90, 90, 90)),
                        *(PvString(8_500.0, 10, lie) for lie in (-90, 90, 90)),
                    ),
                    logger,
                    alias=f"Warehouse {index + 1}",
                )
                for index in range(2)
            ),
            Unit("meter", Kind.METER, _meter(), logger, address=1),
            Unit("sensor", Kind.SENSOR, Weather(), logger, address=2),
            # Of a type that nobody knows: it only stands there.
            Unit("PCK9K35042", Kind.PCS, Weather(), logger),
        )
    ]


def everything(now: datetime) -> list[Site]:
    """Return one plant of each kind."""
    return [
        *min_home(now),
        *hybrid_home(now),
        *spa_home(now),
        *commercial(now),
    ]
