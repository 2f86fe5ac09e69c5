"""The worlds to choose from: one house, an installer's plants, a fleet."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ..physics.datalogger import Logger
from ..physics.device import Kind, Unit
from ..physics.plant import STEP, Site
from ..physics.power_models import PvString
from . import newer as modern
from .builders import BERLIN, battery, fixed, lived, roof, yesterday

TOKEN = "0123456789abcdef0123456789abcdef"


def home(now: datetime) -> list[Site]:
    """Return one house: 5 kWp on two roofs, an inverter, a storage."""
    zone = fixed(1)
    logger = Logger("XGD1A00117", phase=97.0)
    inverter = roof(5000.0, 8123.4, PvString(3200.0, 35, -20), PvString(2300.0, 35, 60))
    inverter.hours = 11_204.0
    for string, energy in zip(inverter.strings, (4890.2, 3484.5), strict=True):
        string.energy.total = energy
    return [
        lived(
            Site(
                plant_id=700101,
                name="Sunny Cottage",
                zone=zone,
                zone_text="GMT+1",
                latitude=48.2,
                longitude=11.6,
                units=[
                    Unit(
                        "TPJ4A18033",
                        Kind.INVERTER,
                        inverter,
                        logger,
                        alias="South roof",
                    ),
                    Unit("KHB2C21054", Kind.STORAGE, battery(), logger),
                ],
                now=yesterday(now, zone),
            ),
            now,
        )
    ]


def minimal(now: datetime) -> list[Site]:
    """Return one house with a MIN of 5 kWp and nothing else."""
    zone = fixed(1)
    return [
        lived(
            Site(
                plant_id=700301,
                name="Garden House",
                zone=zone,
                zone_text="GMT+1",
                latitude=48.2,
                longitude=11.6,
                units=[
                    Unit(
                        "MNK5D09042",
                        Kind.MIN,
                        roof(
                            5000.0,
                            5210.7,
                            PvString(3200.0, 35, -20),
                            PvString(2300.0, 35, 60),
                        ),
                        Logger("XGD3C00551", phase=97.0),
                        alias="Garden roof",
                    )
                ],
                now=yesterday(now, zone),
            ),
            now,
        )
    ]


def installer(now: datetime) -> list[Site]:
    """Return three plants with 12 inverters, 2 storages and 4 dataloggers.

    Nothing is tidy: uploads with jitter and drift, a datalogger that uploads every minute, clocks that follow summer time
    in a plant that does not, a clock 20 minutes off, a plant in another part of the world.
    """
    return [
        *_workshop(now),
        *_terrace(now),
        *_station(now),
    ]


def _workshop(now: datetime) -> Iterator[Site]:
    """Six inverters behind two dataloggers, one of them drifting, and a storage; clocks on summer time."""
    zone = fixed(1)
    east = Logger("XGD1B00201", phase=12.0, jitter=15.0)
    west = Logger("XGD1B00202", phase=171.0, period=300.7, jitter=4.0)
    yield lived(
        Site(
            plant_id=700201,
            name="Workshop Hall",
            zone=zone,
            zone_text="GMT+1",
            latitude=48.4,
            longitude=10.9,
            seed=2,
            units=[
                *(
                    Unit(
                        f"TPJ7B2010{index}",
                        Kind.INVERTER,
                        roof(
                            10_000.0,
                            40_000.0 + 611.3 * index,
                            PvString(5600.0, 15, -90),
                            PvString(5600.0, 15, 90),
                        ),
                        east if index < 3 else west,
                        zone=BERLIN,
                        alias=f"Hall {index + 1}",
                    )
                    for index in range(6)
                ),
                Unit("KHB5C10077", Kind.STORAGE, battery(), east, zone=BERLIN),
            ],
            now=yesterday(now, zone),
        ),
        now,
    )


def _terrace(now: datetime) -> Iterator[Site]:
    """Four inverters on a datalogger that uploads every minute, one with a clock 20 minutes slow, and a storage."""
    zone = fixed(0)
    logger = Logger("XGD2E00310", phase=33.0, period=60.0, jitter=2.0)
    yield lived(
        Site(
            plant_id=700202,
            name="Harbour Terrace",
            zone=zone,
            zone_text="GMT+0",
            latitude=51.5,
            longitude=-2.6,
            city="Bristol",
            country="United Kingdom",
            seed=3,
            units=[
                *(
                    Unit(
                        f"TPJ8C3020{index}",
                        Kind.INVERTER,
                        roof(3600.0, 9_100.0 + 77.7 * index, PvString(4000.0, 40, 10)),
                        logger,
                        skew=timedelta(minutes=-20 if index == 1 else 0),
                        alias=f"Terrace {index + 1}",
                    )
                    for index in range(4)
                ),
                Unit("KHB6D20088", Kind.STORAGE, battery(), logger),
            ],
            now=yesterday(now, zone),
        ),
        now,
    )


def _station(now: datetime) -> Iterator[Site]:
    """Two large inverters in another part of the world, on one datalogger with much jitter."""
    zone = fixed(-7)
    logger = Logger("XGD4F00477", phase=250.0, jitter=40.0)
    yield lived(
        Site(
            plant_id=700203,
            name="Mesa Station",
            zone=zone,
            zone_text="GMT-7",
            latitude=33.4,
            longitude=-111.9,
            city="Mesa",
            country="United States",
            seed=4,
            units=[
                Unit(
                    f"TPJ9D4030{index}",
                    Kind.INVERTER,
                    roof(
                        50_000.0,
                        310_000.0 + 1_234.5 * index,
                        PvString(30_000.0, 20, 0),
                        PvString(26_000.0, 20, 0),
                    ),
                    logger,
                    alias=f"Field {index + 1}",
                )
                for index in range(2)
            ],
            now=yesterday(now, zone),
        ),
        now,
    )


def fleet(now: datetime, plants: int = 50, inverters: int = 20) -> list[Site]:
    """Return many plants of many inverters each, every plant behind one datalogger. Time is cut coarsely."""
    zone = fixed(1)
    sites = []
    for plant in range(plants):
        logger = Logger(f"XGF{plant:07d}", phase=(plant * 137.0) % 300)
        sites.append(
            lived(
                Site(
                    plant_id=710_000 + plant,
                    name=f"Plant {plant + 1:02d}",
                    zone=zone,
                    zone_text="GMT+1",
                    latitude=48.0 + plant % 10 * 0.1,
                    longitude=11.0 + plant // 10 * 0.1,
                    seed=plant,
                    step=5 * STEP,
                    units=[
                        Unit(
                            f"TPF{plant:03d}{number:04d}",
                            Kind.INVERTER,
                            roof(
                                20_000.0,
                                60_000.0 + 10.0 * number,
                                PvString(22_000.0, 25, 0),
                            ),
                            logger,
                            alias=f"Row {number + 1}",
                        )
                        for number in range(inverters)
                    ],
                    # A fleet's past would take long to live through: it begins this morning.
                    now=now - timedelta(hours=1),
                ),
                now,
            )
        )
    return sites


SCENARIOS: dict[str, Callable[[datetime], list[Site]]] = {
    "home": home,
    "min": modern.min_home,
    "hybrid": modern.hybrid_home,
    "commercial": modern.commercial,
    "everything": lambda now: [*home(now), *modern.everything(now)],
    "installer": installer,
    "fleet": fleet,
}
