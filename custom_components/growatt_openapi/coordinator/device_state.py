"""The state of one device: its row of the device list, its newest reading, and the assessment of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from ..api.models import Device
from ..domain import poll_schedule as schedule
from ..domain.counters import DailyCounters, LifetimeTotals, find_impossible_totals
from ..domain.device_clock import DeviceClock
from ..domain.freshness import (
    NOTHING,
    Assessment,
    Freshness,
    assess,
    stale_after,
)
from ..domain.sun import believed_sun_state
from ..domain.upload_rhythm import UploadRhythm
from ..families import Family
from ..families.base import NO_READING, DecodedReading, Value
from ..models import PlantInfo
from ..persistence import codec


@dataclass(slots=True)
class DeviceState:
    """The state of one device."""

    STORED_AS: ClassVar = {
        "clock": "clock",
        "totals": "totals",
        "daily": "daily",
        "rhythm": "upload_rhythm",
        "dated": "has_time",
    }

    device: Device
    plant: PlantInfo
    clock: DeviceClock
    assessment: Assessment = NOTHING
    reading: DecodedReading = NO_READING
    totals: LifetimeTotals = field(default_factory=LifetimeTotals)
    daily: DailyCounters = field(default_factory=DailyCounters)
    upload_rhythm: UploadRhythm = field(default_factory=UploadRhythm)
    # None: not known.
    online: bool | None = None
    # When a poll of it last brought a reading, new or not.
    checked_at: datetime | None = None
    # Whether its readings have a time.
    has_time: bool = False

    @property
    def values(self) -> Mapping[str, Value]:
        """The newest reading's values by key; none where there was no reading."""
        return self.reading.values

    def is_online(self, now: datetime) -> bool | None:
        """Return whether the device is connected; None: not known.

        True while its reading is fresh or it is asleep; else the device list decides, while that is recent.
        """
        if self.assessment.freshness in (Freshness.FRESH, Freshness.ASLEEP):
            return True
        listed = self.plant.listed_at
        if listed is None or now - listed > 2 * schedule.LISTS:
            return None
        return None if self.device.lost is None else not self.device.lost

    def age(self, now: datetime) -> timedelta | None:
        """Return how old the newest reading is."""
        taken_at = self.clock.newest_instant()
        return None if taken_at is None else max(now - taken_at, timedelta())

    def reassess(self, family: Family, now: datetime, interval: timedelta) -> bool:
        """Assess the newest reading again; return whether its assessment or the connection changed. interval: between polls."""
        previous = self.assessment, self.online
        value = self.values.get(family.power_key)
        power = value if isinstance(value, float) else None
        self.assessment = assess(
            self.clock,
            now,
            sleeps=family.sleeps_at_night(self.values),
            sun=believed_sun_state(
                self.plant.location, now, self.clock.newest_instant(), power
            ),
            power=power,
            standby=self.values.get("status") == "waiting",
            limit=stale_after(interval),
        )
        self.online = self.is_online(now)
        return (self.assessment, self.online) != previous

    def follow_clock_jump(self, jump: float) -> None:
        """Correct the stored instants after the system's clock was set by ``jump`` seconds."""
        self.clock.follow_clock_jump(timedelta(seconds=jump))
        self.totals.follow_clock_jump(timedelta(seconds=jump))
        if self.checked_at is not None:
            self.checked_at += timedelta(seconds=jump)

    def correct_counters(
        self,
        decoded: DecodedReading,
        family: Family,
        time: datetime | None,
        now: datetime,
    ) -> DecodedReading:
        """Return a reading with its counters corrected by the earlier ones; ``time``: the reading's."""
        values = dict(decoded.values)
        moment = time or self.clock.device_time(now)
        max_power = self._max_power(decoded, family)
        impossible = find_impossible_totals(
            decoded.values, family.lifetime_keys & family.energy_keys
        )
        for key, value in decoded.values.items():
            if not isinstance(value, float | None):
                continue
            if key in impossible and not self.totals.knows(key):
                values[key] = None  # as a first value it would stay the base
                continue
            if key in family.lifetime_keys:
                values[key] = self.totals.record_value(
                    key, value, now, max_power if key in family.energy_keys else None
                )
            elif key in family.daily_keys:
                values[key] = self.daily.record_value(key, value, moment, max_power)
        self.totals.end_round(now)
        return replace(decoded, values=values)

    def _max_power(self, decoded: DecodedReading, family: Family) -> float:
        """Return the greatest power, W, that is known of the device: nominal, measured, or its plant's peak power."""
        details = self.plant.device_details.get(self.device.serial)
        power = decoded.values.get(family.power_key)
        peak_power = self.plant.row.peak_power
        return max(
            (details and details.nominal_power) or 0.0,
            abs(power) if isinstance(power, float) else 0.0,
            peak_power * 1000 if peak_power else 0.0,
        )

    def dump(self) -> dict[str, Any]:
        """Return the state as it is saved."""
        return {
            **codec.dump(self),
            "undocumented": dict(self.reading.undocumented),
            "values": {
                key: value for key, value in self.values.items() if value is not None
            },
            # Keys without a value: absent or unreadable.
            "unknown": [key for key, value in self.values.items() if value is None],
        }

    @classmethod
    def load(
        cls, device: Device, plant: PlantInfo, now: datetime, saved: object
    ) -> DeviceState:
        """Return a device's saved state; an empty one where it cannot be read."""
        empty = cls(device, plant, DeviceClock(plant.zone))
        if not isinstance(saved, dict):
            return empty
        return codec.load_or(
            empty,
            "state of a device",
            lambda: codec.load(
                cls,
                saved,
                device=device,
                plant=plant,
                clock=load_clock(saved["clock"], plant, now),
                reading=_load_reading(saved),
            ),
        )


def load_clock(saved: object, plant: PlantInfo, now: datetime) -> DeviceClock:
    """Return a saved clock. Raises ValueError for invalid data."""
    clock = codec.load(DeviceClock, saved, zone=plant.zone)
    clock.limit_to_present(now)
    if not plant.zone_known:
        clock.keep_lags()
    return clock


def _load_reading(saved: Mapping[str, Any]) -> DecodedReading:
    values: dict[str, Value] = {
        str(key): value
        for key, value in saved["values"].items()
        if isinstance(value, float | int | str)
    }
    values |= dict.fromkeys(map(str, saved["unknown"]))
    return DecodedReading(
        values,
        undocumented={
            str(key): int(number) for key, number in saved["undocumented"].items()
        },
    )
