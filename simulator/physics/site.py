"""A plant as it stands: a house with an inverter and a storage on one AC bus, and a datalogger that uploads.

On the bus, at every moment: inverter + import + discharge = load + export + charge.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from .devices import Energy, Inverter, Storage
from .sun import irradiance
from .weather import cloudiness, house_load

STEP = timedelta(seconds=60)


@dataclass(slots=True)
class Upload:
    """A snapshot of one device: when it was taken, when the cloud shows it, and the values."""

    measured: datetime
    visible: datetime
    values: dict[str, Any]


@dataclass(slots=True)
class Logger:
    """A datalogger: uploads every ``period`` seconds; the cloud shows an upload ``delay`` seconds later."""

    serial: str
    phase: float = 0.0
    period: float = 300.0
    delay: float = 20.0

    def next_upload(self, after: datetime) -> datetime:
        """Return the first upload later than ``after``."""
        epoch = after.timestamp() - self.phase
        count = epoch // self.period + 1
        return after + timedelta(seconds=count * self.period - epoch)


@dataclass(slots=True)
class Site:
    """One plant's devices, its past up to ``now``, and what its datalogger has sent."""

    plant_id: int
    name: str
    zone: tzinfo
    zone_text: str
    latitude: float
    longitude: float
    logger: Logger
    inverter_serial: str
    storage_serial: str
    inverter: Inverter
    storage: Storage
    now: datetime
    seed: int = 1
    load: Energy = field(default_factory=Energy)
    load_power: float = 0.0
    # What plant/data adds up from the inverter, kWh.
    month_energy: float = 120.4
    year_energy: float = 4012.2
    uploads: dict[str, list[Upload]] = field(default_factory=dict)
    # W of the inverter by wall clock, five minutes apart: what plant/power is made of.
    curve: dict[datetime, tuple[datetime, float]] = field(default_factory=dict)
    load_at_uploads: list[tuple[datetime, float]] = field(default_factory=list)

    def local(self, moment: datetime) -> datetime:
        """Return the plant's wall clock, naive."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def advance_to(self, moment: datetime) -> None:
        """Let time pass up to ``moment``: in steps of a minute, with the uploads that fall due."""
        while self.now < moment:
            upload = self.logger.next_upload(self.now)
            minute = self.now.replace(second=0, microsecond=0) + STEP
            end = min(upload, minute, moment)
            self._run(end)
            if end == upload:
                self._upload(end)

    def _run(self, end: datetime) -> None:
        seconds = (end - self.now).total_seconds()
        middle = self.now + (end - self.now) / 2
        clear = cloudiness(middle, self.seed)
        self.inverter.run(
            tuple(
                clear
                * irradiance(
                    middle, self.latitude, self.longitude, string.tilt, string.azimuth
                )
                for string in self.inverter.strings
            ),
            seconds,
        )
        self.load_power = house_load(middle, self.zone, self.seed)
        self.load.add(self.load_power, seconds)
        self.storage.run(
            self.inverter.power - self.load_power, self.local(middle), seconds
        )
        produced = self.inverter.power * seconds / 3_600_000
        self.month_energy += produced
        self.year_energy += produced
        before, after = self.local(self.now), self.local(end)
        if after.date() != before.date():
            for counter in self._counters():
                counter.today = 0.0
        if after.month != before.month:
            self.month_energy = 0.0
        if after.year != before.year:
            self.year_energy = 0.0
        self.now = end

    def _counters(self) -> tuple[Energy, ...]:
        storage = self.storage
        return (
            self.load,
            self.inverter.energy,
            *(string.energy for string in self.inverter.strings),
            storage.charge,
            storage.discharge,
            storage.imported,
            storage.exported,
        )

    def _upload(self, moment: datetime) -> None:
        visible = moment + timedelta(seconds=self.logger.delay)
        self.load_at_uploads.append((moment, self.load.total))
        if self.inverter.awake:
            self._keep(
                self.inverter_serial, Upload(moment, visible, snapshot_inverter(self))
            )
        self._keep(self.storage_serial, Upload(moment, visible, snapshot_storage(self)))
        local = self.local(moment)
        slot = local.replace(
            minute=local.minute - local.minute % 5, second=0, microsecond=0
        )
        self.curve[slot] = (visible, round(self.inverter.power, 1))

    def _keep(self, serial: str, upload: Upload) -> None:
        kept = self.uploads.setdefault(serial, [])
        kept.append(upload)
        del kept[:-3]

    def newest(self, serial: str, moment: datetime) -> Upload | None:
        """Return the newest upload of a device that the cloud shows at ``moment``."""
        for upload in reversed(self.uploads.get(serial, ())):
            if upload.visible <= moment:
                return upload
        return None

    def load_at(self, moment: datetime) -> float | None:
        """Return the house's energy in all at the newest upload that is visible at ``moment``, kWh."""
        for measured, total in reversed(self.load_at_uploads):
            if measured + timedelta(seconds=self.logger.delay) <= moment:
                return total
        return None


def count(kilowatt_hours: float) -> float:
    """Return a counter as the devices keep it: whole tenths, rounded down."""
    return int(kilowatt_hours * 10 + 1e-6) / 10


def snapshot_inverter(site: Site) -> dict[str, Any]:
    """Return an inverter's registers by meaning."""
    inverter = site.inverter
    return {
        "power": round(inverter.power, 1),
        "today": count(inverter.energy.today),
        "total": count(inverter.energy.total),
        "month": count(site.month_energy),
        "year": count(site.year_energy),
        "hours": inverter.hours,
        "on": inverter.on,
        "temperature": round(18 + inverter.power / inverter.nominal_power * 35, 1),
        "strings": [
            {
                "power": round(string.power, 1),
                "voltage": round(180 + string.peak / 25, 1) if string.power else 0.0,
                "today": count(string.energy.today),
                "total": count(string.energy.total),
            }
            for string in inverter.strings
        ],
    }


def snapshot_storage(site: Site) -> dict[str, Any]:
    """Return a storage's registers by meaning."""
    storage = site.storage
    return {
        "charge_power": round(storage.charge_power, 1),
        "discharge_power": round(storage.discharge_power, 1),
        "import_power": round(storage.import_power, 1),
        "export_power": round(storage.export_power, 1),
        "level": int(storage.level * 100),
        "voltage": round(46 + 8 * storage.level, 1),
        **{
            f"{name}_{span}": count(getattr(counter, span))
            for name, counter in (
                ("charge", storage.charge),
                ("discharge", storage.discharge),
                ("imported", storage.imported),
                ("exported", storage.exported),
            )
            for span in ("today", "total")
        },
    }
