"""The scenarios to choose from: single houses, an installer's plants, a fleet."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from ..physics.datalogger import Datalogger
from ..physics.device import Device, DeviceKind
from ..physics.plant import STEP, Plant
from ..physics.power_models import PvString, Storage
from . import newer
from .builders import BERLIN, make_inverter, make_plant

TOKEN = "0123456789abcdef0123456789abcdef"


def home(now: datetime) -> list[Plant]:
    """Return one house: 5.5 kWp on two roofs, an inverter, a storage."""
    datalogger = Datalogger("XGD1A00117", phase=97.0)
    inverter = make_inverter(
        5000.0, PvString(3200.0, 35, -20), PvString(2300.0, 35, 60)
    )
    devices = [
        Device(
            "TPJ4A18033", DeviceKind.INVERTER, inverter, datalogger, alias="South roof"
        ),
        Device("KHB2C21054", DeviceKind.STORAGE, Storage(), datalogger),
    ]
    return [make_plant(now, 700101, "Sunny Cottage", devices, created=date(2021, 5, 4))]


def min_without_battery(now: datetime) -> list[Plant]:
    """Return one house with a MIN of 5 kWp and nothing else."""
    device = Device(
        "MNK5D09042",
        DeviceKind.MIN,
        make_inverter(5000.0, PvString(3200.0, 35, -20), PvString(2300.0, 35, 60)),
        Datalogger("XGD3C00551", phase=97.0),
        alias="Garden roof",
    )
    return [make_plant(now, 700301, "Garden House", [device])]


def installer(now: datetime) -> list[Plant]:
    """Return three plants with 12 inverters, 2 storages and 4 dataloggers.

    They are irregular on purpose: uploads with jitter and drift, a datalogger that uploads every minute, device clocks on
    summer time in a plant without it, a clock 20 minutes slow, a plant on another continent.
    """
    return [_make_workshop(now), _make_terrace(now), _make_solar_farm(now)]


def _make_workshop(now: datetime) -> Plant:
    """Return six inverters and a storage behind two dataloggers, one of which drifts. Device clocks use summer time."""
    east = Datalogger("XGD1B00201", phase=12.0, jitter=15.0)
    west = Datalogger("XGD1B00202", phase=171.0, period=300.7, jitter=4.0)
    devices = [
        *(
            Device(
                f"TPJ7B2010{index}",
                DeviceKind.INVERTER,
                make_inverter(
                    10_000.0,
                    PvString(5600.0, 15, -90),
                    PvString(5600.0, 15, 90),
                ),
                east if index < 3 else west,
                zone=BERLIN,
                alias=f"Hall {index + 1}",
            )
            for index in range(6)
        ),
        Device("KHB5C10077", DeviceKind.STORAGE, Storage(), east, zone=BERLIN),
    ]
    return make_plant(
        now,
        700201,
        "Workshop Hall",
        devices,
        latitude=48.4,
        longitude=10.9,
        seed=2,
        load_factor=5,
    )


def _make_terrace(now: datetime) -> Plant:
    """Return four inverters, one with a slow clock, and a storage behind a datalogger that uploads every minute."""
    datalogger = Datalogger("XGD2E00310", phase=33.0, period=60.0, jitter=2.0)
    devices = [
        *(
            Device(
                f"TPJ8C3020{index}",
                DeviceKind.INVERTER,
                make_inverter(3600.0, PvString(4000.0, 40, 10)),
                datalogger,
                skew=timedelta(minutes=-20 if index == 1 else 0),
                alias=f"Terrace {index + 1}",
            )
            for index in range(4)
        ),
        Device("KHB6D20088", DeviceKind.STORAGE, Storage(), datalogger),
    ]
    return make_plant(
        now,
        700202,
        "Harbour Terrace",
        devices,
        offset=0,
        latitude=51.5,
        longitude=-2.6,
        city="Bristol",
        country="United Kingdom",
        seed=3,
        load_factor=4,
    )


def _make_solar_farm(now: datetime) -> Plant:
    """Return two large inverters on another continent, behind one datalogger with much jitter."""
    datalogger = Datalogger("XGD4F00477", phase=250.0, jitter=40.0)
    devices = [
        Device(
            f"TPJ9D4030{index}",
            DeviceKind.INVERTER,
            make_inverter(
                50_000.0,
                PvString(30_000.0, 20, 0),
                PvString(26_000.0, 20, 0),
            ),
            datalogger,
            alias=f"Field {index + 1}",
        )
        for index in range(2)
    ]
    return make_plant(
        now,
        700203,
        "Mesa Station",
        devices,
        offset=-7,
        latitude=33.4,
        longitude=-111.9,
        city="Mesa",
        country="United States",
        seed=4,
    )


def fleet(now: datetime, plants: int = 50, inverters: int = 20) -> list[Plant]:
    """Return many plants of many inverters each, every plant behind one datalogger.

    They are young, and simulated in long steps with uploads from an hour ago only, because more would take too long.
    """
    return [_make_fleet_plant(now, index, inverters) for index in range(plants)]


def _make_fleet_plant(now: datetime, index: int, inverters: int) -> Plant:
    datalogger = Datalogger(f"XGF{index:07d}", phase=(index * 137.0) % 300)
    devices = [
        Device(
            f"TPF{index:03d}{number:04d}",
            DeviceKind.INVERTER,
            make_inverter(20_000.0, PvString(22_000.0, 25, 0)),
            datalogger,
            alias=f"Row {number + 1}",
        )
        for number in range(inverters)
    ]
    return make_plant(
        now,
        710_000 + index,
        f"Plant {index + 1:02d}",
        devices,
        latitude=48.0 + index % 10 * 0.1,
        longitude=11.0 + index // 10 * 0.1,
        seed=index,
        created=(now - timedelta(days=120)).date(),
        step=5 * STEP,
        start=now - timedelta(hours=1),
    )


SCENARIOS: dict[str, Callable[[datetime], list[Plant]]] = {
    "home": home,
    "min": newer.min_home,
    "hybrid": newer.hybrid_home,
    "commercial": newer.commercial,
    "everything": lambda now: [*home(now), *newer.everything(now)],
    "installer": installer,
    "fleet": fleet,
}
