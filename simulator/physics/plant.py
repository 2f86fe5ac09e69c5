"""A plant as it stands: a house with inverters and perhaps a storage on one AC bus, and dataloggers that upload.

On the bus, at every moment: inverters + import + discharge = load + export + charge.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from .datalogger import Logger
from .device import Kind, Unit, Upload
from .power_models import Energy, Hybrid, Inverter, Meter, Storage, Weather
from .sun import irradiance
from .weather import cloudiness, house_load

STEP = timedelta(seconds=60)


@dataclass(slots=True)
class Site:
    """One plant's devices and its past up to ``now``. step: how finely time is cut."""

    plant_id: int
    name: str
    zone: tzinfo
    zone_text: str
    latitude: float
    longitude: float
    units: list[Unit]
    now: datetime
    city: str = "Munich"
    country: str = "Germany"
    user_id: int = 31
    created: date = date(2021, 5, 4)
    # kWp, where somebody has stated it; else what the strings add up to.
    stated_peak: float | None = None
    # Dataloggers that nothing is connected to.
    idle_loggers: list[Logger] = field(default_factory=list)
    seed: int = 1
    step: timedelta = STEP
    load: Energy = field(default_factory=Energy)
    load_power: float = 0.0
    # What plant/data adds up from the inverters, kWh.
    month_energy: float = 120.4
    year_energy: float = 4012.2
    # W of the inverters by wall clock, five minutes apart: what plant/power is made of.
    curve: dict[datetime, tuple[datetime, float]] = field(default_factory=dict)
    # What the inverters have made on each of the plant's days, kWh.
    daily: dict[date, float] = field(default_factory=dict)
    load_at_uploads: list[tuple[datetime, float]] = field(default_factory=list)
    # When the cloud shows which sums of month and year.
    sums: list[tuple[datetime, float, float]] = field(default_factory=list)

    @property
    def loggers(self) -> list[Logger]:
        """The dataloggers, each once."""
        busy = {unit.logger.serial: unit.logger for unit in self.units}
        return [*busy.values(), *self.idle_loggers]

    @property
    def logger(self) -> Logger:
        """The first datalogger."""
        return self.units[0].logger

    def inverters(self) -> Iterator[tuple[Unit, Inverter]]:
        """Give every device that makes power out of light."""
        for unit in self.units:
            if isinstance(unit.device, Inverter):
                yield unit, unit.device
            elif isinstance(unit.device, Hybrid):
                yield unit, unit.device.pv

    @property
    def inverter(self) -> Inverter:
        """The first inverter."""
        return next(device for _, device in self.inverters())

    @property
    def storage(self) -> Storage | None:
        """The battery, where there is one: a device of its own, or inside another."""
        for unit in self.units:
            if isinstance(unit.device, Storage):
                return unit.device
            if isinstance(unit.device, Hybrid):
                return unit.device.battery
        return None

    @property
    def battery(self) -> Storage:
        """The storage of a plant that has one."""
        assert self.storage is not None
        return self.storage

    def unit(self, serial: str, kind: Kind | None = None) -> Unit | None:
        """Return a device."""
        for unit in self.units:
            if unit.serial == serial and kind in (None, unit.kind):
                return unit
        return None

    def local(self, moment: datetime) -> datetime:
        """Return the plant's wall clock, naive."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def advance_to(self, moment: datetime) -> None:
        """Let time pass up to ``moment``: in steps, with the uploads that fall due."""
        loggers = self.loggers
        while self.now < moment:
            uploads = [(logger.next_upload(self.now), logger) for logger in loggers]
            due = min((time for time, _ in uploads), default=moment)
            step = timedelta(
                seconds=self.step.total_seconds()
                - self.now.timestamp() % self.step.total_seconds()
            )
            end = min(due, self.now + step, moment)
            self._run(end)
            for time, logger in uploads:
                if time == end:
                    self._upload(logger, end)

    def _run(self, end: datetime) -> None:
        seconds = (end - self.now).total_seconds()
        middle = self.now + (end - self.now) / 2
        clear = cloudiness(middle, self.seed)
        light: dict[tuple[float, float], float] = {}
        power = 0.0
        for _, inverter in self.inverters():
            for string in inverter.strings:
                lie = string.tilt, string.azimuth
                if lie not in light:
                    light[lie] = clear * irradiance(
                        middle, self.latitude, self.longitude, *lie
                    )
            inverter.run(
                tuple(
                    light[string.tilt, string.azimuth] for string in inverter.strings
                ),
                seconds,
            )
            power += inverter.power
        self.load_power = house_load(middle, self.zone, self.seed)
        self.load.add(self.load_power, seconds)
        self._balance(power, middle, clear, seconds)
        produced = power * seconds / 3_600_000
        self.month_energy += produced
        self.year_energy += produced
        day = self.local(middle).date()
        self.daily[day] = self.daily.get(day, 0.0) + produced
        before, after = self.local(self.now), self.local(end)
        if after.date() != before.date():
            self.load.turn()
        for unit in self.units:
            # A device's day is its own clock's.
            if (
                unit.wall(end, self.zone).date()
                != unit.wall(self.now, self.zone).date()
            ):
                for counter in unit.counters:
                    counter.turn()
        if after.month != before.month:
            self.month_energy = 0.0
        if after.year != before.year:
            self.year_energy = 0.0
        self.now = end

    def _balance(
        self, power: float, middle: datetime, clear: float, seconds: float
    ) -> None:
        """Let battery and grid take or give what the inverters and the house leave over, and the meters see it."""
        grid = self.load_power - power
        if (battery := self.storage) is not None:
            battery.run(-grid, self.local(middle), seconds)
            battery.look(self.load_power, power, seconds)
            grid += battery.charge_power - battery.discharge_power
        for unit in self.units:
            match unit.device:
                case Hybrid():
                    unit.device.run(seconds)
                case Meter():
                    unit.device.run(grid, seconds)
                case Weather():
                    flat = irradiance(middle, self.latitude, self.longitude, 0, 0)
                    unit.device.light = clear * flat

    def _upload(self, logger: Logger, moment: datetime) -> None:
        visible = moment + timedelta(seconds=logger.delay)
        self.load_at_uploads.append((moment, self.load.total))
        for unit in self.units:
            if unit.logger is logger and unit.awake:
                unit.upload(moment)
        self.sums.append((visible, self.month_energy, self.year_energy))
        del self.sums[:-8]
        local = self.local(moment)
        slot = local.replace(
            minute=local.minute - local.minute % 5, second=0, microsecond=0
        )
        power = sum(inverter.power for _, inverter in self.inverters())
        self.curve[slot] = (visible, round(power, 1))

    def newest(self, serial: str, moment: datetime) -> Upload | None:
        """Return the newest upload of a device that the cloud shows at ``moment``."""
        unit = self.unit(serial)
        return unit.newest(moment) if unit else None

    def sums_at(self, moment: datetime) -> tuple[float, float]:
        """Return the energy of month and year that the cloud shows at ``moment``, kWh."""
        for visible, month, year in reversed(self.sums):
            if visible <= moment:
                return month, year
        return 0.0, 0.0

    def load_at(self, moment: datetime) -> float | None:
        """Return the house's energy in all at the newest upload that is visible at ``moment``, kWh."""
        for measured, total in reversed(self.load_at_uploads):
            if measured + timedelta(seconds=self.logger.delay) <= moment:
                return total
        return None
