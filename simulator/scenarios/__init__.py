"""The worlds to choose from: one house, an installer's plants, a fleet."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ..physics.datalogger import Datalogger
from ..physics.device import Device, DeviceKind
from ..physics.plant import STEP, Plant
from ..physics.power_models import PvString
from . import newer as newer
from .builders import (
    BERLIN,
    battery,
    fixed_offset,
    make_inverter,
    simulate_until,
    start_of_yesterday,
)

TOKEN = "0123456789abcdef0123456789abcdef"


def home(now: datetime) -> list[Plant]:
    """Return one house: 5 kWp on two roofs, an inverter, a storage."""
    zone = fixed_offset(1)
    datalogger = Datalogger("XGD1A00117", phase=97.0)
    inverter = make_inverter(
        5000.0, 8123.4, PvString(3200.0, 35, -20), PvString(2300.0, 35, 60)
    )
    inverter.hours = 11_204.0
    for string, energy in zip(inverter.strings, (4890.2, 3484.5), strict=True):
        string.energy.total = energy
    return [
        simulate_until(
            Plant(
                plant_id=700101,
                name="Sunny Cottage",
                zone=zone,
                zone_text="GMT+1",
                latitude=48.2,
                longitude=11.6,
                devices=[
                    Device(
                        "TPJ4A18033",
                        DeviceKind.INVERTER,
                        inverter,
                        datalogger,
                        alias="South roof",
                    ),
                    Device("KHB2C21054", DeviceKind.STORAGE, battery(), datalogger),
                ],
                now=start_of_yesterday(now, zone),
            ),
            now,
        )
    ]


def min_without_battery(now: datetime) -> list[Plant]:
    """Return one house with a MIN of 5 kWp and nothing else."""
    zone = fixed_offset(1)
    return [
        simulate_until(
            Plant(
                plant_id=700301,
                name="Garden House",
                zone=zone,
                zone_text="GMT+1",
                latitude=48.2,
                longitude=11.6,
                devices=[
                    Device(
                        "MNK5D09042",
                        DeviceKind.MIN,
                        make_inverter(
                            5000.0,
                            5210.7,
                            PvString(3200.0, 35, -20),
                            PvString(2300.0, 35, 60),
                        ),
                        Datalogger("XGD3C00551", phase=97.0),
                        alias="Garden roof",
                    )
                ],
                now=start_of_yesterday(now, zone),
            ),
            now,
        )
    ]


def installer(now: datetime) -> list[Plant]:
    """Return three plants with 12 inverters, 2 storages and 4 dataloggers.

    Nothing is tidy: uploads with jitter and drift, a datalogger that uploads every minute, clocks that follow summer time
    in a plant that does not, a clock 20 minutes off, a plant in another part of the world.
    """
    return [
        *_workshop(now),
        *_terrace(now),
        *_station(now),
    ]


def _workshop(now: datetime) -> Iterator[Plant]:
    """Six inverters behind two dataloggers, one of them drifting, and a storage; clocks on summer time."""
    zone = fixed_offset(1)
    east = Datalogger("XGD1B00201", phase=12.0, jitter=15.0)
    west = Datalogger("XGD1B00202", phase=171.0, period=300.7, jitter=4.0)
    yield simulate_until(
        Plant(
            plant_id=700201,
            name="Workshop Hall",
            zone=zone,
            zone_text="GMT+1",
            latitude=48.4,
            longitude=10.9,
            seed=2,
            devices=[
                *(
                    Device(
                        f"TPJ7B2010{index}",
                        DeviceKind.INVERTER,
                        make_inverter(
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
                Device("KHB5C10077", DeviceKind.STORAGE, battery(), east, zone=BERLIN),
            ],
            now=start_of_yesterday(now, zone),
        ),
        now,
    )


def _terrace(now: datetime) -> Iterator[Plant]:
    """Four inverters on a datalogger that uploads every minute, one with a clock 20 minutes slow, and a storage."""
    zone = fixed_offset(0)
    datalogger = Datalogger("XGD2E00310", phase=33.0, period=60.0, jitter=2.0)
    yield simulate_until(
        Plant(
            plant_id=700202,
            name="Harbour Terrace",
            zone=zone,
            zone_text="GMT+0",
            latitude=51.5,
            longitude=-2.6,
            city="Bristol",
            country="United Kingdom",
            seed=3,
            devices=[
                *(
                    Device(
                        f"TPJ8C3020{index}",
                        DeviceKind.INVERTER,
                        make_inverter(
                            3600.0, 9_100.0 + 77.7 * index, PvString(4000.0, 40, 10)
                        ),
                        datalogger,
                        skew=timedelta(minutes=-20 if index == 1 else 0),
                        alias=f"Terrace {index + 1}",
                    )
                    for index in range(4)
                ),
                Device("KHB6D20088", DeviceKind.STORAGE, battery(), datalogger),
            ],
            now=start_of_yesterday(now, zone),
        ),
        now,
    )


def _station(now: datetime) -> Iterator[Plant]:
    """Two large inverters in another part of the world, on one datalogger with much jitter."""
    zone = fixed_offset(-7)
    datalogger = Datalogger("XGD4F00477", phase=250.0, jitter=40.0)
    yield simulate_until(
        Plant(
            plant_id=700203,
            name="Mesa Station",
            zone=zone,
            zone_text="GMT-7",
            latitude=33.4,
            longitude=-111.9,
            city="Mesa",
            country="United States",
            seed=4,
            devices=[
                Device(
                    f"TPJ9D4030{index}",
                    DeviceKind.INVERTER,
                    make_inverter(
                        50_000.0,
                        310_000.0 + 1_234.5 * index,
                        PvString(30_000.0, 20, 0),
                        PvString(26_000.0, 20, 0),
                    ),
                    datalogger,
                    alias=f"Field {index + 1}",
                )
                for index in range(2)
            ],
            now=start_of_yesterday(now, zone),
        ),
        now,
    )


def fleet(now: datetime, plants: int = 50, inverters: int = 20) -> list[Plant]:
    """Return many plants of many inverters each, every plant behind one datalogger. Time is cut coarsely."""
    zone = fixed_offset(1)
    built = []
    for index in range(plants):
        datalogger = Datalogger(f"XGF{index:07d}", phase=(index * 137.0) % 300)
        built.append(
            simulate_until(
                Plant(
                    plant_id=710_000 + index,
                    name=f"Plant {index + 1:02d}",
                    zone=zone,
                    zone_text="GMT+1",
                    latitude=48.0 + index % 10 * 0.1,
                    longitude=11.0 + index // 10 * 0.1,
                    seed=index,
                    step=5 * STEP,
                    devices=[
                        Device(
                            f"TPF{index:03d}{number:04d}",
                            DeviceKind.INVERTER,
                            make_inverter(
                                20_000.0,
                                60_000.0 + 10.0 * number,
                                PvString(22_000.0, 25, 0),
                            ),
                            datalogger,
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
    return built


SCENARIOS: dict[str, Callable[[datetime], list[Plant]]] = {
    "home": home,
    "min": newer.min_home,
    "hybrid": newer.hybrid_home,
    "commercial": newer.commercial,
    "everything": lambda now: [*home(now), *newer.everything(now)],
    "installer": installer,
    "fleet": fleet,
}
