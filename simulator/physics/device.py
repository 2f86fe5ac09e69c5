"""A device in a plant: a model behind a datalogger, with a clock of its own, and what it has uploaded."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from .datalogger import Datalogger
from .power_models import AnyModel, Energy, Hybrid, Inverter, Meter, Storage


class DeviceKind(StrEnum):
    """The kinds of devices in the API. Several kinds may have the same model."""

    INVERTER = "inverter"
    STORAGE = "storage"
    MAX = "max"
    SPH = "sph"
    SPA = "spa"
    MIN = "min"
    METER = "meter"
    SENSOR = "sensor"
    # A power conversion system, which has no endpoint but the device list.
    PCS = "pcs"


@dataclass(slots=True)
class Upload:
    """The values of a device at one instant, and when the cloud shows them."""

    measured: datetime
    visible: datetime
    values: dict[str, Any]


@dataclass(slots=True)
class Alarm:
    """An alarm of a device, with true instants."""

    code: str
    message: str
    start: datetime
    end: datetime | None = None


# How long the cloud keeps readings.
RETENTION = timedelta(days=95)
# How much of what it no longer shows is dropped at a time.
_DROPPED_AT_ONCE = timedelta(days=2)


@dataclass(slots=True)
class Device:
    """A device of a plant.

    zone: the zone of its clock; None is the plant's. skew: how far the clock is ahead.
    """

    serial: str
    kind: DeviceKind
    model: AnyModel
    datalogger: Datalogger
    zone: tzinfo | None = None
    skew: timedelta = timedelta()
    alias: str = ""
    # Of meters and sensors: the address at the datalogger.
    address: int = 0
    uploads: list[Upload] = field(default_factory=list)
    # In the order of measured.
    history: list[Upload] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def awake(self) -> bool:
        """True if it uploads: an inverter by day, other devices always."""
        return not isinstance(self.model, Inverter) or self.model.awake

    @property
    def counters(self) -> tuple[Energy, ...]:
        """All counters with a value of today."""
        return tuple(_iterate_counters(self.model))

    def get_wall_time(self, moment: datetime, zone: tzinfo) -> datetime:
        """Return the naive time of its clock. ``zone`` is the plant's."""
        return (moment.astimezone(self.zone or zone) + self.skew).replace(tzinfo=None)

    def send_upload(self, moment: datetime, uploaded: datetime | None = None) -> None:
        """Upload a snapshot of the model. uploaded: when the datalogger sends it, if that is later."""
        visible = (uploaded or moment) + timedelta(seconds=self.datalogger.delay)
        upload = Upload(moment, visible, take_snapshot(self.model))
        # A late row is part of the past, and no newest reading.
        if uploaded is None:
            self.uploads.append(upload)
            del self.uploads[:-3]
        self.history.append(upload)
        if moment - self.history[0].measured > RETENTION + _DROPPED_AT_ONCE:
            kept = bisect_left(
                self.history, moment - RETENTION, key=lambda upload: upload.measured
            )
            del self.history[:kept]

    def get_newest_upload(self, moment: datetime) -> Upload | None:
        """Return the newest upload that the cloud shows at ``moment``."""
        for upload in reversed(self.uploads):
            if upload.visible <= moment:
                return upload
        return None

    def get_known_alarms(self, moment: datetime) -> list[Alarm]:
        """Return the alarms up to the newest upload that the cloud shows; later ends are not in them."""
        upload = self.get_newest_upload(moment)
        uploaded = (
            upload.measured if upload else datetime.min.replace(tzinfo=moment.tzinfo)
        )
        return [
            Alarm(
                alarm.code,
                alarm.message,
                alarm.start,
                alarm.end if alarm.end and alarm.end <= uploaded else None,
            )
            for alarm in self.alarms
            if alarm.start <= uploaded
        ]

    def raise_alarm(
        self, code: str, message: str, moment: datetime, *, severity: str
    ) -> None:
        """Raise an alarm. A "fault" stops the device, a "warning" does not, "none" is in no reading."""
        self.alarms.append(Alarm(code, message, moment))
        number = int(code) if code.isdigit() else 1
        if severity == "fault":
            self.model.fault = number
        elif severity == "warning":
            self.model.warning = number

    def end_alarms(self, moment: datetime) -> None:
        """End all alarms."""
        for alarm in self.alarms:
            alarm.end = alarm.end or moment
        self.model.fault = self.model.warning = 0

    def set_clock(self, wall: datetime, moment: datetime, zone: tzinfo) -> None:
        """Set its clock."""
        self.zone = None
        self.skew = wall - moment.astimezone(zone).replace(tzinfo=None)

    def is_lost(self, moment: datetime) -> bool:
        """Return whether the newest upload is more than 20 minutes old."""
        upload = self.get_newest_upload(moment)
        return upload is None or moment - upload.measured > timedelta(minutes=20)


def round_counter(kilowatt_hours: float) -> float:
    """Round a counter down to tenths, as the devices do."""
    return int(kilowatt_hours * 10 + 1e-6) / 10


def _iterate_counters(model: AnyModel) -> Iterator[Energy]:
    match model:
        case Inverter():
            yield model.energy
            yield from (string.energy for string in model.strings)
        case Storage():
            yield from (model.charge, model.discharge)
            yield from (model.imported, model.exported)
            yield from (model.from_grid, model.load, model.produced)
        case Hybrid():
            yield model.output
            yield from _iterate_counters(model.pv)
            yield from _iterate_counters(model.battery)
        case Meter():
            yield from (model.imported, model.exported)


def take_snapshot(model: AnyModel) -> dict[str, Any]:
    """Return the values that a device with this model uploads."""
    match model:
        case Inverter():
            return _snapshot_inverter(model)
        case Storage():
            return _snapshot_storage(model)
        case Hybrid():
            return {
                "pv": _snapshot_inverter(model.pv),
                "battery": _snapshot_storage(model.battery),
                "power": round(model.output_power, 1),
                "today": round_counter(model.output.today),
                "total": round_counter(model.output.total),
                "fault": model.fault,
                "warning": model.warning,
            }
        case Meter():
            return {
                "power": round(model.power, 1),
                "imported_today": round_counter(model.imported.today),
                "imported_total": round_counter(model.imported.total),
                "exported_today": round_counter(model.exported.today),
                "exported_total": round_counter(model.exported.total),
            }
    return {"light": round(model.light)}


def _snapshot_inverter(inverter: Inverter) -> dict[str, Any]:
    """Return an inverter's values."""
    return {
        "power": round(inverter.power, 1),
        "today": round_counter(inverter.energy.today),
        "yesterday": round_counter(inverter.energy.yesterday),
        "total": round_counter(inverter.energy.total),
        "hours": inverter.hours,
        "on": inverter.on,
        "fault": inverter.fault,
        "warning": inverter.warning,
        "temperature": round(18 + inverter.power / inverter.nominal_power * 35, 1),
        "strings": [
            {
                "power": round(string.power, 1),
                "voltage": round(180 + string.peak / 25, 1) if string.power else 0.0,
                "today": round_counter(string.energy.today),
                "total": round_counter(string.energy.total),
            }
            for string in inverter.strings
        ],
    }


def _snapshot_storage(storage: Storage) -> dict[str, Any]:
    """Return a storage's values."""
    return {
        "charge_power": round(storage.charge_power, 1),
        "discharge_power": round(storage.discharge_power, 1),
        "import_power": round(storage.import_power, 1),
        "export_power": round(storage.export_power, 1),
        "level": int(storage.level * 100),
        "fault": storage.fault,
        "warning": storage.warning,
        "voltage": round(46 + 8 * storage.level, 1),
        "load_power": round(storage.load_power, 1),
        "produced_power": round(storage.produced_power, 1),
        **{
            f"{name}_{span}": round_counter(getattr(counter, span))
            for name, counter in (
                ("charge", storage.charge),
                ("discharge", storage.discharge),
                ("imported", storage.imported),
                ("exported", storage.exported),
                ("from_grid", storage.from_grid),
                ("load", storage.load),
                ("produced", storage.produced),
            )
            for span in ("today", "total")
        },
    }
