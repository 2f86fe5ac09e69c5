"""A plant as it stands: a house with inverters and perhaps a storage on one AC bus, and dataloggers that upload.

On the bus, at every moment: inverters + import + discharge = load + export + charge.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from .datalogger import Datalogger
from .device import Device, DeviceKind, Upload
from .power_models import Energy, Hybrid, Inverter, Meter, Storage, Weather
from .sun import irradiance
from .weather import cloudiness, house_load

STEP = timedelta(seconds=60)


@dataclass(slots=True)
class Plant:
    """One plant's devices and its past up to ``now``. step: how finely time is cut."""

    plant_id: int
    name: str
    zone: tzinfo
    zone_text: str
    latitude: float
    longitude: float
    devices: list[Device]
    now: datetime
    city: str = "Munich"
    country: str = "Germany"
    user_id: int = 31
    created: date = date(2021, 5, 4)
    # kWp, where somebody has stated it; else what the strings add up to.
    stated_peak_power: float | None = None
    # Dataloggers that nothing is connected to.
    idle_dataloggers: list[Datalogger] = field(default_factory=list)
    seed: int = 1
    step: timedelta = STEP
    load: Energy = field(default_factory=Energy)
    load_power: float = 0.0
    # What plant/data adds up from the inverters, kWh.
    month_energy: float = 120.4
    year_energy: float = 4012.2
    # W of the inverters by wall clock, five minutes apart: what plant/power is made of.
    power_curve: dict[datetime, tuple[datetime, float]] = field(default_factory=dict)
    # What the inverters have made on each of the plant's days, kWh.
    daily_energy: dict[date, float] = field(default_factory=dict)
    load_at_uploads: list[tuple[datetime, float]] = field(default_factory=list)
    # When the cloud shows which sums of month and year.
    visible_sums: list[tuple[datetime, float, float]] = field(default_factory=list)

    @property
    def dataloggers(self) -> list[Datalogger]:
        """The dataloggers, each once."""
        busy = {device.datalogger.serial: device.datalogger for device in self.devices}
        return [*busy.values(), *self.idle_dataloggers]

    @property
    def datalogger(self) -> Datalogger:
        """The first datalogger."""
        return self.devices[0].datalogger

    def iterate_inverters(self) -> Iterator[tuple[Device, Inverter]]:
        """Give every device that makes power out of light."""
        for device in self.devices:
            if isinstance(device.model, Inverter):
                yield device, device.model
            elif isinstance(device.model, Hybrid):
                yield device, device.model.pv

    @property
    def inverter(self) -> Inverter:
        """The first inverter."""
        return next(inverter for _, inverter in self.iterate_inverters())

    @property
    def storage(self) -> Storage | None:
        """The battery, where there is one: a device of its own, or inside another."""
        for device in self.devices:
            if isinstance(device.model, Storage):
                return device.model
            if isinstance(device.model, Hybrid):
                return device.model.battery
        return None

    @property
    def battery(self) -> Storage:
        """The storage of a plant that has one."""
        assert self.storage is not None
        return self.storage

    def find_device(self, serial: str, kind: DeviceKind | None = None) -> Device | None:
        """Return a device."""
        for device in self.devices:
            if device.serial == serial and kind in (None, device.kind):
                return device
        return None

    def get_local_time(self, moment: datetime) -> datetime:
        """Return the plant's wall clock, naive."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def advance_to(self, moment: datetime) -> None:
        """Let time pass up to ``moment``: in steps, with the uploads that fall due."""
        dataloggers = self.dataloggers
        while self.now < moment:
            uploads = [
                (datalogger.get_next_upload(self.now), datalogger)
                for datalogger in dataloggers
            ]
            due = min((time for time, _ in uploads), default=moment)
            step = timedelta(
                seconds=self.step.total_seconds()
                - self.now.timestamp() % self.step.total_seconds()
            )
            end = min(due, self.now + step, moment)
            self._run(end)
            for time, datalogger in uploads:
                if time == end:
                    self._upload(datalogger, end)

    def _run(self, end: datetime) -> None:
        seconds = (end - self.now).total_seconds()
        middle = self.now + (end - self.now) / 2
        clear = cloudiness(middle, self.seed)
        light: dict[tuple[float, float], float] = {}
        power = 0.0
        for _, inverter in self.iterate_inverters():
            for string in inverter.strings:
                lie = string.tilt, string.azimuth
                if lie not in light:
                    light[lie] = clear * irradiance(
                        middle, self.latitude, self.longitude, *lie
                    )
            inverter.convert_light(
                tuple(
                    light[string.tilt, string.azimuth] for string in inverter.strings
                ),
                seconds,
            )
            power += inverter.power
        self.load_power = house_load(middle, self.zone, self.seed)
        self.load.add_power(self.load_power, seconds)
        self._balance(power, middle, clear, seconds)
        produced = power * seconds / 3_600_000
        self.month_energy += produced
        self.year_energy += produced
        day = self.get_local_time(middle).date()
        self.daily_energy[day] = self.daily_energy.get(day, 0.0) + produced
        before, after = self.get_local_time(self.now), self.get_local_time(end)
        if after.date() != before.date():
            self.load.start_new_day()
        for device in self.devices:
            # A device's day is its own clock's.
            if (
                device.get_wall_time(end, self.zone).date()
                != device.get_wall_time(self.now, self.zone).date()
            ):
                for counter in device.counters:
                    counter.start_new_day()
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
            battery.balance_surplus(-grid, self.get_local_time(middle), seconds)
            battery.measure_load(self.load_power, power, seconds)
            grid += battery.charge_power - battery.discharge_power
        for device in self.devices:
            match device.model:
                case Hybrid():
                    device.model.count_output(seconds)
                case Meter():
                    device.model.measure_grid(grid, seconds)
                case Weather():
                    flat = irradiance(middle, self.latitude, self.longitude, 0, 0)
                    device.model.light = clear * flat

    def _upload(self, datalogger: Datalogger, moment: datetime) -> None:
        visible = moment + timedelta(seconds=datalogger.delay)
        self.load_at_uploads.append((moment, self.load.total))
        for device in self.devices:
            if device.datalogger is datalogger and device.awake:
                device.send_upload(moment)
        self.visible_sums.append((visible, self.month_energy, self.year_energy))
        del self.visible_sums[:-8]
        local = self.get_local_time(moment)
        slot = local.replace(
            minute=local.minute - local.minute % 5, second=0, microsecond=0
        )
        power = sum(inverter.power for _, inverter in self.iterate_inverters())
        self.power_curve[slot] = (visible, round(power, 1))

    def get_newest_upload(self, serial: str, moment: datetime) -> Upload | None:
        """Return the newest upload of a device that the cloud shows at ``moment``."""
        device = self.find_device(serial)
        return device.get_newest_upload(moment) if device else None

    def get_visible_sums(self, moment: datetime) -> tuple[float, float]:
        """Return the energy of month and year that the cloud shows at ``moment``, kWh."""
        for visible, month, year in reversed(self.visible_sums):
            if visible <= moment:
                return month, year
        return 0.0, 0.0

    def get_visible_load(self, moment: datetime) -> float | None:
        """Return the house's energy in all at the newest upload that is visible at ``moment``, kWh."""
        for measured, total in reversed(self.load_at_uploads):
            if measured + timedelta(seconds=self.datalogger.delay) <= moment:
                return total
        return None
