"""A plant: a house with inverters and perhaps a storage on one AC bus, and dataloggers that upload.

On the bus, at every instant: inverters + import + discharge = load + export + charge.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from .datalogger import Datalogger
from .device import Device, DeviceKind, Upload
from .energy_record import EnergyRecord
from .power_models import (
    Energy,
    Hybrid,
    Inverter,
    Meter,
    Storage,
    Weather,
    get_battery,
    get_panels,
)
from .sun import irradiance
from .weather import cloudiness, house_load

STEP = timedelta(seconds=60)


@dataclass(slots=True)
class Plant:
    """A plant simulated up to ``now``. load_factor: its load in households. step: the longest step of the simulation."""

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
    # kWp, if an installer stated it.
    stated_peak_power: float | None = None
    # Dataloggers without devices.
    idle_dataloggers: list[Datalogger] = field(default_factory=list)
    seed: int = 1
    load_factor: float = 1.0
    step: timedelta = STEP
    load: Energy = field(default_factory=Energy)
    load_power: float = 0.0
    # The inverters' energy of month and year, as plant/data reports it, kWh.
    month_energy: float = 0.0
    year_energy: float = 0.0
    # The source of plant/power: by wall clock in steps of five minutes, when the cloud shows it, and W of the inverters.
    power_curve: dict[datetime, tuple[datetime, float]] = field(default_factory=dict)
    # The inverters' energy by day of the plant's clock, kWh.
    daily_energy: dict[date, float] = field(default_factory=dict)
    load_at_uploads: list[tuple[datetime, float]] = field(default_factory=list)
    # When the cloud shows an upload, and the energy of month and year in it.
    visible_sums: list[tuple[datetime, float, float]] = field(default_factory=list)
    # What really flowed, if a test wants to know.
    record: EnergyRecord | None = None

    @property
    def dataloggers(self) -> list[Datalogger]:
        """All dataloggers."""
        busy = {device.datalogger.serial: device.datalogger for device in self.devices}
        return [*busy.values(), *self.idle_dataloggers]

    @property
    def datalogger(self) -> Datalogger:
        """The first datalogger."""
        return self.devices[0].datalogger

    def iterate_inverters(self) -> Iterator[tuple[Device, Inverter]]:
        """Yield every device with panels, and its inverter."""
        for device in self.devices:
            if (inverter := get_panels(device.model)) is not None:
                yield device, inverter

    @property
    def inverter(self) -> Inverter:
        """The first inverter."""
        return next(inverter for _, inverter in self.iterate_inverters())

    @property
    def storage(self) -> Storage | None:
        """The first battery, in a device of its own or in a hybrid; None without one."""
        for device in self.devices:
            if (battery := get_battery(device.model)) is not None:
                return battery
        return None

    @property
    def battery(self) -> Storage:
        """The first battery of a plant that has one."""
        assert self.storage is not None
        return self.storage

    def find_device(self, serial: str, kind: DeviceKind | None = None) -> Device | None:
        """Return the device with this serial, and of this kind if given."""
        for device in self.devices:
            if device.serial == serial and kind in (None, device.kind):
                return device
        return None

    def get_local_time(self, moment: datetime) -> datetime:
        """Return the plant's wall clock, naive."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def advance_to(self, moment: datetime) -> None:
        """Simulate up to ``moment`` in steps that end at the next upload at the latest."""
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
            self.step_to(end)
            for time, datalogger in uploads:
                if time == end:
                    self._record_uploads(datalogger, end)

    def step_to(self, end: datetime) -> None:
        """Simulate one step of any length, without uploads."""
        seconds = (end - self.now).total_seconds()
        middle = self.now + (end - self.now) / 2
        power = sum(self.convert_light(middle, seconds))
        load = self.load_factor * house_load(middle, self.zone, self.seed)
        self.balance_bus(power, load, middle, seconds)
        self._record_step(middle, seconds)
        produced = power * seconds / 3_600_000
        self.month_energy += produced
        self.year_energy += produced
        day = self.get_local_time(middle).date()
        self.daily_energy[day] = self.daily_energy.get(day, 0.0) + produced
        before, after = self.get_local_time(self.now), self.get_local_time(end)
        if after.date() != before.date():
            self.load.start_new_day()
        for device in self.devices:
            # The counters of a device restart at midnight of its own clock.
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

    def convert_light(self, middle: datetime, seconds: float) -> list[float]:
        """Convert the light around ``middle`` over some seconds, and return the power of the panels of each device, W."""
        clear = cloudiness(middle, self.seed)
        light: dict[tuple[float, float], float] = {}
        powers = []
        for device in self.devices:
            inverter = get_panels(device.model)
            if inverter is None:
                powers.append(0.0)
                continue
            for string in inverter.strings:
                orientation = string.tilt, string.azimuth
                if orientation not in light:
                    light[orientation] = clear * irradiance(
                        middle, self.latitude, self.longitude, *orientation
                    )
            inverter.convert_light(
                tuple(
                    light[string.tilt, string.azimuth] for string in inverter.strings
                ),
                seconds,
            )
            powers.append(inverter.power)
        return powers

    def balance_bus(
        self, power: float, load: float, middle: datetime, seconds: float
    ) -> None:
        """Balance inverters and load by battery and grid, and update hybrids, meters and sensors."""
        self.load_power = load
        self.load.add_power(load, seconds)
        grid = load - power
        if (battery := self.storage) is not None:
            battery.balance_surplus(-grid, self.get_local_time(middle), seconds)
            battery.measure_load(load, power, seconds)
            grid += battery.charge_power - battery.discharge_power
        for device in self.devices:
            match device.model:
                case Hybrid():
                    device.model.count_output(seconds)
                case Meter():
                    device.model.measure_grid(grid, seconds)
                case Weather():
                    clear = cloudiness(middle, self.seed)
                    flat = irradiance(middle, self.latitude, self.longitude, 0, 0)
                    device.model.light = clear * flat

    def _record_step(self, middle: datetime, seconds: float) -> None:
        if self.record is None:
            return
        battery = self.storage
        self.record.add_step(
            middle,
            seconds,
            load=self.load_power,
            battery=battery.discharge_power - battery.charge_power if battery else 0.0,
            solar={
                device.serial: inverter.power
                for device, inverter in self.iterate_inverters()
            },
        )

    def _record_uploads(self, datalogger: Datalogger, moment: datetime) -> None:
        outage = datalogger.find_outage(moment)
        if outage is not None and not outage.is_buffered:
            return
        uploaded = None if outage is None else outage.end
        for device in self.devices:
            if device.datalogger is datalogger and device.awake:
                device.send_upload(moment, uploaded)
        visible = (uploaded or moment) + timedelta(seconds=datalogger.delay)
        if outage is None:
            self.load_at_uploads.append((moment, self.load.total))
            self.visible_sums.append((visible, self.month_energy, self.year_energy))
            del self.visible_sums[:-8]
        local = self.get_local_time(moment)
        wall = local.replace(
            minute=local.minute - local.minute % 5, second=0, microsecond=0
        )
        # Inverters whose datalogger is lost are missing in the sum.
        power = sum(
            inverter.power
            for device, inverter in self.iterate_inverters()
            if _is_known(device, moment)
        )
        self.power_curve[wall] = (visible, round(power, 1))

    def get_newest_upload(self, serial: str, moment: datetime) -> Upload | None:
        """Return the newest upload of a device that the cloud shows at ``moment``."""
        device = self.find_device(serial)
        return device.get_newest_upload(moment) if device else None

    def get_visible_sums(self, moment: datetime) -> tuple[float, float]:
        """Return the inverters' energy of month and year that the cloud shows at ``moment``, kWh."""
        for visible, month, year in reversed(self.visible_sums):
            if visible <= moment:
                return month, year
        return 0.0, 0.0

    def get_visible_load(self, moment: datetime) -> float | None:
        """Return the house's lifetime energy at the newest upload that the cloud shows at ``moment``, kWh."""
        for measured, total in reversed(self.load_at_uploads):
            if measured + timedelta(seconds=self.datalogger.delay) <= moment:
                return total
        return None


def _is_known(device: Device, moment: datetime) -> bool:
    """Return whether what a device measures at a moment is ever uploaded."""
    outage = device.datalogger.find_outage(moment)
    return outage is None or outage.is_buffered
