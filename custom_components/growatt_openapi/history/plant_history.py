"""What is kept of a plant between the rounds of its history: the plan of the import, and the samples that hours still depend on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

from ..domain.energy_samples import HOLE, DeviceSample, start_of_hour, thin_samples
from ..domain.import_plan import ImportPlan

# Hours change for so long: an inverter's first reading in the morning shows what it made the evening before.
CHANGING_FOR = timedelta(hours=26)
# Samples are kept longer: what a home consumed in an hour also depends on the hours before (see ``balance_by_hour``), and must
# not depend on where the samples begin.
KEPT_FOR = CHANGING_FOR + timedelta(hours=24)


@dataclass(slots=True)
class PlantHistory:
    """The history of one plant.

    days_back: how many days of its past have been planned, None before the first time. samples: of each device by serial, those of about two days. complete_from: the
    first hour that they show as a whole. follows_summer_time: whether the devices' clocks do, once the
    past has shown it. edge, edge_from, edge_day: the same at the end of the last days that were imported, the
    first of their hours that may still change, and the day after them.
    """

    STORED_AS: ClassVar = {
        "plan": "plan",
        "days_back": "days_back",
        "samples": "samples",
        "complete_from?": "complete_from",
        "follows_summer_time?": "follows_summer_time",
        "edge?": "edge",
        "edge_from?": "edge_from",
        "edge_day?": "edge_day",
    }

    plan: ImportPlan = field(default_factory=ImportPlan)
    days_back: int | None = None
    samples: dict[str, list[DeviceSample]] = field(default_factory=dict)
    complete_from: datetime | None = None
    follows_summer_time: bool | None = None
    edge: dict[str, list[DeviceSample]] = field(default_factory=dict)
    edge_from: datetime | None = None
    edge_day: date | None = None

    def record_sample(self, serial: str, sample: DeviceSample) -> bool:
        """Record the sample of a new reading; return False for one that is not newer.

        Where energy was counted in a gap, the days of the gap are planned: the cloud may know when.
        """
        samples = self.samples.setdefault(serial, [])
        if samples:
            last = samples[-1]
            if sample.time <= last.time:
                return False
            if sample.time - last.time > HOLE and last.gained(sample):
                self.plan.add(
                    last.day + timedelta(days=count)
                    for count in range((sample.day - last.day).days + 1)
                )
        samples.append(sample)
        # Each hour keeps its first and last sample, so that most new ones replace the one before.
        if (
            len(samples) > 2
            and start_of_hour(samples[-3].time) == start_of_hour(sample.time)
            and samples[-3].day == sample.day
        ):
            del samples[-2]
        return True

    @property
    def newest(self) -> datetime | None:
        """The instant of the newest sample of all devices."""
        return newest_of(self.samples)

    def join(
        self, imported: Mapping[str, Iterable[DeviceSample]], complete_from: datetime
    ) -> None:
        """Add imported samples that reach up to those that are kept. complete_from: the first hour that they show as a whole."""
        for serial, found in imported.items():
            by_time = {
                sample.time: sample
                for sample in (*found, *self.samples.get(serial, ()))
            }
            self.samples[serial] = [by_time[time] for time in sorted(by_time)]
        self.complete_from = complete_from
        self.drop_old_samples()

    def keep_edge(
        self, imported: Mapping[str, Iterable[DeviceSample]], day: date
    ) -> None:
        """Keep the end of imported samples, to which those of ``day``, the next one, can be joined."""
        newest = newest_of({serial: [*found] for serial, found in imported.items()})
        if newest is None:
            self.edge, self.edge_from, self.edge_day = {}, None, None
            return
        self.edge_from = start_of_hour(newest - CHANGING_FOR)
        self.edge_day = day
        self.edge = {
            serial: thin_samples(found, start_of_hour(newest - KEPT_FOR))
            for serial, found in imported.items()
        }

    def drop_old_samples(self) -> None:
        """Drop the samples on which no hour depends that may still change."""
        newest = self.newest
        if newest is None:
            return
        limit = start_of_hour(newest - KEPT_FOR)
        for serial, samples in self.samples.items():
            if len(samples) > 1 and samples[1].time <= limit:
                self.samples[serial] = thin_samples(samples, limit)
        if (self.starts_at or newest) <= limit:
            changing = start_of_hour(newest - CHANGING_FOR)
            self.complete_from = max(self.complete_from or changing, changing)

    @property
    def starts_at(self) -> datetime | None:
        """The instant of the first sample of all devices."""
        return min(
            (samples[0].time for samples in self.samples.values() if samples),
            default=None,
        )


def newest_of(samples: Mapping[str, Sequence[DeviceSample]]) -> datetime | None:
    """Return the instant of the newest sample of several devices; None where there is none."""
    return max((one[-1].time for one in samples.values() if one), default=None)
